"""Live curves of runs: the browser is fed by the server directly, the page does not run again."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from dlstudio.reports.metrics import METRICS
from dlstudio.runs.records import RunRecord
from dlstudio.ui.component_data import numbered
from dlstudio.ui.fine_tuning import last_frozen_epoch
from dlstudio.ui.kept_room import keeping_room
from dlstudio.ui.live_choices import keep_choices, read_choices

BOTH_LOSSES = "both_losses"

HEIGHT = 540

_ASSETS = Path(__file__).parent / "assets"
_SCRIPTS = tuple(
    f"live_{name}.js"
    for name in ("choices", "points", "axes", "marks", "shapes", "drawing", "reading", "chart")
)


def _read(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")


# A component is one script; the last part holds its entry.
SCRIPT = "\n".join(_read(name) for name in _SCRIPTS)

_component = component(
    "dlstudio_live_chart",
    html=_read("live_chart.html"),
    css=_read("live_chart.css"),
    js=SCRIPT,
)


def show_live_chart(runs: Sequence[RunRecord], key: str) -> None:
    """Show the curves of runs, from their first epoch on and on as they grow.

    Zoom, metric, smoothing and axes are the visitor's and survive new points and reruns; all but
    the zoom stand in the address. Each run has one colour, and a shape where colours are used up;
    validation is dashed, and a thin line says where fine-tuning begins. The page runs
    again as soon as a run's status changes.

    Args:
        runs: The runs to show, at most `routes_live.MOST_RUNS`.
        key: Keeps the chart in place from run to run of the page.
    """
    # A fragment: what is chosen changes the address, and the rest of the page does not run for it.
    st.fragment(_show)(runs, key)


def _show(runs: Sequence[RunRecord], key: str) -> None:
    with keeping_room(HEIGHT):
        told = _tell(runs, key)
    if told.get("changed"):
        st.rerun()  # the status of a run, which buttons and reports depend on


def _tell(runs: Sequence[RunRecord], key: str) -> Mapping[str, Any]:
    return _component(
        key=key,
        # Without these the browser could not tell the page anything.
        on_changed_change=lambda: None,
        on_chosen_change=lambda: keep_choices(st.session_state[key]["chosen"] or {}),
        data=numbered(_data(runs), key),
    )


def _data(runs: Sequence[RunRecord]) -> dict[str, Any]:
    return {
        "choices": read_choices(),
        "runs": [
            {
                "id": run.id,
                "name": run.name,
                "status": run.status.value,
                "is_over": run.status.is_over,
                "last_frozen_epoch": last_frozen_epoch(run),
            }
            for run in runs
        ],
        "metrics": {
            BOTH_LOSSES: {
                "title": "Both losses",
                "help": "How badly each of the two networks plays: neither should stay at 0.",
                "is_higher_better": None,
                "members": ["generator_loss", "discriminator_loss"],
            },
            **_described("loss"),
            **{name: entry for name in METRICS for name, entry in _described(name).items()},
            "learning_rate": {
                "title": "Learning rate",
                "help": "How far each step changed the weights.",
                "is_higher_better": None,
            },
        },
    }


def _described(name: str) -> dict[str, dict[str, str | bool | None]]:
    info = METRICS[name]
    return {name: info.model_dump(include={"title", "help", "is_higher_better"})}
