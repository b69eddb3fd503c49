"""`dlstudio generate`: samples of a trained VAE or GAN as a file."""

from pathlib import Path

import typer

from dlstudio.cli.output import JSON_OPTION, print_json
from dlstudio.errors import NotFoundError, SpecError
from dlstudio.export.generating import GenerateRequest, check_request, generate_in_process
from dlstudio.runs.store import open_store
from dlstudio.settings import read_settings


def run(
    run: str = typer.Argument(help="A run's name, id, or the beginning of its id."),
    num_samples: int = typer.Option(64, "-n", "--num", help="How many samples, up to 100,000."),
    output: Path = typer.Option(
        ...,
        "-o",
        "--output",
        help="File to write: .png (one picture) or .zip (a file each) for images and "
        "sounds (as spectrograms), .csv or .parquet for tables and sequences, .npz for arrays.",
    ),
    seed: int = typer.Option(0, "--seed", min=0, help="Another seed gives other samples."),
    class_name: str | None = typer.Option(
        None, "--class", help="Only samples of this class; by default as in the data."
    ),
    as_json: bool = JSON_OPTION,
) -> None:
    """Draw samples from a trained VAE or GAN and write them to a file."""
    if problems := check_request(num_samples, output):
        raise SpecError(problems)
    store = open_store(read_settings())
    folder = store.folder(store.get_run(run).id)
    if not (folder.path / "generator.keras").exists():
        raise NotFoundError(
            f"The run {run!r} has no generator: only finished runs of a VAE or GAN draw samples.",
            "Choose such a run, or train one with the task generation.",
            where="RUN",
        )
    request = GenerateRequest(
        folder=str(folder.path),
        output=str(output.absolute()),
        num_samples=num_samples,
        seed=seed,
        class_name=class_name,
    )
    result = generate_in_process(request)
    if as_json:
        print_json(
            {
                "output": str(output),
                "num_samples": result.num_samples,
                "seed": seed,
                "class": class_name,
                "class_names": list(result.class_names),
                "notes": list(result.notes),
            }
        )
        return
    for note in result.notes:
        typer.echo(f"Note: {note}", err=True)
    noun = "sample" if result.num_samples == 1 else "samples"
    typer.echo(f"Wrote {result.num_samples:,} {noun} to {output}.", err=True)
