"""Classes by name, as the numbers that a network is told."""

from dlstudio.models.tensors import Tensor, layers, ops


def class_numbers(classes: tuple[str, ...], texts: Tensor, name: str) -> Tensor:
    """Turn names of classes into numbers.

    Args:
        classes: All classes, in the order of the network.
        texts: Names, string `(batch, 1)`.
        name: Name of the layer that looks them up; its vocabulary is a word for others, then the
            classes.

    Returns:
        Int32 `(batch, 1)`; -1 for what is no class.
    """
    unseen = "unseen"
    while unseen in classes:  # Keras refuses a vocabulary that holds the word for others
        unseen += "_"
    lookup = layers.StringLookup(
        vocabulary=list(classes), mask_token=None, oov_token=unseen, name=name
    )
    return ops.cast(lookup(texts) - 1, "int32")
