"""The columns of a wide table, one a time step, become a column of sequences."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dlstudio.data.combining.row_roles import Remark
from dlstudio.data.combining.source import TypedTable
from dlstudio.data.combining.wide_columns import WideLayout, wide_layout
from dlstudio.data.sequences.columns import SEQUENCE, sequence_array
from dlstudio.data.stage import SettledColumn, Stage, StageWriter
from dlstudio.spec.dataset import ColumnKind

BATCH_VALUES = 4_000_000


def combine_columns(table: TypedTable, columns: Sequence[str], stage_path: Path) -> Stage:
    """Join columns that are time steps.

    Readings that are missing at the end of a row make its sequence shorter.

    Args:
        table: The wide table.
        columns: The columns that are time steps, in their order where their names do not hold it.
        stage_path: Where the stage goes.

    Returns:
        A stage with the other columns and one of sequences, in the place of the first step.

    Raises:
        DataError: A column does not exist or holds no numbers, or channels differ in steps.
    """
    layout = wide_layout(table, columns)
    steps = {place for places in layout.places for place in places}
    kept = [place for place in range(len(table.columns)) if place not in steps]
    settled = [*table.settled(kept), SettledColumn(ColumnKind.SEQUENCE, channels=layout.channels)]
    with StageWriter(stage_path, [*table.types(kept), SEQUENCE]) as writer:
        writer.mark_typed(range(len(kept)))
        batch_rows = max(1, BATCH_VALUES // len(steps))
        for batch in table.batches():
            for start in range(0, len(batch), batch_rows):
                part = batch.slice(start, batch_rows)
                arrays = [_one_array(part.column(place)) for place in kept]
                arrays.append(_sequences(part, layout))
                writer.write(pa.RecordBatch.from_arrays(arrays, schema=writer.schema))
    return Stage(
        path=stage_path,
        names=(*(table.columns[place].name for place in kept), table.free_name()),
        num_rows=writer.num_rows,
        evidence=tuple(writer.evidence),
        format="",
        options={},
        remarks=tuple(_remarks(layout)),
        settled=dict(enumerate(settled)),
    )


def _sequences(batch: pa.Table, layout: WideLayout) -> pa.ListArray:
    readings: np.ndarray = np.stack(
        [
            np.stack([_numbers(batch.column(place)) for place in places], axis=1)
            for places in layout.places
        ],
        axis=2,
    )
    is_known: np.ndarray = np.any(np.isfinite(readings), axis=2)
    num_steps = np.where(
        np.any(is_known, axis=1), is_known.shape[1] - np.argmax(is_known[:, ::-1], axis=1), 0
    )
    is_kept = np.arange(readings.shape[1]) < num_steps[:, None]
    return sequence_array(num_steps * readings.shape[2], readings[is_kept])


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    plain = pc.cast(column, pa.float64())
    return np.asarray(plain.to_numpy(), dtype=np.float64).astype(np.float32)


def _one_array(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    return combined if isinstance(combined, pa.Array) else pa.concat_arrays(combined.chunks)


def _remarks(layout: WideLayout) -> list[Remark]:
    if not layout.skipped:
        return []
    shown = ", ".join(str(number) for number in layout.skipped[:10])
    more = ", …" if len(layout.skipped) > 10 else ""
    return [
        (
            "missing-steps",
            f"There is no column for the steps {shown}{more}, though there are steps before and "
            "after.",
            "Check whether columns are missing in the file; the network sees one step after the "
            "other.",
        )
    ]
