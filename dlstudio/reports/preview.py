"""What a network looks like before it is trained."""

from dlstudio.errors import Problem
from dlstudio.spec.frozen import Frozen


class LayerPreview(Frozen):
    """One layer; `output_shape` leaves the batch out, such as (128,); `inputs` are its sources.

    `is_layer` is False for a small operation between layers, such as a sum, which learns nothing.
    """

    name: str
    kind: str
    output_shape: tuple[int | None, ...]
    num_parameters: int
    detail: str = ""
    inputs: tuple[str, ...] = ()
    is_layer: bool = True


class NetworkPreview(Frozen):
    """The exact network of a spec, with estimates of memory and time.

    `memory_bytes` covers weights, gradients, optimizer state and one batch of activations.
    `epoch_s` is the estimated duration of one epoch on this machine; None if it is not known.
    `notes` are sentences about what may be unwise.
    """

    layers: tuple[LayerPreview, ...]
    num_parameters: int
    num_trainable: int
    memory_bytes: int
    epoch_s: float | None = None
    batch_size: int
    steps_per_epoch: int
    notes: tuple[str, ...] = ()


class PreviewFailed(Frozen):
    """Why there is no preview."""

    problems: tuple[Problem, ...]
