"""Made-up files of each kind; only their number and size matter where speed is measured."""

import csv
from pathlib import Path

import numpy as np
import soundfile
from PIL import Image

CLASSES = ("first", "second")
RATE = 16_000
NUM_WORDS, WORDS_A_TEXT = 8_000, 20


def images(folder: Path, count: int, side: int, num_channels: int) -> Path:
    """Write PNG files `<class>/<number>.png`."""
    shape = (side, side) if num_channels == 1 else (side, side, num_channels)
    generator = np.random.default_rng(0)
    for number, place in _places(folder, count):
        pixels = generator.integers(0, 256, shape, np.uint8)
        Image.fromarray(pixels).save(place / f"{number}.png", compress_level=1)
    return folder


def sounds(folder: Path, count: int, seconds: float) -> Path:
    """Write WAV files `<class>/<number>.wav`."""
    generator = np.random.default_rng(0)
    for number, place in _places(folder, count):
        wave = generator.normal(0.0, 0.1, int(RATE * seconds))
        soundfile.write(place / f"{number}.wav", wave, RATE)
    return folder


def sequences(path: Path, count: int, num_steps: int, num_channels: int) -> Path:
    """Write a `.ts` file, one sequence a line."""
    generator = np.random.default_rng(0)
    with path.open("w", encoding="utf-8") as file:
        file.write(f"@problemName made\n@univariate false\n@dimensions {num_channels}\n")
        file.write(f"@equalLength true\n@seriesLength {num_steps}\n")
        file.write(f"@classLabel true {' '.join(CLASSES)}\n@data\n")
        for number in range(count):
            readings = generator.normal(0.0, 1.0, (num_channels, num_steps))
            channels = (",".join(f"{value:.3f}" for value in channel) for channel in readings)
            file.write(f"{':'.join(channels)}:{CLASSES[number % 2]}\n")
    return path


def texts(path: Path, count: int) -> Path:
    """Write a CSV file of texts with a label; frequent words are far more frequent than others."""
    generator = np.random.default_rng(0)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["text", "label"])
        for number in range(count):
            words = np.minimum(generator.zipf(1.3, WORDS_A_TEXT), NUM_WORDS)
            table.writerow([" ".join(f"word{word}" for word in words), CLASSES[number % 2]])
    return path


def _places(folder: Path, count: int) -> list[tuple[int, Path]]:
    for name in CLASSES:
        (folder / name).mkdir(parents=True)
    return [(number, folder / CLASSES[number % 2]) for number in range(count)]
