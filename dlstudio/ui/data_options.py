"""The form with everything that was guessed about a file, each guess changeable."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from dlstudio.data.damaged_text import DAMAGED_UTF8
from dlstudio.data.options import DateOrder, FileFormat, ReadOptions
from dlstudio.ui.data_add import read_file
from dlstudio.ui.problems import showing_problems

_DELIMITERS = {",": "comma ,", ";": "semicolon ;", "\t": "tab", "|": "bar |", " ": "space"}
_ENCODINGS = {
    name: name
    for name in ("utf-8", "cp1252", "iso-8859-1", "utf-16", "shift_jis", "gb18030", "cp1251")
}
_ENCODINGS[DAMAGED_UTF8] = "utf-8 with damaged letters"
_THOUSANDS = {"none": "none", ",": "comma ,", ".": "point .", " ": "space", "'": "apostrophe '"}
_DECIMALS = {".": "point: 1.5", ",": "comma: 1,5"}
_FORMATS: Mapping[str, str] = {
    FileFormat.DELIMITED: "text with delimiters (CSV, TSV)",
    FileFormat.EXCEL: "Excel",
    FileFormat.JSON: "JSON",
    FileFormat.JSON_LINES: "JSON lines",
    FileFormat.PARQUET: "Parquet",
    FileFormat.COLLECTION: "folder or archive of many files",
    FileFormat.TS: "time series (.ts)",
    FileFormat.ARFF: "ARFF (Weka)",
}
_FORMATS_WITH_HEADER = (None, FileFormat.DELIMITED, FileFormat.EXCEL)
_ORDERS: Mapping[str, str] = {
    DateOrder.DAY_FIRST: "day first",
    DateOrder.MONTH_FIRST: "month first",
}
_FILE_KINDS = {
    "image": "images",
    "audio": "sounds",
    "video": "videos",
    "text": "texts",
    "sequence": "recordings of sensors",
}
_SEQUENCE_FIELDS = ("sequence_id", "time", "sequence_columns", "sequence_channels")
_NAMES: Mapping[str, Mapping[str, str]] = {
    "format": _FORMATS,
    "delimiter": _DELIMITERS,
    "decimal": _DECIMALS,
    "thousands": _THOUSANDS,
    "has_header": {"True": "yes", "False": "no, the first row is data"},
    "date_order": _ORDERS,
    "file_kind": _FILE_KINDS,
    "leave_out_broken": {"True": "yes", "False": "no"},
}


def show_options_form(path: Path, name: str, options: ReadOptions, key: str) -> None:
    """Show the form; reading again makes a new version of the dataset.

    Args:
        path: The file.
        name: Name of the dataset.
        options: What the form begins with; None in a field means that the reader guesses.
        key: Tells forms on one page apart.
    """
    with st.form(f"options_{key}", border=False):
        if options.format is FileFormat.COLLECTION:
            chosen = _show_collection_fields(options, key)
        else:
            chosen = _show_table_fields(options, key)
        if st.form_submit_button("Read again with these options", icon=":material/refresh:"):
            with showing_problems():
                read_file(path, name, ReadOptions.model_validate(chosen))


def option_words(field: str, value: object) -> str:
    """Say in words what an option was set to.

    Args:
        field: A field of `ReadOptions`, such as "delimiter".
        value: Its value, such as ";".
    """
    return _NAMES.get(field, {}).get(str(value), str(value))


def _show_table_fields(options: ReadOptions, key: str) -> dict[str, object]:
    left, right = st.columns(2)
    with left:
        chosen = _show_text_fields(options, key)
    with right:
        chosen |= _show_number_fields(options, key)
    is_asked = any(getattr(options, field) for field in _SEQUENCE_FIELDS)
    with st.expander("If rows or columns are time steps of sequences", expanded=is_asked):
        chosen |= {field: _ask(field, getattr(options, field), key) for field in _SEQUENCE_FIELDS}
    return chosen


def _show_collection_fields(options: ReadOptions, key: str) -> dict[str, object]:
    title, help_text = _texts("leave_out_broken")
    member = _ask("member", options.member, key) if options.member else None
    return {
        "format": options.format,
        "member": member,
        "file_kind": _choose("file_kind", options.file_kind, _FILE_KINDS, key),
        "encoding": _choose("encoding", options.encoding, _ENCODINGS, key),
        "leave_out_broken": st.checkbox(
            title, options.leave_out_broken, help=help_text, key=f"leave_out_broken_{key}"
        ),
    }


def _show_text_fields(options: ReadOptions, key: str) -> dict[str, object]:
    header = None if options.has_header is None else str(options.has_header)
    chosen: dict[str, object] = {"format": _choose("format", options.format, _FORMATS, key)}
    if options.format in (None, FileFormat.DELIMITED):
        chosen["delimiter"] = _choose("delimiter", options.delimiter, _DELIMITERS, key)
    if options.format not in (FileFormat.EXCEL, FileFormat.PARQUET):
        chosen["encoding"] = _choose("encoding", options.encoding, _ENCODINGS, key)
    if options.format in _FORMATS_WITH_HEADER or header is not None:
        chosen["has_header"] = _choose("has_header", header, _NAMES["has_header"], key)
    if options.format in _FORMATS_WITH_HEADER:
        title, help_text = _texts("skip_rows")
        chosen["skip_rows"] = st.number_input(
            title,
            min_value=0,
            value=options.skip_rows,
            placeholder="guess",
            help=help_text,
            key=f"skip_rows_{key}",
        )
    return chosen


def _show_number_fields(options: ReadOptions, key: str) -> dict[str, object]:
    chosen: dict[str, object] = {
        "decimal": _choose("decimal", options.decimal, _DECIMALS, key),
        "thousands": _choose("thousands", options.thousands, _THOUSANDS, key),
        "other_decimal": _ask("other_decimal", options.other_decimal, key),
        "date_order": _choose("date_order", options.date_order, _ORDERS, key),
    }
    if options.format in (None, FileFormat.EXCEL):
        chosen["sheet"] = _ask("sheet", options.sheet, key)
    chosen["member"] = _ask("member", options.member, key)
    return chosen


def _choose(field: str, value: str | None, names: Mapping[str, str], key: str) -> str | None:
    """A select box whose empty state means: guess."""
    title, help_text = _texts(field)
    choices = list(names) if value is None or value in names else [value, *names]
    return st.selectbox(
        title,
        choices,
        index=None if value is None else choices.index(value),
        format_func=lambda choice: names.get(choice, choice),
        placeholder="guess",
        help=help_text,
        accept_new_options=field in ("delimiter", "encoding"),
        key=f"{field}_{key}",
    )


def _ask(field: str, value: str | None, key: str) -> str | None:
    title, help_text = _texts(field)
    empty = "none" if field in _SEQUENCE_FIELDS else "guess"
    text = st.text_input(
        title, value=value or "", placeholder=empty, help=help_text, key=f"{field}_{key}"
    )
    return text.strip() or None


def _texts(field: str) -> tuple[str, str]:
    info = ReadOptions.model_fields[field]
    return info.title or field, info.description or ""
