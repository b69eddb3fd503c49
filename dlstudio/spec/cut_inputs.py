"""Inputs given to a trained network that are longer than it takes, so that a part is not seen."""

from collections.abc import Sequence
from dataclasses import dataclass

from dlstudio.spec.inputs.audio import LONGER_SHARE, LONGEST_KEPT_S, AudioPreprocessing
from dlstudio.spec.inputs.sequence import MOST_STEPS, SequencePreprocessing
from dlstudio.spec.inputs.text import MOST_TOKENS, TextPreprocessing, TextUnit
from dlstudio.spec.preprocessing import ColumnPreprocessing


def longest_seen(seen: ColumnPreprocessing | None) -> float | None:
    """Tell how long inputs may be.

    Args:
        seen: Resolved, what the network sees of a column; None if nothing is known.

    Returns:
        Time steps of a sequence, words or letters of a text, seconds of a sound; None where
        inputs are never cut, as in bags of words.
    """
    match seen:
        case SequencePreprocessing():
            return seen.length
        case TextPreprocessing() if seen.is_sequence:
            return seen.length
        case AudioPreprocessing():
            return seen.num_kept_samples / seen.sample_rate
        case _:
            return None


def is_cut(seen: ColumnPreprocessing, length: float) -> bool:
    """Whether an input is longer than the network takes.

    Args:
        seen: Resolved, what the network sees of the column.
        length: Of the input, in the unit of `longest_seen`.
    """
    longest = longest_seen(seen)
    share = LONGER_SHARE if isinstance(seen, AudioPreprocessing) else 1.0
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
    words, limit, longest = _words(column, seen), _number(length), _number(max(cut))
    is_are, each = ("is", "it") if len(cut) == 1 else ("are", "each")
    fact = (
        f"{len(cut):,} of {num_given:,} {words.noun}s in {column!r} {is_are} longer than the "
        f"{limit} {words.unit} that the network takes (up to {longest})"
    )
    if num_given == 1:
        fact = (
            f"The {words.noun} in {column!r} has {longest} {words.unit}, more than the {limit} "
            "that the network takes"
        )
    told = (
        f"{fact}: only the {words.part} {limit} of {each} count, what {words.rest} is cut off. "
        f"{words.advice}"
    )
    if length >= words.most:
        return f"{told}."
    setting = f"{words.title} of {_number(min(max(cut), words.most))} ({words.field})"
    return f"{told}, or train anew on {words.alike} with a {setting}."


@dataclass(frozen=True)
class _Words:
    """How inputs of a kind are spoken of, and the setting that decides their length."""

    noun: str
    unit: str
    part: str
    rest: str
    advice: str
    alike: str
    title: str
    field: str
    most: float


def _words(column: str, seen: ColumnPreprocessing) -> _Words:
    field = f"preprocessing.{column}"
    if isinstance(seen, TextPreprocessing):
        return _Words(
            noun="text",
            unit="characters" if seen.unit is TextUnit.CHARACTER else "words",
            part="first",
            rest="follows",
            advice="Shorten texts so that they begin with what matters",
            alike="texts as long",
            title="Length",
            field=f"{field}.length",
            most=MOST_TOKENS,
        )
    if isinstance(seen, AudioPreprocessing):
        is_kept = seen.num_kept_samples > seen.num_samples
        return _Words(
            noun="sound",
            unit="seconds",
            part="first",
            rest="follows",
            advice="Cut sounds so that they begin with what matters",
            alike="sounds as long",
            title="value for Kept of a sound" if is_kept else "Length",
            field=f"{field}.{'kept_s' if is_kept else 'duration_s'}",
            most=LONGEST_KEPT_S,
        )
    return _Words(
        noun="sequence",
        unit="time steps",
        part="last",
        rest="came before",
        advice="Cut recordings so that they end with what matters",
        alike="recordings as long",
        title="Length",
        field=f"{field}.length",
        most=MOST_STEPS,
    )


def _number(length: float) -> str:
    """Whole numbers as they are, seconds with what can be heard of their fractions."""
    return f"{length:,.0f}" if length == int(length) else f"{length:,.4g}"
