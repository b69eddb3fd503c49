"""Short text columns: which words occur, weighted by how telling they are."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dlstudio.models.columns import TextColumn
from dlstudio.models.inputs.text_pieces import (
    CountedPieces,
    TooManyLetters,
    count_by_keras,
    count_letters,
    count_words,
)
from dlstudio.models.tensors import Tensor, layers, ops
from dlstudio.spec.inputs.text import VOCABULARY, TextEncoding, TextUnit

SPLITS = {TextUnit.WORD: "whitespace", TextUnit.CHARACTER: "character"}
_NAMES = {TextUnit.WORD: "word", TextUnit.CHARACTER: "letters"}
LETTERS_IN_A_ROW = 4
_OUTPUT_MODES = {TextEncoding.TF_IDF: "tf_idf", TextEncoding.BAG_OF_WORDS: "multi_hot"}


def text_features(columns: Sequence[TextColumn]) -> tuple[str, ...]:
    """Names of the features that text columns give, in order."""
    return tuple(
        f"{column.name} ({_NAMES[part.unit]} {number})"
        for column in columns
        for part in _parts(column)
        for number in range(1, _capacity(column, part) + 1)
    )


def build_texts(
    columns: Sequence[TextColumn], values: Sequence[np.ndarray], texts: Sequence[Tensor]
) -> list[Tensor]:
    """Fit the columns and build their features.

    Args:
        columns: Text columns.
        values: The training rows of each column, object arrays of str; "" is missing.
        texts: Symbolic inputs, one string `(batch, 1)` a column.

    Returns:
        Float32 `(batch, num_words)`, one or, of words and letters, two tensors a column; each row
        has length 1, or 0 if no known word occurs.
    """
    features: list[Tensor] = []
    for column, rows, tensor in zip(columns, values, texts, strict=True):
        for part in _parts(column):
            words = _words(column, part, rows, tensor)
            length = ops.sqrt(ops.sum(ops.square(words), axis=1, keepdims=True))
            features.append(words / ops.maximum(length, 1e-6))
    return features


class _Part(NamedTuple):
    """A bag of pieces of a text: what they are, how many in a row, and how many at most."""

    unit: TextUnit
    ngrams: int
    most: int


def _parts(column: TextColumn) -> tuple[_Part, ...]:
    """Words and letters share the vocabulary.

    Letters in a row know the beginnings and endings of words that were never seen: beside words
    they gained one point on reviews and seven on languages (`benchmarks/texts.md`).
    """
    settings = column.settings
    most = settings.max_tokens or VOCABULARY
    if settings.unit is not TextUnit.BOTH:
        return (_Part(settings.unit, settings.ngrams, most),)
    num_words = most - most // 2
    return (
        _Part(TextUnit.WORD, settings.ngrams, num_words),
        _Part(TextUnit.CHARACTER, LETTERS_IN_A_ROW, most // 2),
    )


def _words(column: TextColumn, part: _Part, rows: np.ndarray, texts: Tensor) -> Tensor:
    known = np.asarray([text for text in rows.tolist() if text.strip()] or ["none"], object)
    # Keras's first place is for words that were not learned.
    num_places = _capacity(column, part) + 1
    options = {"max_tokens": num_places, "ngrams": part.ngrams, "split": SPLITS[part.unit]}
    pieces = _pieces(part, known, num_places - 1)
    # A layer that was adapted with padding cannot be loaded; one that is given its words can.
    vectorizer = layers.TextVectorization(
        **options,
        output_mode=_OUTPUT_MODES[column.settings.encoding],
        pad_to_max_tokens=True,
        vocabulary=pieces.vocabulary,
        idf_weights=_rarity(pieces, len(known)) if _is_weighted(column) else None,
    )
    # Keras announces (batch, 1, words) for what comes out as (batch, words). Words that were not
    # learned say nothing: counted, they would drown the others in texts full of new words.
    return ops.reshape(vectorizer(texts), (-1, num_places))[:, 1:]


def _pieces(part: _Part, known: np.ndarray, most: int) -> CountedPieces:
    if part.unit is TextUnit.WORD:
        return count_words(known, part.ngrams, most)
    try:
        return count_letters(known, part.ngrams, most)
    except TooManyLetters:
        return count_by_keras(known, part.ngrams, most, SPLITS[part.unit])


def _rarity(pieces: CountedPieces, num_texts: int) -> list[float]:
    """The inverse document frequency of each word, as Keras defines it."""
    return np.log(1.0 + num_texts / (1.0 + pieces.num_texts)).tolist()


def _is_weighted(column: TextColumn) -> bool:
    return column.settings.encoding is TextEncoding.TF_IDF


def _capacity(column: TextColumn, part: _Part) -> int:
    """Width of the feature: the vocabulary asked for, or fewer if the texts cannot hold as many."""
    info = column.info
    if info.mean_length is None:
        return part.most
    # A word takes at least one character and the gap after it; each may begin `ngrams` phrases.
    most_words = math.ceil((info.mean_length + 1.0) / 2.0) * max(info.num_distinct, 1)
    if part.unit is TextUnit.CHARACTER:
        most_words *= 2
    return max(1, min(part.most, most_words * part.ngrams))
