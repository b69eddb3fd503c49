"""How a run's status is named and coloured, the same on every page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dlstudio.runs.records import RunStatus

Colour = Literal["red", "orange", "blue", "green", "gray", "violet"]


@dataclass(frozen=True)
class StatusLook:
    """Word, icon and colour of a status, and what it means for the person."""

    label: str
    icon: str
    colour: Colour
    help: str

    @property
    def badge(self) -> str:
        """The status as a badge inside Markdown."""
        return f":{self.colour}-badge[{self.icon} {self.label}]"


STATUS_LOOKS: Mapping[RunStatus, StatusLook] = {
    RunStatus.QUEUED: StatusLook(
        "Queued", ":material/schedule:", "gray", "Waits until the machine is free, then starts."
    ),
    RunStatus.RUNNING: StatusLook(
        "Training", ":material/play_circle:", "blue", "The network is learning right now."
    ),
    RunStatus.STOPPING: StatusLook(
        "Stopping",
        ":material/stop_circle:",
        "orange",
        "Ends soon and keeps the best model.",
    ),
    RunStatus.FINISHED: StatusLook(
        "Finished", ":material/check_circle:", "green", "Trained to its end; the model is ready."
    ),
    RunStatus.STOPPED: StatusLook(
        "Stopped", ":material/stop_circle:", "gray", "Ended early; the best model so far is kept."
    ),
    RunStatus.FAILED: StatusLook(
        "Failed", ":material/error:", "red", "Ended with a problem; the run says which."
    ),
    RunStatus.INTERRUPTED: StatusLook(
        "Interrupted",
        ":material/warning:",
        "orange",
        "Its process ended; Resume goes on.",
    ),
}
