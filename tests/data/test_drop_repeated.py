"""Versions without repeated rows: the first of each stays, and all that is told of them is true."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dlstudio.data.catalog import drop_repeated, edit_columns, list_versions, open_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.data.edit import ColumnChange
from dlstudio.data.line_numbers import read_lines
from dlstudio.data.splits import split_rows
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind, ColumnRole
from dlstudio.spec.split import SplitMethod, SplitSpec
from tests.data.collection.files import add_folder, picture
from tests.data.files import add, cells, refuse, warning_codes

TWICE = "amount,city\n1.5,Rome\n2.5,Oslo\n1.5,Rome\n3.5,Rome\n2.5,Oslo\n"


def _duplicates(dataset: Dataset) -> int:
    found = [one.problem for one in dataset.info.warnings if one.code == "duplicate-rows"]
    return int(found[0].split()[0].replace(",", "")) if found else 0


def test_the_first_of_equal_rows_stays_in_order(settings: Settings, tmp_path: Path) -> None:
    before = add(settings, tmp_path, TWICE)
    assert _duplicates(before) == 2
    after = drop_repeated(settings, "data")
    assert cells(after) == {"amount": [1.5, 2.5, 3.5], "city": ["Rome", "Oslo", "Rome"]}
    assert after.info.num_rows == 3 and after.info.source.num_rows_repeated == 2
    assert after.info.column("city").top_values[0].num_rows == 2
    assert "duplicate-rows" in warning_codes(before) - warning_codes(after)
    assert open_dataset(settings, "data").info == after.info
    assert len(list_versions(settings, "data")) == 2
    assert cells(before)["amount"] == [1.5, 2.5, 1.5, 3.5, 2.5]


def test_equal_content_is_the_same_version(settings: Settings, tmp_path: Path) -> None:
    add(settings, tmp_path, TWICE)
    dropped = drop_repeated(settings, "data")
    file = "amount,city\n1.5,Rome\n2.5,Oslo\n3.5,Rome\n"
    assert add(settings, tmp_path, file).info.fingerprint == dropped.info.fingerprint
    assert len(list_versions(settings, "data")) == 2


def test_without_repetitions_nothing_is_made(settings: Settings, tmp_path: Path) -> None:
    add(settings, tmp_path, TWICE)
    once = drop_repeated(settings, "data")
    assert drop_repeated(settings, "data").info == once.info
    assert len(list_versions(settings, "data")) == 2
    assert not [entry for entry in settings.datasets_folder.iterdir() if entry.name[0] == "."]


def test_of_rows_that_are_all_equal_one_stays(settings: Settings, tmp_path: Path) -> None:
    add(settings, tmp_path, "x,y\n" + "1,a\n" * 30)
    dropped = drop_repeated(settings, "data")
    assert cells(dropped) == {"x": [1], "y": ["a"]}
    assert dropped.info.source.num_rows_repeated == 29


def test_empty_cells_are_equal(settings: Settings, tmp_path: Path) -> None:
    add(settings, tmp_path, "x,y\n1,a\n,b\n1,a\n,b\n,\n,a\n,\n2,\n")
    dropped = drop_repeated(settings, "data")
    assert cells(dropped) == {"x": [1, None, None, None, 2], "y": ["a", "b", None, "a", None]}


def test_identifiers_do_not_make_rows_different(settings: Settings, tmp_path: Path) -> None:
    rows = "".join(f"k{n},{n % 25}.5,{'ab'[n % 2]}\n" for n in range(100))
    dataset = add(settings, tmp_path, "customer_id,x,y\n" + rows)
    assert dataset.info.column("customer_id").kind is ColumnKind.IDENTIFIER
    dropped = drop_repeated(settings, "data")
    assert cells(dropped)["customer_id"] == [f"k{n}" for n in range(50)]
    assert dropped.info.source.num_rows_repeated == _duplicates(dataset) == 50


def test_cells_that_could_not_be_read_are_those_of_the_rows_that_stay(
    settings: Settings, tmp_path: Path
) -> None:
    rows = "".join(f"{n % 40},{'ab'[n % 2]}\n" for n in range(80))
    dataset = add(settings, tmp_path, f"x,y\n{rows}oops,a\nonly one\noops,a\nargh,b\n")
    assert dataset.info.source.num_cells_unreadable == 3
    source = drop_repeated(settings, "data").info.source
    assert source.num_rows_rejected == dataset.info.source.num_rows_rejected == 1
    assert source.num_cells_unreadable == 2 and source.num_rows_repeated == 41
    told = [(entry.line, entry.column, entry.text) for entry in source.unreadable]
    assert told == [(83, "", "only one"), (82, "x", "oops"), (85, "x", "argh")]
    assert open_dataset(settings, "data").info.column("x").num_unreadable == 2


def test_each_row_keeps_its_line(settings: Settings, tmp_path: Path) -> None:
    add(settings, tmp_path, TWICE)
    dropped = drop_repeated(settings, "data")
    assert read_lines(dropped.folder).of(range(3)).tolist() == [2, 3, 5]


def test_kinds_can_be_changed_afterwards_without_loss(settings: Settings, tmp_path: Path) -> None:
    rows = "".join(f"0{n % 30:02d};{n % 30},50;{1 + n % 30:02d}.03.2024\n" for n in range(60))
    file = "code;price;day\n" + rows + "oops;1,50;01.03.2024\n"
    add(settings, tmp_path, file)
    number = ColumnChange(name="code", kind=ColumnKind.NUMBER)
    edit_columns(settings, "data", [number, ColumnChange(name="day", role=ColumnRole.TIME)])
    dropped = drop_repeated(settings, "data")
    assert dropped.info.num_rows == 31 and dropped.info.column("day").role is ColumnRole.TIME
    assert (cells(dropped)["price"][2], cells(dropped)["code"][2:4]) == (2.5, [2, 3])
    texts = [ColumnChange(name=name, kind=ColumnKind.TEXT) for name in ("code", "price", "day")]
    edited = edit_columns(settings, "data", texts)
    assert cells(edited)["code"] == [f"0{n:02d}" for n in range(30)] + ["oops"]
    assert cells(edited)["price"][29] == "29,50" and cells(edited)["day"][29] == "30.03.2024"
    assert edited.info.source.num_rows_repeated == 30
    assert edited.info.source.num_cells_unreadable == 0


def test_counts_add_up_where_an_edit_makes_more_rows_equal(
    settings: Settings, tmp_path: Path
) -> None:
    words = ["".join(pair) for pair in zip("abcdefghij" * 10, "klmnopqrst" * 10, strict=True)]
    rows = "".join(f"{n % 50},{word}{n % 50}\n" for n, word in enumerate(words))
    add(settings, tmp_path, "x,word\n" + rows + "0,other\n")
    drop_repeated(settings, "data")
    edit_columns(settings, "data", [ColumnChange(name="word", kind=ColumnKind.IDENTIFIER)])
    dropped = drop_repeated(settings, "data")
    assert dropped.info.num_rows == 50 and dropped.info.source.num_rows_repeated == 51


def test_a_table_of_many_row_groups_is_left_with_each_row_once(
    settings: Settings, tmp_path: Path
) -> None:
    numbers = np.random.default_rng(0).integers(0, 4_000, 150_000)
    texts = [f"{number},50" for number in numbers]
    table = pa.table({"x": texts, "y": numbers.astype(float), "z": numbers % 7 == 0})
    path = tmp_path / "data.parquet"
    pq.write_table(table, path, row_group_size=1_000)
    dataset = add(settings, tmp_path, path.read_bytes(), file_name="data.parquet")
    dropped = drop_repeated(settings, "data")
    first = np.sort(np.unique(numbers, return_index=True)[1])
    assert cells(dropped)["y"] == numbers[first].tolist()
    assert dropped.info.source.num_rows_repeated == _duplicates(dataset) == 150_000 - len(first)


def test_sequences_that_repeat_are_left_out(settings: Settings, tmp_path: Path) -> None:
    rows = "".join(f"{n},{n + 1},{n + 2},{'ab'[n % 2]}\n" for n in [*range(20), *range(10)])
    dataset = add(settings, tmp_path, "t_0,t_1,t_2,y\n" + rows, sequence_columns="t_*")
    assert ColumnKind.SEQUENCE in {column.kind for column in dataset.info.columns}
    dropped = drop_repeated(settings, "data")
    (column,) = [one for one in dropped.info.columns if one.kind is ColumnKind.SEQUENCE]
    before = dataset.info.column(column.name).sequence
    assert before is not None and column.sequence is not None
    assert dropped.info.num_rows == 20 and column.sequence.channels == before.channels
    assert cells(dropped)[column.name][19] == [19, 20, 21]


def test_rows_of_files_are_refused(settings: Settings, tmp_path: Path) -> None:
    files = {f"{kind}/{n}.png": picture(n % 3) for kind in ("cat", "dog") for n in range(4)}
    dataset = add_folder(settings, tmp_path, files)
    error = refuse(lambda: drop_repeated(settings, dataset.info.name))
    assert "repeated rows cannot be left out" in error.problem


def test_a_dataset_that_is_removed_meanwhile_is_named(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, TWICE)
    dataset.table_path.unlink()
    assert "'data' was removed" in refuse(lambda: drop_repeated(settings, "data")).problem


@pytest.mark.parametrize("method", [SplitMethod.RANDOM, SplitMethod.STRATIFIED])
def test_a_random_split_separates_equal_rows_as_the_hint_says(
    settings: Settings, tmp_path: Path, method: SplitMethod
) -> None:
    rows = "".join(f"{n % 100},{'ab'[n % 2]}\n" for n in range(200))
    dataset = add(settings, tmp_path, "x,y\n" + rows)
    (hint,) = [one for one in dataset.info.warnings if one.code == "duplicate-rows"]
    assert "A random split may put one into training and its repetition into test" in hint.problem
    values = np.array(cells(dataset)["x"])
    split = split_rows(dataset, SplitSpec(method=method, seed=1), ["y"])
    assert set(values[split.train]) & set(values[split.test])
    dropped = drop_repeated(settings, "data")
    values = np.array(cells(dropped)["x"])
    split = split_rows(dropped, SplitSpec(method=method, seed=1), ["y"])
    assert not set(values[split.train]) & set(values[split.test])
