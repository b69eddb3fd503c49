"""Turning the numbers of a VAE's code one by one, to see what each stands for."""

import numpy as np
import streamlit as st

from dlstudio.runs.records import RunRecord
from dlstudio.ui.drawn_view import classes_of, codes_request, drawn_for, show_drawn, show_path
from dlstudio.ui.problems import showing_problems

MOST_SLIDERS = 16
NUM_STEPS = 12
REACH = 3.0


def show_turning(run: RunRecord, latent_size: int) -> None:
    """Let a person set a code by sliders and walk along one of its numbers.

    Args:
        run: A run of a VAE.
        latent_size: Numbers of its code; the first sixteen can be turned.
    """
    st.caption(
        "The code (latent numbers) is what each example is unfolded from. Turn a number and see "
        "what it stands for; usual values lie between -2 and 2."
    )
    classes = classes_of(run)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Class", classes, key="turn_class") if classes else None
        shown = min(latent_size, MOST_SLIDERS)
        turned = st.selectbox(
            "Walk along",
            range(shown),
            format_func=lambda index: f"Code {index + 1}",
            help="The number that changes step by step in the second row below.",
            key="turn.along",
        )
        st.button("All to 0", icon=":material/restart_alt:", on_click=lambda: _reset(shown))
    grid = st.grid(4, min_column_width=150)
    code = np.zeros(latent_size)
    for index in range(shown):
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
    if latent_size > shown:
        st.caption(f"The first {shown} of {latent_size} numbers; the others stay 0.")


def _reset(count: int) -> None:
    for index in range(count):
        st.session_state[f"turn.{index}"] = 0.0
