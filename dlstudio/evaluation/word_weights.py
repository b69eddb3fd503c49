"""Which words of a text make its row hard to rebuild.

Each word is left out in turn. What is no longer counted then is the word itself and groups of
letters that stand nowhere else in the text, those across its border among them: their part of the
row's squared error is the word's, so that parts may come to more than the whole. How much smaller
the error is without the word says nothing: the counts of a text are scaled to the same length,
however many words it has.
"""

import re
from collections.abc import Mapping

import keras
import numpy as np

from dlstudio.evaluation.predict import model_outputs
from dlstudio.models.names import asked_names
from dlstudio.models.rebuilding import EXAMPLE, RECONSTRUCTION
from dlstudio.reports.rebuilt_row import WordWeight
from dlstudio.spec.dataset import ColumnKind, DatasetInfo
from dlstudio.spec.run import RunSpec

MOST_WORDS, MOST_TOLD = 60, 8
SMALLEST_SHARE = 0.005
WORD = re.compile(r"\w+(?:['’]\w+)*")


def weigh_words(
    model: keras.Model,
    raw: Mapping[str, np.ndarray],
    outputs: Mapping[str, np.ndarray],
    info: DatasetInfo,
    spec: RunSpec,
) -> tuple[WordWeight, ...]:
    """Tell how much of a row's error lies in what each word of its texts brings.

    Args:
        model: The complete model of a network that rebuilds its inputs.
        raw: One raw row by column name, each `(1,)`.
        outputs: What the model says of it.
        info: The dataset that the model was trained on.
        spec: The run's spec.

    Returns:
        The weightiest words first, at most eight; empty if no input is a text.
    """
    example = outputs[EXAMPLE].reshape(-1)
    squared = np.square(example - outputs[RECONSTRUCTION].reshape(-1)).astype("float64")
    total = float(squared.sum())
    found: list[WordWeight] = []
    for name in spec.task.inputs:
        if info.column(name).kind is not ColumnKind.TEXT or total <= 0.0:
            continue
        text = str(raw[name][0])
        words = list(dict.fromkeys(word.lower() for word in WORD.findall(text)))[:MOST_WORDS]
        if len(words) < 2:
            continue
        rows = {column: np.repeat(values, len(words), axis=0) for column, values in raw.items()}
        rows[name] = np.asarray([without(text, word) for word in words], raw[name].dtype)
        left = model_outputs(model, rows, asked_names(spec))[EXAMPLE].reshape(len(words), -1)
        is_gone = (example != 0.0) & (left == 0.0)
        shares = (is_gone * squared).sum(axis=1) / total
        found += [
            WordWeight(column=name, word=word, weight=float(share))
            for word, share in zip(words, shares, strict=True)
            if share >= SMALLEST_SHARE
        ]
    return tuple(sorted(found, key=lambda one: -one.weight)[:MOST_TOLD])


def without(text: str, word: str) -> str:
    """A text without a word, wherever it stands alone in it, in capitals or not."""
    return re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", " ", text, flags=re.IGNORECASE)
