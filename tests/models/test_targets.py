"""What the network is trained on, from the target columns."""

import numpy as np
import pytest

from dlstudio.models.targets import (
    TargetCodec,
    TargetKind,
    class_texts,
    codec_of,
    fit_codec,
    has_target,
    unknown_labels,
)
from dlstudio.spec.task import TaskKind
from tests.models.tables import Raw, describe, numbers, spec_for, texts


def fitted(raw: Raw, kind: TaskKind = TaskKind.CLASSIFICATION, **task: str) -> TargetCodec:
    spec = spec_for(["x"], list(raw), kind, **task)
    rows = np.arange(len(next(iter(raw.values()))))
    return fit_codec(codec_of(spec, describe(raw)), raw, rows)


def test_classes_are_numbered_in_the_order_of_their_names() -> None:
    raw = {"y": texts("dog", "cat", "dog")}
    codec = fitted(raw)
    assert (codec.kind, codec.class_names, codec.num_outputs) == ("classes", ("cat", "dog"), 2)
    encoded = codec.encode(raw)
    assert encoded.dtype == np.int32
    assert encoded.tolist() == [1, 0, 1]


def test_classes_that_are_numbers_are_ordered_by_value_and_written_without_a_point() -> None:
    raw = {"y": numbers(10, 2, 1, 2)}
    codec = fitted(raw)
    assert codec.class_names == ("1", "2", "10")
    assert codec.encode(raw).tolist() == [2, 1, 0, 1]


def test_a_missing_or_unknown_class_is_minus_one() -> None:
    codec = fitted({"y": texts("cat", "dog")})
    assert codec.encode({"y": texts("", "bird", "NA")}).tolist() == [-1, -1, -1]


def test_na_is_a_class_like_any_other() -> None:
    assert fitted({"y": texts("NA", "null", "x")}).class_names == ("NA", "null", "x")


def test_classes_that_the_description_does_not_list_are_read_from_the_data() -> None:
    raw = {"y": texts(*(f"c{index:04}" for index in range(1_200)))}
    spec = spec_for(["x"], ["y"])
    draft = codec_of(spec, describe(raw))
    assert (draft.class_names, draft.num_outputs) == ((), 1_200)
    codec = fit_codec(draft, raw, np.arange(3))
    assert len(codec.class_names) == 1_200
    assert codec.encode(raw).tolist() == list(range(1_200))


def test_several_columns_are_labels_and_yes_is_recognised() -> None:
    raw = {
        "rain": texts("no", "yes", "yes"),
        "wind": numbers(1, 0, 1),
        "sun": texts("True", "False", "True"),
        "snow": texts("Present", "absent", "absent"),
    }
    codec = fitted(raw)
    assert codec.kind is TargetKind.LABELS
    assert codec.label_names == ("rain", "wind", "sun", "snow")
    assert codec.encode(raw).tolist() == [[0, 1, 1, 1], [1, 0, 0, 0], [1, 1, 1, 0]]


def test_without_a_word_for_yes_the_last_value_is_yes() -> None:
    raw = {"a": texts("x", "z"), "b": texts("no", "yes")}
    assert fitted(raw).encode(raw)[:, 0].tolist() == [0.0, 1.0]


def test_one_cell_may_list_several_labels() -> None:
    raw = {"tags": texts("red|round", " round ", "red||blue", "red")}
    codec = fitted(raw, label_separator="|")
    assert codec.label_names == ("blue", "red", "round")
    assert codec.encode(raw).tolist() == [[0, 1, 1], [0, 0, 1], [1, 1, 0], [0, 1, 0]]


def test_labels_that_were_never_seen_are_told() -> None:
    codec = fitted({"tags": texts("red|round", "blue")}, label_separator="|")
    assert unknown_labels(codec, {"tags": texts("red|flat", "tall")}) == {"flat", "tall"}
    assert unknown_labels(fitted({"y": texts("a", "b")}), {"y": texts("c")}) == set()


def test_values_are_standardised_on_the_training_rows() -> None:
    raw = {"a": numbers(1, 3, 100), "b": numbers(5, 5, 7)}
    spec = spec_for(["x"], ["a", "b"], TaskKind.REGRESSION)
    codec = fit_codec(codec_of(spec, describe(raw)), raw, np.asarray([0, 1]))
    assert (codec.means, codec.scales) == ((2.0, 5.0), (1.0, 1.0))
    encoded = codec.encode(raw)
    assert encoded.dtype == np.float32
    assert encoded.tolist() == [[-1, 0], [1, 0], [98, 2]]


def test_large_values_that_barely_differ_keep_their_differences() -> None:
    raw = {"a": numbers(1_000_000, 1_000_002)}
    assert fitted(raw, TaskKind.REGRESSION).encode(raw)[:, 0].tolist() == [-1.0, 1.0]


def test_rows_lack_a_target_if_any_of_them_is_missing() -> None:
    raw = {"a": numbers(1, np.nan, 1, np.inf), "b": texts("x", "x", "", "x")}
    codec = codec_of(spec_for(["x"], ["a", "b"]), describe(raw))
    assert has_target(codec, raw).tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (-3.0, "-3"), (0.1, "0.1"), (np.nan, ""), (2.5e9, "2500000000")]
)
def test_numbers_are_written_as_people_write_them(value: float, text: str) -> None:
    assert class_texts(numbers(value)).tolist() == [text]


def test_a_row_of_no_label_trains_as_zeros_and_an_empty_cell_if_it_says_so() -> None:
    raw = {"tags": texts("red|round", "[]", "", "red")}
    codec = fitted(raw, label_separator="|")
    assert codec.label_names == ("red", "round")
    assert codec.encode(raw).tolist() == [[1, 1], [0, 0], [0, 0], [1, 0]]
    assert has_target(codec, raw).tolist() == [True, True, False, True]
    assert unknown_labels(codec, raw) == set()
    said = spec_for(["x"], ["tags"], label_separator="|", empty_cells="no_label")
    assert has_target(codec_of(said, describe(raw)), raw).all()
