"""The data on which training speed is measured."""

from functools import cache

import numpy as np

from dlstudio.training.examples import Examples, PreparedData

VALIDATION_SHARE = 0.15
NUM_WORDS = 10_000


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


def _split(features: np.ndarray, targets: np.ndarray) -> PreparedData:
    order = np.random.default_rng(7).permutation(len(targets))
    cut = int(len(order) * VALIDATION_SHARE)
    validation, train = order[:cut], order[cut:]
    return PreparedData(
        Examples({"inputs": features[train]}, targets[train]),
        Examples({"inputs": features[validation]}, targets[validation]),
    )
