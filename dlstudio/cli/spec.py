"""`dlstudio spec`: draft a run spec, check one."""

from dataclasses import asdict
from pathlib import Path

import typer

from dlstudio.cli.failures import print_problems
from dlstudio.cli.output import JSON_OPTION, print_json
from dlstudio.cli.spec_files import load_spec, with_dataset_problems, write_spec_file
from dlstudio.data.catalog import open_dataset
from dlstudio.data.label_lists import open_for_spec
from dlstudio.data.unanswered import unanswered_warnings
from dlstudio.errors import SpecError
from dlstudio.settings import read_settings
from dlstudio.spec.architectures.table import ARCHITECTURES
from dlstudio.spec.check import check_spec
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.documents import write_yaml
from dlstudio.spec.mended import FieldsError
from dlstudio.spec.overrides import apply_overrides
from dlstudio.spec.task import TaskKind

SET_HELP = "Change a field, such as training.epochs=5; repeat it for several."

app = typer.Typer(no_args_is_help=True, help="Run specs: draft one, check one.")


@app.command()
def new(
    dataset: str = typer.Argument(help="Name of a dataset, see `dlstudio data list`."),
    target: list[str] = typer.Option(
        [], "--target", metavar="COLUMN", help="A column to predict; repeat it for several."
    ),
    task: TaskKind | None = typer.Option(
        None, "--task", help="What to learn; by default what the target suggests."
    ),
    architecture: str | None = typer.Option(
        None,
        "--architecture",
        help=f"The kind of network: {', '.join(ARCHITECTURES)}; by default what suits the inputs.",
    ),
    name: str = typer.Option("", "--name", help="A name for the run."),
    overrides: list[str] = typer.Option([], "--set", metavar="FIELD=VALUE", help=SET_HELP),
    output: Path | None = typer.Option(
        None, "-o", "--output", help="File to write; printed if left out."
    ),
) -> None:
    """Draft a complete spec from a dataset and its target, with good defaults.

    What keeps it from being trained as it is, such as a target with one class, is told, and what
    may spoil it, such as rows without an answer.
    """
    settings = read_settings()
    opened = open_dataset(settings, dataset)
    info = opened.info
    spec = default_spec(info, tuple(target), task, architecture, name)
    spec = apply_overrides(spec, overrides) if overrides else spec
    text = write_yaml(spec)
    problems = check_spec(spec, open_for_spec(settings, spec).info)
    if output is None:
        typer.echo(text, nl=False)
    else:
        write_spec_file(output, text)
        next_step = "It cannot be trained yet." if problems else f"Next: dlstudio train {output}"
        typer.echo(f"Wrote {output}. {next_step}", err=True)
    print_problems(problems)
    if not problems:
        for warning in unanswered_warnings(opened, spec):
            typer.echo(f"Warning: {warning.problem} {warning.fix}", err=True)


@app.command()
def check(
    path: Path = typer.Argument(help="A spec as YAML or JSON."),
    overrides: list[str] = typer.Option([], "--set", metavar="FIELD=VALUE", help=SET_HELP),
    as_json: bool = JSON_OPTION,
) -> None:
    """Check a spec against its dataset; prints every problem at once."""
    settings = read_settings()
    try:
        spec = load_spec(path, overrides)
    except FieldsError as error:
        raise with_dataset_problems(settings, error) from error
    problems = check_spec(spec, open_for_spec(settings, spec).info)
    if as_json:
        print_json({"problems": [asdict(problem) for problem in problems]})
    if problems:
        raise SpecError(problems)
    if not as_json:
        typer.echo(f"{path} can be trained.")
