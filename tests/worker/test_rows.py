"""Rows as a person types them, on their way to the model."""

import sys
import threading

import pytest

pytestmark = pytest.mark.tensorflow


def test_values_of_several_types_become_text() -> None:
    from dlstudio.worker.answers import table_of_rows

    table = table_of_rows([{"a": 1, "b": "x"}, {"a": "2", "c": None}, {"b": 3.5}])
    assert table.column_names == ["a", "b", "c"]
    assert table.column("a").to_pylist() == ["1", "2", None]
    assert table.column("b").to_pylist() == ["x", None, "3.5"]
    assert table.column("c").to_pylist() == [None, None, None]


def test_numbers_stay_numbers() -> None:
    from dlstudio.worker.answers import table_of_rows

    assert table_of_rows([{"a": 1.5}, {"a": 2}]).column("a").to_pylist() == [1.5, 2.0]


def test_scikit_learn_is_hidden_from_the_importing_thread_only() -> None:
    from dlstudio.models.heavy_imports import NOT_NEEDED, _Hidden

    hidden = _Hidden()
    with pytest.raises(ModuleNotFoundError, match="is hidden while TensorFlow is imported"):
        hidden.find_spec("sklearn.metrics")
    assert hidden.find_spec("numpy") is None
    found: list[object] = []
    other = threading.Thread(target=lambda: found.append(hidden.find_spec(NOT_NEEDED[0])))
    other.start()
    other.join()
    assert found == [None]
    assert not any(isinstance(finder, _Hidden) for finder in sys.meta_path)
