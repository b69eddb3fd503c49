"""The points of the curves: written in batches, read as they come or thinned out."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from dlstudio.reports.progress import EpochReport, MetricPoint
from dlstudio.runs.records import PointBatch, RunCurve
from dlstudio.runs.schema import metric_points


def points_of(report: EpochReport, step: int, time_s: float) -> tuple[MetricPoint, ...]:
    """Turn a finished epoch into points.

    Args:
        report: The epoch.
        step: Batches trained since the run first started.
        time_s: Seconds of training since the run first started.

    Returns:
        One point a split and metric, and one named "learning_rate" of the split "train".
    """
    values = [
        (split, name, value)
        for split, metrics in report.metrics.items()
        for name, value in metrics.items()
    ]
    values.append(("train", "learning_rate", report.learning_rate))
    return tuple(
        MetricPoint(
            split=split, name=name, epoch=report.epoch, step=step, time_s=time_s, value=value
        )
        for split, name, value in values
        if math.isfinite(value)
    )


def insert_points(connection: sa.Connection, run_id: str, points: Iterable[MetricPoint]) -> None:
    """Add points to a run, in order."""
    rows = [
        {
            "run_id": run_id,
            "split": point.split,
            "name": point.name,
            "epoch": point.epoch,
            "step": point.step,
            "time_s": point.time_s,
            "value": point.value,
        }
        for point in points
    ]
    if rows:
        connection.execute(metric_points.insert(), rows)


def drop_points_from(connection: sa.Connection, run_id: str, epoch: int) -> None:
    """Remove what an earlier attempt wrote about epochs that are now trained again."""
    connection.execute(
        metric_points.delete().where(
            metric_points.c.run_id == run_id, metric_points.c.epoch >= epoch
        )
    )


def read_points(connection: sa.Connection, run_id: str, after_id: int, limit: int) -> PointBatch:
    """Read the points of a run that came after an id, oldest first."""
    query = (
        sa.select(metric_points)
        .where(metric_points.c.run_id == run_id, metric_points.c.id > after_id)
        .order_by(metric_points.c.id)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    points = tuple(
        MetricPoint.model_construct(
            split=row.split,
            name=row.name,
            epoch=row.epoch,
            step=row.step,
            time_s=row.time_s,
            value=row.value,
        )
        for row in rows
    )
    return PointBatch(points=points, last_id=rows[-1].id if rows else after_id)


def read_curves(
    connection: sa.Connection, run_ids: Sequence[str], names: Sequence[str], max_points: int
) -> tuple[RunCurve, ...]:
    """Read whole curves of several runs, thinned out so that each stays small.

    Args:
        connection: An open connection.
        run_ids: The runs.
        names: Metrics to read; empty means all.
        max_points: Roughly the most points a curve; every n-th epoch and the last are kept.

    Returns:
        Curves in the order of the runs, then by split and name.
    """
    if not run_ids:
        return ()
    table = metric_points
    chosen = [table.c.run_id.in_(run_ids)]
    if names:
        chosen.append(table.c.name.in_(names))
    last = (
        sa.select(table.c.run_id, sa.func.max(table.c.epoch).label("epoch"))
        .where(*chosen)
        .group_by(table.c.run_id)
        .subquery()
    )
    # Whole-number division: 0 while there are few epochs, so one is the smallest stride.
    stride = last.c.epoch // sa.literal(max(1, max_points), sa.Integer) + 1
    is_kept = sa.or_(
        (table.c.epoch - 1) % stride == 0,
        table.c.epoch == last.c.epoch,
    )
    query = (
        sa.select(
            table.c.run_id,
            table.c.split,
            table.c.name,
            table.c.epoch,
            table.c.time_s,
            table.c.value,
        )
        .join(last, last.c.run_id == table.c.run_id)
        .where(*chosen, is_kept)
        .order_by(table.c.id)
    )
    return _group(connection.execute(query).all(), run_ids)


def _group(rows: Sequence[sa.Row], run_ids: Sequence[str]) -> tuple[RunCurve, ...]:
    found: defaultdict[tuple[str, str, str], list[sa.Row]] = defaultdict(list)
    for row in rows:
        found[(row[0], row[1], row[2])].append(row)
    order = {run_id: place for place, run_id in enumerate(run_ids)}
    return tuple(
        RunCurve(
            run_id=run_id,
            split=split,
            name=name,
            epochs=tuple(row[3] for row in curve),
            times_s=tuple(row[4] for row in curve),
            values=tuple(row[5] for row in curve),
        )
        for (run_id, split, name), curve in sorted(
            found.items(), key=lambda entry: (order[entry[0][0]], entry[0][1], entry[0][2])
        )
    )
