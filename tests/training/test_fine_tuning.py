"""Transfer learning in one run: the pretrained network is frozen first, then fine-tuned."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from dlstudio.models.architectures.backbones import load_pretrained
from dlstudio.models.network import build_network
from dlstudio.reports.progress import EpochReport
from dlstudio.spec.architectures.cnn import Backbone, CnnSpec
from dlstudio.spec.run import RunSpec
from dlstudio.spec.training import TrainingSpec
from dlstudio.training.compile import compile_model, num_training_steps
from dlstudio.training.examples import Examples, PreparedData
from dlstudio.training.fine_tuning import FineTuning, freeze_first
from dlstudio.training.outcome import TrainingOutcome
from dlstudio.training.trainer import train
from tests.models.test_backbones import PHOTOS, spec_with
from tests.training.oracle import Listener, training_spec

pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    # Keras's own, when it saves variables with NumPy 2.4.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

FROZEN_EPOCHS, EPOCHS, TRAINED_LAYERS = 2, 4, 8
RATE, SHARE = 0.01, 0.1
Compiled = tuple[keras.Model, RunSpec, FineTuning]


def compiled(pretrained_weights: Path, **changes: object) -> Compiled:
    """A network of its spec, whose pretrained part is frozen; always with the same weights."""
    network_spec = CnnSpec(
        backbone=Backbone.MOBILENET_V3_SMALL,
        weights_folder=str(pretrained_weights),
        trained_layers=TRAINED_LAYERS,
        frozen_epochs=FROZEN_EPOCHS,
        fine_tuning_rate=SHARE,
    )
    fields = {"epochs": EPOCHS, "learning_rate": RATE, "schedule": "cosine", **changes}
    spec = spec_with(PHOTOS, network_spec)
    spec = spec.model_copy(update={"training": training_spec(**fields)})
    keras.utils.set_random_seed(spec.training.seed)
    network = build_network(spec, PHOTOS, 1)
    load_pretrained(network, network_spec)

    def compile_for(training: TrainingSpec, num_epochs: int) -> None:
        compile_model(network, spec.task, training, num_training_steps(20, 16, num_epochs))

    tuning = freeze_first(network, spec, compile_for)
    assert tuning is not None
    compile_for(spec.training, tuning.after_epochs)
    return network, spec, tuning


def photos() -> PreparedData:
    def some(num_rows: int, seed: int) -> Examples:
        generator = np.random.default_rng(seed)
        pixels = generator.uniform(-1, 1, (num_rows, 32, 32, 3)).astype("float32")
        targets = np.arange(num_rows, dtype="int32") % 2
        pixels[targets == 1] = pixels[targets == 1] / 2 + 0.5
        return Examples({"image_1": pixels}, targets)

    return PreparedData(some(20, 0), some(8, 1))


def pretrained(network: keras.Model) -> Any:  # noqa: ANN401
    (part,) = (layer for layer in network.layers if layer.name.endswith("_pretrained"))
    return part


class Snapshots(Listener):
    """Keeps the pretrained weights of each epoch; stops after one of them if asked."""

    def __init__(self, network: keras.Model, stop_after: int = EPOCHS) -> None:
        """Know what to look at."""
        super().__init__(lambda listener: len(listener.epochs) >= stop_after)
        self.stop_after = stop_after
        self.weights: list[list[list[np.ndarray]]] = []
        self._network = network

    def on_epoch(self, report: EpochReport) -> None:
        super().on_epoch(report)
        part = pretrained(self._network)
        self.weights.append([layer.get_weights() for layer in part.layers])
        if len(self.epochs) == self.stop_after:
            time.sleep(0.25)  # until the watcher is asked again


def run(
    made: Compiled, folder: Path, listener: Listener, *, resume: bool = False
) -> TrainingOutcome:
    network, spec, tuning = made
    return train(network, photos(), spec.training, listener, folder, resume, tuning)


def changed(before: list[list[np.ndarray]], after: list[list[np.ndarray]]) -> list[int]:
    """Places of the layers whose weights differ."""
    is_same = [
        all(np.array_equal(one, other) for one, other in zip(*layers, strict=True))
        for layers in zip(before, after, strict=True)
    ]
    return [place for place, same in enumerate(is_same) if not same]


@dataclass(frozen=True)
class Whole:
    """A run that nobody stopped."""

    network: keras.Model
    first: list[list[np.ndarray]]
    listener: Snapshots
    outcome: TrainingOutcome


@pytest.fixture(scope="module")
def whole(pretrained_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Whole]:
    """One run on each road."""
    found = {}
    for engine in ("graph", "fit"):
        made = compiled(pretrained_weights, engine=engine)
        first = [layer.get_weights() for layer in pretrained(made[0]).layers]
        listener = Snapshots(made[0], stop_after=EPOCHS + 1)
        outcome = run(made, tmp_path_factory.mktemp(engine), listener)
        found[engine] = Whole(made[0], first, listener, outcome)
    return found


@pytest.mark.parametrize("engine", ["graph", "fit"])
def test_the_pretrained_network_is_left_alone_and_then_its_last_layers_learn(
    engine: str, whole: dict[str, Whole]
) -> None:
    done = whole[engine]
    assert done.outcome.engine.mode == engine
    for epoch in range(FROZEN_EPOCHS):
        assert not changed(done.first, done.listener.weights[epoch])
    learned = changed(done.first, done.listener.weights[-1])
    assert learned
    assert min(learned) >= len(done.first) - TRAINED_LAYERS
    kinds = {type(pretrained(done.network).layers[place]).__name__ for place in learned}
    assert "BatchNormalization" not in kinds


@pytest.mark.parametrize("engine", ["graph", "fit"])
def test_fine_tuning_is_said_and_begins_with_a_lower_rate(
    engine: str, whole: dict[str, Whole]
) -> None:
    done = whole[engine]
    rates = [report.learning_rate for report in done.outcome.history]
    # Each part has the whole schedule: down, and down again from a lower top.
    assert RATE > rates[0] > rates[1] > 0
    assert RATE * SHARE > rates[2] > rates[3] > 0
    (said,) = (line for line in done.listener.log if line.startswith("Fine-tuning begins"))
    assert f"after epoch {FROZEN_EPOCHS}" in said
    assert "learning rate of 0.001" in said


def test_both_roads_come_to_the_same(whole: dict[str, Whole]) -> None:
    graph, fit = whole["graph"], whole["fit"]
    assert_same_histories(graph.outcome, fit.outcome, 1e-4)
    for one, other in zip(graph.network.get_weights(), fit.network.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)


@pytest.mark.parametrize(
    ("engine", "stops"),
    [("graph", (1, FROZEN_EPOCHS + 1)), ("fit", (FROZEN_EPOCHS, FROZEN_EPOCHS + 1))],
)
def test_a_run_that_was_stopped_in_both_parts_ends_like_one_that_was_not(
    engine: str,
    stops: tuple[int, ...],
    whole: dict[str, Whole],
    pretrained_weights: Path,
    tmp_path: Path,
) -> None:
    epochs_before = 0
    for stop_after in stops:
        made = compiled(pretrained_weights, engine=engine)
        listener = Snapshots(made[0], stop_after - epochs_before)
        assert run(made, tmp_path, listener, resume=True).num_epochs == stop_after
        epochs_before = stop_after
    resumed = compiled(pretrained_weights, engine=engine)

    found = run(resumed, tmp_path, Listener(), resume=True)

    expected = whole[engine]
    assert found.best_epoch == expected.outcome.best_epoch
    assert_same_histories(found, expected.outcome, 1e-5)
    pairs = zip(resumed[0].get_weights(), expected.network.get_weights(), strict=True)
    for one, other in pairs:
        np.testing.assert_allclose(one, other, atol=1e-5)


def assert_same_histories(
    found: TrainingOutcome, expected: TrainingOutcome, tolerance: float
) -> None:
    """Compare rates and metrics of all epochs."""
    for one, other in zip(found.history, expected.history, strict=True):
        assert one.learning_rate == pytest.approx(other.learning_rate)
        for split in ("train", "validation"):
            assert one.metrics[split] == pytest.approx(other.metrics[split], abs=tolerance)


def test_without_a_pretrained_part_nothing_is_frozen(pretrained_weights: Path) -> None:
    _, spec, _ = compiled(pretrained_weights)
    plain = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    never: Callable[[TrainingSpec, int], None] = lambda training, num_epochs: None  # noqa: E731

    assert freeze_first(plain, spec, never) is None
    assert all(layer.trainable for layer in plain.layers)
