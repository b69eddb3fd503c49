"""What a network that rebuilds its inputs says of one row, for the page that shows it."""

from dlstudio.reports.anomaly import Blame
from dlstudio.spec.frozen import Frozen


class RebuiltValue(Frozen):
    """A cell of a table's row and what the network makes of it, as text; "–" for a missing one.

    `share` is the part of the row's squared error that the column causes.
    """

    column: str
    given: str
    rebuilt: str
    share: float


class RebuiltExample(Frozen):
    """An image, a sequence or a sound beside its reconstruction.

    `kind` is a `CanvasKind`; `given` and `rebuilt` hold the values as base64, images uint8
    `(height, width, channels)`, sequences float32 `(time, channels)` and sounds float32
    `(time, pitches, 1)`.
    """

    kind: str
    shape: tuple[int, ...]
    given: str
    rebuilt: str


class WordWeight(Frozen):
    """A word of a text column.

    `weight` is the share of the row's squared error, in (0, 1], in what is not counted without it.
    """

    column: str
    word: str
    weight: float


class RebuiltRow(Frozen):
    """One row beside its reconstruction.

    `error` is the root of the mean squared error on the scale that the network works on; `score`
    is that as a multiple of the threshold, None where anomalies are not asked for.
    """

    error: float
    score: float | None
    codes: tuple[float, ...]
    blames: tuple[Blame, ...]
    values: tuple[RebuiltValue, ...] = ()
    words: tuple[WordWeight, ...] = ()
    example: RebuiltExample | None = None
