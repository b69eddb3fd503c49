"""One attempt at a training, on a road whose numbers the test decides."""

import errno
import math
import os
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import keras
import pytest

from dlstudio.reports.progress import DiskRoom, EngineChoice, Progress
from dlstudio.training import last_checkpoint
from dlstudio.training import session as session_module
from dlstudio.training.checkpoint import NoRoomError, read_checkpoint
from dlstudio.training.fine_tuning import FineTuning
from dlstudio.training.last_checkpoint import write_last_checkpoint
from dlstudio.training.outcome import StopReason
from dlstudio.training.road import Stretch, StretchResult
from dlstudio.training.session import Session
from dlstudio.training.state import TrainingState
from dlstudio.training.trainer import CHECKPOINT_S
from tests.fixtures.small_disk import MountDisk, fill_disk
from tests.training.oracle import Listener, training_spec
from tests.training.test_trainer import compiled

pytestmark = pytest.mark.tensorflow
PLACE = Progress(epoch=5, num_epochs=5, step=0, steps_per_epoch=1)


@dataclass
class ScriptedRoad:
    """Says a fixed training loss; each step takes `step_s` seconds."""

    train_loss: float
    num_steps: int = 1
    num_validation_steps: int = 1
    step_s: float = 0.0
    mode: str = "graph"
    runs_whole_epochs: bool = False
    stretches: list[Stretch] = field(default_factory=list)

    def retrace(self) -> None:
        """Nothing to trace."""

    def begin_epoch(self, seed: int, epoch: int, first_step: int) -> None:
        """Nothing to get ready."""

    def run(self, stretch: Stretch) -> StretchResult:
        time.sleep(self.step_s * (stretch.num_steps + stretch.num_validation_steps))
        self.stretches.append(stretch)
        return StretchResult(stretch.last, {"loss": self.train_loss}, {"loss": 0.5})


def session_on(
    road: ScriptedRoad,
    folder: Path,
    tuning: FineTuning | None = None,
    checkpoint_s: float = CHECKPOINT_S,
    **changes: object,
) -> Session:
    spec = training_spec(**{"epochs": 5, **changes})
    model: keras.Model = compiled(spec)
    choice = EngineChoice(mode="graph", reason="a test")
    state = TrainingState(engine=choice, batch_size=16, num_examples=52, seed=1)
    return Session(model, road, spec, state, folder, checkpoint_s, tuning)


def test_a_finite_validation_loss_hides_no_infinite_training_loss(tmp_path: Path) -> None:
    session = session_on(ScriptedRoad(math.inf), tmp_path)

    session.run(Listener())

    outcome = session.outcome()
    assert outcome.stopped_because is StopReason.DIVERGED
    assert outcome.problem is not None
    assert "infinite" in outcome.problem.problem


def test_a_stop_within_the_validation_lets_it_end(tmp_path: Path) -> None:
    road = ScriptedRoad(1.0, num_validation_steps=40, step_s=0.02)
    listener = StopsLater(road)
    session = session_on(road, tmp_path)

    session.run(listener)

    assert session.outcome().stopped_because is StopReason.ASKED
    assert len(road.stretches) > 1
    assert road.stretches[-1].validation_last in (0, 40)


def test_patience_counts_from_fine_tuning_on(tmp_path: Path) -> None:
    begun: list[int] = []
    listener = Listener()
    tuning = FineTuning(4, 0.001, lambda: begun.append(len(listener.epochs)))
    early = {"epochs": 20, "early_stopping": {"patience": 3}}
    session = session_on(ScriptedRoad(1.0), tmp_path, tuning, **early)

    session.run(listener)

    outcome = session.outcome()
    assert begun == [4]
    assert outcome.stopped_because is StopReason.EARLY_STOPPING
    assert (outcome.best_epoch, outcome.num_epochs) == (1, 4 + 3)


def test_a_divergence_names_the_rate_of_fine_tuning(tmp_path: Path) -> None:
    road = ScriptedRoad(1.0)

    def begin() -> None:
        road.train_loss = math.nan

    session = session_on(road, tmp_path, FineTuning(2, 0.00025, begin), learning_rate=0.01)

    session.run(Listener())

    problem = session.outcome().problem
    assert problem is not None
    assert "The loss became NaN in epoch 3" in problem.problem
    assert "with a learning rate of 0.00025" in problem.problem


class StopsLater(Listener):
    """Asks to stop as soon as a part of the validation was run."""

    def __init__(self, road: ScriptedRoad) -> None:
        """Watch the road."""
        super().__init__()
        self._road = road

    def should_stop(self) -> bool:
        return any(0 < stretch.validation_last < 40 for stretch in self._road.stretches)


@dataclass
class SmallDisk:
    """Has no room until something was tried so often."""

    num_refused: int
    num_tried: int = 0

    def fsync(self, descriptor: int) -> None:
        self.num_tried += 1
        if self.num_tried <= self.num_refused:
            raise OSError(errno.ENOSPC, "No space left on device")


def test_a_training_that_is_over_waits_for_room_to_keep_what_it_learned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, listener = SmallDisk(num_refused=2), Listener()
    monkeypatch.setattr(os, "fsync", disk.fsync)
    monkeypatch.setattr(last_checkpoint, "LOOK_S", 0.01)
    session_on(ScriptedRoad(0.5), tmp_path).run(listener)
    assert [text for text in listener.log if "full" in text] == [
        f"The disk that holds {tmp_path} is full. Training is over and waits up to 10 minutes for "
        "room to keep what it learned: free some space, or stop the run to end it without."
    ]
    told = [progress.room for progress in listener.progress]
    assert told[-2:] == [DiskRoom.AWAITED, DiskRoom.ENOUGH]
    found = read_checkpoint(tmp_path)
    assert found is not None
    assert found.state.epoch == 5


def test_a_training_whose_disk_stays_full_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", SmallDisk(num_refused=99).fsync)
    checkpoint = session_on(ScriptedRoad(0.5), tmp_path)._take_checkpoint()
    listener = Listener()
    with pytest.raises(NoRoomError, match="could not be written: No space left"):
        write_last_checkpoint(tmp_path, checkpoint, listener, PLACE, patience_s=0.05)
    assert [one.room for one in listener.progress] == [DiskRoom.AWAITED, DiskRoom.GIVEN_UP]


def test_a_training_whose_disk_stays_full_ends_with_its_best_weights(
    tmp_path: Path, mount_disk: MountDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = mount_disk(tmp_path / "small", 65_536)
    fill_disk(folder)
    impatient = partial(write_last_checkpoint, patience_s=0.05)
    monkeypatch.setattr(session_module, "write_last_checkpoint", impatient)
    listener = Listener()
    session = session_on(ScriptedRoad(0.5), folder)
    session.run(listener)
    outcome = session.outcome()
    assert (outcome.stopped_because, outcome.best_epoch) == (StopReason.ALL_EPOCHS, 1)
    assert "ends without a last checkpoint" in listener.log[-1]
    assert [path.name for path in folder.iterdir()] == ["filler"]


def test_a_stop_ends_the_wait_for_room_at_once(tmp_path: Path, mount_disk: MountDisk) -> None:
    folder = mount_disk(tmp_path / "small", 65_536)
    fill_disk(folder)
    listener = Listener(lambda heard: any(one.room is DiskRoom.AWAITED for one in heard.progress))
    session = session_on(ScriptedRoad(0.5), folder)
    started_s = time.monotonic()
    session.run(listener)
    assert time.monotonic() - started_s < 2.0
    outcome = session.outcome()
    assert (outcome.stopped_because, outcome.num_epochs) == (StopReason.ASKED, 5)
    assert "its last checkpoint was not written" in listener.log[-1]
    assert [path.name for path in folder.iterdir()] == ["filler"]


def test_a_training_that_was_stopped_does_not_wait_for_room(
    tmp_path: Path, mount_disk: MountDisk
) -> None:
    folder = mount_disk(tmp_path / "small", 65_536)
    fill_disk(folder)
    listener = Listener(lambda heard: len(heard.epochs) == 3)
    session_on(ScriptedRoad(0.5, step_s=0.2), folder).run(listener)
    assert [one for one in listener.progress if one.room is DiskRoom.AWAITED] == []
    assert len(listener.log) == 1
    assert "the run was stopped: its last checkpoint was not written" in listener.log[0]


def test_a_wait_ends_as_soon_as_there_is_room(
    tmp_path: Path, mount_disk: MountDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(last_checkpoint, "LOOK_S", 0.1)
    folder = mount_disk(tmp_path / "small", 65_536)
    filler = fill_disk(folder)

    def free_some(_: Listener) -> bool:
        filler.unlink(missing_ok=True)
        return False

    checkpoint = session_on(ScriptedRoad(0.5), folder)._take_checkpoint()
    assert write_last_checkpoint(folder, checkpoint, Listener(free_some), PLACE)
    assert read_checkpoint(folder) is not None


def test_training_goes_on_without_a_checkpoint_for_which_there_is_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = Listener()

    def refuse_until_told(_descriptor: int) -> None:
        if DiskRoom.MISSING not in [progress.room for progress in listener.progress]:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse_until_told)
    session = session_on(ScriptedRoad(0.5, step_s=0.12), tmp_path, checkpoint_s=0.0)
    session.run(listener)
    assert session.outcome().stopped_because is StopReason.ALL_EPOCHS
    assert listener.progress[-1].room is DiskRoom.ENOUGH
    assert [text for text in listener.log if "full" in text] == [
        f"The disk that holds {tmp_path} is full: a checkpoint could not be written. Training goes "
        "on and tries again; free some space."
    ]
