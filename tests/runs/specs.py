"""Specs for the tests of the store."""

from dlstudio.spec.run import DatasetRef, RunSpec
from dlstudio.spec.task import TaskKind, TaskSpec


def make_spec(name: str = "", dataset: str = "iris", device: str = "cpu") -> RunSpec:
    """A complete spec; its dataset need not exist for the store."""
    spec = RunSpec(
        name=name,
        dataset=DatasetRef(name=dataset, fingerprint="f" * 64),
        task=TaskSpec(kind=TaskKind.CLASSIFICATION, inputs=("a", "b"), targets=("c",)),
    )
    training = spec.training.model_copy(update={"device": device, "epochs": 5})
    return spec.model_copy(update={"training": training})
