"""`dlstudio train`: train what a spec describes, in the foreground."""

from pathlib import Path

import typer

from dlstudio.cli.foreground import finish_run
from dlstudio.cli.output import JSON_OPTION
from dlstudio.runs.foreground import start_worker_early
from dlstudio.settings import read_settings


def run(
    path: Path = typer.Argument(help="A spec as YAML or JSON, see `dlstudio spec new`."),
    overrides: list[str] = typer.Option(
        [], "--set", metavar="FIELD=VALUE", help="Change a field, such as training.epochs=5."
    ),
    name: str | None = typer.Option(None, "--name", help="A name for the run."),
    as_json: bool = JSON_OPTION,
) -> None:
    """Train the run that a spec describes; Ctrl-C stops it and keeps what it learned."""
    settings = read_settings()
    # TensorFlow takes seconds to import: the worker begins before the spec is even read.
    worker = start_worker_early(settings)
    try:
        from dlstudio.cli.submit import submit_spec

        store, submitted = submit_spec(settings, path, overrides, name)
    except BaseException:
        worker.close()
        raise
    finish_run(store, worker, submitted.id, as_json)
