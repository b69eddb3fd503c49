"""What a text is cut into, without the network: as Keras's `TextVectorization` does it."""

import string

from dlstudio.spec.inputs.text import TextUnit

_LOWER = bytes.maketrans(string.ascii_uppercase.encode(), string.ascii_lowercase.encode())
_PUNCTUATION = string.punctuation.encode()


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
