"""How sequences are stored: one flat list of float32 a row, time step by time step.

The names of the channels stand in the metadata of the column's field, so that a list of 12 values
is known to be 4 steps of 3 channels.
"""

import json
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

SEQUENCE = pa.list_(pa.float32())
ONLY_CHANNEL = ("value",)
_CHANNELS = b"channels"


def sequence_field(name: str, channels: Sequence[str]) -> pa.Field:
    """Describe a column of sequences.

    Args:
        name: Its name.
        channels: Names of the values of a time step, at least one.
    """
    return pa.field(name, SEQUENCE, metadata={_CHANNELS: json.dumps(list(channels)).encode()})


def channels_of(field: pa.Field) -> tuple[str, ...]:
    """The channels of a column; a single one if its field names none."""
    metadata = field.metadata or {}
    return tuple(json.loads(metadata[_CHANNELS])) if _CHANNELS in metadata else ONLY_CHANNEL


def is_numeric_list(source: pa.DataType) -> bool:
    """Whether a type of Arrow is a list of numbers, which makes its column one of sequences."""
    is_list = (
        pa.types.is_list(source)
        or pa.types.is_large_list(source)
        or pa.types.is_fixed_size_list(source)
    )
    return is_list and (
        pa.types.is_floating(source.value_type) or pa.types.is_integer(source.value_type)
    )


def sequence_array(lengths: np.ndarray, values: np.ndarray) -> pa.ListArray:
    """Make a column of sequences.

    Args:
        lengths: Values a row, int `(num_rows,)`; a row of none is missing.
        values: The values of all rows one after the other, float `(sum of lengths,)`; what is
            infinite becomes NaN, which means missing.
    """
    with np.errstate(over="ignore"):
        flat = np.asarray(values, dtype=np.float32).reshape(-1)
    if not np.isfinite(flat).all():
        flat = np.where(np.isfinite(flat), flat, np.float32("nan"))
    offsets = np.zeros(len(lengths) + 1, dtype=np.int32)
    np.cumsum(lengths, out=offsets[1:])
    is_missing = np.asarray(lengths) == 0
    mask = pa.array(is_missing) if is_missing.any() else None
    return pa.ListArray.from_arrays(
        pa.array(offsets), pa.array(flat, from_pandas=False), type=SEQUENCE, mask=mask
    )


def flat_parts(cells: pa.ListArray) -> tuple[np.ndarray, np.ndarray]:
    """Take a column of sequences apart.

    Args:
        cells: Of the type `SEQUENCE`, perhaps a slice.

    Returns:
        Where each row begins and ends, int64 `(num_rows + 1,)`, and the values of all rows,
        float32, into which these places point.
    """
    offsets = cells.offsets.to_numpy().astype(np.int64)
    return offsets, cells.values.to_numpy(zero_copy_only=False)


def to_sequences(cells: pa.Array) -> pa.ListArray:
    """Convert lists of any numbers to the stored type; a missing number becomes NaN.

    Args:
        cells: Of a type for which `is_numeric_list` holds.
    """
    if cells.type == SEQUENCE and cells.values.null_count == 0:
        return cells
    plain = cells.cast(pa.list_(cells.type.value_type))
    lengths = np.asarray(plain.value_lengths().fill_null(0).to_numpy(zero_copy_only=False))
    values = plain.flatten().cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return sequence_array(lengths, values)
