"""Inputs given to a trained network that are longer than it takes, so that a part is not seen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dlstudio.spec.inputs.audio import LONGER_SHARE, LONGEST_KEPT_S, AudioPreprocessing
from dlstudio.spec.inputs.sequence import MOST_STEPS, SequencePreprocessing
from dlstudio.spec.inputs.text import MOST_TOKENS, TextPreprocessing, TextUnit
from dlstudio.spec.inputs.video import MOST_FRAMES, VideoPreprocessing
from dlstudio.spec.preprocessing import ColumnPreprocessing


def longest_seen(seen: ColumnPreprocessing | None) -> float | None:
    """Tell how long inputs may be.

    Args:
        seen: Resolved, what the network sees of a column; None if nothing is known.

    Returns:
        Time steps of a sequence, words or letters of a text, seconds of a sound or a video; None
        where inputs are never cut, as in bags of words and videos whose frames are spread evenly.
    """
    match seen:
        case SequencePreprocessing():
            return seen.length
        case TextPreprocessing() if seen.is_sequence:
            return seen.length
        case AudioPreprocessing():
            return seen.num_kept_samples / seen.sample_rate
        case VideoPreprocessing() if seen.frame_rate is not None:
            return seen.num_frames / seen.frame_rate
        case _:
            return None


def is_cut(seen: ColumnPreprocessing, length: float) -> bool:
    """Whether an input is longer than the network takes.

    Args:
        seen: Resolved, what the network sees of the column.
        length: Of the input, in the unit of `longest_seen`.
    """
    longest = longest_seen(seen)
    is_timed = isinstance(seen, AudioPreprocessing | VideoPreprocessing)
    share = LONGER_SHARE if is_timed else 1.0
    return longest is not None and length > share * longest


def describe_cut(
    column: str, seen: ColumnPreprocessing, cut: Sequence[float], num_given: int
) -> str:
    """Say that inputs are longer than a trained network takes.

    Args:
        column: The column's name.
        seen: Resolved, what the network sees of the column.
        cut: Length of each input that is longer, in the unit of `longest_seen`.
        num_given: Inputs that were given, with the others.

    Returns:
        Sentences as plain text, with what helps; empty if none is longer.
    """
    length = longest_seen(seen)
    if not cut or length is None:
        return ""
    words, limit, longest = _words(column, seen, max(cut)), _number(length), _number(max(cut))
    is_one, is_single = length == 1, len(cut) == 1
    kept = f"{limit} {words.unit.removesuffix('s') if is_one else words.unit}"
    counted = f"only {'its' if is_single else 'the'} {words.part} {kept} "
    counted += f"{'' if is_single else 'of each '}{'counts' if is_one else 'count'}"
    fact = (
        f"{len(cut):,} of {num_given:,} {words.noun}s in {column!r} {'is' if is_single else 'are'} "
        f"longer than the {kept} that the network takes (up to {longest})"
    )
    if num_given == 1:
        fact = (
            f"The {words.noun} in {column!r} {words.has} {longest} {words.unit}, more than the "
            f"{limit} that the network takes"
        )
    told = f"{fact}: {counted}, what {words.rest} is cut off. {words.advice}"
    if not words.setting:
        return f"{told}."
    return f"{told}, or train anew on {words.alike} as long with {words.setting}."


@dataclass(frozen=True)
class _Words:
    """How inputs of a kind are spoken of, and what to set for longer ones; empty at the most."""

    noun: str
    has: str
    unit: str
    part: str
    rest: str
    advice: str
    alike: str
    setting: str


def _words(column: str, seen: ColumnPreprocessing, longest: float) -> _Words:
    field = f"preprocessing.{column}"
    if isinstance(seen, TextPreprocessing):
        return _Words(
            noun="text",
            has="has",
            unit="characters" if seen.unit is TextUnit.CHARACTER else "words",
            part="first",
            rest="follows",
            advice="Shorten texts so that they begin with what matters",
            alike="texts",
            setting=_longer(seen, "Length", f"{field}.length", min(longest, MOST_TOKENS)),
        )
    if isinstance(seen, AudioPreprocessing):
        is_kept = seen.num_kept_samples > seen.num_samples
        title = "value for Kept of a sound" if is_kept else "Length"
        name = f"{field}.{'kept_s' if is_kept else 'duration_s'}"
        return _Words(
            noun="sound",
            has="lasts",
            unit="seconds",
            part="first",
            rest="follows",
            advice="Cut sounds so that they begin with what matters",
            alike="sounds",
            setting=_longer(seen, title, name, min(_tenths_above(longest), LONGEST_KEPT_S)),
        )
    if isinstance(seen, VideoPreprocessing):
        return _Words(
            noun="video",
            has="lasts",
            unit="seconds",
            part="first",
            rest="follows",
            advice="Cut videos so that they begin with what matters",
            alike="videos",
            setting=_more_frames(seen, field, longest),
        )
    return _Words(
        noun="sequence",
        has="has",
        unit="time steps",
        part="last",
        rest="came before",
        advice="Cut recordings so that they end with what matters",
        alike="recordings",
        setting=_longer(seen, "Length", f"{field}.length", min(longest, MOST_STEPS)),
    )


def _longer(seen: ColumnPreprocessing, title: str, field: str, length: float) -> str:
    """The setting that takes the length; empty where the network takes as much already."""
    if length <= (longest_seen(seen) or 0.0):
        return ""
    return f"a {title} of {_number(length)} ({field})"


def _more_frames(seen: VideoPreprocessing, field: str, longest_s: float) -> str:
    """More frames at the same rate where so many are allowed, or frames from all over the video."""
    spread = f"an empty Frame rate ({field}.frame_rate), which spreads the frames over all of each"
    num_frames = math.ceil(longest_s * (seen.frame_rate or 0.0))
    if num_frames > MOST_FRAMES:
        return spread
    return f"{num_frames:,} Frames ({field}.num_frames) or {spread}"


def _tenths_above(seconds: float) -> float:
    """A length that one would type, long enough for the seconds."""
    return math.ceil(round(10 * seconds, 6)) / 10


def _number(length: float) -> str:
    """Whole numbers as they are, seconds with what can be heard of their fractions."""
    return f"{length:,.0f}" if length == int(length) else f"{length:,.4g}"
