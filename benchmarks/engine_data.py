"""The data on which training speed is measured."""

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from dlstudio.data.catalog import add_dataset
from dlstudio.settings import read_settings
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.task import TaskKind
from dlstudio.training.examples import Examples, PreparedData
from dlstudio.training.prepare_forecast import ForecastPreparation, prepare_forecast
from dlstudio.training.series_windows import SeriesWindows

VALIDATION_SHARE = 0.15
NUM_WORDS = 10_000
FORECASTING = TaskKind.FORECASTING


@cache
def real(name: str) -> PreparedData:
    """A table that comes with scikit-learn, standardised."""
    from sklearn import datasets

    bunch = getattr(datasets, f"load_{name}")()
    features = np.asarray(bunch.data, "float32")
    features = (features - features.mean(0)) / features.std(0)
    return _split(features, np.asarray(bunch.target, "int32"))


@cache
def made(*shape: int) -> PreparedData:
    """Numbers whose class can be learned, for where only the size matters."""
    generator = np.random.default_rng(7)
    features = generator.normal(size=shape).astype("float32")
    flat = features.reshape(shape[0], -1)
    sums = flat @ generator.normal(size=flat.shape[1]) + generator.normal(size=shape[0])
    return _split(features, (sums > 0).astype("int32"))


def cancer() -> PreparedData:
    """569 rows."""
    return real("breast_cancer")


def large() -> PreparedData:
    """100,000 rows of 30 columns."""
    return made(100_000, 30)


def series() -> PreparedData:
    """5,000 sequences of 100 steps with 8 channels."""
    return made(5_000, 100, 8)


def images() -> PreparedData:
    """10,000 images of 28 x 28."""
    return made(10_000, 28, 28, 1)


def short_series() -> PreparedData:
    """2,000 sequences of 100 steps with 8 channels."""
    return made(2_000, 100, 8)


def spectrograms() -> PreparedData:
    """1,000 seconds of sound in 64 mel bands."""
    return made(1_000, 98, 64, 1)


def videos() -> PreparedData:
    """120 videos of 8 small frames."""
    return made(120, 8, 32, 32, 3)


def texts() -> PreparedData:
    """10,000 texts."""
    return words(10_000)


def few_texts() -> PreparedData:
    """2,000 texts."""
    return words(2_000)


@cache
def words(num_texts: int) -> PreparedData:
    """Texts of 100 words by their numbers; how often one word occurs decides on the class."""
    generator = np.random.default_rng(7)
    numbers = generator.zipf(1.3, (num_texts, 100)) % NUM_WORDS
    return _split(numbers.astype("int32"), ((numbers == 2).sum(1) > 8).astype("int32"))


def colour_images() -> PreparedData:
    """500 images of 64 x 64 in colour."""
    return made(500, 64, 64, 3)


@cache
def mixed() -> PreparedData:
    """2,000 rows of a photo, a note of 30 words and three numbers."""
    generator = np.random.default_rng(7)
    numbers = generator.normal(size=(2_000, 3)).astype("float32")
    features = {
        "photo": generator.integers(0, 255, (2_000, 32, 32, 3), "uint8"),
        "note": generator.integers(0, NUM_WORDS, (2_000, 30), "int32"),
        "numbers": numbers,
    }
    return _split_all(features, (numbers.sum(1) > 0).astype("int32"))


@cache
def forecast() -> ForecastPreparation:
    """Ten thousand hours of a value that repeats by the day and the week."""
    hours = np.arange(10_000)
    noise = np.random.default_rng(7).normal(size=len(hours))
    values = np.sin(hours / 24 * 2 * np.pi) + np.sin(hours / 168 * 2 * np.pi) + 0.2 * noise
    times = pd.date_range("2024-01-01", periods=len(hours), freq="h")
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / "hours.csv"
        pd.DataFrame({"time": times, "value": values}).to_csv(path, index=False)
        dataset = add_dataset(read_settings({"DLSTUDIO_HOME": home}), path)
        return prepare_forecast(dataset, default_spec(dataset.info, ("value",), FORECASTING))


def windows() -> PreparedData:
    """The same series; the training steps gather their windows."""
    return forecast().data


@cache
def copied_windows() -> PreparedData:
    """A copy of each window and horizon, as `model.fit` takes them."""
    return PreparedData(_copied(windows().train), _copied(windows().validation))


def _copied(examples: Examples) -> Examples:
    assert isinstance(examples.gathering, SeriesWindows)
    return Examples(*examples.gathering.at(examples.targets))


def _split(features: np.ndarray, targets: np.ndarray) -> PreparedData:
    return _split_all({"inputs": features}, targets)


def _split_all(features: dict[str, np.ndarray], targets: np.ndarray) -> PreparedData:
    order = np.random.default_rng(7).permutation(len(targets))
    cut = int(len(order) * VALIDATION_SHARE)
    validation, train = (
        Examples({name: values[rows] for name, values in features.items()}, targets[rows])
        for rows in (order[:cut], order[cut:])
    )
    return PreparedData(train, validation)
