"""Pretrained networks: their weights come from a folder, or the fix is said."""

from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

from dlstudio.errors import DataError
from dlstudio.models.architectures.backbones import load_pretrained, train_last_layers
from dlstudio.models.network import build_network
from dlstudio.spec.architectures.cnn import Backbone, CnnSpec
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.run import RunSpec
from tests.spec.builders import category, dataset

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

WEIGHTS_FILE = "weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5"
PHOTOS = dataset(
    ColumnInfo(name="photo", kind=ColumnKind.IMAGE, num_distinct=90), category("y", "a", "b")
)


def spec_with(info: DatasetInfo, network: CnnSpec) -> RunSpec:
    spec = default_spec(info, ["y"])
    small = {"photo": {"width": 32, "height": 32}}
    return spec.model_copy(update={"architecture": network, "preprocessing": small})


def write_as_keras_ships_it(network: keras.Model, path: Path) -> None:
    """The layout of the files that keras.applications downloads: a group a layer, in order."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [layer.name.encode() for layer in network.layers]
        file.attrs["backend"], file.attrs["keras_version"] = b"tensorflow", b"2.0"
        for layer in network.layers:
            group = file.create_group(layer.name)
            names = [f"{layer.name}/{number}" for number in range(len(layer.weights))]
            group.attrs["weight_names"] = [name.encode() for name in names]
            for name, weight in zip(names, layer.weights, strict=True):
                group[name] = keras.ops.convert_to_numpy(weight)


def test_weights_are_read_from_a_folder_and_stay_as_they_are(tmp_path: Path) -> None:
    build: Any = keras.applications.MobileNetV3Small
    original = build(include_top=False, weights=None, input_shape=(32, 32, 3), pooling="avg")
    write_as_keras_ships_it(original, tmp_path / WEIGHTS_FILE)
    network = CnnSpec(backbone=Backbone.MOBILENET_V3_SMALL, weights_folder=str(tmp_path))
    built = build_network(spec_with(PHOTOS, network), PHOTOS)

    load_pretrained(built, network)

    (part,) = (layer for layer in built.layers if layer.name.endswith("_pretrained"))
    for mine, theirs in zip(part.get_weights(), original.get_weights(), strict=True):
        assert np.array_equal(mine, theirs)
    assert not part.trainable_weights


def test_a_folder_without_the_weights_is_named(tmp_path: Path) -> None:
    network = CnnSpec(backbone=Backbone.MOBILENET_V3_SMALL, weights_folder=str(tmp_path))
    built = build_network(spec_with(PHOTOS, network), PHOTOS)

    with pytest.raises(DataError, match="holds no weights of mobilenet_v3_small") as caught:
        load_pretrained(built, network)

    assert "no_top" in str(caught.value)


def test_a_file_that_holds_no_weights_is_named(tmp_path: Path) -> None:
    (tmp_path / WEIGHTS_FILE).write_bytes(b"not a file of weights")
    network = CnnSpec(backbone=Backbone.MOBILENET_V3_SMALL, weights_folder=str(tmp_path))
    built = build_network(spec_with(PHOTOS, network), PHOTOS)

    with pytest.raises(DataError, match="holds no weights") as caught:
        load_pretrained(built, network)

    assert WEIGHTS_FILE in str(caught.value)


def test_only_the_last_layers_go_on_learning_if_asked() -> None:
    network = CnnSpec(backbone=Backbone.MOBILENET_V3_SMALL, trained_layers=8)

    built = build_network(spec_with(PHOTOS, network), PHOTOS)

    (part,) = (layer for layer in built.layers if layer.name.endswith("_pretrained"))
    assert {layer.trainable for layer in part.layers[:-8]} == {False}
    assert part.trainable_weights


@pytest.mark.timeout(600)
@pytest.mark.parametrize("backbone", [name for name in Backbone if name is not Backbone.NONE])
def test_a_frozen_network_computes_without_chance(backbone: Backbone) -> None:
    built = build_network(spec_with(PHOTOS, CnnSpec(backbone=backbone)), PHOTOS)
    part: Any = next(layer for layer in built.layers if layer.name.endswith("_pretrained"))
    noisy = [layer for layer in part.layers if isinstance(layer, keras.layers.Dropout)]
    pixels = np.random.default_rng(0).uniform(0, 255, (4, 32, 32, 3)).astype("float32")

    def answers(training: bool) -> np.ndarray:
        return np.asarray(part(pixels, training=training))

    assert np.array_equal(answers(True), answers(False))

    # The random layers of the last ones act again when these are fine-tuned, and no others.
    train_last_layers(built, len(part.layers) // 2)
    rates = [layer.rate for layer in noisy]
    assert bool(noisy) == backbone.value.startswith("efficientnet")
    if noisy:
        assert rates[0] == 0.0 < rates[-1]
        assert not np.array_equal(answers(True), answers(False))
        train_last_layers(built, 0)
        assert np.array_equal(answers(True), answers(False))
