"""`dlstudio predict`: a file's rows and, beside them, what a run predicts."""

import shutil
import sys
import tempfile
from pathlib import Path

import typer

from dlstudio.cli.output import JSON_OPTION, print_json
from dlstudio.cli.scoring import Wishes, print_notes, score
from dlstudio.errors import NotFoundError, StudioError
from dlstudio.export.scoring import AheadRequest, ScoringResult
from dlstudio.runs.store import open_store
from dlstudio.settings import read_settings
from dlstudio.spec.canvas import rebuilds_cells
from dlstudio.spec.dataset import DatasetInfo

NOT_WRITTEN = (".xlsx", ".xls", ".xlsb", ".ods", ".json", ".jsonl", ".gz", ".zip")


RUN = typer.Argument(help="A run's name, id, or the beginning of its id.")
FILE = typer.Argument(
    None,
    metavar="[FILE]",
    help="The rows, in any format of `data add`. Without it, a forecast goes on from the end of "
    "its own dataset.",
    show_default=False,
)
OUTPUT = typer.Option(
    None, "-o", "--output", help="CSV or .parquet file to write; printed if left out."
)
HOW_TO_READ = typer.Option(
    [], "--set", metavar="OPTION=VALUE", help="How to read the file, as in `data add`."
)
CODES = typer.Option(
    False, "--codes", help="Also write the codes of an autoencoder: code_0, code_1, ..."
)
RECONSTRUCTIONS = typer.Option(
    False,
    "--reconstructions",
    help="Also write what an autoencoder or VAE rebuilds: of each number and category a column "
    "rebuilt_<column>; pictures (and sounds, drawn as spectrograms) as a ZIP of PNGs beside "
    "the output, sequences as a table beside it.",
)
KNOWN = typer.Option(
    None,
    "--known",
    metavar="FILE",
    help="For a forecast: a row for each step to come, with the columns known in advance.",
)
BAND = typer.Option(
    False,
    "--band",
    help="For a forecast: also write a band that held 8 of 10 past values, cut at 0 where no "
    "value was ever negative.",
)
THRESHOLD = typer.Option(
    None,
    "--threshold",
    help="For an anomaly detection: the reconstruction error above which a row is flagged, "
    "instead of the threshold that the run chose.",
)


def run(
    run: str = RUN,
    path: Path | None = FILE,
    output: Path | None = OUTPUT,
    options: list[str] = HOW_TO_READ,
    with_codes: bool = CODES,
    with_values: bool = RECONSTRUCTIONS,
    known: Path | None = KNOWN,
    with_band: bool = BAND,
    threshold: float | None = THRESHOLD,
    as_json: bool = JSON_OPTION,
) -> None:
    """Predict the rows of a file; writes the input's columns and the predictions beside them.

    Networks that rebuild their inputs write reconstruction_error and, where anomalies are asked
    for, anomaly_score (a multiple of the threshold) and is_anomaly (1 for scores above 1).
    Forecasts write a row for each of the next steps.
    """
    if output is None and as_json:
        raise typer.BadParameter("Give -o FILE together with --json.", param_hint="--json")
    if output is not None:
        _check_output(output)
    wishes = Wishes(options, with_codes, with_values, _ahead(known, with_band), threshold)
    if output is None:
        _print_rows(run, path, wishes)
    else:
        _report(score(run, path, output, wishes), output, as_json)


def _report(result: ScoringResult, output: Path, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "output": str(output),
                "reconstructions": result.rebuilt_path,
                "num_rows": result.num_rows,
                "num_rows_rejected": result.num_rows_rejected,
                "notes": list(result.notes),
            }
        )
        return
    print_notes(result)
    typer.echo(f"Wrote {result.num_rows:,} rows to {output}.", err=True)
    if result.rebuilt_path:
        rebuilt = output.with_name(Path(result.rebuilt_path).name)
        typer.echo(f"Wrote what was rebuilt of them to {rebuilt}.", err=True)


def _check_output(output: Path) -> None:
    if output.is_dir():
        raise StudioError(
            f"{str(output)!r} is a folder.", "Name a file in it, such as out.csv.", where="-o"
        )
    if not output.absolute().parent.is_dir():
        raise StudioError(
            f"There is no folder {str(output.absolute().parent)!r}.",
            "Make it, or choose another place with -o.",
            where="-o",
        )
    if output.suffix.lower() in NOT_WRITTEN:
        raise StudioError(
            f"Predictions are written as CSV or Parquet, not as {output.suffix!r}.",
            "Choose a name that ends in .csv or .parquet.",
            where="-o",
        )


def _check_prints(run: str) -> None:
    """Refuse to print rows where what is rebuilt of them needs a file of its own."""
    store = open_store(read_settings())
    record = store.get_run(run)
    if not record.spec.task.kind.is_unsupervised:
        return
    text = store.folder(record.id).dataset.read_text(encoding="utf-8")
    if not rebuilds_cells(record.spec.task, DatasetInfo.model_validate_json(text)):
        raise StudioError(
            "Rebuilt images, sounds and sequences are written to a file beside the table.",
            "Name the table with -o, such as -o out.csv.",
            where="-o",
        )


def _ahead(known: Path | None, with_band: bool) -> AheadRequest:
    if known is not None and not known.is_file():
        raise NotFoundError(
            f"There is no file {str(known)!r}.",
            "Name a table with a row for each step to forecast.",
            where="--known",
        )
    path = str(known.absolute()) if known is not None else None
    return AheadRequest(known_path=path, with_band=with_band)


def _print_rows(run: str, path: Path | None, wishes: Wishes) -> None:
    if wishes.with_values:
        _check_prints(run)
    with tempfile.TemporaryDirectory(prefix="dlstudio-") as folder:
        output = Path(folder) / "predictions.csv"
        print_notes(score(run, path, output, wishes))
        with output.open("rb") as rows:
            shutil.copyfileobj(rows, sys.stdout.buffer)
        sys.stdout.flush()
