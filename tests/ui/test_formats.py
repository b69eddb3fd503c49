"""Numbers, sizes and times as people read them."""

from datetime import UTC, datetime, timedelta

import pytest

from dlstudio.ui.formats import ago, ago_s, count, duration, escape_markdown, number, share, size

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_markdown_from_outside_is_harmless() -> None:
    text = escape_markdown("<b>*x*</b> [a](b) `c` $d$ :red[e] # f\n- g")
    assert "\n" not in text
    for sign in "<*[]`$:#":
        assert f"\\{sign}" in text


@pytest.mark.parametrize(
    ("number_of", "text"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1200, "1,200 rows")]
)
def test_counts_agree_with_their_noun(number_of: int, text: str) -> None:
    assert count(number_of, "row") == text


def test_a_noun_may_have_its_own_plural() -> None:
    assert count(3, "class", "classes") == "3 classes"


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (1_440_000, "1.4 MB"),
        (99e9, "99.0 GB"),
    ],
)
def test_sizes_take_the_unit_that_fits(size_bytes: float, text: str) -> None:
    assert size(size_bytes) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (float("nan"), "–"),
        (float("inf"), "–"),
        (3.0, "3"),
        (1234567.0, "1,234,567"),
        (0.123456, "0.1235"),
        (1234.5678, "1,235"),
        (1.5e-7, "1.500e-07"),
        (-2.5, "-2.5"),
        (999.96, "1,000"),
        (20.0004, "20"),
    ],
)
def test_numbers_keep_four_digits(value: float | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 10, "0\xa0%"),
        (10, 10, "100\xa0%"),
        (1, 100_000, "<0.1\xa0%"),
        (99_999, 100_000, ">99.9\xa0%"),
        (1, 3, "33.3\xa0%"),
        (0.29, 1, "29\xa0%"),
        (1, 0, "–"),
    ],
)
def test_shares_never_round_to_nothing_or_all(part: float, whole: float, text: str) -> None:
    assert share(part, whole) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (-1, "–"),
        (0.84, "0.8 s"),
        (42.4, "42 s"),
        (185, "3 min 5 s"),
        (7800, "2 h 10 min"),
        (273_600, "3 d 4 h"),
    ],
)
def test_durations_take_two_units(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=5), "5 h ago"),
        (timedelta(hours=30), "yesterday"),
    ],
)
def test_moments_are_told_from_now(before: timedelta, text: str) -> None:
    assert ago((NOW - before).isoformat(), now=NOW) == text


def test_old_moments_are_told_by_their_date() -> None:
    assert ago(datetime(2025, 1, 2, 12), now=NOW) == "2 January 2025"


def test_a_moment_that_is_not_known_is_a_dash() -> None:
    assert ago(None) == "–"
    assert ago_s(None) == "–"
    assert ago_s(datetime.now(UTC).timestamp()) == "just now"
