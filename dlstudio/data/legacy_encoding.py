"""Which of the encodings before Unicode a text has, judged by the letters that come out."""

import re
from collections.abc import Mapping, Sequence

import charset_normalizer

from dlstudio.data.alphabets import LATIN_ALPHABETS, OTHER_ALPHABETS, Alphabet

SCORED_BYTES = 16 * 1024
# Encodings with Latin letters, and how much more frequent their files are: the logarithm of odds,
# which decides where a few letters fit several.
LATIN_ENCODINGS = {
    "cp1252": 4.0,
    "cp1250": 1.0,
    "cp1254": 1.0,
    "cp850": 0.0,
    "cp437": 0.1,
    "cp852": -1.0,
    "iso8859_2": 0.0,
    "mac_roman": 0.0,
}
# Encodings with Cyrillic, Greek or Hebrew letters.
SCRIPT_ENCODINGS = {
    "cp1251": 3.0,
    "koi8_r": 0.1,
    "koi8_u": 0.0,
    "iso8859_5": 0.0,
    "cp866": 0.0,
    "mac_cyrillic": 0.0,
    "cp1253": 0.5,
    "iso8859_7": 0.0,
    "cp737": 0.0,
    "cp1255": 0.5,
    "cp862": 0.0,
}
# What is left: scripts of which charset_normalizer knows more than we do.
OTHER_ENCODINGS = ("cp932", "euc_jp", "gb18030", "big5", "euc_kr", "cp1256")
MIN_SHARE_OF_FOREIGN_SCRIPT = 0.45
# A text in its own encoding has about -2.9 a letter, in another one below -4.
MIN_MEAN_LOG_LIKELIHOOD = -3.6


def guess_legacy_encoding(sample: bytes) -> str:
    """Guess among the encodings that came before Unicode.

    Args:
        sample: Bytes that are not UTF-8.

    Returns:
        A name that Python's codecs know; "latin_1", which can decode every file, where the sample
        does not fit the best guess.
    """
    lines = _lines_with_high_bytes(sample)
    if _share_of_high_bytes(lines) < MIN_SHARE_OF_FOREIGN_SCRIPT:
        guess, _ = _most_likely(lines, LATIN_ENCODINGS, LATIN_ALPHABETS)
    else:
        guess = _guess_script(lines)
    try:
        lines.decode(guess)
    except UnicodeDecodeError:
        return "latin_1"
    return guess


def _guess_script(lines: bytes) -> str:
    guess, mean = _most_likely(lines, SCRIPT_ENCODINGS, OTHER_ALPHABETS)
    if mean >= MIN_MEAN_LOG_LIKELIHOOD:
        return guess
    candidates = [*OTHER_ENCODINGS, *SCRIPT_ENCODINGS, *LATIN_ENCODINGS]
    match = charset_normalizer.from_bytes(lines, cp_isolation=candidates).best()
    return "cp1252" if match is None else match.encoding


def _most_likely(
    lines: bytes, encodings: Mapping[str, float], alphabets: Sequence[Alphabet]
) -> tuple[str, float]:
    """The encoding whose letters fit one language best, and the mean a sign; ties to the first."""
    part = lines[:SCORED_BYTES]
    scores = {
        encoding: odds + _best_language(part.decode(encoding, "replace"), alphabets)
        for encoding, odds in encodings.items()
    }
    best = max(scores, key=lambda encoding: scores[encoding])
    num_signs = sum(1 for byte in part if byte > 127)
    return best, scores[best] / max(1, num_signs)


def _best_language(text: str, alphabets: Sequence[Alphabet]) -> float:
    return max(alphabet.log_likelihood(text) for alphabet in alphabets)


def _lines_with_high_bytes(sample: bytes) -> bytes:
    """Lines with bytes above 127, because the others say nothing about the encoding."""
    lines = [line for line in sample.splitlines() if not line.isascii()]
    return b"\n".join(lines)[: 64 * 1024]


def _share_of_high_bytes(lines: bytes) -> float:
    """How much of the words that hold bytes above 127 is such bytes.

    Accents are scattered among plain letters; other scripts have hardly anything else.
    """
    words = [word for word in re.split(rb"[\s,;|\"]+", lines) if not word.isascii()]
    total = sum(len(word) for word in words)
    return sum(1 for word in words for byte in word if byte > 127) / max(1, total)
