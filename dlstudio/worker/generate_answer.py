"""What a warm worker answers when a page asks for samples."""

import base64
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from dlstudio.errors import DataError
from dlstudio.export.generator import Generator, check_has_generator, load_generator
from dlstudio.export.generator_file import GENERATOR_FILE
from dlstudio.models.sampling import draw_noise
from dlstudio.reports.generated import GeneratedSamples
from dlstudio.runs.folders import RunFolder, run_folder
from dlstudio.settings import Settings

MOST_AT_ONCE = 1_000


def answer_generate(settings: Settings, request: dict[str, Any]) -> dict[str, Any]:
    """Draw samples for a page.

    Args:
        settings: Where runs live.
        request: "run_id", and either "codes", a list of codes to unfold (what they leave open is
            then what is most probable), or "num_samples" and "seed"; with classes perhaps
            "classes", one name a sample; with "shares", how much of the second class each sample
            is, "classes" are two that are blended.

    Returns:
        A `GeneratedSamples` as plain data.

    Raises:
        StudioError: The run has no generator, lacks a class, or cannot blend classes.
    """
    folder = run_folder(settings, request["run_id"])
    path = folder.path / GENERATOR_FILE
    check_has_generator(path)
    generator = _load(folder.path, path.stat().st_mtime_ns)
    noise = _noise(generator, request)
    classes = _classes(generator, request, len(noise))
    drawn: Any = _drawn(generator, request, noise, classes)
    captions = () if request.get("shares") is not None else tuple(classes)
    if isinstance(drawn, pa.Table):
        rows = tuple(drawn.to_pylist())
        return GeneratedSamples(kind=generator.kind, captions=captions, rows=rows).model_dump()
    data = base64.b64encode(np.ascontiguousarray(drawn).tobytes()).decode("ascii")
    return GeneratedSamples(
        kind=generator.kind,
        captions=captions,
        data=data,
        dtype=str(drawn.dtype),
        shape=drawn.shape,
        channels=generator.channels,
    ).model_dump()


def _noise(generator: Generator, request: dict[str, Any]) -> np.ndarray:
    if request.get("codes") is None:
        count = max(1, min(int(request["num_samples"]), MOST_AT_ONCE))
        return draw_noise(count, generator.latent_size, int(request.get("seed", 0)))
    codes = np.asarray(request["codes"][:MOST_AT_ONCE], "float32")
    noise = np.zeros((len(codes), generator.latent_size), "float32")
    noise[:, : codes.shape[1]] = codes
    return noise


def _drawn(
    generator: Generator, request: dict[str, Any], noise: np.ndarray, classes: list[str]
) -> np.ndarray | pa.Table:
    if request.get("shares") is None:
        return generator.draw(noise, classes)
    first, second = request["classes"]
    shares = np.clip(np.asarray(request["shares"][: len(noise)], "float64"), 0.0, 1.0)
    return generator.blend(noise, (first, second), shares)


def _classes(generator: Generator, request: dict[str, Any], count: int) -> list[str]:
    wanted = request.get("classes")
    if not generator.class_names:
        return []
    if not wanted:
        return generator.spread_classes(count, int(request.get("seed", 0)))
    unknown = sorted(set(wanted) - set(generator.class_names))
    if unknown:
        raise DataError(
            f"The run knows no class {unknown[0]!r}.",
            f"Choose one of: {', '.join(generator.class_names[:20])}.",
        )
    return [wanted[index % len(wanted)] for index in range(count)]


@lru_cache(maxsize=2)
def _load(path: Path, modified_ns: int) -> Generator:
    del modified_ns  # another file of the same name is another generator
    return load_generator(RunFolder(path))
