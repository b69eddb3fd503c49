"""What a text is cut into, without the network: as Keras's `TextVectorization` does it."""

import re
import string
from collections.abc import Iterable

from dlstudio.spec.inputs.text import TextUnit

_LOWER = bytes.maketrans(string.ascii_uppercase.encode(), string.ascii_lowercase.encode())
_PUNCTUATION = string.punctuation.encode()

# Thai, Lao, Myanmar, Khmer, Japanese and Chinese are written without spaces between the words.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
_LETTER = re.compile(r"[^\W\d_]")


def plain_text(text: str) -> bytes:
    """Small letters without punctuation; of letters beyond ASCII nothing changes."""
    return text.encode().translate(_LOWER, _PUNCTUATION)


def count_tokens(text: str, unit: TextUnit) -> int:
    """Count the words or letters that a network is given in order.

    Args:
        text: As it stands in the table.
        unit: What it is cut into: words, or characters with the spaces between words.
    """
    plain = plain_text(text)
    return len(plain.decode()) if unit is TextUnit.CHARACTER else len(plain.split())


def is_unspaced(texts: Iterable[str]) -> bool:
    """Whether most letters are of scripts that leave no spaces between the words.

    Args:
        texts: Some texts of a column.
    """
    joined = "".join(texts)
    return 2 * len(_UNSPACED.findall(joined)) > len(_LETTER.findall(joined))
