"""Frames of pictures and sequences: the same noise or the same rows, every few epochs."""

import errno
import os
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from dlstudio.reports.progress import EpochReport
from dlstudio.runs.folders import RunFolder
from dlstudio.runs.samples import ORIGINALS, SampleFrame, list_frames, read_frame
from dlstudio.settings import Settings
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.overrides import apply_overrides
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from dlstudio.training.prepare_unsupervised import CanvasPreparation, prepare_unsupervised
from dlstudio.worker.film import FIRST_EPOCHS, MOST_FRAMES, FilmWatcher
from tests.fixtures.generators import add_pictures, add_sequences
from tests.fixtures.rebuilding import Hearing

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]


def prepared(
    settings: Settings, folder: Path, kind: TaskKind, architecture: str, epochs: int = 5
) -> tuple[RunSpec, CanvasPreparation]:
    """An untrained network of pictures in two classes, or of sequences without any."""
    is_series = architecture == "gan"
    dataset = (add_sequences if is_series else add_pictures)(settings, folder / "files")
    spec = default_spec(dataset.info, () if is_series else ("label",), kind, architecture)
    spec = apply_overrides(spec, [f"training.epochs={epochs}"])
    return spec, prepare_unsupervised(dataset, spec)


def filmed(spec: RunSpec, preparation: CanvasPreparation, folder: Path, until: int) -> RunFolder:
    run = RunFolder(folder)
    film = FilmWatcher(cast("Any", Hearing()), preparation, spec, run)
    for epoch in range(1, until + 1):
        film.on_epoch(
            EpochReport(
                epoch=epoch, metrics={}, duration_s=1.0, samples_per_s=1.0, learning_rate=0.1
            )
        )
    return run


def frames_of(run: RunFolder) -> list[SampleFrame]:
    found = [read_frame(run, epoch) for epoch in list_frames(run)]
    return [frame for frame in found if frame is not None]


@pytest.fixture(autouse=True)
def at_home(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))


@pytest.mark.parametrize("architecture", ["vae", "gan"])
def test_samples_come_from_the_same_noise_in_every_epoch_and_after_a_resume(
    settings: Settings, tmp_path: Path, architecture: str
) -> None:
    spec, preparation = prepared(settings, tmp_path, TaskKind.GENERATION, architecture)
    first, second = frames_of(filmed(spec, preparation, tmp_path / "run", until=2))
    again = frames_of(filmed(spec, preparation, tmp_path / "resumed", until=1))[0]
    # The weights are the same, so only other noise could make other samples.
    np.testing.assert_array_equal(first.values, second.values)
    np.testing.assert_array_equal(first.values, again.values)
    assert np.ptp(first.values.astype("float64"), axis=0).max() > 0
    assert set(first.captions) == ({"lying", "standing"} if architecture == "vae" else set())

    other = spec.model_copy(update={"training": spec.training.model_copy(update={"seed": 99})})
    elsewhere = frames_of(filmed(other, preparation, tmp_path / "other", until=1))[0]
    assert (elsewhere.values != first.values).any()


def test_the_first_epochs_and_at_most_thirty_later_ones_have_a_frame(
    settings: Settings, tmp_path: Path
) -> None:
    spec, preparation = prepared(settings, tmp_path, TaskKind.GENERATION, "vae", epochs=100)
    shown = list_frames(filmed(spec, preparation, tmp_path / "run", until=100))
    assert shown[:FIRST_EPOCHS] == [1, 2, 3]
    assert 15 < len(shown) <= MOST_FRAMES + FIRST_EPOCHS
    assert shown[-1] == 100


def test_reconstructions_stand_beside_the_validation_rows_they_are_of(
    settings: Settings, tmp_path: Path
) -> None:
    spec, preparation = prepared(settings, tmp_path, TaskKind.REDUCTION, "autoencoder")
    run = filmed(spec, preparation, tmp_path / "run", until=1)
    given, (rebuilt,) = read_frame(run, ORIGINALS), frames_of(run)
    assert given is not None
    assert given.values.shape == rebuilt.values.shape
    held = preparation.data.validation.features[preparation.canvas.feature]
    pixels = {image.reshape(-1).astype("uint8").tobytes() for image in held}
    assert all(image.reshape(-1).tobytes() in pixels for image in given.values)


def test_frames_for_which_the_disk_has_no_room_are_left_out(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, preparation = prepared(settings, tmp_path, TaskKind.REDUCTION, "autoencoder")

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full_disk:
        full_disk.setattr(os, "replace", refuse)
        run = filmed(spec, preparation, tmp_path / "run", until=2)
        assert list(run.samples.iterdir()) == []
    assert list_frames(filmed(spec, preparation, tmp_path / "run", until=1)) == [1]
