"""Where this worker computes: what the launcher gave it, and what the run's spec asks for."""

import os

from dlstudio.runs.launchers.local import ONE_GPU, THREADS
from dlstudio.spec.training import Switch, TrainingSpec
from dlstudio.training.device import DeviceChoice, prepare_device


def use_device(training: TrainingSpec) -> DeviceChoice:
    """Set this process up for a run.

    A worker that stood by has set itself up for the same GPU before; TensorFlow refuses to change
    devices later, and the launcher gives such a run to a fresh worker.

    Args:
        training: Device and precision that are asked for.

    Raises:
        TrainingError: The GPU that was asked for is not there.
    """
    return _use(training.device, training.mixed_precision)


def stand_by() -> None:
    """Set this process up before it is known what it will train."""
    _use("auto", Switch.OFF)


def _use(device: str, mixed_precision: Switch) -> DeviceChoice:
    # "gpu:3" counts the machine's GPUs; a worker that sees this one only knows it as the first.
    is_renamed = ONE_GPU in os.environ and device.startswith("gpu:")
    num_threads = int(os.environ.get(THREADS, "0")) or None
    return prepare_device("gpu" if is_renamed else device, mixed_precision, num_threads)
