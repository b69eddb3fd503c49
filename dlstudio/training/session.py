"""One training from here to its end: what `train` sets up and then runs."""

import math
import time
from pathlib import Path

import keras

from dlstudio.errors import Problem, TrainingError
from dlstudio.reports.progress import DiskRoom, EpochReport, Progress
from dlstudio.spec.training import Schedule, TrainingSpec
from dlstudio.training.best import follow_kept, follow_plateau, is_finite, is_stalled, reduced_rate
from dlstudio.training.checkpoint import Checkpoint, NoRoomError, write_checkpoint
from dlstudio.training.fine_tuning import FineTuning
from dlstudio.training.last_checkpoint import write_last_checkpoint
from dlstudio.training.outcome import StopReason, TrainingOutcome
from dlstudio.training.pace import Pace
from dlstudio.training.road import Metrics, Road
from dlstudio.training.schedules import TableSchedule
from dlstudio.training.state import Plateau, TrainingState
from dlstudio.training.variables import (
    all_variables,
    copy_values,
    optimizers_of,
    restore_values,
)
from dlstudio.training.watcher import Watcher
from dlstudio.training.watching import Ticker, Watching

CHECKPOINT_SHARE = 0.02  # of the time may go into writing checkpoints


class Session:
    """A model on its road, and what is known about it so far."""

    def __init__(
        self,
        model: keras.Model,
        road: Road,
        spec: TrainingSpec,
        state: TrainingState,
        folder: Path,
        checkpoint_s: float,
        fine_tuning: FineTuning | None = None,
    ) -> None:
        """Get ready; nothing is trained before `run`.

        Args:
            model: The compiled model whose variables change.
            road: Runs its epochs.
            spec: How long, and when to stop.
            state: Where to begin.
            folder: Where checkpoints are kept.
            checkpoint_s: Fewest seconds from one checkpoint to the next.
            fine_tuning: What begins after the first epochs, if anything does.
        """
        self._model = model
        self._road = road
        self._spec = spec
        self._state = state
        self._folder = folder
        self._variables = all_variables(model)
        self._best_weights = copy_values(model.weights)
        self._fine_tuning = fine_tuning
        self._compiled_after = 0  # epochs, when the model was compiled
        self._rate = spec.learning_rate
        self._pace = Pace()
        self._checkpoint_s = checkpoint_s
        self._checkpoints = Ticker(checkpoint_s)
        self._has_room = True
        self._started_s = 0.0

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go back to where a checkpoint was written.

        If that is within fine-tuning, it must have begun.

        Raises:
            TrainingError: The checkpoint is from another network, data or spec.
        """
        state = checkpoint.state
        shapes = [tuple(variable.shape) for variable in self._variables]
        is_same = (
            shapes == [value.shape for value in checkpoint.values]
            and state.num_examples == self._state.num_examples
            and (state.seed, state.batch_size) == (self._state.seed, self._state.batch_size)
        )
        if not is_same:
            raise TrainingError(
                f"The checkpoint in {self._folder} is from another network, dataset or spec.",
                "Start the run again from the beginning.",
                where=str(self._folder),
            )
        self._state = state
        if self._fine_tuning and state.epoch >= self._fine_tuning.after_epochs:
            self._follow_fine_tuning(self._fine_tuning)
        restore_values(self._variables, checkpoint.values)
        self._best_weights = list(checkpoint.best_weights)

    def run(self, watcher: Watcher) -> None:
        """Train until something ends it, then put the best weights into the model."""
        if self._state.stopped_because in (None, StopReason.ASKED):
            self._started_s = time.perf_counter()
            self._checkpoints.is_due()
            self._state.stopped_because = self._run_epochs(watcher)
            self._keep_last(watcher)
        restore_values(self._model.weights, self._best_weights)

    def _keep_last(self, watcher: Watcher) -> None:
        state, checkpoint = self._state, self._take_checkpoint()
        try:
            if write_last_checkpoint(self._folder, checkpoint, watcher, self._progress()):
                return
        except NoRoomError:
            watcher.on_log(
                f"The disk that holds {self._folder} stayed full: training ends without a last "
                "checkpoint. The model is saved now, which takes less room. Should it not fit "
                "either, a resumed run learns again what came after the checkpoint before."
            )
            return
        if state.stopped_because is not StopReason.DIVERGED:
            state.stopped_because = StopReason.ASKED
        watcher.on_log(
            f"The disk that holds {self._folder} is full and the run was stopped: its last "
            "checkpoint was not written. If it is resumed, it learns again what came after the "
            "checkpoint before."
        )

    def outcome(self) -> TrainingOutcome:
        """Say what the training came to."""
        state = self._state
        return TrainingOutcome(
            best_epoch=state.best.epoch,
            num_epochs=state.epoch,
            stopped_because=StopReason(state.stopped_because),
            engine=state.engine,
            history=tuple(state.history),
            duration_s=state.time_s,
            problem=self._divergence(state.problem) if state.problem else None,
        )

    def _divergence(self, problem: str) -> Problem:
        fix = "Lower the learning rate, for example to a third, or turn on gradient clipping."
        if len(optimizers_of(self._model)) > 1:
            fix = "Lower the learning rate, for example to a third, or raise the R1 or gradient "
            fix += "penalty, so that neither network of the GAN runs away from the other."
        return Problem(problem, fix, "training.learning_rate")

    def _run_epochs(self, watcher: Watcher) -> StopReason:
        watching = Watching(watcher)
        while self._state.epoch < self._spec.epochs:
            metrics = self._run_epoch(watching)
            if metrics is None:
                return StopReason.DIVERGED if self._state.problem else StopReason.ASKED
            watcher.on_epoch(self._finish_epoch(metrics))
            # Before the next checkpoint, which thereby tells by its epoch what it belongs to.
            self._follow_frozen_epoch(watcher)
            if is_stalled(self._state.best, self._spec.early_stopping):
                return StopReason.EARLY_STOPPING
            self._checkpoint_if_due(watching)
        return StopReason.ALL_EPOCHS

    def _run_epoch(self, watching: Watching) -> dict[str, Metrics] | None:
        """Run what is left of an epoch; None if it was stopped or the loss is no number."""
        state, road = self._state, self._road
        road.begin_epoch(state.seed, state.epoch, first_step=state.step)
        train: Metrics = {}
        validation: Metrics = {}
        validation_step = 0
        while state.step < road.num_steps or validation_step < road.num_validation_steps:
            is_asked = watching.should_stop(self._progress)
            # Not within the validation: a checkpoint holds the metrics of training only.
            if validation_step == 0:
                if is_asked:
                    return None
                self._checkpoint_if_due(watching)
            stretch = self._pace.next_stretch(road, state.step, validation_step)
            result = self._pace.run(road, stretch)
            state.step = result.next_step
            train = train if validation_step else result.train
            validation_step = stretch.validation_last
            validation = result.validation if validation_step else {}
            if not (is_finite(train) and is_finite(validation)):
                self._state.problem = self._where_it_diverged(train, validation)
                return None
        return {"train": train} | ({"validation": validation} if validation else {})

    def _finish_epoch(self, metrics: dict[str, Metrics]) -> EpochReport:
        state, spec = self._state, self._spec
        watched = metrics.get("validation", metrics["train"])
        state.epoch, state.step = state.epoch + 1, 0
        state.best = follow_kept(state.best, state.epoch, watched, spec)
        is_best = state.best.epoch == state.epoch
        if is_best:
            self._best_weights = copy_values(self._model.weights)
        rate = self._learning_rate()
        if spec.schedule is Schedule.REDUCE_ON_PLATEAU:
            state.plateau, falls = follow_plateau(state.plateau, watched["loss"])
            if falls:
                self._model.optimizer.learning_rate = reduced_rate(rate, self._rate)
        duration_s = self._lap()
        report = EpochReport(
            epoch=state.epoch,
            metrics=metrics,
            duration_s=duration_s,
            samples_per_s=state.num_examples / max(duration_s, 1e-9),
            learning_rate=rate,
            is_best=is_best,
        )
        state.history.append(report)
        return report

    def _follow_frozen_epoch(self, watcher: Watcher) -> None:
        """Let patience count from fine-tuning on, which begins after the last frozen epoch."""
        state, tuning = self._state, self._fine_tuning
        if tuning is None or state.epoch > tuning.after_epochs:
            return
        state.best = state.best.model_copy(update={"num_epochs_since": 0})
        if state.epoch < tuning.after_epochs:
            return
        restore_values(self._model.weights, self._best_weights)
        state.plateau = Plateau()
        tuning.begin()
        self._road.retrace()
        self._follow_fine_tuning(tuning)
        watcher.on_log(
            f"Fine-tuning begins after epoch {state.epoch}, from the weights of epoch "
            f"{state.best.epoch}: layers of the pretrained network learn too, with a learning "
            f"rate of {tuning.learning_rate:g}."
        )

    def _follow_fine_tuning(self, tuning: FineTuning) -> None:
        self._variables = all_variables(self._model)
        self._compiled_after, self._rate = tuning.after_epochs, tuning.learning_rate
        self._pace = Pace()

    def _lap(self) -> float:
        """Take the time of the epoch that just ended, whatever attempts it took."""
        self._take_time()
        duration_s, self._state.epoch_time_s = self._state.epoch_time_s, 0.0
        return duration_s

    def _take_time(self) -> None:
        now = time.perf_counter()
        self._state.time_s += now - self._started_s
        self._state.epoch_time_s += now - self._started_s
        self._started_s = now

    def _learning_rate(self) -> float:
        # In 16 bits Keras wraps the optimizer in one that scales the loss.
        optimizer = getattr(self._model.optimizer, "inner_optimizer", self._model.optimizer)
        schedule = getattr(optimizer, "_learning_rate", None)
        if isinstance(schedule, TableSchedule):
            steps = (self._state.epoch - self._compiled_after) * self._road.num_steps
            return schedule.rate_at(steps - 1)
        # A number on several devices is one variable a device, which float() does not take.
        return float(copy_values([optimizer.learning_rate])[0])

    def _progress(self) -> Progress:
        state, road, step_s = self._state, self._road, self._pace.step_s
        left = (self._spec.epochs - state.epoch) * road.num_steps - state.step
        return Progress(
            epoch=state.epoch + 1,
            num_epochs=self._spec.epochs,
            step=state.step,
            steps_per_epoch=road.num_steps,
            samples_per_s=state.batch_size / step_s if step_s else None,
            eta_s=self._eta_s(left) if step_s else None,
            room=DiskRoom.ENOUGH if self._has_room else DiskRoom.MISSING,
        )

    def _eta_s(self, steps_left: int) -> float:
        # Finished epochs know what validation and reporting cost; before, only the steps count.
        recent = self._state.history[self._compiled_after :][-5:]
        if recent:
            epoch_s = sum(report.duration_s for report in recent) / len(recent)
            return epoch_s * steps_left / self._road.num_steps
        return steps_left * (self._pace.step_s or 0.0)

    def _checkpoint_if_due(self, watching: Watching) -> None:
        if not self._checkpoints.is_due():
            return
        started = time.perf_counter()
        try:
            write_checkpoint(self._folder, self._take_checkpoint())
            self._has_room = True
        except NoRoomError:
            if self._has_room:
                watching.say(
                    f"The disk that holds {self._folder} is full: a checkpoint could not be "
                    "written. Training goes on and tries again; free some space."
                )
            self._has_room = False
        duration_s = time.perf_counter() - started
        self._checkpoints = Ticker(max(self._checkpoint_s, duration_s / CHECKPOINT_SHARE))
        self._checkpoints.is_due()

    def _take_checkpoint(self) -> Checkpoint:
        self._take_time()
        return Checkpoint(self._state, copy_values(self._variables), self._best_weights)

    def _where_it_diverged(self, train: Metrics, validation: Metrics) -> str:
        state = self._state
        rate = f"with a learning rate of {self._rate:g}"
        if is_finite(train):
            kind = _not_finite(validation)
            return f"The validation loss became {kind} in epoch {state.epoch + 1}, {rate}."
        place = f"epoch {state.epoch + 1}, step {state.step} of {self._road.num_steps}"
        return f"The loss became {_not_finite(train)} in {place}, {rate}."


def _not_finite(metrics: Metrics) -> str:
    value = next(value for value in metrics.values() if not math.isfinite(value))
    return "NaN" if math.isnan(value) else "infinite"
