"""Texts of UTF-8 in which a few bytes do not fit, such as letters that an export cut in two.

Read in any older encoding, every other letter of such a file would be wrong.
"""

import codecs
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

DAMAGED_UTF8 = "utf-8-damaged"
DAMAGED_LETTERS = "damaged-letters"
REPLACEMENT = "\ufffd"
# Text of an older encoding hardly ever happens to be UTF-8; a letter cut in two is one in many.
MAX_SHARE_DAMAGED = 0.2
_TAIL_BYTES = bytes(range(0x80, 0xC0))  # no letter begins with one


def is_damaged_utf8(*samples: bytes) -> bool:
    """Tell whether bytes are UTF-8 but for a few.

    Args:
        samples: Pieces of a text; letters cut off by their ends do not count.
    """
    num_damaged, num_whole = 0, 0
    for sample in samples:
        text = _Forgiving().decode(sample.lstrip(_TAIL_BYTES))
        num_here = text.count(REPLACEMENT)
        num_damaged += num_here
        num_whole += len(text) - len(text.encode("ascii", "ignore")) - num_here
    return 0 < num_damaged <= MAX_SHARE_DAMAGED * num_whole


class _Forgiving(codecs.BufferedIncrementalDecoder):
    """Reads UTF-8; bytes that do not fit become U+FFFD, however strict the reader is."""

    def _buffer_decode(self, input: "ReadableBuffer", errors: str, final: bool) -> tuple[str, int]:
        return codecs.utf_8_decode(input, "replace", final)


def _decode(content: "ReadableBuffer", _errors: str = "strict") -> tuple[str, int]:
    return codecs.utf_8_decode(content, "replace", True)


def _find_codec(name: str) -> codecs.CodecInfo | None:
    if name.replace("_", "-") != DAMAGED_UTF8:
        return None
    return codecs.CodecInfo(
        codecs.utf_8_encode, _decode, incrementaldecoder=_Forgiving, name=DAMAGED_UTF8
    )


codecs.register(_find_codec)
