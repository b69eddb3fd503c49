"""`dlstudio data`: add, list, show, change and remove datasets."""

import shlex
from pathlib import Path

import typer

from dlstudio.cli.assignments import column_changes, read_options
from dlstudio.cli.dataset_text import print_dataset, print_unreadable
from dlstudio.cli.output import JSON_OPTION, format_size, print_columns, print_json
from dlstudio.cli.progress_line import ProgressLine
from dlstudio.data import catalog, samples
from dlstudio.data.options import ReadOptions
from dlstudio.data.progress import IngestProgress
from dlstudio.settings import read_settings

OPTION_NAMES = ", ".join(ReadOptions.model_fields)

app = typer.Typer(no_args_is_help=True, help="Datasets: add, list, show, change, remove.")


@app.command()
def add(
    path: Path = typer.Argument(
        help="Delimited text, Excel, JSON, JSON lines, Parquet, .ts or ARFF, plain or inside .gz "
        "or .zip; or a folder or ZIP of images, sounds, videos, texts or CSV recordings, with a "
        "folder for each class or a table that lists the files."
    ),
    name: str | None = typer.Option(None, "--name", help="The dataset's name; else the file's."),
    options: list[str] = typer.Option(
        [],
        "--set",
        metavar="OPTION=VALUE",
        help=f"How to read it where the guess is wrong, such as delimiter=tab: {OPTION_NAMES}.",
    ),
    sequence_id: str | None = typer.Option(
        None,
        "--sequence-id",
        metavar="COLUMN",
        help="Each row is a time step; this column's value repeats in all rows of a sequence.",
    ),
    time: str | None = typer.Option(
        None, "--time", metavar="COLUMN", help="The column that orders the rows of a sequence."
    ),
    sequence_columns: str | None = typer.Option(
        None,
        "--sequence-columns",
        metavar="PATTERN",
        help="Each row is a sequence; these columns are its time steps: 't_*' or 't_0..t_99'.",
    ),
    leave_out_broken: bool = typer.Option(
        False, "--leave-out-broken", help="Leave out files that cannot be read; they are listed."
    ),
    as_json: bool = JSON_OPTION,
) -> None:
    """Read a file or a folder into a dataset; the same again gives the same version."""
    named = {"sequence_id": sequence_id, "time": time, "sequence_columns": sequence_columns}
    texts = [*options, *(f"{option}={value}" for option, value in named.items() if value)]
    line = ProgressLine()

    def show(progress: IngestProgress) -> None:
        line.show(f"{progress.phase} {100 * progress.fraction:.0f} %, {progress.num_rows:,} rows")

    try:
        chosen = read_options(texts)
        if leave_out_broken:
            chosen = chosen.model_copy(update={"leave_out_broken": True})
        dataset = catalog.add_dataset(read_settings(), path, name, chosen, show)
    finally:
        line.clear()
    if as_json:
        print_json(dataset.info)
        return
    print_dataset(dataset.info)
    print_unreadable(dataset.info.source)
    name = shlex.quote(dataset.info.name)
    typer.echo(f"\nNext: dlstudio spec new {name} --target COLUMN -o run.yaml")


@app.command("list")
def list_all(as_json: bool = JSON_OPTION) -> None:
    """List the datasets, newest first."""
    datasets = catalog.list_datasets(read_settings())
    if as_json:
        print_json({"datasets": [info.model_dump(mode="json") for info in datasets]})
        return
    if not datasets:
        typer.echo("There are no datasets yet. Add one: dlstudio data add FILE")
        return
    print_columns(
        ["name", "rows", "columns", "size", "created", "version"],
        [
            [
                info.name,
                f"{info.num_rows:,}",
                str(len(info.columns)),
                format_size(info.size_bytes),
                info.created_at[:16].replace("T", " "),
                info.fingerprint[:12],
            ]
            for info in datasets
        ],
    )


@app.command()
def show(
    name: str = typer.Argument(help="The dataset's name."), as_json: bool = JSON_OPTION
) -> None:
    """Show columns, counts and warnings of a dataset."""
    info = catalog.open_dataset(read_settings(), name).info
    if as_json:
        print_json(info)
    else:
        print_dataset(info)


@app.command()
def edit(
    name: str = typer.Argument(help="The dataset's name."),
    changes: list[str] = typer.Option(
        [],
        "--set",
        metavar="COLUMN.FIELD=VALUE",
        help="A new kind or role, such as plan.kind=category or customer.role=group.",
    ),
    drop_repeated: bool = typer.Option(
        False,
        "--drop-repeated",
        help="Leave out rows that repeat an earlier one in every column but identifiers.",
    ),
    as_json: bool = JSON_OPTION,
) -> None:
    """Change kinds and roles, or leave out repeated rows; a new version, runs keep theirs."""
    if not changes and not drop_repeated:
        raise typer.BadParameter("Give --set or --drop-repeated.", param_hint="--set")
    settings = read_settings()
    edited = catalog.open_dataset(settings, name).info
    if changes:
        edited = catalog.edit_columns(settings, name, column_changes(changes, edited)).info
    if drop_repeated:
        edited = catalog.drop_repeated(settings, name).info
    if as_json:
        print_json(edited)
    else:
        print_dataset(edited)


@app.command()
def remove(
    name: str = typer.Argument(help="The dataset's name."), as_json: bool = JSON_OPTION
) -> None:
    """Remove a dataset with all its versions; runs keep their models and reports."""
    from dlstudio.runs.lost_workers import LeaseWatch, interrupt_lost_runs
    from dlstudio.runs.store import open_store

    settings = read_settings()
    only_here = catalog.versions_only_here(settings, name)
    store = open_store(settings)
    interrupt_lost_runs(store, LeaseWatch(settings.lease_s))
    store.require_unused_data(name, only_here)
    catalog.remove_dataset(settings, name)
    if as_json:
        print_json({"removed": name})
    else:
        typer.echo(f"Removed the dataset {name!r}.")


@app.command()
def sample(
    key: str | None = typer.Argument(None, help="A sample's key; lists them if left out."),
    as_json: bool = JSON_OPTION,
) -> None:
    """Add one of the sample datasets that come with the studio."""
    if key is not None:
        info = samples.add_sample(read_settings(), key).info
        if as_json:
            print_json(info)
        else:
            print_dataset(info)
        return
    if as_json:
        entries = [{"key": entry.key, "title": entry.title} for entry in samples.SAMPLES]
        print_json({"samples": entries})
        return
    print_columns(
        ["key", "title", "target", "description"],
        [[entry.key, entry.title, entry.target, entry.description] for entry in samples.SAMPLES],
    )
