"""Turning the numbers of a VAE's code one by one, to see what each stands for."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st

from dlstudio.reports.generation import ACTIVE_NATS
from dlstudio.runs.records import RunRecord
from dlstudio.ui.drawn_view import classes_of, codes_request, drawn_for, show_drawn, show_path
from dlstudio.ui.formats import count
from dlstudio.ui.problems import showing_problems

MOST_SLIDERS = 16
NUM_STEPS = 12
REACH = 3.0


class Turned(NamedTuple):
    """The numbers of a code to turn, the most telling first, and what is said of the rest."""

    places: list[int]
    words: str


def choose_turned(latent_size: int, information: Sequence[float]) -> Turned:
    """Choose the numbers of a code that are worth turning: at most sixteen.

    Args:
        latent_size: Numbers of the code.
        information: What each of them says about its row, in nats; empty if it is not known.
    """
    if len(information) != latent_size:
        shown = min(latent_size, MOST_SLIDERS)
        is_all = latent_size == shown
        words = "" if is_all else f"The first {shown} of {latent_size} numbers; the others stay 0."
        return Turned(list(range(shown)), words)
    order = sorted(range(latent_size), key=lambda place: -information[place])
    active = [place for place in order if information[place] > ACTIVE_NATS]
    num_asleep = latent_size - len(active)
    if not active:
        words = f"All {latent_size} numbers are asleep: the network ignores them."
        return Turned(list(range(latent_size))[:MOST_SLIDERS], words)
    shown = active[:MOST_SLIDERS]
    words = ["The numbers that say most about a row come first."]
    if len(active) > len(shown):
        rest = len(active) - len(shown)
        say, stay = ("says", "stays") if rest == 1 else ("say", "stay")
        words.append(f"{count(rest, 'other')} that {say} less {stay} 0.")
    if num_asleep:
        verb = "is" if num_asleep == 1 else "are"
        words.append(
            f"{num_asleep} of {latent_size} {verb} asleep: the network ignores what it does not "
            "need, and turning would change next to nothing."
        )
    return Turned(shown, " ".join(words))


def show_turning(run: RunRecord, latent_size: int, information: Sequence[float] = ()) -> None:
    """Let a person set a code by sliders and walk along one of its numbers.

    Args:
        run: A run of a VAE.
        latent_size: Numbers of its code.
        information: What each of them says about its row, in nats; empty if it is not known.
    """
    places, words = choose_turned(latent_size, information)
    st.caption(
        "The code (latent numbers) is what each example is unfolded from. Turn a number and see "
        "what it stands for; usual values lie between -2 and 2."
    )
    classes = classes_of(run)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Class", classes, key="turn_class") if classes else None
        turned = st.selectbox(
            "Walk along",
            places,
            format_func=lambda index: f"Code {index + 1}",
            help="The number that changes step by step in the second row below.",
            key="turn.along",
        )
        st.button("All to 0", icon=":material/restart_alt:", on_click=lambda: _reset(places))
    grid = st.grid(4, min_column_width=150)
    code = np.zeros(latent_size)
    for index in places:
        with grid.cell():
            code[index] = st.slider(
                f"Code {index + 1}", -REACH, REACH, 0.0, 0.1, key=f"turn.{index}"
            )
    along = np.tile(code, (NUM_STEPS, 1))
    along[:, turned] = np.linspace(-REACH, REACH, NUM_STEPS)
    named = [chosen] if chosen else []
    with showing_problems():
        st.caption("Your code:")
        show_drawn(drawn_for(run, codes_request(code[None], named)), "turned")
        st.caption(f"The same with code {turned + 1} from {-REACH:g} to {REACH:g}:")
        show_path(drawn_for(run, codes_request(along, named)), "along")
    if words:
        st.caption(words)


def _reset(places: Sequence[int]) -> None:
    for index in places:
        st.session_state[f"turn.{index}"] = 0.0
