"""Category columns: one-hot inputs, rows of tables, unseen values."""

import numpy as np
import pytest

from dlstudio.models.layout import features_of
from dlstudio.models.preprocessing import fit_preprocessor
from tests.models.tables import describe, spec_for, texts

pytestmark = pytest.mark.tensorflow

COLORS = texts("red", "red", "blue", "blue", "green", "green", "red")
TARGET = texts("a", "b", "a", "b", "a", "b", "a")


def features(
    train: np.ndarray, rows: np.ndarray, **fields: str | float | None
) -> dict[str, np.ndarray]:
    target = texts(*(["a", "b"] * len(train))[: len(train)])
    info = describe({"color": train, "y": target})
    spec = spec_for(["color"], ["y"], preprocessing={"color": fields})
    found = fit_preprocessor(spec, info, {"color": train}).transform({"color": rows})
    layout = features_of(spec, info)
    assert found.get("dense", np.zeros((1, 0))).shape[1] == layout.num_dense
    assert found.get("index", np.zeros((1, 0))).shape[1] == layout.num_index
    return found


def test_each_category_has_an_input_the_most_frequent_first() -> None:
    found = features(COLORS, texts("red", "blue", "green"))
    assert np.array_equal(found["dense"], np.eye(3))
    assert "index" not in found


def test_an_unseen_category_sets_no_input() -> None:
    assert not features(COLORS, texts("violet"))["dense"].any()


def test_a_missing_category_has_an_input_only_where_some_are_missing() -> None:
    assert not features(COLORS, texts(""))["dense"].any()
    found = features(texts("red", "blue", ""), texts("", "red"))
    assert found["dense"].shape == (2, 3)
    assert found["dense"][0].tolist() == [1.0, 0.0, 0.0]


def test_rare_categories_share_an_input_when_there_are_too_many() -> None:
    found = features(COLORS, texts("green", "red", "violet"), max_categories=2)
    assert found["dense"].tolist() == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]


def test_room_is_made_for_categories_that_no_training_row_has() -> None:
    info = describe({"color": texts("red", "blue", "green"), "y": texts("a", "b", "a")})
    spec = spec_for(["color"], ["y"])
    found = fit_preprocessor(spec, info, {"color": texts("red", "red")})
    dense = found.transform({"color": texts("red", "green")})["dense"]
    assert dense.tolist() == [[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]


def test_an_embedded_category_becomes_a_row_of_the_table() -> None:
    found = features(COLORS, texts("", "violet", "red", "blue"), encoding="embedding")
    assert found["index"][:, 0].tolist() == [0, 1, 2, 3]
    assert "dense" not in found


def test_the_row_of_unseen_categories_is_trained_by_those_that_occur_once() -> None:
    train = texts("red", "red", "once", "another")
    found = features(train, texts("once", "another", "never"), encoding="embedding")
    assert found["index"][:, 0].tolist() == [1, 1, 1]


def test_columns_with_vectors_of_one_length_share_a_table() -> None:
    many = texts(*(f"v{index % 20}" for index in range(100)))
    train = {"a": many, "b": many, "c": many}
    info = describe({**train, "y": texts(*["a", "b"] * 50)})
    spec = spec_for(["a", "b", "c"], ["y"], preprocessing={"b": {"embedding_dim": 4}})
    first, second = features_of(spec, info).tables
    assert (first.columns, first.num_entries, first.dim) == (("b",), 22, 4)
    assert (second.columns, second.num_entries, second.dim) == (("a", "c"), 44, 8)
    index = fit_preprocessor(spec, info, train).transform(train)["index"]
    assert np.array_equal(index[:, 1] + 22, index[:, 2])
    assert index[:, 1].max() < 22 <= index[:, 2].min()


@pytest.mark.parametrize(("num_distinct", "dim"), [(13, 8), (101, 16), (1_001, 32)])
def test_more_categories_get_longer_vectors(num_distinct: int, dim: int) -> None:
    column = texts(*(f"v{index}" for index in range(num_distinct)))
    info = describe({"a": column, "y": texts(*(["a", "b"] * num_distinct)[:num_distinct])})
    (table,) = features_of(spec_for(["a"], ["y"]), info).tables
    assert table.dim == dim


@pytest.mark.parametrize(
    "odd", ["[UNK]", "unseen", "a\nb", "\0a", " ", "NA", "日本", "🎉", "a" * 9999]
)
def test_any_text_is_a_category(odd: str) -> None:
    found = features(texts(odd, odd, "red", "red"), texts(odd, "red", "other"), encoding="one_hot")
    assert found["dense"].sum(axis=1).tolist() == [1.0, 1.0, 0.0]
    assert not np.array_equal(found["dense"][0], found["dense"][1])


def test_a_column_without_any_training_value_is_harmless() -> None:
    info = describe({"color": COLORS, "y": TARGET})
    fitted = fit_preprocessor(spec_for(["color"], ["y"]), info, {"color": texts("", "")})
    assert not fitted.transform({"color": texts("red", "")})["dense"].any()


def test_a_nul_at_the_end_of_a_category_makes_it_unseen() -> None:
    found = features(texts("a\0", "a\0", "a", "a"), texts("a\0", "a"))
    assert found["dense"].sum(axis=1).tolist() == [0.0, 1.0]
