"""Tables that come as rows of Python values, as from Excel and JSON."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice

import pyarrow as pa

from dlstudio.data.listed_labels import is_list_of_texts, joined
from dlstudio.data.numbers import NumberStyle
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.stage import StageWriter

BATCH_CELLS = 500_000


def write_rows(
    request: ReadRequest, rows: Iterable[Sequence[object]], num_columns: int, style: NumberStyle
) -> StageWriter:
    """Write rows into the stage as text that says each value exactly.

    Args:
        request: Where the stage goes.
        rows: Rows with `num_columns` values.
        num_columns: At least 1.
        style: How numbers in the texts among the values are written.

    Returns:
        The closed writer, which knows the number of rows and what the columns look like.
    """
    batch_rows = max(1, BATCH_CELLS // num_columns)
    types = [pa.string()] * num_columns
    with StageWriter(request.stage_path, types, style) as writer:
        for batch in _batches(rows, batch_rows):
            columns = [
                _text_array([text_of(value, style.decimal) for value in column])
                for column in zip(*batch, strict=True)
            ]
            writer.write(pa.RecordBatch.from_arrays(columns, schema=writer.schema))
            request.report(0, writer.num_rows)
    return writer


def text_of(value: object, decimal: str = ".") -> str:
    """Write one value as text; numbers as the file writes them where they are texts.

    Whole floats lose their ".0", because Excel and JSON know only one kind of number; truth
    values become "true" and "false", dates ISO 8601, lists of texts labels with semicolons
    between them, other lists and records JSON. Nothing and NaN are empty.
    """
    if value is None or value != value:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        is_whole = value.is_integer() and abs(value) < 2**53
        return str(int(value)) if is_whole else repr(value).replace(".", decimal)
    if isinstance(value, datetime):
        is_day = value.time() == time(0)
        return value.date().isoformat() if is_day and not value.tzinfo else value.isoformat(" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if is_list_of_texts(value):
        return joined(value)
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _text_array(texts: list[str]) -> pa.Array:
    """JSON can hold half a letter (a lone surrogate), which is no text; it becomes U+FFFD."""
    try:
        return pa.array(texts, pa.string())
    except UnicodeEncodeError:
        whole = [
            text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in texts
        ]
        return pa.array(whole, pa.string())


def _batches(rows: Iterable[Sequence[object]], size: int) -> Iterator[list[Sequence[object]]]:
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield batch
