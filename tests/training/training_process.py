"""Trains in a process of its own, so that tests can kill it: FOLDER KIND [--slow]."""

import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers

from dlstudio.reports.progress import EpochReport
from dlstudio.spec.task import TaskKind, TaskSpec
from dlstudio.spec.training import TrainingSpec
from dlstudio.training import session
from dlstudio.training.compile import compile_model, num_training_steps
from dlstudio.training.trainer import train
from tests.training.oracle import Listener, prepared, training_spec

TASK = TaskSpec(kind=TaskKind.CLASSIFICATION, inputs=("inputs",), targets=("target",))
EPOCHS = 12

SPECS: dict[str, TrainingSpec] = {
    "adamw with cosine": training_spec(epochs=EPOCHS, optimizer="adamw", schedule="cosine"),
    "adam with plateau": training_spec(
        epochs=EPOCHS, optimizer="adam", schedule="reduce_on_plateau", learning_rate=0.05
    ),
    "early stopping": training_spec(
        epochs=EPOCHS, learning_rate=0.03, early_stopping={"patience": 4, "monitor": "accuracy"}
    ),
    "steps": training_spec(epochs=EPOCHS, engine="fit"),
    "xla": training_spec(epochs=EPOCHS, engine="xla"),
}


class SlowListener(Listener):
    """Says on stdout which epoch ended, and takes its time, so that a kill finds a living run."""

    def on_epoch(self, report: EpochReport) -> None:
        print(report.epoch, flush=True)
        time.sleep(0.05)


def build() -> keras.Model:
    """Everything that has a state: dropout, batch normalisation, moving averages."""
    inputs = keras.Input((6,), name="inputs")
    hidden = layers.Dense(16, activation="relu")(inputs)
    hidden = layers.Dropout(0.2)(layers.BatchNormalization()(hidden))
    return keras.Model({"inputs": inputs}, layers.Dense(3)(hidden))


def main(folder: Path, kind: str, *, is_slow: bool) -> None:
    """Train, resuming what is there, and write the weights and losses."""
    session.CHECKPOINT_SHARE = 1e9  # each time there is something new to write
    spec = SPECS[kind]
    data = prepared((6,))
    keras.utils.set_random_seed(spec.seed)
    model = build()
    compile_model(model, TASK, spec, num_training_steps(len(data.train), 16, spec.epochs))
    listener = SlowListener() if is_slow else Listener()
    outcome = train(
        model, data, spec, listener, folder / "checkpoint", resume=True, checkpoint_s=0.0
    )
    np.savez(folder / "weights.npz", *model.get_weights())
    history = [report.metrics for report in outcome.history]
    summary = {"best_epoch": outcome.best_epoch, "stopped": outcome.stopped_because}
    (folder / "outcome.json").write_text(json.dumps({"history": history} | summary))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], is_slow="--slow" in sys.argv)
