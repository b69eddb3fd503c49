"""What a person should know about the size of a code before training."""

from collections.abc import Iterator

from dlstudio.models.canvas import Canvas
from dlstudio.spec.architectures.autoencoder import AutoencoderSpec
from dlstudio.spec.architectures.vae import VaeSpec
from dlstudio.spec.run import RunSpec


def code_notes(spec: RunSpec, canvas: Canvas) -> Iterator[str]:
    """Say that a code squeezes nothing, and why that matters.

    Args:
        spec: A spec whose task `is_unsupervised`.
        canvas: The form of an example.
    """
    network = spec.architecture
    if not isinstance(network, (AutoencoderSpec, VaeSpec)) or network.latent_size < canvas.size:
        return
    numbers = "1 number" if network.latent_size == 1 else f"{network.latent_size:,} numbers"
    text = f"The code has {numbers}, and an example only {canvas.size:,}: nothing is squeezed"
    is_plain = isinstance(network, AutoencoderSpec) and not (
        network.noise or network.masked_share or network.sparsity
    )
    if is_plain:
        text += ", so that the network can copy examples without learning anything"
    way_out = "a smaller latent size" if network.latent_size > 1 else "more inputs"
    yield f"{text}. Choose {way_out}."
