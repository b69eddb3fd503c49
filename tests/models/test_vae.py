"""The loss of a variational autoencoder is the formula, and its halves fit together."""

import time
from itertools import count
from pathlib import Path
from typing import Any, cast

import keras
import numpy as np
import pytest

from dlstudio.models.architectures.vae import VaeNetwork, build, code_information
from dlstudio.models.canvas import Canvas, Place, PlaceKind
from dlstudio.models.chosen_values import choose_values
from dlstudio.models.likelihood import as_reconstruction
from dlstudio.models.sampling import draw_noise, sampler_of
from dlstudio.spec.architectures.coder import Body
from dlstudio.spec.architectures.vae import VaeSpec
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.layers import DenseLayer
from dlstudio.spec.task import TaskKind
from dlstudio.spec.training import Engine
from dlstudio.training.compile import compile_own_loss
from dlstudio.training.examples import Examples, PreparedData
from dlstudio.training.trainer import train
from tests.models.tables import spec_for
from tests.training.oracle import Listener, training_spec

pytestmark = pytest.mark.tensorflow

IMAGE = Canvas(CanvasKind.IMAGE, "pixels", (8, 8, 1), "float32", (8, 8, 1), ("picture",))
PLACES = (
    Place("a", PlaceKind.NUMBER),
    Place("b", PlaceKind.NUMBER),
    Place("b", PlaceKind.MISSING),
    *[Place("c", PlaceKind.CATEGORY)] * 3,
    *[Place("d", PlaceKind.CATEGORY)] * 2,
)
TABLE = Canvas(
    CanvasKind.TABLE, "dense", (8,), "float32", (8,), tuple(p.column for p in PLACES), PLACES
)
PADDED = Canvas(CanvasKind.SERIES, "s", (6, 3), "float32", (6, 2), ("s",), has_padding=True)
SPEC = spec_for(["a"], [], TaskKind.GENERATION, architecture={"kind": "vae"})
SMALL = VaeSpec(latent_size=3, layers=(DenseLayer(units=16),), body=Body.DENSE)


def with_classes(canvas: Canvas, num_classes: int) -> Canvas:
    return Canvas(**{**vars(canvas), "num_classes": num_classes})


def built(canvas: Canvas, **changes: Any) -> VaeNetwork:  # noqa: ANN401
    return build(SMALL.model_copy(update=changes), canvas, count(1))


def compiled(canvas: Canvas, num_steps: int = 10, **changes: Any) -> VaeNetwork:  # noqa: ANN401
    network = built(canvas, **changes)
    compile_own_loss(network, training_spec(), num_steps)
    return network


def pixels(num_rows: int = 12) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    return {"pixels": random.uniform(-1, 1, (num_rows, 8, 8, 1)).astype("float32")}


def rows(num_rows: int = 12) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    missing = random.random((num_rows, 1)) < 0.3
    c = np.eye(3)[random.integers(0, 3, num_rows)]
    d = np.eye(2)[random.integers(0, 2, num_rows)]
    numbers = random.normal(size=(num_rows, 2))
    return {"dense": np.concatenate([numbers, missing, c, d], axis=1).astype("float32")}


def sequences(num_rows: int) -> dict[str, np.ndarray]:
    """Half of them are 2 steps long, the others 5; the last channel says which steps there are."""
    random = np.random.default_rng(0)
    values = random.normal(size=(num_rows, 6, 3)).astype("float32")
    lengths = np.where(np.arange(num_rows) % 2, 2, 5)
    values[..., 2] = np.arange(6) >= 6 - lengths[:, None]
    values[..., :2] *= values[..., 2:]
    return {"s": values}


def answers(network: VaeNetwork, features: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    outputs: Any = network(features, training=False)
    return {name: np.asarray(value) for name, value in outputs.items()}


def loss_of(network: VaeNetwork, outputs: dict[str, np.ndarray], training: bool) -> float:
    given = {name: keras.ops.convert_to_tensor(value) for name, value in outputs.items()}
    return float(network.compute_loss(y_pred=given, training=training))


def value_of(metric: Any) -> float:  # noqa: ANN401
    return float(metric.result())


def kl_by_hand(mean: np.ndarray, log_variance: np.ndarray) -> np.ndarray:
    return 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance)


def test_a_standard_normal_code_carries_no_information() -> None:
    zeros = np.zeros((4, 3), "float32")
    np.testing.assert_allclose(code_information(zeros, zeros), 0.0)


def test_the_information_of_a_code_is_the_kl_divergence_of_two_normal_distributions() -> None:
    random = np.random.default_rng(1)
    mean, log_variance = random.normal(size=(2, 5, 3)).astype("float32")
    draws = mean + np.exp(log_variance / 2) * random.normal(size=(200_000, 1, 1))
    log_ratio = 0.5 * (draws**2 - (draws - mean) ** 2 / np.exp(log_variance) - log_variance)
    np.testing.assert_allclose(
        code_information(mean, log_variance), log_ratio.mean(axis=0), atol=0.05
    )


def test_the_loss_of_images_is_the_formula() -> None:
    network = compiled(IMAGE, warm_up=0.0, beta=2.0)
    outputs = answers(network, pixels())
    squares = (outputs["reconstruction"] - outputs["example"]) ** 2
    variance = squares.mean()
    nats = 0.5 * (squares / variance + np.log(2 * np.pi * variance)).sum(axis=(1, 2, 3))
    kl = kl_by_hand(outputs["code"], outputs["code_log_variance"]).sum(axis=1)

    assert loss_of(network, outputs, training=True) == pytest.approx(
        nats.mean() + 2.0 * kl.mean(), rel=1e-5
    )
    assert value_of(network.reconstruction) == pytest.approx(nats.mean(), rel=1e-5)
    assert value_of(network.kl) == pytest.approx(kl.mean(), rel=1e-4)


def test_the_loss_of_a_table_counts_numbers_categories_and_missing_values() -> None:
    network = compiled(TABLE, warm_up=0.0)
    outputs = answers(network, rows())
    actual, rebuilt = outputs["example"], outputs["reconstruction"]
    known = np.stack([np.ones(len(actual)), 1 - actual[:, 2]], axis=1)
    squares = (rebuilt[:, :2] - actual[:, :2]) ** 2
    variance = (squares * known).sum(axis=0) / known.sum(axis=0)
    nats = (0.5 * (squares / variance + np.log(2 * np.pi * variance)) * known).sum(axis=1)
    coin = actual[:, 2] * np.log(rebuilt[:, 2]) + (1 - actual[:, 2]) * np.log(1 - rebuilt[:, 2])
    nats -= coin + (actual[:, 3:] * np.log(rebuilt[:, 3:])).sum(axis=1)
    kl = kl_by_hand(outputs["code"], outputs["code_log_variance"]).sum(axis=1)

    assert loss_of(network, outputs, training=True) == pytest.approx((nats + kl).mean(), rel=1e-4)


def test_the_places_of_a_category_hold_probabilities() -> None:
    decoded = np.random.default_rng(0).normal(scale=30, size=(6, 8)).astype("float32")
    rebuilt = np.asarray(as_reconstruction(TABLE, decoded))
    np.testing.assert_allclose(rebuilt[:, 3:6].sum(axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(rebuilt[:, 6:8].sum(axis=1), 1.0, atol=1e-5)
    np.testing.assert_array_equal(rebuilt[:, :2], decoded[:, :2])
    assert ((rebuilt[:, 2] >= 0) & (rebuilt[:, 2] <= 1)).all()


def test_padding_does_not_count() -> None:
    network = compiled(PADDED, warm_up=0.0)
    features = sequences(5)
    features["s"][..., 2] = [0, 0, 1, 1, 1, 1]
    outputs = answers(network, features)
    before = loss_of(network, outputs, training=True)
    outputs["example"] = outputs["example"].copy()
    outputs["example"][:, :2] += 100.0
    assert loss_of(network, outputs, training=True) == pytest.approx(before)


def test_the_loss_of_sequences_counts_values_and_which_steps_there_are() -> None:
    network = compiled(PADDED, warm_up=0.0)
    outputs = answers(network, sequences(5))
    known = outputs["known"][..., 0]
    squares = (outputs["reconstruction"] - outputs["example"]) ** 2 * known[..., None]
    variance = squares.sum(axis=(0, 1)) / known.sum()
    nats = 0.5 * (squares / variance + np.log(2 * np.pi * variance) * known[..., None]).sum((1, 2))
    presence = outputs["presence"][..., 0]
    nats -= (known * np.log(presence) + (1 - known) * np.log(1 - presence)).sum(axis=1)
    kl = kl_by_hand(outputs["code"], outputs["code_log_variance"]).sum(axis=1)

    assert loss_of(network, outputs, training=True) == pytest.approx((nats + kl).mean(), rel=1e-4)


def test_sequences_are_made_as_long_as_those_of_their_class_and_zero_before_they_begin() -> None:
    canvas = with_classes(PADDED, 2)
    network = compiled(canvas, num_steps=200, warm_up=0.0)
    features = sequences(200) | {"condition": np.arange(200, dtype="int32")[:, None] % 2}
    network.fit(features, np.zeros(200), batch_size=50, epochs=50, verbose=cast("Any", 0))
    sampler = sampler_of(network, SPEC, canvas)
    classes = np.arange(100, dtype="int32") % 2
    made = sampler.sample(draw_noise(100, sampler.latent_size, seed=1), classes)
    expected = np.arange(6) >= 6 - np.where(classes, 2, 5)[:, None]
    assert ((made != 0.0) == expected[..., None]).all(axis=(1, 2)).mean() > 0.9


def test_free_bits_lift_what_each_code_number_may_carry() -> None:
    none, some = (compiled(IMAGE, warm_up=0.0, free_bits=bits) for bits in (0.0, 0.5))
    outputs = answers(none, pixels())
    kl = kl_by_hand(outputs["code"], outputs["code_log_variance"]).mean(axis=0)
    assert kl.max() < 0.5
    gap = loss_of(some, outputs, training=True) - loss_of(none, outputs, training=True)
    assert gap == pytest.approx(3 * 0.5 - kl.sum(), abs=1e-3)


def test_beta_rises_over_its_share_of_the_steps() -> None:
    network = compiled(IMAGE, num_steps=100, warm_up=0.5, beta=1.0)
    outputs = answers(network, pixels())
    outputs["code"] = outputs["code"] + 2.0
    kl = kl_by_hand(outputs["code"], outputs["code_log_variance"]).sum(axis=1).mean()
    losses = {}
    for step in (0, 24, 49, 99):
        network.optimizer.iterations.assign(step)
        losses[step] = loss_of(network, outputs, training=True)
    assert losses[24] - losses[0] == pytest.approx(kl * 24 / 50, rel=1e-3)
    assert losses[49] - losses[0] == pytest.approx(kl * 49 / 50, rel=1e-3)
    assert losses[99] == pytest.approx(losses[49])


def test_validation_takes_all_of_beta_and_the_kept_variance() -> None:
    network = compiled(IMAGE, num_steps=100, warm_up=1.0, beta=3.0, free_bits=1.0)
    outputs = answers(network, pixels())
    squares = (outputs["reconstruction"] - outputs["example"]) ** 2
    network.variance.assign(0.25)
    nats = 0.5 * (squares / 0.25 + np.log(2 * np.pi * 0.25)).sum(axis=(1, 2, 3))
    kl = kl_by_hand(outputs["code"], outputs["code_log_variance"]).sum(axis=1)
    found = loss_of(network, outputs, training=False)
    assert found == pytest.approx((nats + 3.0 * kl).mean(), rel=1e-5)
    assert float(network.variance) == pytest.approx(0.25)


def test_several_devices_keep_one_variance() -> None:
    # A checkpoint holds one value a variable: devices that each kept their own would not resume.
    assert built(IMAGE).variance.aggregation == "mean"


def test_codes_are_drawn_in_training_only() -> None:
    network = built(IMAGE)
    still = [answers(network, pixels())["reconstruction"] for _ in range(2)]
    np.testing.assert_array_equal(still[0], still[1])
    drawn: list[Any] = [network(pixels(), training=True) for _ in range(2)]
    assert np.abs(drawn[0]["drawn_code"] - drawn[1]["drawn_code"]).max() > 0.1


def test_the_measure_of_codes_is_that_of_their_class() -> None:
    canvas = with_classes(IMAGE, 2)
    network = built(canvas)
    features = pixels(4) | {"condition": np.asarray([[0], [0], [1], [1]], "int32")}
    before = answers(network, features)
    network.get_layer("class_centre").set_weights([np.asarray([[0, 0, 0], [3, 3, 3]], "float32")])
    network.get_layer("class_width").set_weights([np.asarray([[0] * 3, [np.log(2)] * 3])])
    after = answers(network, features)
    np.testing.assert_allclose(after["code"][:2], before["code"][:2], atol=1e-6)
    np.testing.assert_allclose(after["code"][2:], (before["code"][2:] - 3) / 2, atol=1e-5)
    np.testing.assert_allclose(
        after["code_log_variance"][2:], before["code_log_variance"][2:] - np.log(4), atol=1e-5
    )


def test_a_conditional_network_is_told_the_class_on_both_sides() -> None:
    canvas = with_classes(IMAGE, 4)
    network = built(canvas)
    outputs = [
        answers(network, pixels(4) | {"condition": np.full((4, 1), number, "int32")})
        for number in (0, 3)
    ]
    assert np.abs(outputs[0]["code"] - outputs[1]["code"]).max() > 0
    spec = spec_for(["picture"], ["y"], TaskKind.GENERATION, architecture={"kind": "vae"})
    sampler = sampler_of(network, spec, canvas)
    assert (sampler.latent_size, sampler.num_classes) == (3, 4)
    noise = draw_noise(4, 3, seed=0)
    first, last = (sampler.sample(noise, np.full(4, number, "int32")) for number in (0, 3))
    assert first.shape == (4, 8, 8, 1)
    assert np.abs(first - last).max() > 0


def test_a_sampler_gives_the_same_examples_of_the_same_noise_in_any_batch() -> None:
    sampler = sampler_of(built(TABLE), SPEC, TABLE)
    assert sampler.latent_size == 3 + 8  # the code, and one for each number of a row
    noise = draw_noise(3_000, sampler.latent_size, seed=5)
    made = sampler.sample(noise)
    np.testing.assert_allclose(made[:7], sampler.sample(noise[:7]), atol=1e-6)
    np.testing.assert_array_equal(noise[:7], draw_noise(7, sampler.latent_size, seed=5))


def test_categories_are_drawn_as_often_as_they_are_probable() -> None:
    expected = np.tile([[0, 1, 0.3, 0.7, 0.2, 0.1, 0.05, 0.95]], (20_000, 1)).astype("float32")
    noise = np.random.default_rng(0).standard_normal(expected.shape, dtype="float32")
    spread = np.full(8, 0.5, "float32")
    drawn = np.asarray(choose_values(TABLE, expected, noise, spread))
    np.testing.assert_allclose(drawn[:, 2:].mean(axis=0), expected[0, 2:], atol=0.015)
    np.testing.assert_allclose(drawn[:, :2].mean(axis=0), expected[0, :2], atol=0.015)
    np.testing.assert_allclose(drawn[:, :2].std(axis=0), 0.5, atol=0.01)
    np.testing.assert_array_equal(drawn[:, 3:6].sum(axis=1), 1)


def test_without_noise_the_most_probable_row_is_drawn() -> None:
    expected = np.asarray([[0.4, 1.5, 0.3, 0.1, 0.7, 0.2, 0.4, 0.6]], "float32")
    drawn = choose_values(TABLE, expected, np.zeros_like(expected), np.ones(8, "float32"))
    np.testing.assert_allclose(drawn, [[0.4, 1.5, 0, 0, 1, 0, 0, 1]])


def data(num_rows: int = 64) -> PreparedData:
    def part(rows_of: dict[str, np.ndarray]) -> Examples:
        return Examples(rows_of, np.zeros((len(rows_of["dense"]), 1), "uint8"))

    return PreparedData(part(rows(num_rows)), part(rows(20)))


class SlowListener(Listener):
    """Makes each epoch long enough for it to be asked after it."""

    def on_epoch(self, report: Any) -> None:  # noqa: ANN401
        super().on_epoch(report)
        time.sleep(0.25)


@pytest.mark.slow
@pytest.mark.parametrize("engine", [Engine.GRAPH, Engine.FIT])
def test_a_resumed_run_ends_with_the_same_numbers(engine: Engine, tmp_path: Path) -> None:
    changes = {"epochs": 6, "engine": engine}

    def trained(folder: Path, listener: Listener, *, resume: bool) -> tuple[Any, VaeNetwork]:
        keras.utils.set_random_seed(1)
        network = compiled(TABLE, num_steps=24, warm_up=0.9)
        spec = training_spec(**changes)
        return train(network, data(), spec, listener, folder, resume=resume), network

    whole, expected = trained(tmp_path / "whole", Listener(), resume=False)
    stopping = SlowListener(stops=lambda listener: len(listener.epochs) >= 2)
    stopped, _ = trained(tmp_path / "parts", stopping, resume=False)
    assert 2 <= stopped.num_epochs < 6
    for split in ("train", "validation"):  # curves of their own
        assert set(whole.history[-1].metrics[split]) == {"loss", "reconstruction", "kl"}
    resumed, found = trained(tmp_path / "parts", Listener(), resume=True)

    assert [report.metrics for report in resumed.history] == [
        report.metrics for report in whole.history
    ]
    for one, other in zip(found.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
