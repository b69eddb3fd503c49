"""Small datasets of every structured kind, made up."""

import wave
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from dlstudio.data.catalog import add_dataset
from dlstudio.settings import Settings
from dlstudio.spec.dataset import DatasetInfo

MONTHS = 60


def add_images(settings: Settings, folder: Path) -> DatasetInfo:
    generator = np.random.default_rng(0)
    for number in range(24):
        path = folder / "shapes" / ("dark", "light")[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = generator.integers(0, 120, (20, 24, 3)) + 120 * (number % 2)
        Image.fromarray(pixels.astype("uint8")).save(path)
    return add_dataset(settings, folder / "shapes").info


def add_sounds(settings: Settings, folder: Path) -> DatasetInfo:
    for number in range(12):
        path = folder / "tones" / ("high", "low")[number % 2] / f"{number}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, 8_000, 0, "NONE", ""))
            pitch = 0.9 / (1 + number % 2) + number / 1000
            samples = 20_000 * np.sin(pitch * np.arange(8_000))
            file.writeframes(samples.astype("<i2").tobytes())
    return add_dataset(settings, folder / "tones").info


def add_videos(settings: Settings, folder: Path) -> DatasetInfo:
    codec = cv2.VideoWriter.fourcc(*"MJPG")
    for number in range(16):
        path = folder / "films" / ("dark", "light")[number % 2] / f"{number}.avi"
        path.parent.mkdir(parents=True, exist_ok=True)
        writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, codec, 10.0, (32, 24))
        for step in range(6):
            level = 20 + 120 * (number % 2) + 3 * number + 8 * step
            writer.write(np.full((24, 32, 3), level, "uint8"))
        writer.release()
    return add_dataset(settings, folder / "films").info


def add_sequences(settings: Settings, folder: Path) -> DatasetInfo:
    lines = ["@problemName moves", "@univariate true", "@equalLength true", "@classLabel true a b"]
    generator = np.random.default_rng(0)
    lines += ["@data"]
    for number in range(20):
        values = ",".join(f"{value:.3f}" for value in generator.normal(number % 2, 1, 30))
        lines.append(f"{values}:{'ab'[number % 2]}")
    path = folder / "moves.ts"
    path.write_text("\n".join(lines))
    return add_dataset(settings, path).info


def add_texts(settings: Settings, folder: Path) -> DatasetInfo:
    path = folder / "notes.csv"
    rows = [
        f"it was day {n} of a {word} year and we all said {word} things about it,{word}"
        for n in range(20)
        for word in ("good", "bad")
    ]
    path.write_text("text,label\n" + "\n".join(rows))
    return add_dataset(settings, path).info


def add_months(settings: Settings, folder: Path) -> DatasetInfo:
    path = folder / "months.csv"
    rows = [
        f"{2000 + n // 12}-{1 + n % 12:02d}-01,{100 + n + 10 * (n % 12)},{n * 7 % 13}"
        for n in range(MONTHS)
    ]
    path.write_text("month,sales,rain\n" + "\n".join(rows))
    return add_dataset(settings, path).info
