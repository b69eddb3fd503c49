"""What may spoil a run because of its target, and its spec does not answer yet."""

from dlstudio.data.dataset import Dataset
from dlstudio.data.target_quality import LISTS_LABELS, TARGET_MISSING, target_warnings
from dlstudio.spec.dataset import QualityWarning
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import EmptyCells, TaskKind
from dlstudio.spec.training import ClassWeights

# Warnings that count cells, not the labels in them.
_OF_WHOLE_CELLS = ("many-classes", "class-imbalance", "few-rows-per-class")


def unanswered_warnings(dataset: Dataset, spec: RunSpec) -> tuple[QualityWarning, ...]:
    """Find what should be known before a classifier is trained.

    Args:
        dataset: What the spec is about.
        spec: A run that can be trained.

    Returns:
        Warnings about the targets and about inputs that give them away; none where a setting of
        the spec answers them, and none for other tasks, which have no classes.
    """
    if spec.task.kind is not TaskKind.CLASSIFICATION:
        return ()
    return tuple(
        warning
        for target in spec.task.targets
        for warning in target_warnings(dataset, target)
        if warning.where in (target, *spec.task.inputs) and not _is_answered(warning, spec)
    )


def _is_answered(warning: QualityWarning, spec: RunSpec) -> bool:
    if warning.code in (LISTS_LABELS, *_OF_WHOLE_CELLS) and spec.task.label_separator is not None:
        return True
    if warning.code == TARGET_MISSING:
        return spec.task.empty_cells is EmptyCells.NO_LABEL
    is_balanced = spec.training.class_weights is ClassWeights.BALANCED
    return warning.code == "class-imbalance" and is_balanced
