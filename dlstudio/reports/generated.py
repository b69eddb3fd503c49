"""Samples that a page asked for, as one line of JSON carries them."""

from dlstudio.spec.frozen import Frozen


class GeneratedSamples(Frozen):
    """Samples of a run.

    Of a table `rows` holds them by column. Of everything else `data` holds the values as base64,
    `dtype` and `shape` say what they are: images uint8 `(n, height, width, channels)`, sequences
    float32 `(n, time, channels)`, sounds float32 `(n, time, pitches, 1)`. `captions` is the class
    of each; empty without classes. `channels` names the channels of sequences, if they are known.
    """

    kind: str
    captions: tuple[str, ...] = ()
    rows: tuple[dict[str, str | int | float | None], ...] = ()
    data: str = ""
    dtype: str = "uint8"
    shape: tuple[int, ...] = ()
    channels: tuple[str, ...] = ()
