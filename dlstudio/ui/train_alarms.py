"""What looks wrong with a VAE or GAN and what to try: live while it trains, and in its report."""

from collections.abc import Sequence

import streamlit as st

from dlstudio.reports.generation import Alarm
from dlstudio.runs.alarms import NotedAlarm, read_alarms
from dlstudio.runs.records import RunRecord
from dlstudio.spec.architectures.gan import GanSpec
from dlstudio.spec.architectures.vae import VaeSpec
from dlstudio.ui.formats import escape_markdown
from dlstudio.ui.services import store

EVERY_S = 2.0


def show_live_alarms(run: RunRecord) -> None:
    """Show what looks wrong with a run of a VAE, whatever its task, or GAN; nothing for others.

    Args:
        run: The run in focus.
    """
    if isinstance(run.spec.architecture, (VaeSpec, GanSpec)):
        st.fragment(_show_noted, run_every=None if run.status.is_over else EVERY_S)(run.id)


def show_alarms(alarms: Sequence[Alarm]) -> None:
    """Show alarms; those that ask for the same are shown together.

    Args:
        alarms: What went wrong.
    """
    for problems, fix in together(alarms):
        said = " ".join(f"**{escape_markdown(problem)}**" for problem in problems)
        st.warning(f"{said} {escape_markdown(fix)}", icon=":material/warning:")


def together(alarms: Sequence[Alarm]) -> list[tuple[list[str], str]]:
    """Put the problems of alarms with the same fix together, in their order."""
    found: dict[str, list[str]] = {}
    for alarm in alarms:
        found.setdefault(alarm.fix, []).append(alarm.problem)
    return [(problems, fix) for fix, problems in found.items()]


def passed_words(noted: Sequence[NotedAlarm]) -> str:
    """Say which alarms no longer hold; empty if none has passed."""
    passed = [one for one in noted if one.passed is not None]
    return " ".join(
        f"Passed: {one.alarm.problem} (from epoch {one.epoch} to {one.passed})" for one in passed
    )


def _show_noted(run_id: str) -> None:
    noted = read_alarms(store().folder(run_id))
    show_alarms([_dated(one) for one in noted if one.passed is None])
    words = passed_words(noted)
    if words:
        st.caption(escape_markdown(words))


def _dated(noted: NotedAlarm) -> Alarm:
    problem = f"Since epoch {noted.epoch}: {noted.alarm.problem}"
    return noted.alarm.model_copy(update={"problem": problem})
