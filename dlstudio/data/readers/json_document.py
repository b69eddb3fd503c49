"""A JSON object as a table: the shapes in which programs write one, those of pandas above all."""

from collections import Counter
from collections.abc import Mapping, Sequence

from dlstudio.data.column_names import clean_names
from dlstudio.errors import DataError

# Names under which services wrap the list of records.
WRAPPERS = ("data", "records", "rows", "items", "results", "values")
ROW_NAMES = "index"  # the column of row names that say something
MAX_ROW_NUMBER_DIGITS = 9  # longer ones are times
_SPLIT_PARTS = ("columns", "data")
_SPLIT_EXTRAS = ("index", "index_names", "column_names")


def records_of_document(document: object, file_name: str) -> list[object]:
    """The rows of an object.

    These are read: records wrapped in a field, columns of values, and what pandas writes with
    `orient` split, tight, table, columns or index. Any other object is a single row.

    Args:
        document: Any JSON value.
        file_name: Of the file, for errors.

    Returns:
        Records, lists or values. Row names become a column "index" unless they only count.

    Raises:
        DataError: The object has columns and rows which do not fit each other.
    """
    if not isinstance(document, dict):
        return [document]
    if _is_split(document):
        return _split_records(document, file_name)
    if _is_table_schema(document):
        return _without_row_numbers(document["data"], document["schema"])
    lists = {name: value for name, value in document.items() if isinstance(value, list)}
    ways = (_wrapped(lists), _by_column(document, lists), _by_name(document))
    only = next(iter(lists.values())) if len(lists) == 1 else None
    return next((rows for rows in (*ways, only) if rows is not None), [document])


def _wrapped(lists: Mapping[str, list[object]]) -> list[object] | None:
    """The records in a field of their own."""
    for name in WRAPPERS:
        if name in lists and (len(lists) == 1 or _are_records(lists[name])):
            return lists[name]
    only = next(iter(lists.values())) if len(lists) == 1 else []
    return only if _are_records(only) else None


def _are_records(items: Sequence[object]) -> bool:
    return bool(items) and all(isinstance(item, dict) for item in items)


def _by_column(
    document: Mapping[str, object], lists: Mapping[str, list[object]]
) -> list[object] | None:
    """Rows of columns that are lists of the same length."""
    if len(lists) < len(document) or len({len(column) for column in lists.values()}) != 1:
        return None
    return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]


def _by_name(document: Mapping[str, object]) -> list[object] | None:
    """Rows of an object that holds records by their names, or columns by theirs."""
    records = {name: value for name, value in document.items() if isinstance(value, dict)}
    if len(records) < len(document) or not any(records.values()):
        return None
    return _records_of_records(records)


def _is_split(document: Mapping[str, object]) -> bool:
    """Whether an object holds names of columns and lists of their values, and nothing else."""
    columns, data = (document.get(part) for part in _SPLIT_PARTS)
    if not isinstance(columns, list) or not isinstance(data, list) or not columns:
        return False
    has_rows = all(isinstance(row, list) for row in data)
    return has_rows and set(document) <= {*_SPLIT_PARTS, *_SPLIT_EXTRAS}


def _split_records(document: Mapping[str, list[object]], file_name: str) -> list[object]:
    columns = [_name(name) for name in document["columns"]]
    rows: list[list[object]] = document["data"]  # type: ignore[assignment]
    for number, row in enumerate(rows, start=1):
        if len(row) != len(columns):
            raise DataError(
                f"{file_name!r} names {len(columns):,} columns, but row {number:,} of its data has "
                f"{len(row):,} values.",
                "Mend the file, or save the table as CSV.",
                where="file",
            )
    labels = document.get("index")
    names, _ = clean_names(columns)
    records = [dict(zip(names, row, strict=True)) for row in rows]
    return _with_row_names(labels if isinstance(labels, list) else (), records)


def _is_table_schema(document: Mapping[str, object]) -> bool:
    schema, data = document.get("schema"), document.get("data")
    is_schema = isinstance(schema, dict) and isinstance(schema.get("fields"), list)
    return is_schema and isinstance(data, list) and all(isinstance(row, dict) for row in data)


def _without_row_numbers(
    records: list[dict[str, object]], schema: Mapping[str, object]
) -> list[object]:
    """What pandas writes with a schema; its row numbers are no column."""
    if schema.get("primaryKey") != [ROW_NAMES]:
        return list(records)
    if [record.get(ROW_NAMES) for record in records] != list(range(len(records))):
        return list(records)
    kept = [{k: v for k, v in record.items() if k != ROW_NAMES} for record in records]
    return list(kept) if any(kept) else list(records)


def _records_of_records(outer: dict[str, dict[str, object]]) -> list[object] | None:
    """Records by row name, or columns by name that hold values by row name; None if neither."""
    inner = list(dict.fromkeys(name for record in outer.values() for name in record))
    if _are_rows(outer, inner):
        return _with_row_names(list(outer), [dict(record) for record in outer.values()])
    if any(set(record) != set(inner) for record in outer.values()) and not _all_numbers(inner):
        return None
    columns = [[record.get(label) for label in inner] for record in outer.values()]
    rows = [dict(zip(outer, row, strict=True)) for row in zip(*columns, strict=True)]
    return _with_row_names(inner, rows)


def _are_rows(outer: dict[str, dict[str, object]], inner: Sequence[str]) -> bool:
    """Whether the outer names are those of rows: numbers, or the values below them say so.

    Where nothing tells, they are names of columns, as pandas writes them by default.
    """
    outer_counts, inner_counts = _all_numbers(list(outer)), _all_numbers(inner)
    if outer_counts != inner_counts:
        return outer_counts
    if len(outer) < 2 or any(set(record) != set(inner) for record in outer.values()):
        return False
    as_columns = all(_is_of_one_type(record.values()) for record in outer.values())
    as_rows = all(_is_of_one_type(record[name] for record in outer.values()) for name in inner)
    return as_rows and not as_columns


def _is_of_one_type(values: object) -> bool:
    """Whether values could be those of a column; None goes with all."""
    kinds = Counter(
        float if type(value) is int else type(value)
        for value in values  # type: ignore[attr-defined]
        if value is not None
    )
    return len(kinds) < 2


def _with_row_names(labels: Sequence[object], records: list[dict[str, object]]) -> list[object]:
    """Put names of rows in front, unless they are row numbers or there is no place for them."""
    is_taken = any(ROW_NAMES in record for record in records[:1])
    texts = [_name(label) for label in labels]
    if is_taken or len(labels) != len(records) or _are_row_numbers(texts):
        return list(records)
    return [{ROW_NAMES: label, **record} for label, record in zip(texts, records, strict=True)]


def _are_row_numbers(labels: Sequence[str]) -> bool:
    return _all_numbers(labels) and all(len(label) <= MAX_ROW_NUMBER_DIGITS for label in labels)


def _all_numbers(labels: Sequence[str]) -> bool:
    return all(label.isdecimal() and label.isascii() for label in labels)


def _name(label: object) -> str:
    """A name; those of several levels are joined."""
    if isinstance(label, list):
        return "_".join(_name(part) for part in label if part not in (None, ""))
    return "" if label is None else str(label)
