"""A run as one JSON object: what `runs show --json` and `train --json` print."""

from datetime import UTC, datetime

from dlstudio.errors import Problem
from dlstudio.reports.progress import EngineChoice
from dlstudio.runs.records import Artifact, RunRecord, RunStatus
from dlstudio.spec.frozen import Frozen


class BaselineSummary(Frozen):
    """An honest cheap rival on the same rows, with a verdict in words."""

    name: str
    metrics: dict[str, dict[str, float]]
    verdict: str


class RunSummary(Frozen):
    """Everything that a script wants to know about a run; keys are only ever added.

    `epochs` counts the epochs finished; times are ISO 8601 in UTC; metrics are by split and name;
    an interval is [low, high].
    """

    id: str
    name: str
    status: RunStatus
    dataset: str
    fingerprint: str
    task: str
    architecture: str
    num_parameters: int | None
    epochs: int
    num_epochs: int
    best_epoch: int | None
    duration_s: float
    metrics: dict[str, dict[str, float]]
    intervals: dict[str, dict[str, tuple[float, float]]]
    baseline: BaselineSummary | None
    artifacts: tuple[Artifact, ...]
    created_at: str
    started_at: str | None
    ended_at: str | None
    attempt: int
    engine: EngineChoice | None
    problem: Problem | None
    queue_position: int | None
    tags: tuple[str, ...]
    note: str


def summarize(run: RunRecord) -> RunSummary:
    """Build the summary of a run from its record."""
    return RunSummary(
        id=run.id,
        name=run.name,
        status=run.status,
        dataset=run.dataset,
        fingerprint=run.fingerprint,
        task=run.task,
        architecture=run.architecture,
        num_parameters=run.num_parameters,
        epochs=run.epoch,
        num_epochs=run.num_epochs,
        best_epoch=run.best_epoch,
        duration_s=round(run.duration_s, 3),
        metrics=run.metrics,
        intervals={},
        baseline=None,
        artifacts=run.artifacts,
        created_at=_iso(run.created_at) or "",
        started_at=_iso(run.started_at),
        ended_at=_iso(run.ended_at),
        attempt=run.attempt,
        engine=run.engine,
        problem=run.problem,
        queue_position=run.queue_position,
        tags=run.tags,
        note=run.note,
    )


def _iso(time: float | None) -> str | None:
    if time is None:
        return None
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds")
