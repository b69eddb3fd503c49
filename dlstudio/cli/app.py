"""The `dlstudio` command: its commands, and the two ways out of it.

A command's module is imported only when that command is called: reading data, the store and the
spec together cost half a second, which help and wrong usage should not take.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from io import TextIOWrapper
from typing import NamedTuple

import typer

from dlstudio.cli.failures import explain_failure
from dlstudio.cli.light_imports import hide_pandas

HELP = "DL Studio: data in, network designed, trained, compared and out again."


class Command(NamedTuple):
    """One line of the help, and the module in `dlstudio.cli` that does the work.

    A group's module holds a Typer `app`; any other holds a function `run`.
    """

    help: str
    module: str
    is_group: bool = False


COMMANDS = {
    "data": Command("Datasets: add, list, show, change, remove.", "data", is_group=True),
    "spec": Command("Run specs: draft one, check one.", "spec", is_group=True),
    "train": Command("Train the run that a spec describes.", "train"),
    "runs": Command("Runs: list, show, compare, stop, resume, remove.", "runs", is_group=True),
    "predict": Command("Predict the rows of a file with a trained run.", "predict"),
    "evaluate": Command("Score a trained run on a labelled file.", "evaluate"),
    "generate": Command("Draw samples from a trained VAE or GAN.", "generate"),
    "export": Command("Write a trained model to a file.", "export"),
    "ui": Command("Open the studio in the browser.", "ui"),
    "doctor": Command("Check that everything works on this machine.", "doctor"),
}


def main() -> None:
    """Run the command line and exit: 0, 1 with problem and fix on stderr, 2 for wrong usage."""
    hide_pandas()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a name may hold letters that the terminal lacks
            stream.reconfigure(errors="backslashreplace")
    try:
        build_app(sys.argv[1:])(prog_name="dlstudio")
    except Exception as error:
        sys.exit(explain_failure(error))


def build_app(arguments: Sequence[str]) -> typer.Typer:
    """Put the commands together.

    Args:
        arguments: What was typed; commands that do not occur in it stay empty, good for the help.
    """
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        help=HELP,
    )
    app.callback()(_root)
    for name, command in COMMANDS.items():
        module = import_module(f"dlstudio.cli.{command.module}") if name in arguments else None
        if command.is_group:
            group = module.app if module else typer.Typer()
            app.add_typer(group, name=name, help=command.help)
        else:
            app.command(name, help=command.help)(module.run if module else _not_called)
    return app


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(version("dlstudio"))
        raise typer.Exit


def _root(
    is_version_wanted: bool = typer.Option(
        False,
        "--version",
        is_eager=True,
        callback=_print_version,
        help="Print the version and exit.",
    ),
) -> None:
    """Options that stand before the command."""


def _not_called() -> None:
    """Stands for a command in the list of the help."""
