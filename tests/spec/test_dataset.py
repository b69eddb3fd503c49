"""Columns found by their names."""

import time

import pytest

from dlstudio.errors import NotFoundError
from tests.spec.builders import category, dataset, number


def test_a_copy_with_other_columns_finds_its_own() -> None:
    info = dataset(number("a"), number("b"), category("c", "x", "y"))
    assert [info.place(name) for name in "abc"] == [0, 1, 2]

    turned = info.model_copy(update={"columns": info.columns[::-1]})
    fewer = info.model_copy(update={"columns": info.columns[1:]})

    assert [turned.place(name) for name in "abc"] == [2, 1, 0]
    assert turned.column("a") is info.columns[0]
    assert [fewer.place(name) for name in "bc"] == [0, 1]
    with pytest.raises(NotFoundError, match="no column 'a'"):
        fewer.column("a")
    assert dataset(number("a")) == dataset(number("a"))


def test_what_is_remembered_is_not_written() -> None:
    info = dataset(number("a"))
    before = info.model_dump_json()
    info.column("a")
    assert info.model_dump_json() == before
    assert info == dataset(number("a"))


def test_a_column_of_another_name_is_none_of_the_dataset() -> None:
    info = dataset(number("a"), number("b"))
    assert info.has_column("b") and not info.has_column("B")
    fewer = info.model_copy(update={"columns": info.columns[:1]})
    assert fewer.has_column("a") and not fewer.has_column("b")


def test_thousands_of_columns_are_found_in_no_time() -> None:
    info = dataset(*(number(f"c{place}") for place in range(5_000)))
    begun = time.process_time()
    for name in info.column_names:
        assert info.has_column(name)
        info.column(name)
    assert time.process_time() - begun < 0.5
