"""Words of texts are shown beside those that a network expects, one epoch and all of them."""

import numpy as np

from dlstudio.runs.samples import ORIGINALS, SampleFrame
from dlstudio.spec.canvas import CanvasKind
from dlstudio.ui.word_frames import (
    EPOCH,
    EXPECTED,
    GIVEN,
    ROWS_SHOWN,
    found_words,
    words_films,
    words_of_rows,
)


def frame(epoch: int, *cells: str) -> SampleFrame:
    values = np.asarray([[cell] for cell in cells])
    return SampleFrame(epoch, CanvasKind.TABLE, values, columns=("note",), texts=("note",))


GIVEN_TEXTS = frame(ORIGINALS, "good, film", "bad, story", "")
EXPECTED_WORDS = frame(3, "good, story", "film", "good")


def test_the_words_of_a_text_stand_beside_those_that_are_expected() -> None:
    rows = words_of_rows(EXPECTED_WORDS, GIVEN_TEXTS, "note")
    assert rows == {
        GIVEN: ["good, film", "bad, story", ""],
        EXPECTED: ["good, story", "film", "good"],
    }
    many = frame(1, *["word"] * 50)
    assert len(words_of_rows(many, many, "note")[EXPECTED]) == ROWS_SHOWN


def test_it_is_said_how_many_words_are_expected() -> None:
    said = found_words(EXPECTED_WORDS, GIVEN_TEXTS, "note")
    assert "25\xa0% are among those that the network expects more of it" in said
    empty = frame(ORIGINALS, "", "")
    assert found_words(EXPECTED_WORDS, empty, "note") == (
        "None of these texts holds a word that is counted."
    )


def test_signs_of_a_text_are_no_markdown() -> None:
    rows = words_of_rows(EXPECTED_WORDS, frame(ORIGINALS, "*good*", "", ""), "note")
    assert rows[GIVEN][0] == r"\*good\*"


def test_each_text_has_a_film_with_a_line_an_epoch_that_ends_with_the_text() -> None:
    films = words_films([frame(1, "film", "film", "film"), EXPECTED_WORDS], GIVEN_TEXTS, "note")
    assert [list(film) for film in films] == [[EPOCH, f"Text {place}"] for place in (1, 2, 3)]
    assert films[0][EPOCH] == ["1", "3", "text"]
    assert films[0]["Text 1"] == ["film", "good, story", "good, film"]
