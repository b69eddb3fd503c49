"""Alarms while a GAN trains: a collapsed generator and a game that is lost are told, once."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import keras
import numpy as np
import pytest
from keras import ops

from dlstudio.models.adversarial import GanNetwork
from dlstudio.models.architectures.gan import build
from dlstudio.models.architectures.vae import build as build_vae
from dlstudio.models.canvas import NOISE, Canvas, Place, PlaceKind
from dlstudio.models.rebuilding import CODE
from dlstudio.reports.progress import EpochReport
from dlstudio.runs.alarms import read_alarms
from dlstudio.runs.folders import RunFolder
from dlstudio.spec.architectures.gan import GanSpec
from dlstudio.spec.architectures.vae import VaeSpec
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.layers import DenseLayer
from dlstudio.spec.overrides import apply_overrides
from dlstudio.spec.task import TaskKind
from dlstudio.training.examples import Examples, PreparedData
from dlstudio.worker.alarm_watcher import AlarmWatcher
from tests.spec.builders import PEOPLE
from tests.training.oracle import Listener

pytestmark = pytest.mark.tensorflow

PLACES = tuple(Place(name, PlaceKind.NUMBER) for name in "abcd")
CANVAS = Canvas(CanvasKind.TABLE, "dense", (4,), "float32", (4,), tuple("abcd"), PLACES)
EPOCHS = 20


class Hearing(Listener):
    """Also hears the beginning."""

    def begin(
        self, num_parameters: int, steps_per_epoch: int, history: Sequence[EpochReport]
    ) -> None:
        del num_parameters, steps_per_epoch, history


@pytest.fixture
def network() -> GanNetwork:
    return build(GanSpec(latent_size=4), CANVAS, count(1))


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path)


def watched(
    network: GanNetwork, folder: RunFolder, architecture: str = "gan"
) -> tuple[AlarmWatcher, Hearing]:
    """Real rows are what the first weights make of other noise."""
    noise = np.random.default_rng(1).normal(size=(300, 4)).astype("float32")
    rows = np.asarray(network.generator({NOISE: noise})) if architecture == "gan" else noise
    examples = Examples({"dense": rows}, np.zeros((300, 1), "uint8"))
    preparation: Any = SimpleNamespace(
        network=network, canvas=CANVAS, data=PreparedData(examples, examples)
    )
    spec = default_spec(PEOPLE, (), TaskKind.GENERATION, architecture)
    listener = Hearing()
    spec = apply_overrides(spec, [f"training.epochs={EPOCHS}"])
    return AlarmWatcher(cast("Any", listener), preparation, spec, folder), listener


def report(epoch: int, discriminator: float) -> EpochReport:
    losses = {"loss": 2.0, "generator_loss": 1.0, "discriminator_loss": discriminator}
    return EpochReport(
        epoch=epoch,
        metrics={"train": losses},
        duration_s=1.0,
        samples_per_s=1.0,
        learning_rate=0.1,
        is_best=True,
    )


def test_an_honest_game_is_left_alone(network: GanNetwork, folder: RunFolder) -> None:
    watcher, listener = watched(network, folder)
    for epoch in range(1, EPOCHS + 1):
        watcher.on_epoch(report(epoch, 1.2))

    assert listener.log == []
    assert read_alarms(folder) == ()
    assert len(listener.epochs) == EPOCHS


def test_a_collapsed_generator_is_told_once(network: GanNetwork, folder: RunFolder) -> None:
    watcher, listener = watched(network, folder)
    network.average.get_layer("output").kernel.assign(np.zeros((128, 4)))
    for epoch in range(1, EPOCHS + 1):
        watcher.on_epoch(report(epoch, 1.2))

    assert len(listener.log) == 1
    assert listener.log[0].startswith("Epoch 4: The samples are much alike")
    (noted,) = read_alarms(folder)
    assert (noted.epoch, noted.passed, noted.alarm.code) == (4, None, "low_diversity")


def test_a_generator_that_makes_a_few_samples_again_and_again_is_told(
    network: GanNetwork, folder: RunFolder
) -> None:
    watcher, listener = watched(network, folder)
    noise = keras.Input((4,), name=NOISE)
    # Sixteen samples, which are as far apart as real rows.
    network.average = keras.Model({NOISE: noise}, network.average({NOISE: ops.sign(noise)}))
    for epoch in range(1, 10):
        watcher.on_epoch(report(epoch, 1.2))
    assert read_alarms(folder) == ()  # an honest generator, too, learns what is usual first
    for epoch in range(10, EPOCHS + 1):
        watcher.on_epoch(report(epoch, 1.2))

    (noted,) = read_alarms(folder)
    assert (noted.epoch, noted.passed, noted.alarm.code) == (11, None, "partial_collapse")
    assert listener.log == [f"Epoch 11: {noted.alarm.problem} {noted.alarm.fix}"]
    assert "R1 penalty" in noted.alarm.fix


def test_a_generator_that_leaves_out_much_of_the_data_is_told(
    network: GanNetwork, folder: RunFolder
) -> None:
    watcher, listener = watched(network, folder)
    noise: Any = keras.Input((4,), name=NOISE)
    # Many different samples, but of three numbers of the noise only one side.
    side = ops.concatenate([ops.abs(noise[:, :3]), noise[:, 3:]], axis=1)
    network.average = keras.Model({NOISE: noise}, network.average({NOISE: side}))
    for epoch in range(1, EPOCHS + 1):
        watcher.on_epoch(report(epoch, 1.2))

    (noted,) = read_alarms(folder)
    assert (noted.epoch, noted.alarm.code) == (11, "partial_collapse")
    assert "of the rows in your data are of kinds that hardly ever" in noted.alarm.problem
    assert len(listener.log) == 1


def test_a_discriminator_that_wins_is_told_also_after_a_resume(
    network: GanNetwork, folder: RunFolder
) -> None:
    watcher, listener = watched(network, folder)
    watcher.begin(1, 1, [report(epoch, 0.01) for epoch in range(1, 11)])
    watcher.on_epoch(report(11, 0.01))
    watcher.on_epoch(report(12, 0.01))

    assert len(listener.log) == 1
    assert "Epoch 11: The discriminator has told samples from real rows" in listener.log[0]


def test_an_alarm_that_has_passed_says_so_and_may_come_back(
    network: GanNetwork, folder: RunFolder
) -> None:
    watcher, listener = watched(network, folder)
    output = network.average.get_layer("output").kernel
    honest = np.asarray(output)
    output.assign(np.zeros((128, 4)))
    watcher.on_epoch(report(4, 1.2))
    output.assign(honest)
    watcher.on_epoch(report(5, 1.2))  # nobody looks at samples after this epoch
    assert read_alarms(folder)[0].passed is None
    watcher.on_epoch(report(6, 1.2))
    assert (read_alarms(folder)[0].epoch, read_alarms(folder)[0].passed) == (4, 6)

    output.assign(np.zeros((128, 4)))
    watcher.on_epoch(report(8, 1.2))
    watcher.on_epoch(report(9, 1.2))
    assert (read_alarms(folder)[0].epoch, read_alarms(folder)[0].passed) == (8, None)
    assert len(listener.log) == 1


def test_a_resumed_run_notes_the_alarms_of_one_that_was_never_stopped(
    network: GanNetwork, folder: RunFolder
) -> None:
    output = network.average.get_layer("output").kernel
    honest, collapsed = np.asarray(output), np.zeros((128, 4))

    def train_epochs(watcher: AlarmWatcher, first: int, last: int) -> None:
        for epoch in range(first, last + 1):
            output.assign(collapsed if epoch < 12 else honest)
            watcher.on_epoch(report(epoch, 1.2))

    watcher, _ = watched(network, folder)
    train_epochs(watcher, 1, 13)
    (whole,) = read_alarms(folder)
    assert (whole.epoch, whole.passed) == (4, 13)  # nobody looks after epoch 12

    for checkpoint in (8, 2):  # from after and before the alarm was raised
        resumed, listener = watched(network, folder)
        resumed.begin(1, 1, [report(epoch, 1.2) for epoch in range(1, checkpoint + 1)])
        assert [one.passed for one in read_alarms(folder)] == [None] * (checkpoint >= 4)
        train_epochs(resumed, checkpoint + 1, 13)
        assert read_alarms(folder) == (whole,)
        assert len(listener.log) == (checkpoint < 4)


@pytest.mark.parametrize("is_collapsed", [True, False])
def test_codes_that_say_nothing_are_told(folder: RunFolder, is_collapsed: bool) -> None:
    spec = VaeSpec(latent_size=2, layers=(DenseLayer(units=8),))
    network = build_vae(spec, CANVAS, count(1))
    weights = np.eye(8, 2) * (0.0 if is_collapsed else 1.0)
    # All codes lie away from 0: that alone says nothing about the row.
    network.get_layer(CODE).set_weights([weights, np.ones(2)])
    network.get_layer("spread").set_weights([np.zeros((8, 2)), np.full(2, -1.0)])
    watcher, listener = watched(cast("Any", network), folder, "vae")
    for epoch in range(1, 5):
        watcher.on_epoch(report(epoch, 1.2))

    noted = read_alarms(folder)
    assert [one.alarm.code for one in noted] == ["posterior_collapse"] * is_collapsed
    assert len(listener.log) == is_collapsed
    if is_collapsed:
        assert noted[0].epoch == 4
        assert noted[0].alarm.problem.startswith("Only 0 of 2 latent numbers say anything")
