"""What the network should learn: which columns go in and which come out."""

from enum import StrEnum

from pydantic import Field

from dlstudio.spec.frozen import Frozen


class TaskKind(StrEnum):
    """What kind of answer is asked for."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"


class TaskSpec(Frozen):
    """The task of a run."""

    kind: TaskKind = Field(
        title="Task",
        description="Classification predicts a class, such as yes or no. Regression predicts a "
        "number, such as a price.",
    )
    inputs: tuple[str, ...] = Field(
        title="Inputs",
        description="Columns the network may look at. Leave out what you would not know when you "
        "predict.",
    )
    targets: tuple[str, ...] = Field(
        title="Target",
        description="The column to predict. With several yes/no columns a classification predicts "
        "each of them (multi-label); "
        "with several number columns a regression predicts all at once.",
    )
    label_separator: str | None = Field(
        default=None,
        title="Label separator",
        description="Set this if one target cell lists several labels, such as 'red|round'. Each "
        "label is then predicted on its own.",
    )

    @property
    def is_multi_label(self) -> bool:
        """Whether each row may hold several labels at once."""
        is_classification = self.kind is TaskKind.CLASSIFICATION
        return is_classification and (len(self.targets) > 1 or self.label_separator is not None)
