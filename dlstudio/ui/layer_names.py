"""Layers in plain words, beside the names that Keras gives them."""

import re

from dlstudio.reports.preview import LayerPreview
from dlstudio.ui.forms_labels import choice_label

_SIZES = re.compile(r"[123]D$")
_CAPITALS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# By Keras's name without the number of dimensions; others are taken apart at their capitals.
_NAMES = {
    "InputLayer": "Input",
    "EinsumDense": "Dense",
    "Conv": "Convolution",
    "ConvTranspose": "Enlarging convolution",
    "MaxPooling": "Max pooling",
    "AveragePooling": "Average pooling",
    "GlobalMaxPooling": "Largest over all",
    "GlobalAveragePooling": "Average over all",
    "MultiHeadAttention": "Attention",
    "Bidirectional": "Both directions",
    "SimpleRNN": "Simple RNN",
    "LSTM": "LSTM",
    "GRU": "GRU",
    "TimeDistributed": "Each step",
    "BatchNormalization": "Batch normalisation",
    "LayerNormalization": "Layer normalisation",
    "UnitNormalization": "Unit length",
    "SpectralNormalization": "Spectral normalisation",
    "RandomTranslation": "Random shift",
    "RandomRotation": "Random turn",
    "GaussianNoise": "Random noise",
    "SpatialDropout": "Dropout of channels",
    "Concatenate": "Join",
    "Flatten": "In one row",
    "Reshape": "New shape",
    "RepeatVector": "Repeat",
    "Rescaling": "Scaling",
    "Resizing": "New size",
    "Identity": "As it is",
    "ZeroPadding": "Padding",
    "UpSampling": "Enlarging",
    "GetItem": "Part",
    "ExpandDims": "New axis",
    "ReLU": "ReLU",
}
_AROUND_ANOTHER = ("Bidirectional", "SpectralNormalization")


def kind_text(layer: LayerPreview) -> str:
    """Write what a layer does in a few words; "RandomTranslation" is "Random shift"."""
    return _plain(layer.kind)


def detail_text(layer: LayerPreview) -> str:
    """Write a layer's one setting: an activation as forms name it, or the layer inside it."""
    if layer.kind == "Activation":
        return choice_label(layer.detail)
    return _plain(layer.detail) if layer.kind in _AROUND_ANOTHER else layer.detail


def keras_text(layer: LayerPreview) -> str:
    """Write how Keras calls a layer, for those who look it up or build it themselves."""
    return f"{layer.kind} in Keras, named {layer.name}"


def _plain(kind: str) -> str:
    name = _SIZES.sub("", kind)
    without_middle = re.sub(r"[123]D(?=Transpose)", "", name)
    if without_middle in _NAMES:
        return _NAMES[without_middle]
    words = _CAPITALS.sub(" ", name)
    return words[:1].upper() + words[1:].lower()
