"""Networks: every option of the spec builds, trains and is reproducible."""

from typing import Any

import keras
import numpy as np
import psutil
import pytest

from dlstudio.errors import SpecError
from dlstudio.models.members import MemberLoss
from dlstudio.models.network import build_network
from dlstudio.models.preprocessing import fit_preprocessor
from dlstudio.models.preview import preview
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.layers import Activation, Initializer
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from tests.models.tables import describe, spec_for, texts

pytestmark = pytest.mark.tensorflow

GENERATOR = np.random.default_rng(0)
RAW = {
    "a": GENERATOR.normal(size=60).astype("float32"),
    "b": GENERATOR.normal(size=60).astype("float32"),
    "c": texts(*(f"v{index % 20}" for index in range(60))),
}
CLASSES = texts(*["x", "y", "z"] * 20)
INFO = describe({**RAW, "y": CLASSES})


def network_of(spec: RunSpec, info: DatasetInfo = INFO) -> keras.Model:
    return build_network(spec, info)


def spec_with(*layers: dict[str, object], **architecture: object) -> RunSpec:
    return spec_for(
        ["a", "b", "c"], ["y"], architecture={"kind": "fnn", "layers": layers, **architecture}
    )


def features() -> dict[str, np.ndarray]:
    return fit_preprocessor(spec_with(), INFO, RAW).transform(RAW)


def train_one_epoch(network: keras.Model) -> float:
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile("adam", MemberLoss(loss), run_eagerly=True)
    targets = np.asarray([0, 1, 2] * 20, "int32")
    fit: Any = network.fit
    return fit(features(), targets, verbose=0).history["loss"][0]


@pytest.mark.parametrize("ensemble_size", [1, 4])
def test_every_activation_gives_a_network_that_trains(ensemble_size: int) -> None:
    """One network holds them all: compiling one for each would take minutes."""
    layers = [{"units": 8, "activation": activation.value} for activation in Activation]
    network = network_of(spec_with(*layers, ensemble_size=ensemble_size))
    assert np.isfinite(train_one_epoch(network))


def test_every_activation_of_keras_is_offered() -> None:
    found = (one for one in vars(keras.activations).values() if callable(one))
    # By their own names, as some stand under two.
    names = {one.__name__ for one in found} - {"deserialize", "get", "serialize"}

    assert names == set(Activation)


@pytest.mark.parametrize("activation", Activation)
def test_the_announced_shape_of_every_activation_is_true(activation: Activation) -> None:
    network = network_of(spec_with({"units": 8, "activation": activation.value}))
    outputs = network(features())
    assert outputs.shape == (60, 3)
    assert np.isfinite(outputs).all()


@pytest.mark.parametrize("initializer", Initializer)
def test_every_initializer_builds(initializer: Initializer) -> None:
    network = network_of(spec_with({"units": 8, "initializer": initializer.value}))
    kernel = network.get_layer("layer_1").get_weights()[0]
    assert (kernel.std() == 0.0) == (initializer is Initializer.ZEROS)


@pytest.mark.parametrize(
    ("activation", "scale"), [("relu", 2.0), ("selu", 1.0), ("tanh", 2.0 / (1 + 500 / 10))]
)
def test_weights_begin_as_suits_the_activation(activation: str, scale: float) -> None:
    network = network_of(spec_with({"units": 500, "activation": activation}))
    kernel = network.get_layer("layer_1").get_weights()[0]
    assert kernel.var() * len(kernel) == pytest.approx(scale, rel=0.15)


def test_the_same_seed_gives_the_same_weights_and_another_seed_others() -> None:
    spec = spec_with({"units": 8, "dropout": 0.5}, ensemble_size=3)
    first, second = network_of(spec), network_of(spec)
    for one, other in zip(first.get_weights(), second.get_weights(), strict=True):
        assert np.array_equal(one, other)
    training = spec.training.model_copy(update={"seed": 8})
    third = network_of(spec.model_copy(update={"training": training}))
    assert not np.array_equal(third.get_weights()[0], first.get_weights()[0])


def test_everything_at_once_trains() -> None:
    layer = {
        "units": 8,
        "dropout": 0.2,
        "skip": True,
        "l1": 1e-4,
        "l2": 1e-4,
        "use_bias": False,
    }
    layers = [{**layer, "normalization": "batch"}, {**layer, "normalization": "layer", "units": 9}]
    for ensemble_size in (1, 4):
        spec = spec_with(*layers, input_dropout=0.1, ensemble_size=ensemble_size)
        network = network_of(spec)
        assert np.isfinite(train_one_epoch(network))
        assert len(network.losses) == 2


def test_penalties_count_in_the_loss() -> None:
    network = network_of(spec_with({"units": 8, "l2": 0.5}))
    kernel = network.get_layer("layer_1").get_weights()[0]
    assert float(network.losses[0]) == pytest.approx(0.5 * (kernel**2).sum(), rel=1e-4)


def test_without_hidden_layers_it_is_a_linear_model() -> None:
    network = network_of(spec_with())
    assert [layer.name for layer in network.layers if layer.weights] == ["categories_8", "output"]


def test_members_share_their_layers_and_differ_in_their_answers() -> None:
    network = network_of(spec_with({"units": 8}, ensemble_size=4))
    assert network.output_shape == (None, 4, 3)
    assert network.get_layer("layer_1").get_weights()[0].shape == (10, 8)
    outputs = np.asarray(network(features()))
    assert outputs.std(axis=1).min() > 0.0


def test_members_have_only_their_view_of_the_features_and_their_output_to_themselves() -> None:
    network = network_of(spec_with({"units": 8}, {"units": 6}, ensemble_size=4))
    shapes = {layer.name: layer.weights[0].shape for layer in network.layers if layer.weights}
    assert shapes["member_weights"] == (4, 10)
    assert shapes["output"] == (4, 6, 3)
    assert shapes["layer_1"] == (10, 8) and shapes["layer_2"] == (8, 6)


def test_periodic_numbers_reach_the_network_as_learned_waves() -> None:
    spec = spec_for(
        ["a", "b"], ["y"], preprocessing={"b": {"embedding": "periodic", "num_bins": 8}}
    )
    network = network_of(spec)
    assert network.get_layer("waves_8").get_weights()[0].shape == (1, 8)
    assert network.get_layer("layer_1").get_weights()[0].shape[0] == 2 + 4


def test_answers_are_float32_in_mixed_precision() -> None:
    keras.config.set_dtype_policy("mixed_float16")
    try:
        for ensemble_size in (1, 2):
            network = network_of(spec_with({"units": 8}, ensemble_size=ensemble_size))
            assert network.get_layer("layer_1").compute_dtype == "float16"
            assert network(features()).dtype == "float32"
    finally:
        keras.config.set_dtype_policy("float32")


def test_a_network_that_cannot_fit_is_refused_before_it_is_made() -> None:
    spec = spec_with({"units": 64}, {"units": 65_536}, {"units": 65_536}, {"units": 65_536})
    with pytest.raises(SpecError) as caught:
        network_of(spec)
    (problem,) = caught.value.problems
    assert problem.where == "architecture.layers.2.units"
    assert "parameters and needs" in problem.problem
    assert "Give layer 3 fewer units" in problem.fix


def test_too_many_inputs_are_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = psutil.virtual_memory()._replace(total=1_000)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    with pytest.raises(SpecError, match="Use fewer inputs, or shorter embeddings."):
        network_of(spec_with())


@pytest.mark.parametrize("ensemble_size", [1, 4])
def test_the_preview_is_the_network(ensemble_size: int) -> None:
    layers = [
        {"units": 8, "normalization": "batch", "skip": True},
        {"units": 6, "activation": "glu", "dropout": 0.25},
    ]
    spec = spec_with(*layers, ensemble_size=ensemble_size)
    network = network_of(spec)
    shown = preview(spec, INFO)
    assert shown.num_parameters == network.count_params()
    assert shown.num_trainable == sum(w.numpy().size for w in network.trainable_variables)
    assert shown.num_trainable < shown.num_parameters
    by_name = {layer.name: layer for layer in shown.layers}
    for layer in network.layers:
        assert by_name[layer.name].num_parameters == layer.count_params()
        assert by_name[layer.name].output_shape == tuple(layer.output.shape[1:])
    assert sum(layer.num_parameters for layer in shown.layers) == shown.num_parameters
    assert all(source in by_name for layer in shown.layers for source in layer.inputs)
    assert by_name["layer_1_activation"].detail == "relu"
    assert by_name["layer_2_dropout"].detail == "0.25"


def test_the_preview_estimates_one_epoch() -> None:
    small = preview(spec_with({"units": 8}), INFO)
    large = preview(spec_with({"units": 512}, {"units": 512}), INFO)
    assert small.batch_size == 16
    assert small.steps_per_epoch == 3
    assert small.epoch_s is not None and large.epoch_s is not None
    assert 0.0 < small.epoch_s < large.epoch_s < 60.0
    assert small.memory_bytes < large.memory_bytes


def test_outputs_follow_the_task() -> None:
    info = describe({"a": RAW["a"], "b": RAW["b"], "y": RAW["b"], "z": RAW["a"]})
    regression = spec_for(["a"], ["y", "z"], TaskKind.REGRESSION)
    assert build_network(regression, info).output_shape == (None, 2)
    labels = describe({"a": RAW["a"], "tags": texts(*["r|s", "s|t", "u"] * 20)})
    spec = spec_for(["a"], ["tags"], label_separator="|")
    assert build_network(spec, labels).output_shape == (None, 4)
