"""Raw columns: what a model gets, from a dataset and from any table alike."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from dlstudio.data.catalog import add_dataset
from dlstudio.data.collection.unlabelled import open_rows_or_files
from dlstudio.data.options import ReadOptions
from dlstudio.data.raw import count_unreadable, raw_from_table, raw_values, read_raw
from dlstudio.data.samples import add_sample, find_sample
from dlstudio.settings import Settings
from tests.data.files import add, cells, grid, read_any_table, refuse, write_xlsx

CONTENT = (
    "age,plan,when,id\n"
    "31,basic,2020-01-02,a1\n"
    ",,,a2\n"
    "inf,NA,1970-01-01T00:00:01.5,a3\n"
    "1e300,pro,2020-01-03,a4\n"
)


def test_raw_columns_have_their_types_and_missing_values(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add(settings, tmp_path, CONTENT)
    raw = read_raw(dataset, ["age", "plan", "when", "id"])
    assert raw["age"].dtype == np.float32
    np.testing.assert_array_equal(raw["age"], np.array([31, np.nan, np.nan, np.nan], np.float32))
    assert raw["plan"].dtype == object
    assert raw["plan"].tolist() == ["basic", "", "NA", "pro"]
    assert raw["when"].dtype == np.float64
    assert raw["when"][2] == 1.5 and np.isnan(raw["when"][1])
    assert raw["id"].tolist() == ["a1", "a2", "a3", "a4"]


def test_rows_come_in_the_order_asked_for(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, CONTENT)
    rows = np.array([3, 0, 0])
    assert read_raw(dataset, ["plan"], rows)["plan"].tolist() == ["pro", "basic", "basic"]
    assert len(read_raw(dataset, ["plan"], np.array([], int))["plan"]) == 0


@pytest.mark.slow
def test_a_file_gives_the_same_raw_columns_as_its_dataset(
    settings: Settings, sample_folder: Path
) -> None:
    for key in ("credit", "bike_rentals", "white_wine"):
        dataset = add_sample(settings, key)
        names = list(dataset.info.column_names)
        table = read_any_table(sample_folder / find_sample(key).file)
        assert all(pa.types.is_string(field.type) for field in table.schema)
        raw, expected = raw_from_table(table, dataset.info, names), read_raw(dataset, names)
        for name in names:
            np.testing.assert_array_equal(raw[name], expected[name])


def test_a_table_written_in_another_way_is_read_in_its_own(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add(settings, tmp_path, "price,when\n1234.5,2020-02-13\n7.25,2020-03-01\n")
    other = tmp_path / "german.csv"
    other.write_text("when;price\n13.02.2020;1.234,5\n01.03.2020;7,25\n")
    raw = raw_from_table(read_any_table(other), dataset.info, ["price", "when"])
    expected = read_raw(dataset, ["price", "when"])
    np.testing.assert_array_equal(raw["price"], expected["price"])
    np.testing.assert_array_equal(raw["when"], expected["when"])


@pytest.mark.parametrize(
    ("rows", "values"),
    [
        ("1.234;x\n", [1234.0]),
        ("1.234;x\n12;y\n0,5;z\n", [1234.0, 12.0, 0.5]),
        ("1.234;x\n7.25;y\n", [1.234, 7.25]),  # so the point is a decimal point here
    ],
)
def test_few_numbers_to_predict_are_read_as_those_that_were_learned(
    settings: Settings, tmp_path: Path, rows: str, values: list[float]
) -> None:
    dataset = add(settings, tmp_path, "price;plan\n1.234,5;x\n2.500;y\n7,25;x\n")
    assert cells(dataset)["price"] == [1234.5, 2500.0, 7.25]
    path = tmp_path / "new.csv"
    path.write_text(f"price;plan\n{rows}")
    options = ReadOptions()
    with open_rows_or_files(path, dataset.info, options, settings) as table:
        raw = raw_from_table(next(table.batches()), dataset.info, ["price"])
    np.testing.assert_allclose(raw["price"], values, rtol=1e-6)

    chosen = ReadOptions(decimal=".", thousands="none")
    path.write_text("price;plan\n1.234;x\n")
    with open_rows_or_files(path, dataset.info, chosen, settings) as table:
        raw = raw_from_table(next(table.batches()), dataset.info, ["price"])
    np.testing.assert_allclose(raw["price"], [1.234], rtol=1e-6)


def test_excel_and_json_are_read_in_their_own_way_too(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, "preis;ort\n1,5;Ulm\n2,25;Bonn\n")
    (tmp_path / "new.json").write_text('[{"preis": 1.5, "ort": "Ulm"}]')
    write_xlsx(tmp_path / "new.xlsx", {"S": grid([["preis", "ort"], [1.5, "Ulm"]])})
    for name in ("new.json", "new.xlsx"):
        raw = raw_from_table(read_any_table(tmp_path / name), dataset.info, ["preis", "ort"])
        assert (raw["preis"].tolist(), raw["ort"].tolist()) == ([1.5], ["Ulm"])


def test_typed_tables_are_taken_too(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, "code,flag,n\nx1,true,1.5\nx2,false,2\nx1,true,3\n")
    table = pa.table({"flag": [True, False], "code": pa.array([1, 2]), "n": ["5", "junk"]})
    raw = raw_from_table(table, dataset.info, ["flag", "code", "n"])
    assert raw["flag"].tolist() == ["true", "false"]
    assert raw["code"].tolist() == ["1", "2"]
    np.testing.assert_array_equal(raw["n"], np.array([5, np.nan], np.float32))
    assert count_unreadable(table, dataset.info, ["flag", "code", "n"]) == {"n": 1}


def test_missing_and_other_columns_are_named(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, CONTENT)
    table = pa.table({"age": ["1"], "Plan": ["x"]})
    error = refuse(lambda: raw_from_table(table, dataset.info, ["age", "plan", "when"]))
    assert "lacks the columns 'plan', 'when'" in error.problem
    assert "other columns: 'Plan'" in error.problem


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("a,b\n")
    error = refuse(lambda: read_any_table(tmp_path / "data.csv"))
    assert "no rows" in error.problem


def test_an_empty_column_gives_an_empty_array() -> None:
    assert raw_values(pa.chunked_array([], pa.float64())).shape == (0,)


def test_a_dataset_read_twice_is_the_same(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text(CONTENT)
    first, second = (read_raw(add_dataset(settings, path), ["age"])["age"] for _ in range(2))
    np.testing.assert_array_equal(first, second)
