"""What `train` does beside training: stopping, reporting, choosing the road."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from dlstudio.errors import TrainingError
from dlstudio.reports.progress import EpochReport
from dlstudio.spec.task import TaskKind, TaskSpec
from dlstudio.spec.training import Schedule, TrainingSpec
from dlstudio.training import road_choice
from dlstudio.training.compile import compile_model, num_training_steps
from dlstudio.training.examples import Examples, PreparedData
from dlstudio.training.outcome import StopReason, TrainingOutcome
from dlstudio.training.schedules import TableSchedule, build_schedule
from dlstudio.training.trainer import train
from dlstudio.training.variables import all_variables, copy_values
from tests.training.oracle import Listener, examples, prepared, training_spec
from tests.training.training_process import TASK, build

pytestmark = pytest.mark.tensorflow


def trained(
    folder: Path, listener: Listener | None = None, **changes: object
) -> tuple[keras.Model, TrainingOutcome]:
    spec = training_spec(**changes)
    model = compiled(spec)
    outcome = train(model, prepared((6,)), spec, listener or Listener(), folder, resume=False)
    return model, outcome


def compiled(spec: TrainingSpec) -> keras.Model:
    keras.utils.set_random_seed(spec.seed)
    model = build()
    compile_model(model, TASK, spec, num_training_steps(52, 16, spec.epochs))
    return model


def test_a_loss_that_is_no_number_stops_the_run_and_says_where(tmp_path: Path) -> None:
    model, outcome = trained(
        tmp_path, optimizer="sgd", learning_rate=100.0, weight_decay=1.0, epochs=40
    )

    assert outcome.stopped_because is StopReason.DIVERGED
    assert outcome.problem is not None
    assert "The loss became" in outcome.problem.problem
    assert "with a learning rate of 100" in outcome.problem.problem
    assert outcome.problem.fix.startswith("Lower the learning rate")
    assert outcome.problem.where == "training.learning_rate"
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


class Spoiler(Listener):
    """Sets a learning rate that ruins every weight, after the third epoch."""

    def __init__(self, model: keras.Model) -> None:
        """Know whose rate to set."""
        super().__init__()
        self._model = model

    def on_epoch(self, report: EpochReport) -> None:
        super().on_epoch(report)
        if report.epoch == 3:
            self._model.optimizer.learning_rate = 1e30


def test_a_late_nan_leaves_the_best_weights_before_it(tmp_path: Path) -> None:
    spec = training_spec(optimizer="sgd", schedule="constant", learning_rate=0.05, epochs=9)
    model, data = compiled(spec), prepared((6,))

    outcome = train(model, data, spec, Spoiler(model), tmp_path, resume=False)

    assert outcome.stopped_because is StopReason.DIVERGED
    assert (outcome.num_epochs, outcome.best_epoch) == (3, 3)
    unspoilt, expected = trained(
        tmp_path / "unspoilt",
        optimizer="sgd",
        schedule="constant",
        learning_rate=0.05,
        epochs=3,
    )
    assert expected.best_epoch == 3
    for one, other in zip(model.get_weights(), unspoilt.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_early_stopping_keeps_the_best_epoch(tmp_path: Path) -> None:
    model, outcome = trained(
        tmp_path, learning_rate=0.3, epochs=200, early_stopping={"patience": 3}
    )

    losses = [report.metrics["validation"]["loss"] for report in outcome.history]
    assert outcome.stopped_because is StopReason.EARLY_STOPPING
    assert outcome.num_epochs == outcome.best_epoch + 3
    assert outcome.best_epoch == int(np.argmin(losses)) + 1
    validation = prepared((6,)).validation
    logits = model.predict(validation.features, verbose=0)  # pyright: ignore[reportArgumentType]
    loss: Any = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(
        validation.targets, logits
    )
    assert float(loss) == pytest.approx(min(losses), rel=1e-5)


def test_progress_and_epochs_are_told(tmp_path: Path) -> None:
    listener = Listener()
    _, outcome = trained(tmp_path, listener, epochs=4)

    assert [report.epoch for report in listener.epochs] == [1, 2, 3, 4]
    assert tuple(listener.epochs) == outcome.history
    assert listener.progress[0].epoch == 1
    assert listener.progress[0].steps_per_epoch == 4
    assert [report.is_best for report in listener.epochs].count(True) >= 1


def test_without_validation_the_training_loss_decides(tmp_path: Path) -> None:
    spec = training_spec()
    data = PreparedData(examples((6,)), examples((6,), num_rows=0))

    outcome = train(compiled(spec), data, spec, Listener(), tmp_path, resume=False)

    assert outcome.best_epoch > 0
    assert set(outcome.history[0].metrics) == {"train"}


def test_no_training_examples_is_an_error(tmp_path: Path) -> None:
    spec = training_spec()
    data = PreparedData(examples((6,), num_rows=0), examples((6,)))

    with pytest.raises(TrainingError, match="no training examples"):
        train(compiled(spec), data, spec, Listener(), tmp_path, resume=False)


def test_a_network_that_runs_eagerly_takes_the_road_of_steps(tmp_path: Path) -> None:
    spec = training_spec(engine="auto", epochs=1)
    model = compiled(spec)
    model.run_eagerly = True

    outcome = train(model, prepared((6,)), spec, Listener(), tmp_path, resume=False)

    assert outcome.engine.mode == "fit"
    assert outcome.engine.reason == "The network asks to be run eagerly."


def test_data_beyond_the_memory_budget_streams_with_the_same_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, resident = trained(tmp_path, engine="auto")
    monkeypatch.setattr(road_choice, "MEMORY_SHARE", 0.0)

    _, streamed = trained(tmp_path, engine="auto")

    assert streamed.engine.mode == "fit"
    assert "they are streamed" in streamed.engine.reason
    for one, other in zip(streamed.history, resident.history, strict=True):
        assert one.metrics["train"] == pytest.approx(other.metrics["train"], abs=1e-5)
        assert one.metrics["validation"] == pytest.approx(other.metrics["validation"], abs=1e-5)


@pytest.mark.slow
def test_measuring_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(road_choice, "is_short", lambda *arguments: False)
    monkeypatch.setattr(road_choice, "COMPILE_SHARE", 1e9)
    spec = training_spec(engine="auto")
    model = compiled(spec)
    before = [copy.copy() for copy in copy_values(model.variables)]

    road, choice = road_choice.build_road(model, prepared((6,)), 16, spec)

    assert choice.mode == road.mode
    assert choice.graph_step_s and choice.xla_step_s and choice.xla_compile_s
    assert "with XLA" in choice.reason
    for one, other in zip(model.variables, before, strict=True):
        np.testing.assert_array_equal(one.numpy(), other)
    assert all(
        not variable.numpy().any()
        for variable in all_variables(model)
        if variable.path.endswith(("momentum", "velocity", "iterations", "total"))
    )


def test_short_trainings_are_not_measured(tmp_path: Path) -> None:
    _, outcome = trained(tmp_path, engine="auto")

    assert outcome.engine.mode == "graph"
    assert outcome.engine.reason == "Too short for XLA to pay."


@pytest.mark.parametrize("schedule", list(Schedule))
def test_schedules_stay_between_zero_and_the_learning_rate(schedule: Schedule) -> None:
    spec = TrainingSpec(schedule=schedule, learning_rate=0.5, warmup_fraction=0.1)

    built = build_schedule(spec, 1000)

    assert isinstance(built, TableSchedule)
    assert built.rates.min() >= 0
    assert built.rates.max() == pytest.approx(0.5, rel=0.01)
    assert built.rate_at(0) == pytest.approx(0.005)
    last: Any = built(2000)
    assert float(last) == pytest.approx(built.rate_at(999))


def test_cosine_is_that_of_keras() -> None:
    spec = TrainingSpec(schedule=Schedule.COSINE, learning_rate=0.1)
    ours = build_schedule(spec, 200)
    theirs = keras.optimizers.schedules.CosineDecay(0.1, 200)

    assert isinstance(ours, TableSchedule)
    for step in (0, 1, 57, 199):
        expected: Any = theirs(step)
        assert ours.rate_at(step) == pytest.approx(float(expected), rel=1e-4, abs=1e-7)


def one_layer(num_outputs: int) -> keras.Model:
    inputs = keras.Input((6,), name="inputs")
    return keras.Model({"inputs": inputs}, layers.Dense(num_outputs)(inputs))


@pytest.mark.parametrize(
    ("task", "num_outputs", "smoothing"),
    [
        (TaskSpec(kind=TaskKind.REGRESSION, inputs=("a",), targets=("b",)), 1, 0.0),
        (TaskSpec(kind=TaskKind.REGRESSION, inputs=("a",), targets=("b", "c")), 2, 0.0),
        (TaskSpec(kind=TaskKind.CLASSIFICATION, inputs=("a",), targets=("b",)), 3, 0.1),
        (TaskSpec(kind=TaskKind.CLASSIFICATION, inputs=("a",), targets=("b",)), 1, 0.0),
        (TaskSpec(kind=TaskKind.CLASSIFICATION, inputs=("a",), targets=("b", "c")), 2, 0.1),
    ],
    ids=["regression", "two targets", "classes", "one logit", "labels"],
)
def test_every_task_has_a_loss_and_a_metric(
    task: TaskSpec, num_outputs: int, smoothing: float, tmp_path: Path
) -> None:
    features = np.random.default_rng(0).normal(size=(40, 6)).astype("float32")
    is_class = task.kind is TaskKind.CLASSIFICATION and not task.is_multi_label
    targets = (
        (features[:, 0] > 0).astype("int32") if is_class else (features[:, :num_outputs] > 0) * 1.0
    )
    rows = Examples({"inputs": features}, targets)
    spec = training_spec(label_smoothing=smoothing, epochs=15, learning_rate=0.03)
    keras.utils.set_random_seed(7)
    model = one_layer(num_outputs)
    scale = np.full(num_outputs, 10.0) if task.kind is TaskKind.REGRESSION else None
    compile_model(model, task, spec, num_training_steps(40, 16, 15), scale)

    outcome = train(model, PreparedData(rows, rows), spec, Listener(), tmp_path, resume=False)

    first, last = (
        outcome.history[0].metrics["validation"],
        outcome.history[-1].metrics["validation"],
    )
    assert last["loss"] < first["loss"]
    if task.kind is TaskKind.REGRESSION:
        assert last["rmse"] == pytest.approx(10 * last["loss"] ** 0.5, rel=1e-4)
    else:
        assert 0.5 <= last["accuracy"] <= 1
