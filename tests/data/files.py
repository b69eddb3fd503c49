"""Files for the tests of reading, written by hand so that every byte is known."""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from dlstudio.data.any_table import open_any_table
from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset, read_table
from dlstudio.data.options import GUESS_EVERYTHING, ReadOptions
from dlstudio.errors import StudioError
from dlstudio.settings import Settings, read_settings

Cell = str | int | float | bool | None


def add(settings: Settings, folder: Path, content: str | bytes, **options: object) -> Dataset:
    """Write a file, by default data.csv, and make a dataset of it."""
    path = folder / str(options.pop("file_name", "data.csv"))
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return add_dataset(settings, path, options=ReadOptions.model_validate(options))


def read_any_table(path: Path) -> pa.Table:
    """All rows of a file that does not become a dataset, as a file to predict is read."""
    with open_any_table(path, GUESS_EVERYTHING, read_settings()) as table:
        return pa.concat_tables(table.batches())


def refuse(add_it: Callable[[], object]) -> StudioError:
    """The error of something that must be refused."""
    with pytest.raises(StudioError) as caught:
        add_it()
    assert caught.value.problem.endswith(".") and caught.value.fix.endswith(".")
    return caught.value


def cells(dataset: Dataset) -> dict[str, list[object]]:
    """Every cell of a dataset, column by column."""
    return read_table(dataset).to_pydict()


def kinds(dataset: Dataset) -> dict[str, str]:
    """The kind of every column."""
    return {column.name: column.kind.value for column in dataset.info.columns}


def warning_codes(dataset: Dataset) -> set[str]:
    """The codes of all warnings."""
    return {warning.code for warning in dataset.info.warnings}


def write_xlsx(path: Path, sheets: dict[str, dict[str, Cell]]) -> Path:
    """Write a workbook; each sheet is a table from places such as "B7" to values."""
    names = list(sheets)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _content_types(len(names)))
        archive.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        archive.writestr("xl/workbook.xml", _workbook(names))
        targets = [("worksheet", f"worksheets/sheet{n + 1}.xml") for n in range(len(names))]
        archive.writestr("xl/_rels/workbook.xml.rels", _relations(targets))
        for number, name in enumerate(names, start=1):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", _sheet(sheets[name]))
    return path


def grid(rows: Sequence[Sequence[Cell]], first_row: int = 1) -> dict[str, Cell]:
    """Places of the cells of a table in a sheet."""
    return {
        f"{chr(65 + place)}{number}": value
        for number, row in enumerate(rows, start=first_row)
        for place, value in enumerate(row)
    }


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _content_types(num_sheets: int) -> str:
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n + 1}.xml" '
        f'ContentType="{_TYPE}.worksheet+xml"/>'
        for n in range(num_sheets)
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f"{sheets}</Types>"
    )


def _relations(targets: list[tuple[str, str]]) -> str:
    items = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{items}</Relationships>'


def _workbook(names: list[str]) -> str:
    sheets = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in enumerate(names, start=1)
    )
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'


def _sheet(cells_by_place: dict[str, Cell]) -> str:
    rows: dict[int, list[str]] = {}
    for place, value in cells_by_place.items():
        row = int(place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        if value is not None:
            rows.setdefault(row, []).append(_cell(place, value))
    body = "".join(f'<row r="{row}">{"".join(found)}</row>' for row, found in sorted(rows.items()))
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'


def _cell(place: str, value: Cell) -> str:
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'
