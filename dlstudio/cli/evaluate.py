"""`dlstudio evaluate`: how well a run does on a labelled file."""

from pathlib import Path

import typer

from dlstudio.cli.output import JSON_OPTION, format_metric, print_columns, print_json
from dlstudio.cli.run_text import print_classes
from dlstudio.cli.scoring import Wishes, print_notes, score


def run(
    run: str = typer.Argument(help="A run's name, id, or the beginning of its id."),
    path: Path = typer.Argument(metavar="FILE", help="Rows that hold the target too."),
    options: list[str] = typer.Option(
        [], "--set", metavar="OPTION=VALUE", help="How to read the file, as in `data add`."
    ),
    threshold: float | None = typer.Option(
        None,
        "--threshold",
        help="For an anomaly detection: the reconstruction error above which a row is flagged, "
        "instead of the threshold that the run chose.",
    ),
    as_json: bool = JSON_OPTION,
) -> None:
    """Score a run on rows with known answers, best rows it has never seen.

    Networks that rebuild their inputs need none: they give the reconstruction error, and where the
    file says which rows are anomalies, how well these are found.
    """
    result = score(run, path, None, Wishes(options, threshold=threshold))
    if as_json:
        print_json(
            {
                "metrics": result.metrics,
                "intervals": {},
                "per_class": [entry.model_dump(mode="json") for entry in result.classes],
                "num_rows": result.num_rows,
                "num_rows_rejected": result.num_rows_rejected,
                "notes": list(result.notes),
            }
        )
        return
    print_notes(result)
    typer.echo(f"{result.num_rows:,} rows")
    print_columns(
        ["metric", "value"],
        [[name, format_metric(value)] for name, value in result.metrics.items()],
    )
    if result.classes:
        typer.echo("")
        print_classes(result.classes)
