"""The space in which samples and real rows are compared, and the classifier that names them.

With labels it is the last hidden layer of a small classifier of real training rows; without, the
rows themselves, reduced by principal components where they are wide.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dlstudio.evaluation.pca import fit_pca
from dlstudio.evaluation.sample_quality import draw_rows

if TYPE_CHECKING:
    import keras

MOST_ROWS = 10_000
MOST_PLAIN_FEATURES = 256
NUM_HIDDEN = 64
BATCH_SIZE = 64
NUM_STEPS = 800
MOST_EPOCHS = 40
LARGEST_SIDE = 32
LARGEST_VALUE = 1e6
PREDICT_BATCH = 1_000

LEARNED = "the last hidden layer of a small classifier trained on the labels"
PIXELS = "pixels"
VALUES = "values"
COLUMNS = "standardised columns"

Encoder = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class FeatureSpace:
    """How rows become features.

    Attributes:
        description: The space in plain words.
        features: Rows `(n, ...)` to float64 `(n, d)`; over the training rows each feature has mean
            0, and the mean square over all features is 1 unless all rows are the same.
        classes: Rows to probabilities, float32 `(n, num_classes)`; None without labels.
    """

    description: str
    features: Encoder
    classes: Encoder | None = None


def learn_feature_space(train: np.ndarray, labels: np.ndarray | None, seed: int) -> FeatureSpace:
    """Make the space for a kind of rows.

    Args:
        train: Real training rows, finite: images float `(n, height, width, channels)` in [-1, 1],
            or anything else `(n, ...)` that a dense network can learn from. Of more than 10,000
            rows as many are drawn.
        labels: Class of each row, int from 0, `(n,)`; None if there are none.
        seed: What everything is drawn with.

    Returns:
        The space of a classifier if there are two classes or more, else that of the rows
        themselves.
    """
    if labels is None or len(np.unique(labels)) < 2:
        return plain_feature_space(train, seed)
    chosen = draw_rows(np.arange(len(train)), MOST_ROWS, seed)
    classifier = _train_classifier(train[chosen], labels[chosen], int(labels.max()) + 1, seed)
    scaled = _fit_scale(_hidden(classifier, train[chosen]))
    return FeatureSpace(
        description=LEARNED,
        features=lambda rows: scaled(_hidden(classifier, rows)),
        classes=lambda rows: _outputs(classifier, rows)[1],
    )


def plain_feature_space(train: np.ndarray, seed: int) -> FeatureSpace:
    """Make the space of the rows themselves, at most 256 numbers wide.

    Args:
        train: Real training rows, finite; float `(n, ...)`, n at least 1. Columns of vectors are
            given the same spread; pixels and steps keep theirs, or those that hardly vary, at the
            border, would count most.
        seed: What rows are drawn with.
    """
    standardised = fit_standard(train) if train.ndim == 2 else flat
    reduced = _fit_reduction(standardised(train), seed)
    scaled = _fit_scale(reduced(standardised(train)))
    return FeatureSpace(
        description={2: COLUMNS, 4: PIXELS}.get(train.ndim, VALUES),
        features=lambda rows: scaled(reduced(bounded(standardised(rows)))),
    )


def flat(rows: np.ndarray) -> np.ndarray:
    """Rows `(n, ...)`, of which there may be none, to `(n, d)`."""
    return rows.reshape(len(rows), math.prod(rows.shape[1:]))


def smaller_images(images: np.ndarray, side: int) -> np.ndarray:
    """Average blocks of pixels of images `(n, height, width, channels)` with longer sides."""
    times = math.ceil(max(images.shape[1:3]) / side)
    if times <= 1:
        return images
    spare = [(0, -size % times) for size in images.shape[1:3]]
    filled = np.pad(images, [(0, 0), *spare, (0, 0)], mode="edge")
    num, height, width, channels = filled.shape
    blocks = (num, height // times, times, width // times, times, channels)
    return filled.reshape(blocks).mean(axis=(2, 4))


def bounded(rows: np.ndarray) -> np.ndarray:
    """Keep numbers within a million: the samples of a diverged model overflow when squared."""
    return np.clip(rows, -LARGEST_VALUE, LARGEST_VALUE)


def fit_standard(train: np.ndarray) -> Encoder:
    """Learn to give each column mean 0 and spread 1; constant ones keep their spread.

    Args:
        train: Float `(n, d)`, finite, n at least 1.
    """
    middle = train.mean(axis=0, dtype=np.float64)
    spread = train.std(axis=0, dtype=np.float64)
    # A constant column of a rounded value has a spread of rounding errors.
    spread[spread <= 1e-9 * np.abs(middle)] = 1.0
    spread[spread == 0.0] = 1.0
    return lambda rows: bounded((rows - middle) / spread)


def _identity(rows: np.ndarray) -> np.ndarray:
    return rows


def _fit_reduction(train: np.ndarray, seed: int) -> Encoder:
    if train.shape[1] <= MOST_PLAIN_FEATURES:
        return _identity
    pca = fit_pca(train, MOST_PLAIN_FEATURES, seed)
    return pca.encode if pca.num_components else _identity


def _fit_scale(train: np.ndarray) -> Encoder:
    """Centre, and divide all features by one number: KID depends on how large features are."""
    middle = train.mean(axis=0, dtype=np.float64)
    size = float(np.sqrt(np.mean((train - middle) ** 2))) or 1.0
    return lambda rows: bounded((rows.astype(np.float64) - middle) / size)


def _train_classifier(
    rows: np.ndarray, labels: np.ndarray, num_classes: int, seed: int
) -> "keras.Model":
    """About 800 steps of Adam, in an order and with weights that the seed fixes."""
    # Imported here: TensorFlow takes five seconds, and rows without labels do without it.
    import keras

    model: Any = _build_classifier(rows.shape[1:], num_classes, seed)
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss=[None, "sparse_categorical_crossentropy"],
        jit_compile=False,
    )
    random = np.random.default_rng(seed)
    num_epochs = min(MOST_EPOCHS, math.ceil(NUM_STEPS / math.ceil(len(rows) / BATCH_SIZE)))
    order = np.concatenate([random.permutation(len(rows)) for _ in range(num_epochs)])
    for start in range(0, len(order), 10_000):
        part = order[start : start + 10_000]
        model.fit(
            rows[part].astype(np.float32),
            labels[part],
            batch_size=BATCH_SIZE,
            shuffle=False,
            verbose=0,
        )
    return model


def _build_classifier(shape: tuple[int, ...], num_classes: int, seed: int) -> "keras.Model":
    """A network with two outputs: its last hidden layer and the probabilities."""
    import keras

    from dlstudio.models.seeds import layer_seeds
    from dlstudio.models.tensors import Tensor, layers, new_input

    seeds = layer_seeds(seed)

    def weights() -> keras.Initializer:
        return keras.initializers.HeNormal(seed=next(seeds))

    def relu(kind: Callable[..., Tensor], *sizes: int | str) -> Tensor:
        return kind(*sizes, activation="relu", kernel_initializer=weights())

    rows = hidden = new_input(shape)
    if len(shape) == 3:
        # Large images are made smaller first: the classifier should cost seconds.
        hidden = layers.AveragePooling2D(math.ceil(max(shape[:2]) / LARGEST_SIDE), padding="same")(
            rows
        )
        hidden = relu(layers.Conv2D, 32, 3, 2, "same")(hidden)
        hidden = relu(layers.Conv2D, 64, 3, 2, "same")(hidden)
        hidden = layers.Flatten()(hidden)
    else:
        hidden = relu(layers.Dense, 128)(layers.Flatten()(rows))
    hidden = layers.Dropout(0.3, seed=next(seeds))(hidden)
    hidden = relu(layers.Dense, NUM_HIDDEN)(hidden)
    last = layers.Dense(num_classes, activation="softmax", kernel_initializer=weights())
    return keras.Model(rows, [hidden, last(hidden)])


def _hidden(classifier: "keras.Model", rows: np.ndarray) -> np.ndarray:
    return _outputs(classifier, rows)[0]


def _outputs(classifier: "keras.Model", rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if not len(rows):  # Convolutions fail over no rows.
        shapes: Any = classifier.output_shape
        return np.zeros((0, shapes[0][1]), np.float32), np.zeros((0, shapes[1][1]), np.float32)
    parts: list[Any] = [
        classifier(bounded(rows[start : start + PREDICT_BATCH]).astype(np.float32), training=False)
        for start in range(0, len(rows), PREDICT_BATCH)
    ]
    hidden, classes = zip(*parts, strict=True)
    return np.concatenate(hidden), np.concatenate(classes)
