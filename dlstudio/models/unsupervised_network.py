"""From a spec to the network of a task that learns the inputs themselves."""

from collections.abc import Callable, Iterator
from typing import Any

import keras

from dlstudio.models.architectures import autoencoder, gan, vae
from dlstudio.models.canvas import Canvas, canvas_of
from dlstudio.models.canvas_size import check_canvas_size
from dlstudio.models.seeds import layer_seeds
from dlstudio.spec.architectures.coder import CoderSpec
from dlstudio.spec.architectures.gan import GanSpec
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.run import RunSpec

_BUILDERS: dict[str, Callable[[Any, Canvas, Iterator[int]], keras.Model]] = {
    "autoencoder": autoencoder.build,
    "vae": vae.build,
    "gan": gan.build,
}


def build_unsupervised_network(spec: RunSpec, info: DatasetInfo) -> keras.Model:
    """Build the network of a spec, with its first weights drawn from the spec's seed.

    Args:
        spec: A spec without problems, whose task `is_unsupervised`.
        info: The dataset it names.

    Returns:
        An uncompiled model with a loss of its own; it takes the canvas's feature by name.

    Raises:
        SpecError: The network would not fit into this machine's memory.
    """
    canvas = canvas_of(spec, info)
    assert isinstance(spec.architecture, (CoderSpec, GanSpec))
    check_canvas_size(spec.architecture, canvas)
    return _BUILDERS[spec.architecture.kind](
        spec.architecture, canvas, layer_seeds(spec.training.seed)
    )
