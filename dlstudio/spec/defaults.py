"""A complete spec from a dataset and a target."""

from collections.abc import Sequence

from dlstudio.errors import Problem, SpecError
from dlstudio.spec.architectures.fnn import FnnSpec
from dlstudio.spec.architectures.table import (
    ARCHITECTURES,
    ArchitectureSpec,
    architectures_for,
)
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, ColumnRole, DatasetInfo
from dlstudio.spec.forecast_defaults import (
    default_forecast,
    forecast_architecture,
    forecast_split,
    forecast_training,
)
from dlstudio.spec.messages import nearest
from dlstudio.spec.preprocessing import PREPROCESSING_BY_KIND
from dlstudio.spec.rhythm import usual_shape
from dlstudio.spec.run import DatasetRef, RunSpec
from dlstudio.spec.split import SplitMethod, SplitSpec
from dlstudio.spec.structured_defaults import (
    BAG_LEARNING_RATE,
    has_only_texts,
    structured_architecture,
    structured_training,
    suggest_architecture,
)
from dlstudio.spec.task import TaskKind, TaskSpec
from dlstudio.spec.training import TrainingSpec
from dlstudio.spec.unsupervised_defaults import (
    default_unsupervised,
    unsupervised_architecture,
    unsupervised_training,
)

MOST_CLASS_CODES = 20
REGRESSION_WEIGHT_DECAY = 0.2
ENSEMBLE_SIZE = 4
# A member is a network of its own as far as time goes: wide tables would take too long.
ENSEMBLE_KINDS = (ColumnKind.NUMBER, ColumnKind.CATEGORY, ColumnKind.DATETIME)
MOST_ENSEMBLE_INPUTS = 100


def default_spec(
    info: DatasetInfo,
    targets: Sequence[str] = (),
    task: TaskKind | None = None,
    architecture: str | None = None,
    name: str = "",
) -> RunSpec:
    """Draft the spec that most people should start with.

    Args:
        info: The dataset.
        targets: Columns to predict; by default those with the role target.
        task: What to learn; by default what the targets' values suggest.
        architecture: A key of `ARCHITECTURES`; by default what suits the inputs.
        name: Name of the run; by default made of the dataset and the architecture.

    Returns:
        A spec that passes `check_spec` unless the data itself forbids it.

    Raises:
        SpecError: There is no target, or a name is unknown.
    """
    is_forecast = task is TaskKind.FORECASTING
    chosen = tuple(targets) or info.with_role(ColumnRole.TARGET)
    needs_target = not is_forecast and not (task and task.is_unsupervised)
    problems = _name_problems(info, chosen, architecture, needs_target=needs_target)
    if problems:
        raise SpecError(problems)
    asked = default_task(info, targets, task)
    kind = architecture or usual_kind(info, asked)
    network = default_architecture(info, asked, kind)
    return RunSpec(
        name=name or f"{info.name}-{kind}",
        dataset=DatasetRef(name=info.name, fingerprint=info.fingerprint),
        task=asked,
        split=forecast_split(asked)
        if is_forecast
        else default_split(info, asked.kind, asked.targets),
        architecture=network,
        training=default_training(info, asked, network),
    )


def default_task(
    info: DatasetInfo, targets: Sequence[str] = (), task: TaskKind | None = None
) -> TaskSpec:
    """Choose the columns of a task.

    Args:
        info: The dataset.
        targets: Columns to predict, which exist; by default those with the role target.
        task: What to learn; by default what the targets' values suggest.

    Raises:
        SpecError: A forecast has no column of times, or none to forecast.
    """
    if task is TaskKind.FORECASTING:
        return default_forecast(info, targets)
    if task is not None and task.is_unsupervised:
        return default_unsupervised(info, task, targets, usable_inputs(info, ()))
    chosen = tuple(targets) or info.with_role(ColumnRole.TARGET)
    kind = task or suggest_task([info.column(target) for target in chosen])
    return TaskSpec(kind=kind, inputs=usable_inputs(info, chosen), targets=chosen)


def usual_kind(info: DatasetInfo, task: TaskSpec) -> str:
    """The kind of network that suits a task best: a key of `ARCHITECTURES`."""
    if task.kind.is_unsupervised:
        return architectures_for(task.kind)[0]
    return suggest_architecture(info, task.inputs)


def default_architecture(info: DatasetInfo, task: TaskSpec, architecture: str) -> ArchitectureSpec:
    """The network that a task asks for.

    Regressions on tables get a small ensemble that shares its layers (TabM-mini, Gorishniy et al.
    2024): it gained up to four points over the single network, most where the target is noisy.
    Classifications gained nothing that could be told from luck (`benchmarks/defaults.md`).

    Args:
        info: The dataset.
        task: What to learn.
        architecture: A key of `ARCHITECTURES`.
    """
    if task.kind is TaskKind.FORECASTING:
        return forecast_architecture(architecture, usual_shape(task, info).window)
    if task.kind.is_unsupervised:
        return unsupervised_architecture(info, task, architecture)
    is_table = len(task.inputs) <= MOST_ENSEMBLE_INPUTS and all(
        info.column(name).kind in ENSEMBLE_KINDS for name in task.inputs
    )
    if architecture == "fnn" and task.kind is TaskKind.REGRESSION and is_table:
        return FnnSpec(ensemble_size=ENSEMBLE_SIZE)
    return structured_architecture(ARCHITECTURES[architecture](), info, task.inputs)


def default_training(
    info: DatasetInfo, task: TaskSpec, architecture: ArchitectureSpec
) -> TrainingSpec:
    """The training that a task and a network ask for.

    RealMLP (Holzmüller et al. 2024, "Better by Default") showed that tables want stronger weight
    decay than is usual. Tried from 0.01 to 0.2, that held for single networks that learn a
    regression (two of three tables gained one to three points, one lost half a point); ensembles
    and classifications were as good or better with the weaker default.

    Args:
        info: The dataset.
        task: What to learn; its inputs exist.
        architecture: The network.
    """
    if task.kind is TaskKind.FORECASTING:
        return forecast_training(task, info)
    if task.kind.is_unsupervised:
        return unsupervised_training(info, task, architecture)
    if not isinstance(architecture, FnnSpec):
        return structured_training(info, task.inputs)
    is_ensemble = architecture.ensemble_size > 1
    if task.kind is TaskKind.REGRESSION and not is_ensemble:
        return TrainingSpec(weight_decay=REGRESSION_WEIGHT_DECAY)
    if has_only_texts(info, task.inputs):
        return TrainingSpec(learning_rate=BAG_LEARNING_RATE)
    return TrainingSpec()


def suggest_task(targets: Sequence[ColumnInfo]) -> TaskKind:
    """Tell classification from regression by the targets' values.

    Numbers are classes if they have two values, or are whole numbers that count up from 0 or 1
    without a gap, as class codes do; other numbers are quantities. Everything else is a class.
    """
    if all(_is_quantity(target) for target in targets):
        return TaskKind.REGRESSION
    return TaskKind.CLASSIFICATION


def usable_inputs(info: DatasetInfo, targets: Sequence[str]) -> tuple[str, ...]:
    """Columns that a network can learn from: inputs by role, not constant, of a known kind."""
    return tuple(
        column.name
        for column in info.columns
        if column.role is ColumnRole.INPUT
        and column.name not in targets
        and column.kind in PREPROCESSING_BY_KIND
        and _has_information(column)
    )


def default_split(info: DatasetInfo, kind: TaskKind, targets: Sequence[str]) -> SplitSpec:
    """The split that the columns' roles and the task ask for."""
    for role, method in (
        (ColumnRole.SPLIT, SplitMethod.GIVEN),
        (ColumnRole.GROUP, SplitMethod.GROUP),
        (ColumnRole.TIME, SplitMethod.TIME),
    ):
        columns = info.with_role(role)
        if columns:
            return SplitSpec(method=method, column=columns[0])
    has_classes = kind is TaskKind.CLASSIFICATION or kind.is_unsupervised
    if has_classes and len(targets) == 1:
        return SplitSpec(method=SplitMethod.STRATIFIED)
    return SplitSpec(method=SplitMethod.RANDOM)


def _is_quantity(column: ColumnInfo) -> bool:
    if column.kind is not ColumnKind.NUMBER or column.num_distinct <= 2:
        return False
    counts_up = (
        column.is_integer
        and column.num_distinct <= MOST_CLASS_CODES
        and column.min in (0.0, 1.0)
        and column.max == column.min + column.num_distinct - 1
    )
    return not counts_up


def _has_information(column: ColumnInfo) -> bool:
    return column.num_distinct > 1 or (column.num_distinct == 1 and column.num_missing > 0)


def _name_problems(
    info: DatasetInfo, targets: Sequence[str], architecture: str | None, *, needs_target: bool
) -> list[Problem]:
    problems: list[Problem] = []
    if not targets and needs_target:
        problems.append(
            Problem(
                f"No column of {info.name!r} is chosen as the target.",
                f"Choose what to predict, one of: {', '.join(info.column_names[:20])}.",
                "task.targets",
            )
        )
    problems.extend(
        unknown_column(info, target, "task.targets")
        for target in targets
        if not info.has_column(target)
    )
    if architecture is not None and architecture not in ARCHITECTURES:
        guess = nearest(architecture, ARCHITECTURES)
        hint = f"Did you mean {guess!r}? " if guess else ""
        problems.append(
            Problem(
                f"There is no architecture {architecture!r}.",
                f"{hint}Choose one of: {', '.join(ARCHITECTURES)}.",
                "architecture.kind",
            )
        )
    return problems


def unknown_column(info: DatasetInfo, name: str, where: str) -> Problem:
    """The problem of naming a column that does not exist."""
    guess = nearest(name, info.column_names)
    fix = (
        f"Did you mean {guess!r}?"
        if guess
        else f"Choose one of: {', '.join(info.column_names[:20])}."
    )
    return Problem(f"The dataset {info.name!r} has no column {name!r}.", fix, where)
