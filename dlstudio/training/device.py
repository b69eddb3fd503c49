"""Where a run computes: CPU, one GPU or several, how many threads, and in how many bits."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import keras
import tensorflow as tf

from dlstudio.errors import TrainingError
from dlstudio.spec.training import Switch

# NVIDIA's compute capability from which 16-bit numbers are computed in hardware.
CAPABLE_OF_FLOAT16 = (7, 0)
CAPABLE_OF_BFLOAT16 = (8, 0)

FULL_PRECISION = "float32"


@dataclass(frozen=True)
class DeviceChoice:
    """Where a run computes.

    Attributes:
        gpus: The GPUs that are used, such as "GPU:0"; empty on a CPU.
        precision: Keras's name of the number format, "float32" or "mixed_...".
        strategy: Splits each batch over several GPUs; None on one device.
    """

    gpus: tuple[str, ...]
    precision: str
    strategy: tf.distribute.Strategy | None = None

    def scope(self) -> AbstractContextManager[object]:
        """The context to build and compile the network in."""
        return self.strategy.scope() if self.strategy else nullcontext()

    def __str__(self) -> str:
        """In words, for the log."""
        where = ", ".join(self.gpus) or "CPU"
        return where if self.precision == FULL_PRECISION else f"{where}, {self.precision}"


def prepare_device(
    device: str, mixed_precision: Switch = Switch.AUTO, num_threads: int | None = None
) -> DeviceChoice:
    """Set this process up for a device; once, before any network is built.

    GPU memory is taken as it is needed, not all at once.

    Args:
        device: "auto" (the first GPU if there is one), "cpu", "gpu", "gpu:1" or "all_gpus".
        mixed_precision: Auto: on where the GPU computes 16-bit numbers in hardware, off on a CPU.
        num_threads: Threads that TensorFlow may use; None lets it use every core. Give each
            worker its share when several train on the same cores.

    Returns:
        The choice. The precision is set for all networks built from now on.

    Raises:
        TrainingError: The GPU that was asked for is not there.
    """
    if num_threads is not None:
        tf.config.threading.set_intra_op_parallelism_threads(num_threads)
        tf.config.threading.set_inter_op_parallelism_threads(num_threads)
    found = tf.config.list_physical_devices("GPU")
    chosen = [found[index] for index in choose_gpus(device, len(found))]
    tf.config.set_visible_devices(chosen, "GPU")
    for gpu in chosen:
        tf.config.experimental.set_memory_growth(gpu, True)
    capabilities = [tf.config.experimental.get_device_details(gpu) for gpu in chosen]
    precision = choose_precision(
        mixed_precision, [details.get("compute_capability", (0, 0)) for details in capabilities]
    )
    keras.config.set_dtype_policy(precision)
    names = tuple(gpu.name.removeprefix("/physical_device:") for gpu in chosen)
    return DeviceChoice(names, precision, _strategy(len(chosen)))


def choose_gpus(device: str, num_gpus: int) -> tuple[int, ...]:
    """Choose among the GPUs of a machine.

    Args:
        device: As in `prepare_device`.
        num_gpus: GPUs that there are.

    Returns:
        Numbers of the GPUs to use, counted from 0; empty for the CPU.

    Raises:
        TrainingError: The GPU that was asked for is not there.
    """
    if device == "cpu" or (device == "auto" and not num_gpus):
        return ()
    if device == "all_gpus" and num_gpus:
        return tuple(range(num_gpus))
    index = int(device.partition(":")[2] or 0)
    if device == "all_gpus" or index >= num_gpus:
        raise TrainingError(
            f"The device {device} was asked for, but this machine has "
            f"{num_gpus or 'no'} usable GPU{'' if num_gpus == 1 else 's'}.",
            "Choose auto or cpu as the device, or install requirements-gpu.txt and a GPU driver.",
            where="training.device",
        )
    return (index,)


def choose_precision(asked: Switch, capabilities: list[tuple[int, int]]) -> str:
    """Choose the number format that networks compute in; weights stay in 32 bits.

    Args:
        asked: On, off, or auto.
        capabilities: Compute capability of each GPU that is used; empty on a CPU.

    Returns:
        Keras's name of a dtype policy.
    """
    weakest = min(capabilities, default=(0, 0))
    if asked is Switch.OFF or (asked is Switch.AUTO and weakest < CAPABLE_OF_FLOAT16):
        return FULL_PRECISION
    if capabilities and weakest < CAPABLE_OF_BFLOAT16:
        return "mixed_float16"
    return "mixed_bfloat16"


def _strategy(num_gpus: int) -> tf.distribute.Strategy | None:
    return tf.distribute.MirroredStrategy() if num_gpus > 1 else None
