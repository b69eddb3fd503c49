"""The next steps of a run as a job that a warm worker does at once, and once only.

Its folder is named by what was asked, so that who asks again finds the answer there.
"""

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dlstudio.evaluation.whole_file import written_whole
from dlstudio.export.forecast_ahead import KNOWN, SERIES, STEP, TIME
from dlstudio.export.scoring import (
    JOBS_FOLDER,
    REQUEST_FILE,
    AheadRequest,
    ScoringJob,
    ScoringRequest,
)
from dlstudio.runs.folders import RunFolder, write_text_atomically
from dlstudio.settings import Settings
from dlstudio.spec.task import TaskSpec

OUTPUT_FILE, DRAWN_FILE, KNOWN_FILE = "forecast.csv", "drawn.parquet", "known.parquet"
# Raised when the same question gets another answer: older answers are then not found any more.
FORMAT = 1


def ahead_job(
    settings: Settings, run_folder: RunFolder, known: Path | pa.Table | None = None
) -> ScoringJob:
    """Write down that a run's dataset is to be continued; a warm worker does it.

    Args:
        settings: The workspace.
        run_folder: The folder of a forecast that has a model.
        known: What is known in advance, as a file or as rows; what it lacks is assumed.

    Returns:
        The job; it may be done already, by somebody who asked the same.
    """
    rows = _as_parquet(known) if isinstance(known, pa.Table) else b""
    named = f"{known}:{known.stat().st_mtime_ns}" if isinstance(known, Path) else ""
    asked = f"{FORMAT}:{run_folder.path}:{run_folder.model.stat().st_mtime_ns}:{named}:"
    folder = settings.home / JOBS_FOLDER / hashlib.sha256(asked.encode() + rows).hexdigest()[:32]
    if (folder / REQUEST_FILE).is_file():
        return ScoringJob(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if rows:
        with written_whole(folder / KNOWN_FILE) as partial:
            partial.write_bytes(rows)
    known_path = folder / KNOWN_FILE if rows else known
    request = ScoringRequest(
        run_folder=str(run_folder.path),
        input_path=None,
        output_path=str(folder / OUTPUT_FILE),
        ahead=AheadRequest(
            known_path=str(known_path) if known_path is not None else None,
            assume_known=True,
            with_band=True,
            drawn_path=str(folder / DRAWN_FILE),
        ),
    )
    write_text_atomically(folder / REQUEST_FILE, request.model_dump_json())
    return ScoringJob(folder)


def known_rows(path: Path, task: TaskSpec, name: str | None) -> pa.Table:
    """What is known in advance of the steps to forecast, named as in the dataset.

    Args:
        path: A table to draw.
        task: The run's task.
        name: One series, whose name is then left out; None for all of them.
    """
    table = pq.read_table(path).filter(pc.field(STEP) > 0)
    if name is not None:
        table = table.filter(pc.field(SERIES) == name)
    columns = {str(task.time): table.column(TIME)}
    columns |= {one: table.column(f"{KNOWN}{place}") for place, one in enumerate(task.known)}
    if name is None and task.series is not None:
        columns = {task.series: table.column(SERIES), **columns}
    return pa.table(columns)


def with_edits(
    everything: pa.Table, edited: pa.Table, task: TaskSpec, name: str | None
) -> pa.Table:
    """Put values that a person changed in place of those that were there.

    Args:
        everything: `known_rows` of all series.
        edited: `known_rows` of one series, some of them changed.
        task: The run's task.
        name: The series that they hold for; None for all of them.
    """
    time = str(task.time)
    place_of = {moment: place for place, moment in enumerate(edited.column(time).to_pylist())}
    source = [place_of.get(moment) for moment in everything.column(time).to_pylist()]
    if name is not None and task.series is not None:
        names = everything.column(task.series).to_pylist()
        source = [place if one == name else None for place, one in zip(source, names, strict=True)]
    columns = {one: everything.column(one) for one in everything.column_names}
    for one in task.known:
        own, new = everything.column(one).to_pylist(), edited.column(one).to_pylist()
        cells = [
            value if place is None else new[place] for value, place in zip(own, source, strict=True)
        ]
        columns[one] = pa.array(cells, everything.schema.field(one).type)
    return pa.table(columns)


def _as_parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return sink.getvalue().to_pybytes()
