"""The first batch of a training as the network sees it, in a form that a page can show."""

from dlstudio.spec.frozen import Frozen


class PicturesSeen(Frozen):
    """Images, frames of videos or spectrograms of a column.

    `frames` holds one entry an example, each a list of PNG files in Base64; a spectrogram's
    lowest pitch is at the bottom. `meaning` says what is shown.
    """

    column: str
    meaning: str
    frames: tuple[tuple[str, ...], ...]


class LinesSeen(Frozen):
    """Values over time of a column: `values` by example, channel and step."""

    column: str
    meaning: str
    channels: tuple[str, ...]
    values: tuple[tuple[tuple[float, ...], ...], ...]


class WordsSeen(Frozen):
    """Texts word by word; an empty word is padding, `unknown` a word that was not learned."""

    column: str
    unknown: str
    words: tuple[tuple[str, ...], ...]


class NumbersSeen(Frozen):
    """Numbers of columns without a structure of their own, by example; `num_more` are left out."""

    names: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    num_more: int = 0


class FirstBatch(Frozen):
    """A few examples of the first batch, with their targets as text.

    `rows` are their numbers in the dataset, from 0; empty for windows of a forecast. `notes` say
    what differs from training.
    """

    batch_size: int
    rows: tuple[int, ...]
    labels: tuple[str, ...]
    pictures: tuple[PicturesSeen, ...] = ()
    lines: tuple[LinesSeen, ...] = ()
    words: tuple[WordsSeen, ...] = ()
    numbers: NumbersSeen | None = None
    notes: tuple[str, ...] = ()
