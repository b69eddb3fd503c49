"""The game of a GAN: its formulas, its average, its limits and what comes out of it."""

from itertools import count
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlstudio.errors import SpecError
from dlstudio.models import adversarial_losses
from dlstudio.models.adversarial import EXAMPLE, GanNetwork
from dlstudio.models.architectures.gan import build, generator
from dlstudio.models.canvas import CONDITION, NOISE, Canvas, Place, PlaceKind, canvas_of
from dlstudio.models.canvas_size import check_canvas_size
from dlstudio.spec.architectures.autoencoder import AutoencoderSpec
from dlstudio.spec.architectures.cnn import ConvBlock, Pooling
from dlstudio.spec.architectures.coder import Body
from dlstudio.spec.architectures.gan import GanLoss, GanSpec
from dlstudio.spec.architectures.rnn import RecurrentLayer
from dlstudio.spec.architectures.vae import VaeSpec
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.layers import Activation, DenseLayer, Normalization
from dlstudio.spec.media import SequenceSummary, Spread
from dlstudio.spec.task import TaskKind
from dlstudio.training.compile import compile_own_loss
from tests.spec.builders import dataset
from tests.training.oracle import training_spec

pytestmark = pytest.mark.tensorflow

PLACES = (
    Place("a", PlaceKind.NUMBER),
    Place("b", PlaceKind.NUMBER),
    Place("b", PlaceKind.MISSING),
    *[Place("c", PlaceKind.CATEGORY)] * 3,
    *[Place("d", PlaceKind.CATEGORY)] * 2,
)
NAMES = tuple(place.column for place in PLACES)
TABLE = Canvas(CanvasKind.TABLE, "dense", (8,), "float32", (8,), NAMES, PLACES)
SERIES = Canvas(CanvasKind.SERIES, "walk", (11, 2), "float32", (11, 2), ("walk",))
IMAGE = Canvas(CanvasKind.IMAGE, "face", (7, 9, 1), "float32", (7, 9, 1), ("face",))
CLASSES = Canvas(**{**vars(TABLE), "num_classes": 3})
LENGTH = Spread(min=2, median=6, max=11)
WALK = ColumnInfo(
    name="walk",
    kind=ColumnKind.SEQUENCE,
    num_distinct=50,
    sequence=SequenceSummary(channels=("x", "y"), length=LENGTH),
)
UNEVEN = canvas_of(default_spec(dataset(WALK), (), TaskKind.GENERATION, "gan"), dataset(WALK))
BLOCK = ConvBlock(filters=4, stride=2, normalization=Normalization.NONE, pooling=Pooling.NONE)
WIDE = (DenseLayer(units=65_536), DenseLayer(units=65_536))
SMALL = GanSpec(
    latent_size=3,
    generator_layers=(DenseLayer(units=8),),
    generator_blocks=(BLOCK,),
    discriminator_layers=(DenseLayer(units=8, activation=Activation.TANH),),
    discriminator_blocks=(BLOCK,),
)


def compiled(canvas: Canvas, **changes: Any) -> GanNetwork:  # noqa: ANN401
    network = build(SMALL.model_copy(update=changes), canvas, count(1))
    compile_own_loss(network, training_spec(optimizer="adam", learning_rate=0.01), num_steps=10)
    return network


def batch(canvas: Canvas, num_rows: int = 12) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
    random = np.random.default_rng(0)
    features = {
        canvas.feature: random.normal(size=(num_rows, *canvas.feature_shape)).astype("float32")
    }
    if canvas.num_classes:
        features[CONDITION] = np.arange(num_rows, dtype="int32")[:, None] % canvas.num_classes
    return {name: tf.constant(array) for name, array in features.items()}, tf.zeros((num_rows, 1))


def numpy_of(tensor: Any) -> np.ndarray:  # noqa: ANN401
    return np.asarray(keras.ops.convert_to_numpy(tensor))


def losses(kind: GanLoss, real: np.ndarray, fake: np.ndarray) -> tuple[float, float]:
    """By hand: of the discriminator and of the generator."""

    def chance(verdict: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-verdict))

    match kind:
        case GanLoss.NON_SATURATING:
            against = -np.log(chance(real)).mean() - np.log(1 - chance(fake)).mean()
            return against, -np.log(chance(fake)).mean()
        case GanLoss.LEAST_SQUARES:
            return 0.5 * (((real - 1) ** 2).mean() + (fake**2).mean()), 0.5 * (
                (fake - 1) ** 2
            ).mean()
        case GanLoss.HINGE:
            margins = np.maximum(0, 1 - real).mean() + np.maximum(0, 1 + fake).mean()
            return margins, -fake.mean()
        case GanLoss.WASSERSTEIN:
            return fake.mean() - real.mean(), -fake.mean()


@pytest.mark.parametrize("kind", list(GanLoss))
def test_losses_are_their_formulas(kind: GanLoss) -> None:
    random = np.random.default_rng(3)
    real, fake = random.normal(size=(2, 20, 1))

    against = adversarial_losses.discriminator_loss(kind, tf.constant(real), tf.constant(fake))
    loss = adversarial_losses.generator_loss(kind, tf.constant(fake))

    assert (float(against), float(loss)) == pytest.approx(losses(kind, real, fake), abs=1e-9)


@pytest.mark.parametrize("kind", list(GanLoss))
def test_a_discriminator_that_guesses_has_the_loss_of_guessing(kind: GanLoss) -> None:
    verdict = 0.5 if kind is GanLoss.LEAST_SQUARES else 0.0
    level = adversarial_losses.guessing_loss(kind)
    found, _ = losses(kind, np.full((4, 1), verdict), np.full((4, 1), verdict))

    assert level is None if kind is GanLoss.WASSERSTEIN else level == pytest.approx(found)


def test_penalties_are_their_formulas() -> None:
    slopes = np.random.default_rng(4).normal(size=(6, 3, 2))
    lengths = np.sqrt((slopes**2).sum((1, 2)))

    r1 = adversarial_losses.r1_penalty(tf.constant(slopes))
    even = adversarial_losses.gradient_penalty(tf.constant(slopes))

    assert float(r1) == pytest.approx(0.5 * (lengths**2).mean())
    assert float(even) == pytest.approx(((lengths - 1) ** 2).mean())


@pytest.mark.parametrize(
    "canvas", [TABLE, CLASSES, SERIES, UNEVEN, IMAGE], ids=lambda one: one.kind
)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"loss": GanLoss.WASSERSTEIN, "discriminator_steps": 2},
        {"loss": GanLoss.HINGE, "spectral_normalization": True, "r1_penalty": 0.0},
    ],
    ids=["r1", "wasserstein", "spectral"],
)
def test_a_step_moves_both_networks_and_the_average(canvas: Canvas, changes: Any) -> None:  # noqa: ANN401
    network = compiled(canvas, **changes)
    parts = (network.generator, network.discriminator, network.average)
    before = [part.get_weights() for part in parts]

    metrics = network.train_step(batch(canvas))

    for part, weights in zip(parts, before, strict=True):
        moved = {
            variable.path
            for variable, one in zip(part.weights, weights, strict=True)
            if not np.array_equal(numpy_of(variable), one)
        }
        kernels = {variable.path for variable in part.weights if variable.name == "kernel"}
        # A Wasserstein verdict does not depend on its own offset, so some biases stay.
        assert kernels <= moved, part.name
    assert all(np.isfinite(float(value)) for value in metrics.values())
    assert float(metrics["loss"]) == pytest.approx(
        float(metrics["generator_loss"]) + float(metrics["discriminator_loss"]), rel=1e-5
    )


@pytest.mark.parametrize(
    ("normalization", "pooling"),
    [(Normalization.BATCH, Pooling.MAX), (Normalization.LAYER, Pooling.AVERAGE)],
)
def test_slopes_can_be_limited_through_every_kind_of_block(
    normalization: Normalization, pooling: Pooling
) -> None:
    block = ConvBlock(
        filters=4, normalization=normalization, pooling=pooling, residual=True, dropout=0.1
    )
    dense = DenseLayer(units=4, normalization=normalization, dropout=0.1, skip=True, l2=0.01)
    changes = {"discriminator_blocks": (block,), "discriminator_layers": (dense,)}
    network = compiled(IMAGE, **changes)

    metrics = network.train_step(batch(IMAGE))

    assert all(np.isfinite(float(value)) for value in metrics.values())


def test_the_average_follows_by_its_formula() -> None:
    network = compiled(TABLE, ema=0.5)
    average = network.average.get_weights()
    for step in range(1, 4):
        network.train_step(batch(TABLE))
        kept = min(0.5, (1 + step) / (10 + step))
        average = [
            kept * one + (1 - kept) * two
            for one, two in zip(average, network.generator.get_weights(), strict=True)
        ]

    for one, two in zip(network.average.get_weights(), average, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-6)


def test_spectral_normalisation_keeps_every_layer_of_the_discriminator_at_one() -> None:
    network = compiled(SERIES, spectral_normalization=True, r1_penalty=0.0)
    for _ in range(20):
        network.train_step(batch(SERIES))
    network.discriminator({EXAMPLE: batch(SERIES)[0]["walk"]}, training=True)

    kernels = [numpy_of(one) for one in network.discriminator.weights if one.name == "kernel"]
    largest = [np.linalg.norm(one.reshape(-1, one.shape[-1]), 2) for one in kernels]

    assert len(kernels) == 3
    assert largest == pytest.approx([1.0] * 3, abs=0.1)


def test_a_table_draws_categories_and_answers_by_their_probability() -> None:
    network = compiled(TABLE)
    noise = np.random.default_rng(5).normal(size=(900, 3 + 6)).astype("float32")
    noise[:, :3] = 0.0  # so that only what is drawn differs
    network.average.get_layer("output").bias.assign([0, 0, -3, 0, 0, 1, 0, 0])
    network.average.get_layer("output").kernel.assign(np.zeros((8, 8)))

    rows = numpy_of(generator(network, TABLE)({NOISE: noise}))

    assert rows.shape == (900, 8)
    assert rows[:, 3:6].sum(axis=1) == pytest.approx(np.ones(900), abs=1e-5)
    shares = np.bincount(rows[:, 3:6].argmax(axis=1)) / 900
    assert shares == pytest.approx(np.array([1, 1, np.e]) / (2 + np.e), abs=0.05)
    assert (rows[:, 2] > 0.5).mean() == pytest.approx(1 / (1 + np.exp(3)), abs=0.03)
    assert (rows[:, 3:6].max(axis=1) > 0.9).mean() > 0.7, "categories should be almost sharp"


def test_samples_of_sequences_begin_where_those_of_the_data_do() -> None:
    network = compiled(UNEVEN, latent_size=8)
    beginning = network.generator.get_layer("beginning")
    first = numpy_of(beginning.kernel)
    network.train_step(batch(UNEVEN))
    assert not np.array_equal(numpy_of(beginning.kernel), first)
    noise = np.random.default_rng(0).normal(size=(500, 8)).astype("float32")

    is_there = (numpy_of(network.generator({NOISE: noise})) != 0.0).any(axis=-1)

    # Padding stands in front, and only there; no sequence is empty.
    assert (np.diff(is_there.astype(int), axis=1) >= 0).all()
    assert is_there[:, -1].all()
    lengths = is_there.sum(axis=1)
    assert np.median(lengths) == pytest.approx(LENGTH.median, abs=1)
    assert len(set(lengths.tolist())) > 3


def test_samples_of_images_are_pixels_of_the_right_size() -> None:
    network = compiled(IMAGE)

    pictures = numpy_of(network.average({NOISE: np.full((2, 3), 9.0, "float32")}))

    assert pictures.shape == (2, 7, 9, 1)
    assert np.abs(pictures).max() <= 1.0


def test_both_networks_are_told_the_class() -> None:
    network = compiled(CLASSES)
    noise, classes = np.zeros((3, 9), "float32"), np.arange(3, dtype="int32")[:, None]
    rows = np.zeros((3, 8), "float32")

    samples = numpy_of(network.generator({NOISE: noise, CONDITION: classes}))
    # A hidden layer that is not zero, so that the class has something to go with.
    verdicts = numpy_of(network.discriminator({EXAMPLE: rows + 1.0, CONDITION: classes}))

    assert len(np.unique(samples.round(5), axis=0)) == 3
    assert len(np.unique(verdicts.round(5))) == 3


def test_validation_uses_the_average_and_the_same_noise_each_time() -> None:
    network = compiled(TABLE)
    first = {name: float(value) for name, value in network.test_step(batch(TABLE)).items()}
    network.generator.set_weights([0 * weight for weight in network.generator.get_weights()])
    network.reset_metrics()

    again = {name: float(value) for name, value in network.test_step(batch(TABLE)).items()}

    assert again == first


def test_the_same_seed_builds_the_same_networks() -> None:
    one, two = (compiled(IMAGE, spectral_normalization=True) for _ in range(2))

    for first, second in zip(one.get_weights(), two.get_weights(), strict=True):
        np.testing.assert_array_equal(first, second)


def test_half_precision_leaves_losses_and_samples_whole() -> None:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        network = compiled(IMAGE)
        network._symbolic_build()
        metrics = [network.train_step(batch(IMAGE)) for _ in range(3)][-1]
    finally:
        keras.config.set_dtype_policy(before)

    assert all(np.isfinite(float(value)) for value in metrics.values())
    assert isinstance(network.discriminator_optimizer, keras.optimizers.LossScaleOptimizer)
    assert network.generator.output.dtype == "float32"


@pytest.mark.parametrize(
    ("canvas", "changes", "where"),
    [
        ("wide", {"generator_blocks": (BLOCK,)}, "architecture.generator_blocks"),
        ("wide", {}, "architecture.latent_size"),
        ("small", {"discriminator_layers": WIDE}, "architecture.discriminator_layers.1.units"),
        ("small", {"generator_layers": WIDE}, "architecture.generator_layers.1.units"),
    ],
)
def test_a_game_that_would_not_fit_is_refused(canvas: str, changes: Any, where: str) -> None:  # noqa: ANN401
    shape = (40_000, 40_000, 1)
    wide = Canvas(CanvasKind.IMAGE, "sky", shape, "uint8", shape, ("sky",))
    spec = GanSpec(generator_blocks=(), discriminator_blocks=()).model_copy(update=changes)

    with pytest.raises(SpecError) as refused:
        check_canvas_size(spec, wide if canvas == "wide" else IMAGE)

    (problem,) = refused.value.problems
    assert "more than half of this machine's" in problem.problem
    assert problem.where == where


def test_autoencoders_that_would_not_fit_are_refused() -> None:
    cases = {
        "architecture.layers.1.units": AutoencoderSpec(layers=WIDE),
        "architecture.blocks.1.filters": AutoencoderSpec(
            blocks=(ConvBlock(filters=4096, kernel=63), ConvBlock(filters=4096, kernel=63))
        ),
        "architecture.recurrent_layers.1.units": VaeSpec(
            body=Body.RECURRENT, recurrent_layers=(RecurrentLayer(units=4096),) * 20
        ),
    }
    for where, spec in cases.items():
        with pytest.raises(SpecError) as refused:
            check_canvas_size(spec, SERIES if "recurrent" in where else IMAGE)
        assert refused.value.problems[0].where == where
