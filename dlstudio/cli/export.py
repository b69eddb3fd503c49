"""`dlstudio export`: a trained model as a file."""

from pathlib import Path

import typer

from dlstudio.cli.output import JSON_OPTION, format_size, print_json
from dlstudio.cli.scoring import check_threshold
from dlstudio.errors import NotFoundError
from dlstudio.export.files import copy_file, sha256_of, write_text_file
from dlstudio.export.table import available_formats, check_format
from dlstudio.export.threshold import copy_with_threshold
from dlstudio.runs.folders import RunFolder
from dlstudio.runs.store import open_store
from dlstudio.settings import read_settings


def run(
    run: str = typer.Argument(help="A run's name, id, or the beginning of its id."),
    format_key: str = typer.Option("keras", "--format", help=f"One of: {available_formats()}."),
    output: Path | None = typer.Option(
        None, "-o", "--output", help="File or folder to write to; model.keras here if left out."
    ),
    threshold: float | None = typer.Option(
        None,
        "--threshold",
        help="For an anomaly detection: the reconstruction error above which the written "
        "model flags a row; the run keeps its own threshold.",
    ),
    as_json: bool = JSON_OPTION,
) -> None:
    """Write a trained model to a file that plain Keras loads, preprocessing inside."""
    check_format(format_key)
    store = open_store(read_settings())
    record = store.get_run(run)
    folder = store.folder(record.id)
    source = folder.generator if folder.generator.is_file() else folder.model
    if not source.is_file():
        raise NotFoundError(
            f"The run {record.name!r} has no trained model: it is {record.status.value}.",
            "Choose a run that has finished, or stop this one to keep its best epoch.",
            where="RUN",
        )
    path = _target(output or Path(), source)
    check_threshold(record, threshold)
    if threshold is None:
        copy_file(source, path)
    else:
        copy_with_threshold(source, path, threshold)
    usage = _copy_usage(source, path, threshold)
    beside = _copy_beside(folder, source, path)
    checksum, size_bytes = sha256_of(path), path.stat().st_size
    if as_json:
        content = {"format": format_key, "path": str(path), "size_bytes": size_bytes}
        content |= {"sha256": checksum, "usage": str(usage) if usage else None}
        print_json(content | ({"model": str(beside)} if beside else {}))
        return
    typer.echo(f"Wrote {path} ({format_size(size_bytes)}, sha256 {checksum})")
    if usage is not None:
        typer.echo(f"How to use it: {usage}")
    if beside is not None:
        typer.echo(f"Rows are rebuilt and described by {beside}")


def _target(output: Path, source: Path) -> Path:
    """The file to write; Keras itself loads nothing that does not end in .keras."""
    if output.is_dir() or output.suffix.lower() != source.suffix:
        return output / source.name
    return output


def _copy_beside(folder: RunFolder, source: Path, path: Path) -> Path | None:
    """A VAE that makes examples can also describe rows: its second file, beside the first."""
    if source == folder.model or not folder.model.is_file():
        return None
    beside = path.with_name(f"{path.stem}-{folder.model.name}")
    copy_file(folder.model, beside)
    _copy_usage(folder.model, beside)
    return beside


def _copy_usage(source: Path, path: Path, threshold: float | None = None) -> Path | None:
    folder = RunFolder(source.parent)
    written = folder.generator_usage if source == folder.generator else folder.usage
    if not written.is_file():
        return None
    usage = path.with_name(f"{path.stem}-usage.txt")
    text = written.read_text(encoding="utf-8").replace(source.name, path.name)
    if threshold is not None:
        text += f"\nThis file has the threshold {threshold:g}; "
        text += "the run that it comes from chose another.\n"
    write_text_file(usage, text)
    return usage
