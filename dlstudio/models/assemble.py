"""The model that is handed out: raw columns in, named classes or values in target units out."""

import keras
import numpy as np

from dlstudio.models.members import average_members
from dlstudio.models.preprocessing import Preprocessor
from dlstudio.models.targets import TargetCodec, TargetKind
from dlstudio.models.tensors import Tensor, layers, new_input, ops
from dlstudio.models.windows import answers_of_windows


def assemble(preprocessor: Preprocessor, network: keras.Model, codec: TargetCodec) -> keras.Model:
    """Join preprocessing, network and the meaning of its outputs.

    Args:
        preprocessor: Fitted on the training rows.
        network: The trained network; its weights are shared, not copied.
        codec: The fitted codec.

    Returns:
        A model of built-in layers and `keras.ops`, which plain Keras saves and loads. It takes a
        dict of raw columns `(batch, 1)`, named as in `input_names`, and gives a dict: for
        classes "prediction", string `(batch,)`, and "probabilities", float32
        `(batch, num_classes)`, in the order of the layer "class_names"; for labels "prediction",
        int32, and "probabilities", both `(batch, num_labels)`; for values "prediction", or one
        "prediction_<target>" each, float32 `(batch,)`.
    """
    inputs = preprocessor.raw_inputs()
    answer = answers_of_windows(network, preprocessor.blocks)
    outputs = answer(preprocessor.features_of_inputs(inputs))
    answers = _answers(codec, tuple(outputs.shape[1:]))(outputs)
    if codec.kind is TargetKind.CLASSES:
        answers = {
            "prediction": _name_classes(codec, answers["choice"]),
            "probabilities": answers["probabilities"],
        }
    by_name = {tensor.name: tensor for tensor in inputs.values()}
    return keras.Model(by_name, answers, name="model")


def _answers(codec: TargetCodec, shape: tuple[int, ...]) -> keras.Model:
    outputs = new_input(shape, name="outputs", dtype="float32")
    combined = average_members(outputs, codec.kind)
    return keras.Model(outputs, _ANSWERS[codec.kind](codec, combined), name="answers")


def _class_answers(codec: TargetCodec, logits: Tensor) -> dict[str, Tensor]:
    return {
        "choice": ops.argmax(logits, axis=-1),
        "probabilities": ops.softmax(logits, axis=-1),
    }


def _label_answers(codec: TargetCodec, logits: Tensor) -> dict[str, Tensor]:
    return {
        "prediction": ops.cast(ops.greater_equal(logits, 0.0), "int32"),
        "probabilities": ops.sigmoid(logits),
    }


def _value_answers(codec: TargetCodec, standardized: Tensor) -> dict[str, Tensor]:
    scales, means = np.asarray(codec.scales, "float32"), np.asarray(codec.means, "float32")
    values = standardized * scales + means
    if len(codec.targets) == 1:
        return {"prediction": ops.squeeze(values, axis=1)}
    return {
        f"prediction_{target}": ops.take(values, index, axis=1)
        for index, target in enumerate(codec.targets)
    }


_ANSWERS = {
    TargetKind.CLASSES: _class_answers,
    TargetKind.LABELS: _label_answers,
    TargetKind.VALUES: _value_answers,
}


def _name_classes(codec: TargetCodec, choice: Tensor) -> Tensor:
    unseen = "unseen"
    while unseen in codec.names:  # Keras refuses a vocabulary that holds the word for others
        unseen += "_"
    return layers.StringLookup(
        vocabulary=list(codec.names),
        mask_token=None,
        oov_token=unseen,
        num_oov_indices=0,
        invert=True,
        name="class_names",
    )(choice)
