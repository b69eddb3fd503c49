"""The words and letters in a row that occur in texts, counted as Keras's `TextVectorization` does.

Keras makes a text of every piece before it counts it, which takes five times as long: letters are
counted as numbers here, words as they stand.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from dlstudio.models.tensors import layers, ops
from dlstudio.models.text_batches import batch_slices
from dlstudio.spec.text_pieces import plain_text

ROWS_AT_ONCE = 2_000
MOST_IN_A_ROW = 4
_BITS = 15  # of one letter in the number of a piece; four of them and the length take 63
_MOST_LETTERS = 2**_BITS
_LENGTH_PLACE = _BITS * MOST_IN_A_ROW
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_SPARE_BITS = 4  # so that few numbers share a place
_NOTHING = b"\0"  # Keras cuts it off the end of a word, which may then stand twice


class TooManyLetters(Exception):
    """The texts have more different letters than any language: they must be counted otherwise."""


@dataclass(frozen=True)
class CountedPieces:
    """The most frequent pieces of some texts.

    Attributes:
        vocabulary: The pieces, most frequent first, equally frequent ones in reverse alphabetical
            order; single letters or words with spaces between them.
        num_texts: float32 `(pieces,)`, the number of texts in which each occurs.
    """

    vocabulary: list[str]
    num_texts: np.ndarray


def count_words(texts: np.ndarray, in_a_row: int, most: int) -> CountedPieces:
    """Count words and neighbouring words.

    Args:
        texts: Object array `(rows,)` of str.
        in_a_row: Up to how many words make a piece, at least 1.
        most: How many pieces are kept at most, at least 1.
    """
    counts: Counter[bytes] = Counter()
    for text in texts:
        counts.update(_phrases(text, in_a_row))
    usable = ((count, piece) for piece, count in counts.items() if _NOTHING not in piece)
    chosen = [piece for _, piece in sorted(usable, reverse=True)[:most]]
    kept = frozenset(chosen)
    with_piece: Counter[bytes] = Counter()
    for text in texts:
        with_piece.update(kept.intersection(_phrases(text, in_a_row)))
    num_texts = np.asarray([with_piece[piece] for piece in chosen], np.float32)
    return CountedPieces([piece.decode() for piece in chosen], num_texts)


def count_letters(texts: np.ndarray, in_a_row: int, most: int) -> CountedPieces:
    """Count letters and neighbouring letters, spaces among them.

    Args:
        texts: Object array `(rows,)` of str.
        in_a_row: Up to how many letters make a piece, from 1 to 4.
        most: How many pieces are kept at most, at least 1.

    Raises:
        TooManyLetters: There are more than 32,768 different letters.
    """
    letters = _Letters()
    keys, counts = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for some in batch_slices(len(texts), ROWS_AT_ONCE, [texts]):
        found, _ = letters.pieces(texts[some], in_a_row)
        keys, counts = _sums(keys, counts, *_distinct(found))
    is_piece = keys >= 0
    chosen = letters.ranked(keys[is_piece], counts[is_piece], most)
    places = _Places(chosen)
    num_texts = np.zeros(len(chosen), np.float32)
    for some in batch_slices(len(texts), ROWS_AT_ONCE, [texts]):
        found, rows = letters.pieces(texts[some], in_a_row)
        for of_length in found:
            which, where = places.of(of_length)
            pairs, _ = _distinct(rows[which] * len(chosen) + where)
            num_texts += np.bincount(pairs % max(1, len(chosen)), minlength=len(chosen))
    return CountedPieces(letters.texts_of(chosen), num_texts)


def count_by_keras(texts: np.ndarray, in_a_row: int, most: int, split: str) -> CountedPieces:
    """Count pieces with Keras itself: the slow way, which the others agree with.

    Args:
        texts: Object array `(rows,)` of str.
        in_a_row: Up to how many words or letters make a piece.
        most: How many pieces are kept at most, at least 1.
        split: "whitespace" or "character".
    """
    marks = layers.TextVectorization(
        max_tokens=most + 1, ngrams=in_a_row, split=split, output_mode="multi_hot"
    )
    parts = list(batch_slices(len(texts), ROWS_AT_ONCE, [texts]))
    marks.adapt(texts[some] for some in parts)
    num_texts = np.zeros(marks.vocabulary_size() - 1, np.float32)
    for some in parts:
        marked = ops.convert_to_numpy(marks(texts[some]))
        num_texts += marked[:, 1:].sum(axis=0)  # the first place counts unknown words
    return CountedPieces(marks.get_vocabulary(include_special_tokens=False), num_texts)


def _phrases(text: str, in_a_row: int) -> Iterator[bytes]:
    words = plain_text(text).split()
    shifted = [words[start:] for start in range(in_a_row)]
    longer = (map(b" ".join, zip(*shifted[:n], strict=False)) for n in range(2, in_a_row + 1))
    return chain(words, *longer)


@dataclass
class _Letters:
    """Numbers of letters in the order in which they were first seen."""

    numbers: np.ndarray = field(default_factory=lambda: np.full(0x110000, -1, np.int64))
    codes: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))

    def pieces(self, texts: np.ndarray, in_a_row: int) -> tuple[np.ndarray, np.ndarray]:
        """The piece of each length that begins at each letter, as a number, and the letter's row.

        Returns:
            int64 `(in_a_row, letters)`, -1 where a text ends before the piece; and int64
            `(letters,)`.
        """
        plain = [plain_text(text).decode() for text in texts]
        sizes = np.fromiter(map(len, plain), np.int64, len(plain))
        rows = np.repeat(np.arange(len(plain)), sizes)
        left = np.repeat(np.cumsum(sizes), sizes) - np.arange(len(rows))
        numbers = self._numbers_of(np.frombuffer("".join(plain).encode("utf-32-le"), "<u4"))
        found = np.full((in_a_row, len(numbers)), -1, np.int64)
        keys = np.zeros(len(numbers), np.int64)
        for length in range(1, in_a_row + 1):
            keys = (keys[: len(numbers) - length + 1] << _BITS) | numbers[length - 1 :]
            marked = keys | (length << _LENGTH_PLACE)
            np.copyto(found[length - 1, : len(keys)], marked, where=left[: len(keys)] >= length)
        return found, rows

    def ranked(self, keys: np.ndarray, counts: np.ndarray, most: int) -> np.ndarray:
        """The keys of the most frequent pieces, in the order of the vocabulary."""
        if self.numbers[0] >= 0:
            codes = [self._letter_at(keys, place) for place in range(MOST_IN_A_ROW)]
            is_usable = np.all(np.stack(codes) != 0, axis=0)
            keys, counts = keys[is_usable], counts[is_usable]
        if len(keys) > most:
            is_frequent = counts >= np.partition(counts, len(counts) - most)[len(counts) - most]
            keys, counts = keys[is_frequent], counts[is_frequent]
        # A space stands between letters, so that the order of texts is the one of their letters.
        letters = [self._letter_at(keys, place) for place in reversed(range(MOST_IN_A_ROW))]
        return keys[np.lexsort((*letters, counts))[::-1][:most]]

    def texts_of(self, keys: np.ndarray) -> list[str]:
        """The pieces that numbers stand for."""
        letters = np.stack([self._letter_at(keys, place) for place in range(MOST_IN_A_ROW)], axis=1)
        return [" ".join(chr(code) for code in row if code >= 0) for row in letters.tolist()]

    def _letter_at(self, keys: np.ndarray, place: int) -> np.ndarray:
        """The code of one letter of each piece; -1 where a piece is shorter."""
        from_end = (keys >> _LENGTH_PLACE) - 1 - place
        numbers = (keys >> (_BITS * np.maximum(from_end, 0))) & (_MOST_LETTERS - 1)
        return np.where(from_end >= 0, np.append(self.codes, 0)[numbers], -1)

    def _numbers_of(self, codes: np.ndarray) -> np.ndarray:
        numbers = self.numbers[codes]
        if len(numbers) and numbers.min() < 0:
            new = np.unique(codes[numbers < 0])
            if len(self.codes) + len(new) > _MOST_LETTERS:
                raise TooManyLetters
            self.numbers[new] = len(self.codes) + np.arange(len(new))
            self.codes = np.append(self.codes, new.astype(np.int64))
            numbers = self.numbers[codes]
        return numbers


class _Places:
    """Finds numbers among a few by a table of their remainders, faster than by halving."""

    def __init__(self, keys: np.ndarray) -> None:
        self._keys = np.append(keys, -2)  # no number is, which stands for the end
        bits = max(8, int(len(keys)).bit_length() + _SPARE_BITS)
        self._shift = np.uint64(64 - bits)
        self._table = np.full(2**bits, len(keys))
        slots = self._slots(keys)
        self._table[slots] = np.arange(len(keys))
        is_lost = self._table[slots] != np.arange(len(keys))
        self._lost = np.flatnonzero(is_lost)
        self._is_shared = np.zeros(2**bits, bool)
        self._is_shared[slots[is_lost]] = True

    def of(self, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which of some numbers are there, and their places."""
        slots = self._slots(keys)
        places = self._table[slots]
        which = np.flatnonzero(self._keys[places] == keys)
        shared = np.flatnonzero(self._is_shared[slots])
        if not len(shared):
            return which, places[which]
        order = np.argsort(self._keys[self._lost])
        ordered = self._keys[self._lost][order]
        near = np.minimum(np.searchsorted(ordered, keys[shared]), len(ordered) - 1)
        is_there = ordered[near] == keys[shared]
        more, where = shared[is_there], self._lost[order][near[is_there]]
        return np.concatenate([which, more]), np.concatenate([places[which], where])

    def _slots(self, keys: np.ndarray) -> np.ndarray:
        """Upper bits of a product (Knuth, The Art of Computer Programming 3, 6.4)."""
        return ((keys.view(np.uint64) * _GOLDEN) >> self._shift).view(np.int64)


def _distinct(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Different numbers, rising, and how often each occurs; `np.unique` is ten times slower."""
    ordered = np.sort(numbers, axis=None)
    starts = _starts(ordered)
    return ordered[starts], np.diff(starts, append=len(ordered))


def _starts(ordered: np.ndarray) -> np.ndarray:
    """Where each run of equal numbers begins."""
    return np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])


def _sums(
    keys: np.ndarray, counts: np.ndarray, more_keys: np.ndarray, more_counts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Two lists of different keys and their counts as one."""
    both = np.concatenate([keys, more_keys])
    order = np.argsort(both, kind="stable")
    ordered, amounts = both[order], np.concatenate([counts, more_counts])[order]
    starts = _starts(ordered)
    return ordered[starts], np.add.reduceat(amounts, starts) if len(starts) else amounts
