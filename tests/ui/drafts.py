"""A small spec for tests that need a run but no training."""

from dlstudio.spec.architectures.fnn import FnnSpec
from dlstudio.spec.run import DatasetRef, RunSpec
from dlstudio.spec.task import TaskKind, TaskSpec


def draft_spec(dataset: str = "iris") -> RunSpec:
    """A valid spec of a dataset that need not exist."""
    return RunSpec(
        name="draft",
        dataset=DatasetRef(name=dataset, fingerprint="f" * 16),
        task=TaskSpec(kind=TaskKind.CLASSIFICATION, inputs=("a", "b"), targets=("c",)),
        architecture=FnnSpec(),
    )
