"""Good defaults that follow a change of task or architecture; what was chosen stays."""

import re

from dlstudio.spec.architectures.table import ArchitectureSpec, architectures_for
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.defaults import default_architecture, default_training, usual_kind
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskSpec
from dlstudio.spec.training import TrainingSpec


def with_architecture(spec: RunSpec, info: DatasetInfo, kind: str) -> RunSpec:
    """Change the family of networks.

    Args:
        spec: The spec before.
        info: Its dataset.
        kind: A key of `ARCHITECTURES`.

    Returns:
        The spec with this family's default network for the task, and with its defaults for name
        and training where nobody had chosen otherwise.
    """
    architecture = usual_architecture(info, spec.task, kind)
    return spec.model_copy(
        update={
            "name": _followed_name(spec, architecture),
            "architecture": architecture,
            "training": _followed(spec, info, spec.task, architecture),
        }
    )


def with_task(spec: RunSpec, info: DatasetInfo, task: TaskSpec) -> RunSpec:
    """Change the task; network, training and name follow as far as they were defaults.

    Args:
        spec: The spec before.
        info: Its dataset.
        task: The new task.
    """
    kind = spec.architecture.kind
    architecture = spec.architecture
    if kind not in architectures_for(task.kind):
        architecture = usual_architecture(info, task, usual_kind(info, task))
    elif architecture == usual_architecture(info, spec.task, kind):
        architecture = usual_architecture(info, task, kind)
    training = _followed(spec, info, task, architecture)
    changed = {"task": task, "architecture": architecture, "training": training}
    return spec.model_copy(update={**changed, "name": _followed_name(spec, architecture)})


def usual_name(dataset: str, kind: str) -> str:
    """The name of a run that nobody has named, as `default_spec` makes it.

    Args:
        dataset: Name of the dataset.
        kind: A key of `ARCHITECTURES`.
    """
    return f"{dataset}-{kind}"


def usual_architecture(info: DatasetInfo, task: TaskSpec, kind: str) -> ArchitectureSpec:
    """The default network of a family for a task, whose columns need not all exist."""
    return default_architecture(info, _with_known_inputs(task, info), kind)


def _with_known_inputs(task: TaskSpec, info: DatasetInfo) -> TaskSpec:
    inputs = tuple(name for name in task.inputs if info.has_column(name))
    return task.model_copy(update={"inputs": inputs})


def _followed_name(spec: RunSpec, architecture: ArchitectureSpec) -> str:
    usual = usual_name(spec.dataset.name, spec.architecture.kind)
    # The store adds a number to a name that is taken, which a clone of that run then carries.
    if not re.fullmatch(rf"{re.escape(usual)}(-\d+)?", spec.name):
        return spec.name
    return usual_name(spec.dataset.name, architecture.kind)


def _followed(
    spec: RunSpec, info: DatasetInfo, task: TaskSpec, architecture: ArchitectureSpec
) -> TrainingSpec:
    before = default_training(info, _with_known_inputs(spec.task, info), spec.architecture)
    after = default_training(info, _with_known_inputs(task, info), architecture)
    chosen = spec.training
    follows = {
        name: getattr(after, name)
        for name in type(chosen).model_fields
        if getattr(chosen, name) == getattr(before, name)
    }
    return chosen.model_copy(update=follows)
