"""Follows a run from the queue to its end and prints what came out."""

import sys
from pathlib import Path

import typer

from dlstudio.cli.output import format_duration, format_metric, print_json
from dlstudio.cli.progress_line import ProgressLine
from dlstudio.cli.run_text import print_run, run_json
from dlstudio.errors import Problem, StudioError
from dlstudio.runs.foreground import ForegroundWorker
from dlstudio.runs.records import RunRecord, RunStatus
from dlstudio.runs.room import room_problem, waits_for_room
from dlstudio.runs.store import Store
from dlstudio.spec.training import KeptWeights


def finish_run(store: Store, worker: ForegroundWorker, run_id: str, as_json: bool) -> None:
    """Train a queued run while showing its progress, then print its summary.

    Args:
        store: The store.
        worker: A process that is getting ready to train.
        run_id: The queued run.
        as_json: Whether stdout gets one JSON object instead of text.

    Raises:
        StudioError: The run failed or its worker was lost; the summary is printed all the same.
    """
    view = TrainingView(store.settings.runs_folder)
    try:
        run = worker.train(store, run_id, view.show, view.show_wait)
    finally:
        view.clear()
        worker.close()
    if as_json:
        print_json(run_json(store, run))
    else:
        print_run(store, run)
    if run.status in (RunStatus.FAILED, RunStatus.INTERRUPTED):
        raise _as_error(run)


class TrainingView:
    """What a person sees on stderr: one moving line, or a line a status where nobody watches."""

    def __init__(self, runs_folder: Path) -> None:
        """Begin before the first status.

        Args:
            runs_folder: Where the files of runs are, for the message that its disk is full.
        """
        self._runs_folder = runs_folder
        self._line = ProgressLine()
        self._status: RunStatus | None = None
        self._room: Problem | None = None

    def show(self, run: RunRecord) -> None:
        """Show a run's newest state."""
        if run.status is not self._status:
            self._line.clear()
            self._status = run.status
            if text := _STATUS_TEXTS.get(run.status):
                typer.echo(text.format(name=run.name, id=run.id, kept=_kept(run)), err=True)
        self._show_room(run)
        if run.status.is_active:
            self._line.show(_progress_text(run))

    def _show_room(self, run: RunRecord) -> None:
        """Say once that the disk is full, and again if it means something else."""
        problem = room_problem(run, self._runs_folder)
        if problem is not None and problem != self._room:
            self._line.clear()
            typer.echo(f"{problem.problem} {problem.fix}", err=True)
        self._room = problem

    def show_wait(self, problem: Problem) -> None:
        """Say that the store of runs is waited for, and why."""
        self._line.clear()
        typer.echo(
            f"{problem.problem} Waiting up to 5 minutes for the store of runs: free some space, or "
            "bring its database back.",
            err=True,
        )

    def clear(self) -> None:
        """Remove the moving line."""
        self._line.clear()
        sys.stderr.flush()


_STATUS_TEXTS = {
    RunStatus.QUEUED: "{name} ({id}) waits for a free slot.",
    RunStatus.RUNNING: "{name} ({id}) trains. Ctrl-C stops it and keeps the {kept} epoch.",
    RunStatus.STOPPING: "Stopping; the {kept} epoch is kept.",
}


def _kept(run: RunRecord) -> str:
    return "last" if run.spec.training.keep is KeptWeights.LAST else "best"


def _progress_text(run: RunRecord) -> str:
    parts = [f"epoch {run.epoch}/{run.num_epochs}"]
    for split, metrics in run.metrics.items():
        shown = [f"{name} {format_metric(metrics[name])}" for name in _SHOWN if name in metrics]
        if shown:
            parts.append(f"{split}: {', '.join(shown)}")
    if waits_for_room(run):
        parts.append("waiting for room on the disk")
    elif run.is_being_scored:
        parts.append("scoring")
    elif run.progress is not None and run.progress.eta_s is not None:
        parts.append(f"{format_duration(run.progress.eta_s)} left")
    return "  ".join(parts)


_SHOWN = ("loss", "accuracy", "rmse")


def _as_error(run: RunRecord) -> StudioError:
    if run.problem is not None:
        return StudioError(run.problem.problem, run.problem.fix, run.problem.where)
    return StudioError(
        f"The worker of {run.name!r} was lost.",
        f"Go on from its last checkpoint with `dlstudio runs resume {run.id}`.",
    )
