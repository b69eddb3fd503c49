"""Trains a compiled model: epochs, early stopping, checkpoints, reports."""

from contextlib import ExitStack
from pathlib import Path

import keras

from dlstudio.errors import TrainingError
from dlstudio.reports.progress import EngineChoice
from dlstudio.spec.batch_size import resolve_batch_size
from dlstudio.spec.training import Engine, TrainingSpec
from dlstudio.training.checkpoint import Checkpoint, read_checkpoint, remove_checkpoint
from dlstudio.training.class_weights import weigh_classes
from dlstudio.training.compile import num_training_steps
from dlstudio.training.examples import PreparedData
from dlstudio.training.fine_tuning import FineTuning
from dlstudio.training.outcome import TrainingOutcome
from dlstudio.training.quick_start import (
    graph_optimization,
    is_short,
    without_garbage_collection,
)
from dlstudio.training.road_choice import build_road
from dlstudio.training.session import Session
from dlstudio.training.state import TrainingState
from dlstudio.training.watcher import Watcher

CHECKPOINT_S = 10.0


def train(
    model: keras.Model,
    data: PreparedData,
    spec: TrainingSpec,
    watcher: Watcher,
    folder: Path,
    resume: bool,
    fine_tuning: FineTuning | None = None,
    checkpoint_s: float = CHECKPOINT_S,
) -> TrainingOutcome:
    """Train a model and leave the best weights in it.

    Args:
        model: A model that `compile_model` compiled. Afterwards it is no longer compiled, so that
            nothing of this package is saved with it.
        data: Training and validation examples. Without validation examples the training loss
            decides which epoch is best.
        spec: Epochs, batch size, early stopping, class weights, engine and seed.
        watcher: Hears about progress and epochs, and may ask to stop.
        folder: Where checkpoints are kept.
        resume: Whether to go on from the checkpoint in the folder, if there is one; otherwise
            the folder is cleared. A resumed run ends with the numbers of one never interrupted.
        fine_tuning: What begins after the first epochs, if anything does; it has not begun.
        checkpoint_s: Fewest seconds from one checkpoint to the next; more where writing takes long.

    Returns:
        What the training came to; also when it was stopped or diverged.

    Raises:
        TrainingError: There are no training examples, or the checkpoint cannot be read, written
            or does not belong to this run.
    """
    if not len(data.train):
        raise TrainingError(
            "There are no training examples.", "Give the training split a larger share."
        )
    checkpoint = _found_checkpoint(folder, resume)
    batch_size = resolve_batch_size(spec.batch_size, len(data.train))
    weighted = PreparedData(weigh_classes(data.train, spec.class_weights), data.validation)
    engine = checkpoint.state.engine if checkpoint else None
    if fine_tuning and checkpoint and checkpoint.state.epoch >= fine_tuning.after_epochs:
        fine_tuning.begin()
    num_steps = num_training_steps(len(data.train), batch_size, spec.epochs)
    is_over_soon = is_short(model, len(data.train), num_steps, spec.epochs)
    with graph_optimization(not is_over_soon), ExitStack() as stack:
        stack.enter_context(without_garbage_collection())
        road, choice = build_road(model, weighted, batch_size, spec, engine)
        watcher.on_log(_in_words(choice, spec.engine))
        state = TrainingState(
            engine=choice, batch_size=batch_size, num_examples=len(data.train), seed=spec.seed
        )
        session = Session(model, road, spec, state, folder, checkpoint_s, fine_tuning)
        if checkpoint:
            session.restore(checkpoint)
        if not is_over_soon:
            stack.close()
        session.run(watcher)
    model.compiled = False
    return session.outcome()


def _found_checkpoint(folder: Path, resume: bool) -> Checkpoint | None:
    if resume:
        return read_checkpoint(folder)
    remove_checkpoint(folder)
    return None


def _in_words(choice: EngineChoice, asked: Engine) -> str:
    instead = "" if asked in (Engine.AUTO, choice.mode) else f" instead of {asked}"
    return f"Engine: {choice.mode}{instead}. {choice.reason}"
