"""A dataset in words, for the terminal."""

import typer

from dlstudio.cli.output import format_number, format_size, print_columns
from dlstudio.data.options import FileFormat
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo, SourceInfo
from dlstudio.spec.media import SequenceSummary

MOST_SHOWN_ROWS = 10
MOST_SHOWN_COLUMNS = 200


def print_dataset(info: DatasetInfo) -> None:
    """Print columns and warnings."""
    typer.echo(
        f"{info.name}: {info.num_rows:,} rows, {len(info.columns)} columns, "
        f"{format_size(info.size_bytes)}, version {info.fingerprint[:12]}"
    )
    used = ", ".join(
        f"{name}={value!r}" for name, value in info.source.options.items() if value is not None
    )
    typer.echo(f"Read from {info.source.file_name} as {info.source.format} ({used})")
    num_repeated = info.source.num_rows_repeated
    if num_repeated:
        rows = "1 repeated row was" if num_repeated == 1 else f"{num_repeated:,} repeated rows were"
        typer.echo(f"{rows} left out")
    typer.echo()
    print_columns(
        ["column", "kind", "role", "missing", "distinct", "values"],
        [
            [
                column.name,
                column.kind.value,
                column.role.value,
                f"{column.num_missing:,}",
                f"{column.num_distinct:,}",
                _values(column),
            ]
            for column in info.columns[:MOST_SHOWN_COLUMNS]
        ],
    )
    if len(info.columns) > MOST_SHOWN_COLUMNS:
        typer.echo(f"... and {len(info.columns) - MOST_SHOWN_COLUMNS:,} more columns")
    _print_warnings(info)


def print_unreadable(source: SourceInfo) -> None:
    """Print rows and cells that could not be read; nothing if all could."""
    if not (source.num_rows_rejected or source.num_cells_unreadable):
        return
    typer.echo(
        f"\nNot read: {source.num_rows_rejected:,} rows and {source.num_cells_unreadable:,} cells"
    )
    for entry in source.unreadable[:MOST_SHOWN_ROWS]:
        if source.format == FileFormat.COLLECTION and entry.line is None:
            typer.echo(f"  {entry.text!r} {entry.reason}")
            continue
        place = f"line {entry.line}" if entry.line is not None else "somewhere"
        column = f", column {entry.column!r}" if entry.column else ""
        typer.echo(f"  {place}{column}: {entry.reason} ({entry.text[:60]!r})")


def _print_warnings(info: DatasetInfo) -> None:
    if not info.warnings:
        return
    typer.echo(f"\nWarnings ({len(info.warnings)})")
    for warning in info.warnings[:MOST_SHOWN_ROWS]:
        place = f"{warning.where}: " if warning.where else ""
        typer.echo(f"  {place}{warning.problem} {warning.fix}")
    if len(info.warnings) > MOST_SHOWN_ROWS:
        typer.echo(f"  ... and {len(info.warnings) - MOST_SHOWN_ROWS} more, see --json")


def _values(column: ColumnInfo) -> str:
    if column.kind is ColumnKind.NUMBER:
        return f"{format_number(column.min)} to {format_number(column.max)}"
    if column.kind is ColumnKind.DATETIME:
        return f"{column.first or '-'} to {column.last or '-'}"
    if column.sequence:
        return _sequences(column.sequence)
    return ", ".join(entry.value[:20] for entry in column.top_values[:4])


def _sequences(summary: SequenceSummary) -> str:
    channels = ", ".join(summary.channels[:3]) + (", ..." if len(summary.channels) > 3 else "")
    num_steps = f"{summary.length.min:,.0f}"
    if not summary.length.is_constant:
        num_steps += f" to {summary.length.max:,.0f}"
    noun = "channel" if len(summary.channels) == 1 else "channels"
    steps = "step" if summary.length.max == 1 else "steps"
    return f"{num_steps} {steps} of {len(summary.channels)} {noun} ({channels})"
