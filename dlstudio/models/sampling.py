"""Drawing samples from a trained VAE or GAN, from noise that is handed in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import keras
import numpy as np

from dlstudio.models.architectures import gan, vae
from dlstudio.models.canvas import CONDITION, NOISE, Canvas
from dlstudio.models.tensors import ops
from dlstudio.spec.run import RunSpec

VALUES_A_BATCH = 2**20


class Sampler(Protocol):
    """Makes examples of noise; the same noise always makes the same examples."""

    @property
    def latent_size(self) -> int:
        """Standard normal numbers that each example is made of."""
        ...

    @property
    def num_classes(self) -> int:
        """Classes that examples can be asked for by; 0 if they cannot."""
        ...

    def sample(self, noise: np.ndarray, classes: np.ndarray | None = None) -> np.ndarray:
        """Make examples; no random state is touched.

        Args:
            noise: Float32 `(n, latent_size)`, standard normal, at least one row.
            classes: Class numbers, int32 `(n,)`; None only where there are no classes.

        Returns:
            Float32 `(n, *canvas.shape)` in the canvas's units.
        """
        ...


@dataclass(frozen=True)
class GeneratorSampler:
    """A `Sampler` around a Keras model.

    Attributes:
        generator: Takes a dict: "noise", float32 `(batch, latent_size)`, and with classes
            "condition", int32 `(batch, 1)`. Gives float32 `(batch, *canvas.shape)`.
        latent_size: Numbers of noise an example.
        num_classes: Classes; 0 if there is no condition.
        batch_size: Examples that are made at once.
    """

    generator: keras.Model
    latent_size: int
    num_classes: int
    batch_size: int

    def sample(self, noise: np.ndarray, classes: np.ndarray | None = None) -> np.ndarray:
        """Make examples; see `Sampler`."""
        parts: list[np.ndarray] = []
        for start in range(0, len(noise), self.batch_size):
            end = start + self.batch_size
            given = {NOISE: ops.convert_to_tensor(noise[start:end], "float32")}
            if self.num_classes:
                assert classes is not None
                given[CONDITION] = ops.convert_to_tensor(classes[start:end, None], "int32")
            made = self.generator(given, training=False)
            parts.append(ops.convert_to_numpy(made).astype("float32"))
        return np.concatenate(parts)


# By the kind of architecture: a network and its canvas to a model as `GeneratorSampler` takes it.
_GENERATORS: dict[str, Callable[[keras.Model, Canvas], keras.Model]] = {
    "vae": vae.generator,
    "gan": gan.generator,
}


def sampler_of(network: keras.Model, spec: RunSpec, canvas: Canvas) -> Sampler:
    """Give what draws samples from a network; it shares the network's weights.

    Args:
        network: The network of a VAE or GAN.
        spec: Its spec.
        canvas: The form of an example.
    """
    generator = generator_of(network, spec, canvas)
    inputs: Any = generator.input
    size = max(16, VALUES_A_BATCH // max(canvas.size, 1))
    return GeneratorSampler(
        generator, int(inputs[NOISE].shape[-1]), canvas.num_classes, min(size, 1024)
    )


def generator_of(network: keras.Model, spec: RunSpec, canvas: Canvas) -> keras.Model:
    """Give the half of a network that makes examples, of Keras's own layers alone.

    Args:
        network: The network of a VAE or GAN.
        spec: Its spec.
        canvas: The form of an example.
    """
    return _GENERATORS[spec.architecture.kind](network, canvas)


def draw_noise(num_samples: int, latent_size: int, seed: int) -> np.ndarray:
    """Draw noise for samples.

    Args:
        num_samples: At least 0.
        latent_size: Numbers a sample.
        seed: The first samples of a seed are the same however many are drawn.

    Returns:
        Standard normal, float32 `(num_samples, latent_size)`.
    """
    random = np.random.default_rng(seed)
    return random.standard_normal((num_samples, latent_size), dtype="float32")
