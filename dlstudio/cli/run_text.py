"""A run in words and as JSON."""

from collections.abc import Sequence
from typing import Any

import typer
from pydantic import ValidationError

from dlstudio.cli.generation_text import generation_notes, rival_notes
from dlstudio.cli.output import (
    format_duration,
    format_metric,
    format_size,
    print_columns,
)
from dlstudio.reports.evaluation import ClassReport, EvaluationReport
from dlstudio.runs.records import RunRecord
from dlstudio.runs.store import Store
from dlstudio.spec.training import KeptWeights

MOST_SHOWN_CLASSES = 50


def run_json(store: Store, run: RunRecord) -> dict[str, Any]:
    """The summary of a run with the scores of its classes and the notes of its report."""
    content = store.summary(run).model_dump(mode="json")
    report = read_report(store, run)
    if report is None:
        return content
    content["per_class"] = {
        split: [entry.model_dump(mode="json") for entry in part.classification.classes]
        for split, part in report.splits.items()
        if part.classification is not None
    }
    content["notes"] = {split: _notes(report, split) for split in report.splits}
    return content


def read_report(store: Store, run: RunRecord) -> EvaluationReport | None:
    """The evaluation report of a run; None if it has none (yet)."""
    path = store.folder(run.id).report
    try:
        return EvaluationReport.model_validate_json(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValidationError):
        return None


def print_run(store: Store, run: RunRecord) -> None:
    """Print what a person wants to know about a run."""
    summary = store.summary(run)
    typer.echo(f"{run.name} ({run.id}): {run.status.value}")
    keeps_last = run.spec.training.keep is KeptWeights.LAST
    kept = "the last kept" if keeps_last else f"best {run.best_epoch or '-'}"
    parameters = "-" if run.num_parameters is None else f"{run.num_parameters:,}"
    typer.echo(
        f"{run.task} of {run.dataset} with {run.architecture}, {parameters} parameters, "
        f"{run.epoch} of {run.num_epochs} epochs, {kept}, "
        f"{format_duration(summary.duration_s)}"
    )
    if run.problem is not None:
        typer.echo(f"{run.problem.problem} {run.problem.fix}")
    report = read_report(store, run)
    _print_metrics(report.metrics if report else run.metrics)
    if report is not None:
        _print_test_details(report)
    for artifact in run.artifacts:
        typer.echo(f"{artifact.name}: {artifact.path} ({format_size(artifact.size_bytes)})")


def _print_metrics(metrics: dict[str, dict[str, float]]) -> None:
    if not metrics:
        return
    names = list(dict.fromkeys(name for values in metrics.values() for name in values))
    typer.echo("")
    print_columns(
        ["metric", *metrics],
        [
            [name, *(format_metric(values.get(name)) for values in metrics.values())]
            for name in names
        ],
    )
    typer.echo("")


def _notes(report: EvaluationReport, split: str) -> list[str]:
    """What is unusual about a part; samples and codes as a whole belong to test rows."""
    part = report.splits[split]
    notes = list(part.notes)
    if part.anomaly is not None:
        notes += rival_notes(part.anomaly)
    if report.generation is not None and split == "test":
        notes += generation_notes(report.generation)
    if split == "test":
        notes += [f"{alarm.problem} {alarm.fix}" for alarm in report.alarms]
    return notes


def _print_test_details(report: EvaluationReport) -> None:
    test = report.splits.get("test")
    if test is None:
        return
    for note in _notes(report, "test"):
        typer.echo(f"Test: {note}")
    if test.classification is None:
        return
    print_classes(test.classification.classes)
    typer.echo("")


def print_classes(classes: Sequence[ClassReport]) -> None:
    """Print precision, recall and F1 of each class, of very many the first."""
    print_columns(
        ["class", "precision", "recall", "f1", "rows"],
        [
            [
                entry.name,
                format_metric(entry.precision),
                format_metric(entry.recall),
                format_metric(entry.f1),
                f"{entry.num_rows:,}",
            ]
            for entry in classes[:MOST_SHOWN_CLASSES]
        ],
    )
