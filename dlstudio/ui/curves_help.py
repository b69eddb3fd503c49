"""How to read the live curves, for someone who sees them for the first time."""

import streamlit as st

_HELP = """
**Train** (solid) is measured on the rows that the network learns from, **validation** (dashed) on
rows that it never learns from. The circle marks the best validation value.

- **Both get better**: the network still learns. Let it go on.
- **Validation stays level**: more epochs bring nothing. Early stopping ends the run by itself.
- **Validation gets worse while train gets better**: the network learns its rows by heart
  (overfitting). The best epoch is kept unless you chose the last; dropout, weight decay, a smaller
  network or more rows help.
- **The curves jump about or end**: the learning rate is too large. **They hardly move**: it is too
  small, or the inputs say nothing about the target.

**Metric** chooses what is drawn, **Across** whether it is drawn over epochs (all training rows seen
once), steps (one batch each) or time. **Smoothing** draws a mean over the last points, so that the
course shows through the jitter. **Log scale** makes equal factors equally high, so that small late
gains can be seen. Drag over the curves to look closer; **Show all** goes back.
"""


def show_curves_help() -> None:
    """Offer to explain the curves above."""
    with st.expander("How to read the curves", icon=":material/help:", type="compact"):
        st.markdown(_HELP)
