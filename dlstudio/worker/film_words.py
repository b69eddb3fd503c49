"""Words of texts in frames: those that weigh most in a text, and those that a network expects."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import keras
import numpy as np

from dlstudio.models.canvas import Canvas, PlaceKind
from dlstudio.models.inputs.text import SPLITS
from dlstudio.models.preprocessing import Preprocessor
from dlstudio.models.tensors import Tensor
from dlstudio.runs.samples import BETWEEN_WORDS
from dlstudio.spec.inputs.text import TextUnit

MOST_WORDS = 8


@dataclass(frozen=True)
class ColumnWords:
    """The words of a text column.

    Attributes:
        name: The column.
        words: The words that are counted, str `(num_words,)`; neither pairs of words nor letters.
        places: Where each is in a row of the canvas, int `(num_words,)`.
    """

    name: str
    words: np.ndarray
    places: np.ndarray

    def cells(self, rows: np.ndarray) -> np.ndarray:
        """Write the heaviest words of each row.

        Args:
            rows: Float `(n, width)` in the canvas's units.

        Returns:
            Str `(n,)`: at most eight words, the heaviest first; "" where none weighs anything.
        """
        weights = np.asarray(rows)[:, self.places]
        if weights.shape[1] > MOST_WORDS:  # sorting thousands of words for eight takes long
            kept = np.argpartition(-weights, MOST_WORDS, axis=1)[:, :MOST_WORDS]
        else:
            kept = np.tile(np.arange(weights.shape[1]), (len(weights), 1))
        return np.asarray([self._cell(*pair) for pair in zip(weights, kept, strict=True)], np.str_)

    def expected(self, rows: np.ndarray) -> np.ndarray:
        """Write the words that are expected more of each row than of the others.

        Common words are expected of every text, and would fill all cells alike.

        Args:
            rows: Reconstructions, float `(n, width)` in the canvas's units.

        Returns:
            Str `(n,)`, as `cells` writes them.
        """
        return self.cells(rows - rows.mean(axis=0) if len(rows) > 1 else rows)

    def _cell(self, weights: np.ndarray, kept: np.ndarray) -> str:
        heaviest = kept[np.argsort(-weights[kept], kind="stable")]
        return BETWEEN_WORDS.join(self.words[heaviest[weights[heaviest] > 0.0]].tolist())


def find_words(preprocessor: Preprocessor, canvas: Canvas) -> tuple[ColumnWords, ...]:
    """Tell which number of a table's row stands for which word.

    Args:
        preprocessor: Fitted on the training rows.
        canvas: The form of a row.

    Returns:
        One entry a text column; none for columns that are cut into letters alone.
    """
    return tuple(_found(preprocessor, canvas))


def _found(preprocessor: Preprocessor, canvas: Canvas) -> Iterator[ColumnWords]:
    layers = [one for one in preprocessor.core.layers if isinstance(one, _VECTORIZATION)]
    splitting = [one for one in layers if one.get_config()["split"] == _BY_WORDS]
    by_input = {cast("Tensor", one.input).name: one for one in splitting}
    for index, column in enumerate(preprocessor.columns.texts):
        layer = by_input.get(f"text_{index}")
        if layer is None:
            continue
        vocabulary = np.asarray(layer.get_vocabulary(include_special_tokens=False), np.str_)
        is_word = np.char.find(vocabulary, " ") < 0
        mine = [
            number
            for number, place in enumerate(canvas.places)
            if place.column == column.name and place.kind is PlaceKind.WORD
        ]
        # Words come first, in the order of the vocabulary; letters have the places behind them.
        places = np.asarray(mine[: len(vocabulary)])
        yield ColumnWords(column.name, vocabulary[is_word], places[is_word])


_VECTORIZATION = keras.layers.TextVectorization
_BY_WORDS = SPLITS[TextUnit.WORD]
