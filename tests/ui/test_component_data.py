"""Data of components carry a number that tells newer from older."""

import pytest
import streamlit as st

from dlstudio.ui.component_data import numbered

LARGEST_EXACT_IN_JAVASCRIPT = 2**53


@pytest.fixture(autouse=True)
def new_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})


def test_the_number_grows_when_the_data_change_also_back_to_what_they_were() -> None:
    numbers = [numbered({"svg": text}, "drawing")["number"] for text in ("a", "b", "a")]
    assert numbers[0] < numbers[1] < numbers[2] < LARGEST_EXACT_IN_JAVASCRIPT


def test_the_same_data_keep_their_number_so_that_nothing_is_sent_again() -> None:
    first = numbered({"svg": "a"}, "drawing")
    numbered({"svg": "of another"}, "other")
    assert numbered({"svg": "a"}, "drawing") == first
    assert first["svg"] == "a"


def test_a_new_session_begins_above_the_numbers_of_the_one_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    last = [numbered({"svg": text}, "drawing") for text in "abc"][-1]
    monkeypatch.setattr("time.time_ns", lambda: (last["number"] + 1) * 1_000_000)
    monkeypatch.setattr(st, "session_state", {})
    assert numbered({"svg": "a"}, "drawing")["number"] > last["number"]
