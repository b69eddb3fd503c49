"""Excel, JSON, JSON lines, Parquet, and files inside archives."""

import gzip
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dlstudio.data.catalog import add_dataset
from dlstudio.data.options import ReadOptions
from dlstudio.settings import Settings, read_settings
from tests.data.files import add, cells, grid, kinds, refuse, write_xlsx

TABLE = [["id", "ok", "price", "name"]] + [
    [n + 1, n % 2 == 0, n * 1.5, f"n{n % 3}"] for n in range(12)
]


def test_an_excel_sheet_is_read_with_its_types(settings: Settings, tmp_path: Path) -> None:
    sheets = {"Empty": {}, "Data": grid([["Report"], [None], *TABLE])}
    path = write_xlsx(tmp_path / "book.xlsx", sheets)
    dataset = add_dataset(settings, path)
    options = dataset.info.source.options
    assert (options["sheet"], options["skip_rows"]) == ("Data", 2)
    assert kinds(dataset) == {
        "id": "identifier",
        "ok": "category",
        "price": "number",
        "name": "category",
    }
    assert cells(dataset)["ok"][:2] == ["true", "false"]
    assert cells(dataset)["id"][:2] == ["1", "2"]


def test_an_unreadable_excel_cell_is_listed_with_its_row(
    settings: Settings, tmp_path: Path
) -> None:
    places = grid([["a", "b"], *([n, n + 0.5] for n in range(20))])
    places["B7"] = "oops"
    dataset = add_dataset(settings, write_xlsx(tmp_path / "book.xlsx", {"S": places}))
    (entry,) = dataset.info.source.unreadable
    assert (entry.line, entry.column, entry.text) == (7, "b", "oops")


def test_a_far_cell_does_not_take_all_memory(settings: Settings, tmp_path: Path) -> None:
    places = {**grid([["a"], [1]]), "XFD1048576": 3}
    path = write_xlsx(tmp_path / "far.xlsx", {"S": places})
    error = refuse(lambda: add_dataset(settings, path))
    assert "1,048,576 rows and 16,384 columns with only 3 cells" in error.problem


def test_a_sheet_is_chosen_by_name(settings: Settings, tmp_path: Path) -> None:
    sheets = {"One": grid([["a"], [1]]), "Two": grid([["b"], [2]])}
    path = write_xlsx(tmp_path / "book.xlsx", sheets)
    assert cells(add_dataset(settings, path, options=ReadOptions(sheet="Two"))) == {"b": [2]}
    error = refuse(lambda: add_dataset(settings, path, options=ReadOptions(sheet="Three")))
    assert "has no sheet 'Three'" in error.problem and "One, Two" in error.fix


def test_empty_and_broken_workbooks_are_refused(settings: Settings, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "book.xlsx", {"S": {}})
    assert "no sheet with cells" in refuse(lambda: add_dataset(settings, path)).problem
    old = tmp_path / "old.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    error = refuse(lambda: add_dataset(settings, old))
    assert "cannot be read as an Excel workbook" in error.problem


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]',
        '[\n {"a": 1, "b": "x"},\n {"a": 2, "b": "y"}\n]\n',
        '{"a": 1, "b": "x"}\n{"a": 2, "b": "y"}\n',
        '{"data": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}], "count": 2}',
        '{"a": [1, 2], "b": ["x", "y"]}',
        '{"a": {"0": 1, "1": 2}, "b": {"0": "x", "1": "y"}}',
    ],
)
def test_every_usual_shape_of_json_is_a_table(
    settings: Settings, tmp_path: Path, text: str
) -> None:
    assert cells(add(settings, tmp_path, text)) == {"a": [1, 2], "b": ["x", "y"]}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize(("separator", "brackets"), [("\r\n", ("", "")), (",\r\n", ("[", "]"))])
def test_json_is_told_by_its_content_in_every_unicode_encoding(
    settings: Settings, tmp_path: Path, encoding: str, separator: str, brackets: tuple[str, str]
) -> None:
    records = [json.dumps({"a": place, "b": "é"}, ensure_ascii=False) for place in (1, 2)]
    text = separator.join(records).join(brackets)
    dataset = add(settings, tmp_path, text.encode(encoding), file_name="data.txt")
    assert cells(dataset) == {"a": [1, 2], "b": ["é", "é"]}


@pytest.mark.parametrize("text", ['[["n","k"],[1,"x"],[2,"y"]]', '["n","k"]\n[1,"x"]\n[2,"y"]\n'])
def test_the_first_of_json_lists_may_hold_the_names(
    settings: Settings, tmp_path: Path, text: str
) -> None:
    dataset = add(settings, tmp_path, text, file_name="data.json")
    assert cells(dataset) == {"n": [1, 2], "k": ["x", "y"]}
    assert dataset.info.source.options["has_header"] is True

    as_data = add(settings, tmp_path, text, file_name="data.json", has_header=False)
    assert cells(as_data)["column_2"] == ["k", "x", "y"]


def test_cells_of_json_lists_below_a_header_have_their_lines(
    settings: Settings, tmp_path: Path
) -> None:
    lines = ['["n","k"]', *[f'["{place}","x"]' for place in range(1, 30)], '["many","y"]']
    dataset = add(settings, tmp_path, "\n".join(lines), file_name="data.jsonl")
    assert [entry.line for entry in dataset.info.source.unreadable] == [31]


def test_a_json_value_that_is_no_number_is_missing(settings: Settings, tmp_path: Path) -> None:
    text = '[{"n": NaN, "k": "x"}, {"n": 1.5, "k": NaN}]'
    dataset = add(settings, tmp_path, text, file_name="data.json")
    assert cells(dataset) == {"n": [None, 1.5], "k": ["x", None]}


def test_json_values_keep_their_types(settings: Settings, tmp_path: Path) -> None:
    records = [{"flag": True, "n": 1, "deep": {"x": 1}}, {"flag": False, "n": 2.5, "late": "é"}]
    dataset = add(settings, tmp_path, json.dumps(records), file_name="data.json")
    assert cells(dataset) == {
        "flag": ["true", "false"],
        "n": [1.0, 2.5],
        "deep": ['{"x": 1}', None],
        "late": [None, "é"],
    }


def test_broken_lines_of_json_are_counted(settings: Settings, tmp_path: Path) -> None:
    text = '{"a": 1}\n{"a": 2,\n\n{"a": 3}\n5\n{"a": 4, "a": 5}\n'
    text += f'{{"a": {"9" * 5_000}}}\n'
    dataset = add(settings, tmp_path, text, file_name="data.jsonl")
    assert cells(dataset) == {"a": [1, 3]}
    assert dataset.info.source.num_rows_rejected == 4
    assert [entry.line for entry in dataset.info.source.unreadable] == [2, 5, 6, 7]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[{"a": 1}, {"a": 2', "is no valid JSON"),
        ('{"a": 1,\n"b"}', "is no valid JSON in line 2"),
        ("[]", "holds no records"),
        ("{}", "holds no records"),
        ('[{"a": 1}]\n[{"a": 2}]', "the list ends, and '[{\"a\": 2}]' comes after it"),
        ('[{"a": 1, "b": 2, "a": 3}]', "the name 'a' stands 2 times in record 1"),
        (f'[{{"a": 1}}, {{"a": {"9" * 5_000}}}]', "too many digits in record 2"),
        (f'{{"a": [{"9" * 5_000}]}}', "too many digits"),
        ('[{"a": 1}, [2, 3]]', "as number 2 shows"),
        ('[5, {"a": 1}]', "as number 2 shows"),
    ],
)
def test_broken_json_is_refused(
    settings: Settings, tmp_path: Path, text: str, problem: str
) -> None:
    error = refuse(lambda: add(settings, tmp_path, text, file_name="data.json"))
    assert problem in error.problem


def test_an_unknown_encoding_of_json_is_refused(settings: Settings, tmp_path: Path) -> None:
    error = refuse(
        lambda: add(settings, tmp_path, '[{"a": 1}]', file_name="data.json", encoding="utf-9")
    )
    assert error.where == "encoding"


def test_json_nested_without_end_is_refused(settings: Settings, tmp_path: Path) -> None:
    deep = '{"a":' + "[" * 100_000 + "]" * 100_000 + "}"
    error = refuse(lambda: add(settings, tmp_path, f"[{deep}]", file_name="data.json"))
    assert "nested far deeper than a table" in error.problem

    lines = add(settings, tmp_path, f'{{"a": 1}}\n{deep}\n{{"a": 2}}\n', file_name="data.jsonl")
    assert cells(lines) == {"a": [1, 2]}
    assert [entry.reason for entry in lines.info.source.unreadable] == ["nested too deep"]


def test_half_a_letter_in_json_becomes_the_sign_for_it(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, '[{"a": "x\\ud800"}, {"a": "é"}]', file_name="data.json")
    assert cells(dataset) == {"a": ["x\ufffd", "é"]}


@pytest.mark.slow
def test_a_json_list_longer_than_a_chunk_is_read_whole(settings: Settings, tmp_path: Path) -> None:
    records = [{"a": 2 * n, "text": f"é{n}" * 9} for n in range(30_000)]
    dataset = add(settings, tmp_path, json.dumps(records, ensure_ascii=False))
    assert cells(dataset)["a"] == list(range(0, 60_000, 2))


def test_parquet_values_keep_their_types(settings: Settings, tmp_path: Path) -> None:
    table = pa.table(
        {
            "int": pa.array([1, 2, None]),
            "bool": [True, False, None],
            "code": ["1", "2", "NA"],
            "when": pa.array([datetime(2020, 1, 1)] * 3, pa.timestamp("ns", "Europe/Berlin")),
            "list": [[1], [2, 3], None],
            "kind": pa.array(["x", "y", "x"]).dictionary_encode(),
            "float": [1.5, float("nan"), 3.0],
            "a.b": pa.array([1, 2, 3], pa.uint8()),
        }
    )
    pq.write_table(table, tmp_path / "data.parquet")
    dataset = add_dataset(settings, tmp_path / "data.parquet")
    found = cells(dataset)
    assert found["bool"] == ["true", "false", None]
    assert found["code"] == ["1", "2", "NA"]
    assert found["when"][0] == datetime(2020, 1, 1)
    assert found["list"] == [[1.0], [2.0, 3.0], None]
    assert found["float"] == [1.5, None, 3.0]
    assert found["a.b"] == [1, 2, 3]
    assert dataset.info.column("int").is_integer


def test_a_damaged_parquet_file_is_refused(settings: Settings, tmp_path: Path) -> None:
    error = refuse(lambda: add(settings, tmp_path, b"PAR1" + b"\0" * 100 + b"PAR1"))
    assert "is a damaged Parquet file" in error.problem


def test_a_small_parquet_file_that_declares_too_much_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": np.zeros(400_000)}), tmp_path / "data.parquet")
    settings = read_settings(
        {"DLSTUDIO_HOME": str(tmp_path / "home"), "DLSTUDIO_MAX_UNPACKED_MB": "1"}
    )
    error = refuse(lambda: add_dataset(settings, tmp_path / "data.parquet"))
    assert "declares 400,000 rows" in error.problem


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_gzip_is_unpacked(settings: Settings, tmp_path: Path) -> None:
    content = gzip.compress(b"a,b\n1,x\n2,y\n")
    dataset = add(settings, tmp_path, content, file_name="my.data.csv.gz")
    assert cells(dataset) == {"a": [1, 2], "b": ["x", "y"]}
    assert dataset.info.name == "my"
    assert {entry.name for entry in dataset.folder.iterdir()} >= {"table.parquet", "dataset.json"}
    assert not list(dataset.folder.glob("unpacked*"))


def test_the_one_table_of_an_archive_is_read(settings: Settings, tmp_path: Path) -> None:
    members = {"../../evil/t.csv": b"a\n1\n2\n", "readme.md": b"hi", "__MACOSX/t.csv": b"junk"}
    dataset = add_dataset(settings, _zip(tmp_path / "t.zip", members))
    assert cells(dataset) == {"a": [1, 2]}
    assert not (tmp_path.parent / "evil").exists()


def test_a_member_is_chosen_if_there_are_several(settings: Settings, tmp_path: Path) -> None:
    path = _zip(tmp_path / "t.zip", {"t.csv": b"a\n1\n", "u.csv": b"b\n2\n"})
    error = refuse(lambda: add_dataset(settings, path))
    assert "'t.csv', 'u.csv'" in error.fix and error.where == "member"
    assert cells(add_dataset(settings, path, options=ReadOptions(member="u.csv"))) == {"b": [2]}
    error = refuse(lambda: add_dataset(settings, path, options=ReadOptions(member="v.csv")))
    assert "holds no file 'v.csv'" in error.problem


def _cut(path: Path) -> Path:
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 9_000)[:-20])
    return path


def _encrypted(path: Path) -> Path:
    content = bytearray(_zip(path, {"t.csv": b"a\n1\n"}).read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("write", "problem"),
    [
        (lambda path: _zip(path, {}), "holds no file"),
        (_cut, "is damaged or incomplete"),
        (_encrypted, "is protected by a password"),
    ],
)
def test_a_bad_archive_is_refused(
    settings: Settings, tmp_path: Path, write: Callable[[Path], Path], problem: str
) -> None:
    path = write(tmp_path / "t.zip")
    assert problem in refuse(lambda: add_dataset(settings, path)).problem


def test_an_archive_bomb_is_refused(tmp_path: Path) -> None:
    settings = read_settings(
        {"DLSTUDIO_HOME": str(tmp_path / "home"), "DLSTUDIO_MAX_UNPACKED_MB": "1"}
    )
    zipped = _zip(tmp_path / "t.zip", {"t.csv": b"a\n" + b"0\n" * 1_000_000})
    gzipped = tmp_path / "t.csv.gz"
    gzipped.write_bytes(gzip.compress(b"a\n" + b"0\n" * 1_000_000))
    for path in (zipped, gzipped):
        problem = refuse(lambda path=path: add_dataset(settings, path)).problem
        assert ", more than the 0.000977 GB that are allowed." in problem
    assert list(settings.datasets_folder.iterdir()) == []


@pytest.mark.parametrize("ending", ["xlsx", "json", "jsonl"])
@pytest.mark.parametrize(
    ("texts", "decimal", "thousands", "values"),
    [
        (["1,5", "7,25"], ",", "none", [1.5, 7.25]),
        (["1.234,5", "7,25"], ",", ".", [1234.5, 7.25]),
        (["1,234.5", "7.25"], ".", ",", [1234.5, 7.25]),
        (["1 234,5", "7,25"], ",", " ", [1234.5, 7.25]),
    ],
)
def test_texts_beside_real_numbers_are_read_as_they_are_written(
    settings: Settings,
    tmp_path: Path,
    ending: str,
    texts: list[str],
    decimal: str,
    thousands: str,
    values: list[float],
) -> None:
    rows = [{"a": text, "b": place + 1.125} for place, text in enumerate(texts)]
    path = tmp_path / f"data.{ending}"
    if ending == "xlsx":
        write_xlsx(path, {"S": grid([["a", "b"], *[list(row.values()) for row in rows]])})
    else:
        lines = [json.dumps(row) for row in rows]
        path.write_text("\n".join(lines) if ending == "jsonl" else f"[{','.join(lines)}]")
    for options in (ReadOptions(), ReadOptions.model_validate({"decimal": decimal})):
        dataset = add_dataset(settings, path, options=options)
        assert cells(dataset) == {"a": values, "b": [1.125, 2.125]}
        assert dataset.info.source.options["decimal"] == decimal
        assert dataset.info.source.options["thousands"] == thousands


def test_texts_in_json_are_numbers_in_the_chosen_notation(
    settings: Settings, tmp_path: Path
) -> None:
    text = '[{"a": "1.234,5"}, {"a": "7,25"}]'
    dataset = add(settings, tmp_path, text, decimal=",", thousands=".")
    assert cells(dataset) == {"a": [1234.5, 7.25]}


@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_a_list_of_texts_is_a_list_of_labels(
    settings: Settings, tmp_path: Path, ending: str
) -> None:
    rows = [{"tags": ["red", "röt; x"], "n": [1, 2]}, {"tags": ["red"]}, {"tags": []}, {}]
    path = tmp_path / f"data.{ending}"
    if ending == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        path.write_text("\n".join(json.dumps(row) for row in rows))
    assert cells(add_dataset(settings, path))["tags"] == ["red; röt, x", "red", "[]", None]
