"""Arrow's many types become the five that a stage holds."""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

import json
from datetime import date, datetime, time
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from dlstudio.data.listed_labels import is_list_of_texts, joined
from dlstudio.data.sequences.columns import SEQUENCE, is_numeric_list, to_sequences

TIMESTAMP = pa.timestamp("us")


def stage_type(source: pa.DataType) -> pa.DataType:
    """Return the type in which values of a type are staged.

    Args:
        source: Any type of Arrow.

    Returns:
        int64, float64, timestamp[us], string or list of float32.
    """
    if pa.types.is_dictionary(source):
        return stage_type(source.value_type)
    if pa.types.is_uint64(source) or pa.types.is_floating(source) or pa.types.is_decimal(source):
        return pa.float64()
    if pa.types.is_integer(source):
        return pa.int64()
    if pa.types.is_timestamp(source) or pa.types.is_date(source):
        return TIMESTAMP
    return SEQUENCE if is_numeric_list(source) else pa.string()


def to_stage_type(values: pa.Array) -> pa.Array:
    """Convert values to the type in which they are staged.

    Truth values become "true" and "false", points in time UTC, lists of texts one text, other
    lists and records JSON, bytes text where they are UTF-8 and hexadecimal digits where not.
    """
    if pa.types.is_dictionary(values.type):
        return to_stage_type(values.dictionary_decode())
    target = stage_type(values.type)
    if target == SEQUENCE:
        return to_sequences(values)
    if values.type == target:
        return values
    if pa.types.is_timestamp(values.type):
        return pc.cast(pc.cast(values, pa.timestamp("us", tz=values.type.tz), safe=False), target)
    if target != pa.string():
        return pc.cast(values, target, safe=False)
    if _casts_to_text(values.type):
        return pc.cast(values, pa.string())
    return pa.array([_text_of(value) for value in values.to_pylist()], pa.string())


def _casts_to_text(source: pa.DataType) -> bool:
    return (
        pa.types.is_boolean(source)
        or pa.types.is_large_string(source)
        or pa.types.is_string_view(source)
        or pa.types.is_null(source)
    )


def _text_of(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value.hex()
    if is_list_of_texts(value):
        return joined(value)
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=_json_value)
    return str(value)


def _json_value(value: object) -> object:
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return _text_of(value) if isinstance(value, bytes) else str(value)
