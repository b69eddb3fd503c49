"""The process that draws samples: `python -m dlstudio.export.generate`, request on stdin."""

import sys
from pathlib import Path

from dlstudio.errors import DataError
from dlstudio.export.generating import GenerateRequest, GenerateResult
from dlstudio.export.generator import Generator, load_generator
from dlstudio.export.own_process import answer
from dlstudio.export.samples_writer import check_ending, write_drawn
from dlstudio.models.sampling import draw_noise
from dlstudio.runs.folders import RunFolder

# One picture of more than these would be too large to look at.
MOST_IN_A_GRID = 2_500


def generate(request: GenerateRequest) -> GenerateResult:
    """Draw samples and write them to a file.

    Args:
        request: What to draw.

    Returns:
        What was written.

    Raises:
        StudioError: The run has no generator, lacks the class, or the file's ending does not suit
            what it makes.
    """
    generator = load_generator(RunFolder(Path(request.folder)))
    output = Path(request.output)
    check_ending(generator.kind, output)
    count, notes = request.num_samples, [*generator.notes]
    if output.suffix.lower() == ".png" and count > MOST_IN_A_GRID:
        notes.append(f"The picture shows {MOST_IN_A_GRID:,} of {count:,}; .zip holds all.")
        count = MOST_IN_A_GRID
    classes = _classes(generator, request, count)
    drawn = generator.draw(draw_noise(count, generator.latent_size, request.seed), classes)
    write_drawn(generator.kind, drawn, classes, output, generator.channels)
    return GenerateResult(num_samples=count, class_names=generator.class_names, notes=tuple(notes))


def _classes(generator: Generator, request: GenerateRequest, count: int) -> list[str]:
    wanted = request.class_name
    if wanted is None:
        return generator.spread_classes(count, request.seed)
    if not generator.class_names:
        raise DataError(
            f"The class {wanted!r} is asked for, but this run was trained without classes.",
            "Leave out --class, or train with a target that has classes and conditional turned on.",
            where="--class",
        )
    if wanted not in generator.class_names:
        raise DataError(
            f"The run knows no class {wanted!r}.",
            f"Choose one of: {', '.join(generator.class_names[:20])}.",
            where="--class",
        )
    return [wanted] * count


def main() -> int:
    """Draw the samples that stdin asks for."""
    return answer(GenerateRequest, generate)


if __name__ == "__main__":
    sys.exit(main())
