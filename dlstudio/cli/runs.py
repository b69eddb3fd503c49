"""`dlstudio runs`: list, show, compare, stop, resume and remove runs."""

import typer

from dlstudio.cli.comparison import compare_runs, comparison_json, print_comparison
from dlstudio.cli.output import (
    JSON_OPTION,
    format_duration,
    format_metric,
    format_time,
    print_columns,
    print_json,
)
from dlstudio.cli.run_text import print_run, run_json
from dlstudio.export.scoring import remove_jobs_of
from dlstudio.reports.metrics import shown_metric
from dlstudio.runs.lost_workers import LeaseWatch, interrupt_lost_runs, settle_run
from dlstudio.runs.records import RunFilter, RunRecord, RunStatus
from dlstudio.runs.store import Store, open_store
from dlstudio.settings import Settings, read_settings

RUN_ARGUMENT = typer.Argument(help="A run's name, id, or the beginning of its id.")

app = typer.Typer(no_args_is_help=True, help="Runs: list, show, compare, stop, resume, remove.")


@app.command("list")
def list_all(
    text: str = typer.Option("", "--search", help="Part of the name, dataset, note or a tag."),
    status: list[RunStatus] = typer.Option([], "--status", help="Only runs of this status."),
    limit: int = typer.Option(1000, "--limit", min=1, help="The most runs to list."),
    as_json: bool = JSON_OPTION,
) -> None:
    """List runs, newest first."""
    store = _open_store(read_settings())
    runs = store.list_runs(RunFilter(text=text, statuses=tuple(status)), limit)
    if as_json:
        print_json({"runs": [store.summary(run).model_dump(mode="json") for run in runs]})
    elif not runs:
        typer.echo("There are no such runs. Train one: dlstudio train run.yaml")
    else:
        header = [
            "id",
            "name",
            "status",
            "dataset",
            "architecture",
            "epochs",
            "time",
            "test",
            "created",
        ]
        print_columns(header, [_row(run) for run in runs])


@app.command()
def show(run: str = RUN_ARGUMENT, as_json: bool = JSON_OPTION) -> None:
    """Show one run: status, metrics of every split, files."""
    store = _open_store(read_settings())
    record = store.get_run(run)
    if as_json:
        print_json(run_json(store, record))
    else:
        print_run(store, record)


@app.command()
def compare(
    runs: list[str] = typer.Argument(
        help="Two or more runs, by name, id, or the beginning of an id."
    ),
    as_json: bool = JSON_OPTION,
) -> None:
    """Compare runs: where their specs differ, and every metric side by side."""
    if len(runs) < 2:
        raise typer.BadParameter("Name at least two runs.", param_hint="RUNS")
    store = open_store(read_settings())
    records = [store.get_run(run) for run in runs]
    found = compare_runs(records, store.pinned_baseline())
    if as_json:
        print_json(comparison_json(store, records, found))
    else:
        print_comparison(found)


@app.command()
def stop(run: str = RUN_ARGUMENT, as_json: bool = JSON_OPTION) -> None:
    """Ask a run to stop and keep its best epoch; cancels it if it is queued."""
    store = _open_store(read_settings())
    record = store.request_stop(store.get_run(run).id)
    if as_json:
        print_json(run_json(store, record))
    else:
        typer.echo(f"{record.name} ({record.id}): {record.status.value}")


@app.command()
def resume(run: str = RUN_ARGUMENT, as_json: bool = JSON_OPTION) -> None:
    """Go on with a run that was stopped, interrupted or failed, in the foreground."""
    from dlstudio.cli.foreground import finish_run
    from dlstudio.runs.foreground import start_worker_early

    settings = read_settings()
    store = _open_store(settings)
    record = store.resume_run(_settled(store, run).id)
    finish_run(store, start_worker_early(settings), record.id, as_json)


@app.command()
def remove(
    runs: list[str] = typer.Argument(help="Runs by name or id."), as_json: bool = JSON_OPTION
) -> None:
    """Remove runs with their models and curves."""
    settings = read_settings()
    store = _open_store(settings)
    records = [_settled(store, run) for run in runs]
    for record in records:
        store.delete_run(record.id)
        remove_jobs_of(settings, store.folder(record.id))
    if as_json:
        print_json({"removed": [record.id for record in records]})
    else:
        typer.echo(f"Removed {', '.join(record.name for record in records)}.")


def _open_store(settings: Settings) -> Store:
    """Open the store and notice workers of this machine that have ended: perhaps no studio does."""
    store = open_store(settings)
    interrupt_lost_runs(store, LeaseWatch(settings.lease_s))
    return store


def _settled(store: Store, reference: str) -> RunRecord:
    """A run; one that is said to train only if its worker still gives a sign of life."""
    run = store.get_run(reference)
    if not run.status.is_active:
        return run
    typer.echo(f"{run.name} ({run.id}) is {run.status}: is its worker still there?", err=True)
    return settle_run(store, run.id)


def _row(run: RunRecord) -> list[str]:
    metric = shown_metric(run.task, run.metrics)
    score = run.metrics.get("test", {}).get(metric)
    return [
        run.id,
        run.name,
        run.status.value,
        run.dataset,
        run.architecture,
        f"{run.epoch}/{run.num_epochs}",
        format_duration(run.duration_s),
        "-" if score is None else f"{metric} {format_metric(score)}",
        format_time(run.created_at),
    ]
