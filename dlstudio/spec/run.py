"""The spec of a run: everything that was asked, in one record."""

from typing import Any, Literal

from pydantic import Field

from dlstudio.spec.architectures.fnn import FnnSpec
from dlstudio.spec.architectures.table import ArchitectureSpec
from dlstudio.spec.part import SpecPart
from dlstudio.spec.split import SplitSpec
from dlstudio.spec.task import TaskSpec
from dlstudio.spec.training import TrainingSpec

SPEC_VERSION = 1


class DatasetRef(SpecPart):
    """Which version of which dataset."""

    name: str = Field(title="Dataset", description="The dataset's name.")
    fingerprint: str | None = Field(
        default=None,
        title="Version",
        description="The fingerprint of the dataset's content; empty means the current version.",
    )


class RunSpec(SpecPart):
    """Everything that decides what a run does."""

    spec_version: Literal[1] = SPEC_VERSION
    name: str = Field(
        default="",
        max_length=200,
        title="Name",
        description="A name for the run, so that you find it again.",
    )
    dataset: DatasetRef
    task: TaskSpec
    split: SplitSpec = SplitSpec()
    preprocessing: dict[str, dict[str, Any]] = Field(
        default={},
        title="Preprocessing",
        description="By column, only what differs from the default.",
    )
    architecture: ArchitectureSpec = FnnSpec()
    training: TrainingSpec = TrainingSpec()
