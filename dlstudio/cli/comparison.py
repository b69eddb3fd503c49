"""Several runs side by side: where their specs differ, and what each achieved."""

from collections.abc import Sequence
from typing import Any

import typer

from dlstudio.cli.output import format_metric, print_columns
from dlstudio.reports.metrics import metric_info
from dlstudio.runs.baseline import baseline_position, is_left_out, left_out_words
from dlstudio.runs.records import RunRecord
from dlstudio.runs.same_data import data_differences, difference_words
from dlstudio.runs.store import Store
from dlstudio.spec.differences import SpecDifference, spec_differences
from dlstudio.spec.frozen import Frozen


class MetricRow(Frozen):
    """One metric on one split; `values` in the order of the runs, None where a run has none.

    `best` is the position of the best value; None if neither direction is better.
    """

    split: str
    name: str
    values: tuple[float | None, ...]
    is_higher_better: bool | None
    best: int | None


class Comparison(Frozen):
    """Runs side by side. `reference` is the position of the run that deltas are taken from.

    `baseline_note` says that a run is pinned which is not among them; it is empty otherwise.
    `data_differences` says why scores cannot be compared directly; it is empty if they can.
    """

    run_ids: tuple[str, ...]
    names: tuple[str, ...]
    reference: int
    baseline_note: str
    same_data: bool
    same_split: bool
    data_differences: tuple[str, ...]
    differences: tuple[SpecDifference, ...]
    metrics: tuple[MetricRow, ...]


def compare_runs(runs: Sequence[RunRecord], pinned: RunRecord | None) -> Comparison:
    """Compare runs.

    Args:
        runs: Two or more runs.
        pinned: The pinned run; deltas are taken from it if it is among the runs, else from the
            first.
    """
    note = ""
    if pinned is not None and is_left_out(runs, pinned):
        note = left_out_words(f"{pinned.name} ({pinned.id})")
    return Comparison(
        run_ids=tuple(run.id for run in runs),
        names=tuple(run.name for run in runs),
        reference=baseline_position(runs, pinned),
        baseline_note=note,
        same_data=len({run.fingerprint for run in runs}) == 1,
        same_split=len({run.spec.split.model_dump_json() for run in runs}) == 1,
        data_differences=data_differences(runs),
        differences=spec_differences([run.spec for run in runs]),
        metrics=_metric_rows(runs),
    )


def comparison_json(store: Store, runs: Sequence[RunRecord], found: Comparison) -> dict[str, Any]:
    """The comparison with the summaries of the runs."""
    summaries = [store.summary(run).model_dump(mode="json") for run in runs]
    return {"runs": summaries, **found.model_dump(mode="json")}


def print_comparison(found: Comparison) -> None:
    """Print the comparison as two tables."""
    if found.baseline_note:
        typer.echo(f"{found.baseline_note}\n")
    if found.data_differences:
        typer.echo(f"Careful: {difference_words(found.data_differences)}\n")
    if found.differences:
        print_columns(
            ["setting", *found.names],
            [
                [entry.path, *(value or "-" for value in entry.values)]
                for entry in found.differences
            ],
        )
    else:
        typer.echo("The specs are the same.")
    typer.echo("")
    print_columns(
        ["metric", *found.names],
        [[f"{row.split} {row.name}", *_cells(row, found.reference)] for row in found.metrics],
    )


def _metric_rows(runs: Sequence[RunRecord]) -> tuple[MetricRow, ...]:
    keys = dict.fromkeys(
        (split, name)
        for wanted in ("test", "validation", "train")
        for run in runs
        for split, metrics in run.metrics.items()
        if split == wanted
        for name in metrics
    )
    return tuple(
        _metric_row(split, name, [run.metrics.get(split, {}).get(name) for run in runs])
        for split, name in keys
    )


def _metric_row(split: str, name: str, values: list[float | None]) -> MetricRow:
    is_higher_better = metric_info(name).is_higher_better
    known = [(value, index) for index, value in enumerate(values) if value is not None]
    best = None
    if known and is_higher_better is not None:
        value = (max if is_higher_better else min)(value for value, _ in known)
        best = next(index for known_value, index in known if known_value == value)
    return MetricRow(
        split=split,
        name=name,
        values=tuple(values),
        is_higher_better=is_higher_better,
        best=best,
    )


def _cells(row: MetricRow, reference: int) -> list[str]:
    """Values with their distance to the reference; the best is marked."""
    base = row.values[reference]
    cells = []
    for index, value in enumerate(row.values):
        text = format_metric(value)
        if value is not None and base is not None and index != reference:
            text += f" ({value - base:+.3g})"
        cells.append(text + (" *" if index == row.best else ""))
    return cells
