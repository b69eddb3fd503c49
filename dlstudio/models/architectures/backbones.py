"""Pretrained networks of `keras.applications` as encoders of images (transfer learning)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import keras
import numpy as np

from dlstudio.errors import DataError
from dlstudio.models.blocks import Block
from dlstudio.models.tensors import Tensor, layers, ops
from dlstudio.spec.architectures.cnn import Backbone, CnnSpec

SMALLEST_SIDE = 32
SUFFIX = "pretrained"


@dataclass(frozen=True)
class _Pretrained:
    """A network: how many numbers it gives, which pixels it expects, how its file begins."""

    build: Callable[..., keras.Model]
    width: int
    preprocess: Callable[[Tensor], Tensor]
    file_start: str


def _as_bytes(pixels: Tensor) -> Tensor:
    """0 to 255: these networks scale by themselves."""
    return pixels


def _around_zero(pixels: Tensor) -> Tensor:
    """-1 to 1."""
    return ops.subtract(ops.divide(pixels, 127.5), 1.0)


def _caffe(pixels: Tensor) -> Tensor:
    """Blue, green, red around the means of ImageNet."""
    means = layers.Rescaling(1.0, offset=[-103.939, -116.779, -123.68])
    return means(ops.flip(pixels, axis=-1))


_applications: Any = keras.applications

_NETWORKS = {
    Backbone.MOBILENET_V3_SMALL: _Pretrained(
        _applications.MobileNetV3Small, 576, _as_bytes, "weights_mobilenet_v3_small"
    ),
    Backbone.MOBILENET_V2: _Pretrained(
        _applications.MobileNetV2, 1280, _around_zero, "mobilenet_v2_weights"
    ),
    Backbone.EFFICIENTNET_B0: _Pretrained(
        _applications.EfficientNetB0, 1280, _as_bytes, "efficientnetb0"
    ),
    Backbone.EFFICIENTNET_V2_B0: _Pretrained(
        _applications.EfficientNetV2B0, 1280, _as_bytes, "efficientnetv2-b0"
    ),
    Backbone.RESNET50: _Pretrained(_applications.ResNet50, 2048, _caffe, "resnet50_weights"),
    Backbone.CONVNEXT_TINY: _Pretrained(
        _applications.ConvNeXtTiny, 768, _as_bytes, "convnext_tiny"
    ),
}


def backbone_width(backbone: Backbone) -> int:
    """How many numbers a pretrained network gives for an image."""
    return _NETWORKS[backbone].width


def apply_backbone(spec: CnnSpec, block: Block, pixels: Tensor) -> Tensor:
    """Encode images with the network that is to be pretrained; `load_pretrained` fills it.

    Args:
        spec: Names the network, and how many of its last layers go on learning.
        block: The images.
        pixels: Values from -1 to 1, `(batch, height, width, channels)`.

    Returns:
        `(batch, width)`.
    """
    pretrained = _NETWORKS[spec.backbone]
    values = ops.multiply(ops.add(pixels, 1.0), 127.5)
    if block.shape[-1] == 1:
        values = ops.repeat(values, 3, axis=-1)
    height, width = (max(SMALLEST_SIDE, size) for size in block.shape[:2])
    if (height, width) != block.shape[:2]:
        values = layers.Resizing(height, width, name=f"{block.name}_enlarge")(values)
    network = _empty(spec.backbone, (height, width, 3), f"{block.name}_{SUFFIX}")
    _let_learn(network, spec.trained_layers)
    return network(pretrained.preprocess(values[..., :3]), training=False)


_reused: ContextVar[dict[tuple[object, ...], keras.Model] | None] = ContextVar(
    "reused", default=None
)


@contextmanager
def reusing_backbones(built: dict[tuple[object, ...], keras.Model]) -> Iterator[None]:
    """Take networks that were built before, for who looks at them only: their weights are shared.

    Args:
        built: What was built so far; new ones are added.
    """
    token = _reused.set(built)
    try:
        yield
    finally:
        _reused.reset(token)


def _empty(backbone: Backbone, shape: tuple[int, int, int], name: str) -> keras.Model:
    """Build a network without its pretrained weights; nothing is downloaded."""
    built = _reused.get()
    key = (backbone, shape, name)
    if built is not None and key in built:
        return built[key]
    network = _NETWORKS[backbone].build(
        include_top=False, weights=None, input_shape=shape, pooling="avg"
    )
    network.name = name  # one of the builders looks its settings up by the name it is given
    if built is not None:
        built[key] = network
    return network


def load_pretrained(network: keras.Model, spec: CnnSpec) -> None:
    """Give the pretrained parts of a network their weights.

    Args:
        network: A network that was built with this spec.
        spec: Says which pretrained network, and perhaps the folder with its weights.

    Raises:
        DataError: The weights can be neither read nor downloaded.
    """
    for part in _pretrained_parts(network):
        if spec.weights_folder is None:
            part.set_weights(_downloaded(spec.backbone, part.input_shape[1:]))
        else:
            folder = Path(spec.weights_folder).expanduser()
            _read(part, _weights_file(folder, spec.backbone), spec.backbone)


def train_last_layers(network: keras.Model, num_layers: int) -> bool:
    """Let the last layers of the pretrained parts of a network learn, and no others.

    Frozen layers compute as in use, without chance. What was traced or compiled before does not
    know of it.

    Args:
        network: A network of `build_network`.
        num_layers: Layers of each part that learn; 0 freezes all of it.

    Returns:
        Whether the network has pretrained parts.
    """
    parts = _pretrained_parts(network)
    for part in parts:
        _let_learn(part, num_layers)
    return bool(parts)


def _pretrained_parts(network: keras.Model) -> list[keras.Model]:
    return [layer for layer in network.layers if layer.name.endswith(f"_{SUFFIX}")]


# What each dropout of a pretrained network drops where it may; stochastic depth is one of them.
_dropout_rates: WeakKeyDictionary[keras.Layer, float] = WeakKeyDictionary()


def _let_learn(part: keras.Model, num_layers: int) -> None:
    first_trained = len(part.layers) - num_layers
    for number, layer in enumerate(part.layers):
        learns = number >= first_trained
        # Batch normalisation keeps what it learned from a million photos. Calling it with
        # `training=False` is not enough: a functional model passes its own `training` on.
        layer.trainable = learns and not isinstance(layer, layers.BatchNormalization)
        if isinstance(layer, layers.Dropout):
            # For the same reason a frozen one must drop nothing: what is frozen is not random.
            rate = _dropout_rates.setdefault(layer, layer.rate)
            layer.rate = rate if learns else 0.0


def _read(part: keras.Model, path: Path, backbone: Backbone) -> None:
    try:
        part.load_weights(path)
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            f"The file {path.name!r} holds no weights of {backbone.value}: "
            f"{str(error).rstrip('.')}.",
            "Download it again, or remove it from the folder if it belongs to another network.",
            where="architecture.weights_folder",
        ) from error


def _downloaded(backbone: Backbone, shape: tuple[int, ...]) -> list[np.ndarray]:
    """The weights as Keras downloads them, once a machine."""
    try:
        network = _NETWORKS[backbone].build(
            include_top=False, weights="imagenet", input_shape=shape, pooling="avg"
        )
    except Exception as error:
        # Keras's download raises a bare Exception where the network cannot be reached.
        if type(error) is not Exception and not isinstance(error, OSError):
            raise
        raise DataError(
            f"The weights of {backbone.value} cannot be downloaded: {error}.",
            "Connect this machine to the network; or download the file that Keras names there "
            "on another machine and set Weights folder to the folder that holds it.",
            where="architecture.weights_folder",
        ) from error
    return network.get_weights()


def _weights_file(folder: Path, backbone: Backbone) -> Path:
    """The file of a folder that holds a network's weights, under the name that Keras gives it."""
    start = _NETWORKS[backbone].file_start
    files = sorted(folder.glob(f"{start}*.h5")) if folder.is_dir() else []
    without_top = [path for path in files if "notop" in path.name or "no_top" in path.name]
    if without_top:
        return without_top[0]
    raise DataError(
        f"The folder {str(folder)!r} holds no weights of {backbone.value}.",
        f"Put the file that Keras downloads for it there; its name begins with {start!r} and has "
        "'notop' or 'no_top' in it.",
        where="architecture.weights_folder",
    )
