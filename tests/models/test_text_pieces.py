"""Words and letters in a row are counted as Keras counts them, only faster."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlstudio.models.inputs import text_pieces
from dlstudio.models.inputs.text_pieces import (
    CountedPieces,
    TooManyLetters,
    count_by_keras,
    count_letters,
    count_words,
)

TEXTS = [
    "The cat sat on the mat. It wasn't a Dog!",
    "Über ÄPFEL und Öl — „so viel“ wie nötig…",
    "東京タワー は 東京 に ある",
    "tab\tand\nnew\r\nline\x0b \x0c\xa0no-break\u2003wide",
    "\ufeffmark zero \u200d joined 👩‍👩‍👧 é e\u0301",
    "a",
    "...",
    "  ",
    "the the the THE",
]


def _same(ours: CountedPieces, keras: CountedPieces) -> None:
    assert ours.vocabulary == keras.vocabulary
    np.testing.assert_array_equal(ours.num_texts, keras.num_texts)
    assert ours.num_texts.dtype == keras.num_texts.dtype


@pytest.mark.parametrize("most", [3, 40, 10_000])
@pytest.mark.parametrize("in_a_row", [1, 2, 3, 4])
def test_pieces_are_those_of_keras(in_a_row: int, most: int) -> None:
    texts = np.asarray(TEXTS * 2, object)
    _same(count_words(texts, in_a_row, most), count_by_keras(texts, in_a_row, most, "whitespace"))
    _same(count_letters(texts, in_a_row, most), count_by_keras(texts, in_a_row, most, "character"))


_ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(rows=st.lists(_ANY_TEXT, min_size=1, max_size=6), most=st.sampled_from([1, 7, 500]))
def test_any_texts_give_the_pieces_of_keras(rows: list[str], most: int) -> None:
    texts = np.asarray([f"x{row}" for row in rows], object)
    _same(count_words(texts, 2, most), count_by_keras(texts, 2, most, "whitespace"))
    _same(count_letters(texts, 3, most), count_by_keras(texts, 3, most, "character"))


def test_texts_that_take_several_batches_are_counted_over_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(text_pieces, "ROWS_AT_ONCE", 2)
    texts = np.asarray(TEXTS * 3, object)
    _same(count_letters(texts, 4, 60), count_by_keras(texts, 4, 60, "character"))


def test_many_pieces_are_all_found_again() -> None:
    draw = np.random.default_rng(0).choice(list("abcdefghijklmnop qrst"), (40, 300))
    texts = np.asarray(["".join(row) for row in draw.tolist()], object)
    _same(count_letters(texts, 4, 9_000), count_by_keras(texts, 4, 9_000, "character"))


def test_texts_of_punctuation_alone_have_no_pieces() -> None:
    for counted in (count_words, count_letters):
        found = counted(np.asarray(["!?", "..."], object), 2, 10)
        assert (found.vocabulary, len(found.num_texts)) == ([], 0)


def test_more_letters_than_a_language_has_are_not_counted_wrongly() -> None:
    codes = [code for code in range(0x4E00, 0x4E00 + 40_000) if not 0xD800 <= code < 0xE000]
    with pytest.raises(TooManyLetters):
        count_letters(np.asarray(["".join(map(chr, codes))], object), 1, 10)


def test_signs_that_are_nothing_are_in_no_piece() -> None:
    texts = np.asarray(["a\0 a b\0c", "\0"], object)
    assert count_letters(texts, 1, 10).vocabulary == ["a", " ", "c", "b"]
    assert count_words(texts, 2, 10).vocabulary == ["a"]
