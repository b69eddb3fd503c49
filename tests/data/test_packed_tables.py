"""Every form of a table is read as it is, inside a .gz and inside a .zip."""

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dlstudio.data.catalog import add_dataset
from dlstudio.settings import Settings
from tests.data.files import cells, grid, read_any_table, write_xlsx
from tests.data.workbooks import write_ods, write_xls, write_xlsb

RECORDS = [{"n": 1.5, "kind": "ä"}, {"n": 2.5, "kind": "y"}, {"n": -3.0, "kind": "ä"}]
ROWS = [["n", "kind"], *([record["n"], record["kind"]] for record in RECORDS)]

FORMS: dict[str, Callable[[Path], object]] = {
    "xlsx": lambda path: write_xlsx(path, {"S": grid(ROWS)}),
    "xlsb": lambda path: write_xlsb(path, ROWS),
    "xls": lambda path: write_xls(path, ROWS),
    "ods": lambda path: write_ods(path, ROWS),
    "json": lambda path: path.write_text(json.dumps(RECORDS), encoding="utf-8"),
    "jsonl": lambda path: path.write_text("\n".join(map(json.dumps, RECORDS)), encoding="utf-8"),
    "parquet": lambda path: pq.write_table(pa.Table.from_pylist(RECORDS), path),
}


def _as_it_is(path: Path) -> Path:
    return path


def _in_gzip(path: Path) -> Path:
    packed = path.with_name(f"{path.name}.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    return packed


def _in_zip(path: Path) -> Path:
    packed = path.with_name("packed.zip")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, f"folder/{path.name}")
        archive.writestr("folder/readme.md", "What the columns mean")
    return packed


@pytest.mark.parametrize("pack", [_as_it_is, _in_gzip, _in_zip])
@pytest.mark.parametrize("ending", FORMS)
def test_a_table_is_read_in_every_form_packed_or_not(
    settings: Settings, tmp_path: Path, ending: str, pack: Callable[[Path], Path]
) -> None:
    path = tmp_path / f"table.{ending}"
    FORMS[ending](path)
    dataset = add_dataset(settings, pack(path))
    assert cells(dataset) == {"n": [1.5, 2.5, -3.0], "kind": ["ä", "y", "ä"]}
    assert not dataset.info.source.unreadable


@pytest.mark.parametrize("ending", FORMS)
def test_a_table_to_predict_may_have_every_form(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"table.{ending}"
    FORMS[ending](path)
    found = read_any_table(path).to_pylist()
    assert [{**row, "n": float(row["n"])} for row in found] == RECORDS  # texts or numbers
