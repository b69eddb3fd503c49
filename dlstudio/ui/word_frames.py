"""Words of texts beside those that a network expects, as rows to show; no Streamlit here."""

from collections.abc import Sequence

from dlstudio.runs.samples import BETWEEN_WORDS, SampleFrame
from dlstudio.ui.formats import escape_markdown, share

ROWS_SHOWN, FILM_TEXTS = 8, 3
GIVEN, EXPECTED, EPOCH = "Words of the text", "Words the network expects of it", "Epoch"
TEXT = "text"


def words_of_rows(frame: SampleFrame, originals: SampleFrame, column: str) -> dict[str, list[str]]:
    """The first texts: the words that weigh most in each, beside those that are expected of it.

    Args:
        frame: What the network rebuilt.
        originals: What went in; the same rows.
        column: One of the texts of both.
    """
    return {
        GIVEN: _cells(originals, column)[:ROWS_SHOWN],
        EXPECTED: _cells(frame, column)[:ROWS_SHOWN],
    }


def found_words(frame: SampleFrame, originals: SampleFrame, column: str) -> str:
    """Say how many of the words that weigh most are expected."""
    pairs = zip(_cells(originals, column), _cells(frame, column), strict=False)
    words = [(set(_words(given)), set(_words(expected))) for given, expected in pairs]
    num_words = sum(len(given) for given, _ in words)
    num_found = sum(len(given & expected) for given, expected in words)
    if not num_words:
        return "None of these texts holds a word that is counted."
    return (
        f"Of the words that weigh most in a text, up to eight, {share(num_found, num_words)} are "
        "among those that the network expects more of it than of the other texts. Rare words weigh "
        "more than common ones."
    )


def words_films(
    frames: Sequence[SampleFrame], originals: SampleFrame, column: str
) -> list[dict[str, list[str]]]:
    """What is expected of a few texts, a table a text: a line an epoch, then what went in.

    Args:
        frames: Some epochs, in order.
        originals: What went in; the same rows.
        column: One of the texts of all.
    """
    shown = [_cells(one, column)[:FILM_TEXTS] for one in (*frames, originals)]
    epochs = [*(str(frame.epoch) for frame in frames), TEXT]
    return [
        {EPOCH: epochs, f"Text {number + 1}": list(cells)}
        for number, cells in enumerate(zip(*shown, strict=False))
    ]


def _cells(frame: SampleFrame, column: str) -> list[str]:
    return [escape_markdown(cell) for cell in frame.values[:, frame.columns.index(column)].tolist()]


def _words(cell: str) -> list[str]:
    return [word for word in cell.split(BETWEEN_WORDS) if word]
