"""A spec trained in this process, as a worker would, with nobody watching."""

import tempfile
from pathlib import Path

import keras

from dlstudio.data.dataset import Dataset
from dlstudio.models.assemble import assemble
from dlstudio.spec.run import RunSpec
from dlstudio.training.compile import compile_model, num_training_steps
from dlstudio.training.prepare import Preparation, prepare
from dlstudio.training.trainer import train


def train_spec(dataset: Dataset, spec: RunSpec) -> tuple[keras.Model, Preparation]:
    """Train a spec.

    Args:
        dataset: The dataset that the spec names.
        spec: A spec without problems.

    Returns:
        The assembled model, raw columns in and predictions out, and what training started from.
    """
    keras.utils.set_random_seed(spec.training.seed)
    run = prepare(dataset, spec)
    steps = num_training_steps(len(run.data.train), run.batch_size, spec.training.epochs)
    compile_model(run.network, spec.task, spec.training, steps, run.target_scale)
    with tempfile.TemporaryDirectory() as folder:
        train(run.network, run.data, spec.training, _Silence(), Path(folder), resume=False)
    return assemble(run.preprocessor, run.network, run.codec), run


class _Silence:
    """A watcher that does not listen."""

    def on_progress(self, progress: object) -> None:
        """Ignore."""

    def on_epoch(self, report: object) -> None:
        """Ignore."""

    def on_log(self, text: str) -> None:
        """Ignore."""

    def should_stop(self) -> bool:
        """Never."""
        return False
