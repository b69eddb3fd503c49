"""Files that are no tables, or hardly any: a clear message, and nothing left behind."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from dlstudio.data.catalog import add_dataset, list_datasets, safe_file_name
from dlstudio.settings import Settings, read_settings
from tests.data.files import add, cells, kinds, refuse, warning_codes


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"  \r\n\t"])
def test_an_empty_file_is_refused(settings: Settings, tmp_path: Path, content: bytes) -> None:
    assert "is empty" in refuse(lambda: add(settings, tmp_path, content)).problem
    assert list(settings.datasets_folder.iterdir()) == []


def test_a_header_without_rows_is_refused(settings: Settings, tmp_path: Path) -> None:
    error = refuse(lambda: add(settings, tmp_path, "a,b\n"))
    assert "has column names but no rows" in error.problem


def test_binary_junk_named_csv_is_refused(settings: Settings, tmp_path: Path) -> None:
    junk = np.random.default_rng(0).bytes(5_000)
    error = refuse(lambda: add(settings, tmp_path, junk))
    assert "does not hold text" in error.problem


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0", "a PNG picture"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"MZ\x90\0\3\0", "a Windows program"),
    ],
)
def test_a_foreign_file_is_named(
    settings: Settings, tmp_path: Path, content: bytes, what: str
) -> None:
    assert f"is {what}" in refuse(lambda: add(settings, tmp_path, content)).problem


def test_a_web_page_is_named(settings: Settings, tmp_path: Path) -> None:
    error = refuse(lambda: add(settings, tmp_path, "<!DOCTYPE html>\n<html><p>404</p></html>\n"))
    assert "is a web page" in error.problem


def test_a_missing_file_and_an_empty_folder_are_refused(settings: Settings, tmp_path: Path) -> None:
    assert "does not exist" in refuse(lambda: add_dataset(settings, tmp_path / "no.csv")).problem
    assert "holds no file" in refuse(lambda: add_dataset(settings, tmp_path)).problem


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    settings = read_settings(
        {"DLSTUDIO_HOME": str(tmp_path / "home"), "DLSTUDIO_MAX_UPLOAD_MB": "0.001"}
    )
    error = refuse(lambda: add(settings, tmp_path, "a,b\n" + "1,2\n" * 1_000))
    assert "MB are allowed" in error.problem


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    settings = read_settings({"DLSTUDIO_HOME": str(tmp_path / "home"), "DLSTUDIO_MAX_COLUMNS": "3"})
    error = refuse(lambda: add(settings, tmp_path, "a,b,c,d\n1,2,3,4\n"))
    assert "has 4 columns; at most 3" in error.problem


def test_one_row_and_one_column_are_enough(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, "x\n5\n")
    assert cells(dataset) == {"x": [5]}
    assert "few-rows" in warning_codes(dataset)


def test_an_empty_line_in_a_single_column_is_a_missing_cell(
    settings: Settings, tmp_path: Path
) -> None:
    assert cells(add(settings, tmp_path, "x\n5\n\n7\n")) == {"x": [5, None, 7]}


def test_a_column_without_values_is_left_out_with_a_warning(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add(settings, tmp_path, "a,b\n1,\n2,\n3,\n")
    assert dataset.info.column("b").role == "ignore"
    assert "all-missing" in warning_codes(dataset)


def test_ten_thousand_categories_are_categories(settings: Settings, tmp_path: Path) -> None:
    rows = "".join(f"item{n % 10_000},{n % 7}\n" for n in range(30_000))
    dataset = add(settings, tmp_path, "item,x\n" + rows)
    column = dataset.info.column("item")
    assert (column.kind, column.num_distinct) == ("category", 10_000)
    assert "many-categories" in warning_codes(dataset)


@pytest.mark.parametrize("number", ["1e29", "123456789012345678901234567890"])
def test_a_column_may_begin_with_a_huge_number(
    settings: Settings, tmp_path: Path, number: str
) -> None:
    column = add(settings, tmp_path, f"a,b\n{number},p\n1,q\n3,p\n").info.columns[0]
    assert (column.kind.value, column.max) == ("number", float(number))


@pytest.mark.parametrize("values", [("1e29", "1e29"), ("1e17", "100000000000000016")])
def test_numbers_too_close_together_for_bins_are_one_bin(
    settings: Settings, tmp_path: Path, values: tuple[str, str]
) -> None:
    column = add(settings, tmp_path, f"a,b\n{values[0]},p\n{values[1]},q\n").info.columns[0]
    assert column.histogram_counts == (2,)


def test_three_hundred_columns_are_read(settings: Settings, tmp_path: Path) -> None:
    header = ",".join(f"gene.{n}" for n in range(300))
    rows = "\n".join(",".join(str((n * k) % 97 / 4) for n in range(300)) for k in range(1, 9))
    dataset = add(settings, tmp_path, f"{header}\n{rows}\n")
    assert len(dataset.info.columns) == 300
    assert dataset.info.column("gene.7").max == 14.0


def test_a_wrong_ending_does_not_matter(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, "a,b\n1,x\n2,y\n", file_name="data.xlsx")
    assert kinds(dataset) == {"a": "number", "b": "category"}


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\my data.csv", "my data.csv"),
        ("\0evil\n.csv", "evil.csv"),
        ("..", "upload"),
        ("", "upload"),
    ],
)
def test_a_file_name_of_a_client_is_never_a_path(name: str, safe: str) -> None:
    assert safe_file_name(name) == safe


@pytest.mark.parametrize("name", ["../../escape", "a/b", "ünïcode ☃", "CON", ".", "x" * 100])
def test_any_dataset_name_stays_in_its_folder(
    settings: Settings, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "data.csv"
    path.write_text("a,b\n1,x\n2,y\n")
    dataset = add_dataset(settings, path, name=name)
    assert dataset.folder.parent.parent == settings.datasets_folder
    assert [info.name for info in list_datasets(settings)] == [name]


def test_a_long_file_name_gives_a_name_that_can_be_used(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, "a,b\n1,x\n", file_name=f"{'x' * 200}.csv")
    assert dataset.info.name == "x" * 100


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\0b"])
def test_an_unusable_dataset_name_is_refused(settings: Settings, tmp_path: Path, name: str) -> None:
    path = tmp_path / "data.csv"
    path.write_text("a,b\n1,x\n")
    assert "printable characters" in refuse(lambda: add_dataset(settings, path, name)).problem


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("a,b\n1,x\n")
    path.chmod(0)
    assert "may not be read" in refuse(lambda: add_dataset(settings, path)).problem


def test_a_tar_archive_and_a_lone_picture_name_the_way_out(
    settings: Settings, tmp_path: Path
) -> None:
    tar = bytes(257) + b"ustar\0" + bytes(800)
    error = refuse(lambda: add(settings, tmp_path, gzip.compress(tar), file_name="pets.tar.gz"))
    assert "is a tar archive" in error.problem and "pack it as ZIP" in error.fix
    error = refuse(lambda: add(settings, tmp_path, b"\x89PNG\r\n\x1a\n\0\0", file_name="cat.png"))
    assert "one folder a class" in error.fix
