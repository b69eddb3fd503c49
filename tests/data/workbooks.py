"""Workbooks in the forms beside .xlsx, written by hand: a sheet of texts and numbers in each."""

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

Row = Sequence[str | float]

_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_SHEET_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"

_SECTOR = 512
_END_OF_CHAIN, _FREE, _FAT_SECTOR = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
# A stream that is shorter lies in a part of the file of its own, which is not written here.
_SMALLEST_STREAM = 4096


def write_ods(path: Path, rows: Sequence[Row]) -> Path:
    """Write an OpenDocument sheet."""
    body = "".join(
        "<table:table-row>" + "".join(map(_ods_cell, row)) + "</table:table-row>" for row in rows
    )
    content = (
        f'<office:document-content xmlns:office="{_OFFICE}:office:1.0" '
        f'xmlns:table="{_OFFICE}:table:1.0" xmlns:text="{_OFFICE}:text:1.0">'
        '<office:body><office:spreadsheet><table:table table:name="S">'
        f"{body}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f'<manifest xmlns="{_OFFICE}:manifest:1.0"/>')
        archive.writestr("content.xml", content)
    return path


def write_xlsb(path: Path, rows: Sequence[Row]) -> Path:
    """Write a binary workbook of Excel, as [MS-XLSB] describes its records."""
    sheet = [_xlsb(0x94, struct.pack("<4I", 0, len(rows) - 1, 0, len(rows[0]) - 1)), _xlsb(0x91)]
    for number, row in enumerate(rows):
        sheet.append(_xlsb(0x00, struct.pack("<IIHHBI", number, 0, 300, 0, 0, 0)))
        for place, value in enumerate(row):
            start = struct.pack("<II", place, 0)
            if isinstance(value, str):
                sheet.append(_xlsb(0x06, start + _wide(value)))
            else:
                sheet.append(_xlsb(0x05, start + struct.pack("<d", value)))
    sheet.append(_xlsb(0x92))
    bundle = _xlsb(0x9C, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("S"))
    workbook = _xlsb(0x8F) + bundle + _xlsb(0x90) + _xlsb(0x84)
    relation = f'<Relationship Id="rId1" Type="{_SHEET_TYPE}" Target="worksheets/sheet1.bin"/>'
    relations = f'<Relationships xmlns="{_RELATIONS}">{relation}</Relationships>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.bin", workbook)
        archive.writestr("xl/_rels/workbook.bin.rels", relations)
        archive.writestr("xl/worksheets/sheet1.bin", b"".join(sheet))
    return path


def write_xls(path: Path, rows: Sequence[Row]) -> Path:
    """Write a workbook of Excel 97 to 2003, as [MS-XLS] and [MS-CFB] describe it."""
    name = struct.pack("<BB", 1, 0) + b"S"
    start, end = _xls(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)), _xls(0x0A)
    place = len(start) + len(_xls(0x85, bytes(6) + name)) + len(end)
    sheet = [_xls(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))]
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            where = struct.pack("<HHH", number, column, 0)
            if isinstance(value, str):
                letters = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                sheet.append(_xls(0x204, where + letters))
            else:
                sheet.append(_xls(0x203, where + struct.pack("<d", value)))
    bound = _xls(0x85, struct.pack("<IH", place, 0) + name)
    path.write_bytes(_compound_file("Workbook", start + bound + end + b"".join(sheet) + end))
    return path


def _ods_cell(value: str | float) -> str:
    if isinstance(value, str):
        return (
            f'<table:table-cell office:value-type="string"><text:p>{value}</text:p>'
            "</table:table-cell>"
        )
    return f'<table:table-cell office:value-type="float" office:value="{value}"/>'


def _xlsb(kind: int, content: bytes = b"") -> bytes:
    """A record: its kind and its length in groups of seven bits, and what it holds."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind, 1])
    length = len(content)
    assert length < 1 << 7
    return head + bytes([length]) + content


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _xls(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _compound_file(name: str, stream: bytes) -> bytes:
    """A file system with one file in it: the list of sectors, the folder, then the file."""
    padded = stream.ljust(_SMALLEST_STREAM, b"\0")
    padded += bytes(-len(padded) % _SECTOR)
    num_sectors = len(padded) // _SECTOR
    chain = [_FAT_SECTOR, _END_OF_CHAIN, *range(3, num_sectors + 2), _END_OF_CHAIN]
    fat = struct.pack("<128I", *chain, *[_FREE] * (128 - len(chain)))
    folder = _entry("Root Entry", 5, 1, _END_OF_CHAIN, 0) + _entry(name, 2, _FREE, 2, len(padded))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIII", 0, 1, 1, 0)  # one sector of the list; the folder is in sector 1
    head += struct.pack("<IIIII", _SMALLEST_STREAM, _END_OF_CHAIN, 0, _END_OF_CHAIN, 0)
    head += struct.pack("<109I", 0, *[_FREE] * 108)  # the list is in sector 0
    return head + fat + folder.ljust(_SECTOR, b"\0") + padded


def _entry(name: str, kind: int, child: int, sector: int, size: int) -> bytes:
    letters = name.encode("utf-16-le")
    head = letters.ljust(64, b"\0") + struct.pack("<HBB", len(letters) + 2, kind, 1)
    return head + struct.pack("<III36xIQ", _FREE, _FREE, child, sector, size)
