"""The shares of a split as two handles on one line."""

from typing import cast

import streamlit as st

from dlstudio.spec.fields import describe_fields
from dlstudio.spec.split import SplitSpec
from dlstudio.spec.training import KeptWeights
from dlstudio.ui.design_state import Design
from dlstudio.ui.design_targets import rows_per_part
from dlstudio.ui.problems import show_problems

_ABOUT = next(field for field in describe_fields(SplitSpec) if field.name == "fractions")


def show_fractions(design: Design, noun: str) -> tuple[float, float, float]:
    """Show the shares of training, validation and test, which always add up to 1.

    Args:
        design: What the page works on.
        noun: What is shared out, such as "row".

    Returns:
        The shares as edited.
    """
    shares = _show_handles(design)
    num_rows = design.info.num_rows
    teach, choose, judge = rows_per_part(num_rows, shares)
    keeps_last = design.spec.training.keep is KeptWeights.LAST
    watch = "show on the way how it does" if keeps_last else "choose the best epoch"
    st.caption(
        f"About {teach:,} {noun}s teach the network, {choose:,} {watch} and {judge:,} judge the "
        "result at the end."
    )
    return shares


def _show_handles(design: Design) -> tuple[float, float, float]:
    shares = design.spec.split.fractions
    key = f"{design.key}.split.fractions"
    before = (round(100 * shares[0]), round(100 * (shares[0] + shares[1])))
    handles = st.slider(
        _ABOUT.title, 0, 100, before, key=key, help=_ABOUT.help, format="%d %%", step=1
    )
    show_problems(design.problems, "split.fractions")
    low, high = cast(tuple[int, int], handles)
    if (low, high) == before:
        return shares
    return (low / 100, round((high - low) / 100, 2), round((100 - high) / 100, 2))
