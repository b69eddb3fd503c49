"""Generators of real speech that collapse or copy are caught, and honest ones are not.

The recordings are those of the sample dataset japanese_vowels: nine men saying two vowels, as
twelve numbers a moment that describe the sound.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from dlstudio.data.dataset import Dataset, read_table
from dlstudio.data.samples import add_sample
from dlstudio.evaluation.generation import JudgedRows, judge_samples
from dlstudio.evaluation.sample_features import (
    FeatureSpace,
    learn_feature_space,
    plain_feature_space,
)
from dlstudio.settings import Settings

NUM_STEPS, NUM_CHANNELS, NUM_PITCHES = 20, 12, 32
NUM_MADE = 160
SPEAKERS = tuple("123456789")


@dataclass(frozen=True)
class Speech:
    """Recordings that all take as long.

    Attributes:
        rows: Float32 `(n, time, 12)` or, as spectrograms, `(n, time, pitches, 1)`.
        speakers: Who speaks, int from 0, `(n,)`.
    """

    rows: np.ndarray
    speakers: np.ndarray


@pytest.fixture
def speech(settings: Settings) -> Speech:
    dataset = add_sample(settings, "japanese_vowels")
    return Speech(_standardised(_recordings(dataset)), _speakers(dataset))


def _recordings(dataset: Dataset) -> np.ndarray:
    (name,) = [column.name for column in dataset.info.columns if column.sequence]
    cells = read_table(dataset, [name]).column(0).to_pylist()
    return np.stack([_stretched(np.reshape(cell, (-1, NUM_CHANNELS))) for cell in cells])


def _speakers(dataset: Dataset) -> np.ndarray:
    labels = read_table(dataset, ["label"]).column(0).to_pylist()
    return np.unique(labels, return_inverse=True)[1]


def _stretched(steps: np.ndarray) -> np.ndarray:
    """The recording as if it took as long as all others."""
    places = np.linspace(0, len(steps) - 1, NUM_STEPS)
    channels = [np.interp(places, np.arange(len(steps)), channel) for channel in steps.T]
    return np.stack(channels, axis=-1)


def _standardised(rows: np.ndarray) -> np.ndarray:
    spread = rows.std(axis=(0, 1)) if rows.ndim == 3 else rows.std()
    return ((rows - rows.mean(axis=(0, 1))) / spread).astype(np.float32)


def _as_sequences(speech: Speech) -> Speech:
    return speech


def _as_spectrograms(speech: Speech) -> Speech:
    """How loud each pitch is: the cosine series whose coefficients a recording's numbers are."""
    angles = np.linspace(0, np.pi, NUM_PITCHES)
    waves = np.cos(np.outer(np.arange(1, NUM_CHANNELS + 1), angles))
    return Speech(_standardised((speech.rows @ waves)[..., None]), speech.speakers)


@dataclass(frozen=True)
class Parts:
    """Recordings that no generator was shown, those that one learned from, and held-out ones."""

    new: Speech
    train: Speech
    held_out: Speech

    def alarms(self, samples: np.ndarray, space: FeatureSpace | None = None) -> set[str]:
        """Codes of the alarms that samples raise."""
        labels = None if space is None else self.train.speakers
        rows = JudgedRows(samples, self.train.rows, self.held_out.rows, labels, SPEAKERS)
        judged = space or plain_feature_space(self.train.rows, seed=0)
        return {alarm.code for alarm in judge_samples(rows, judged, None, seed=0).alarms}


def _parts(speech: Speech, seed: int) -> Parts:
    order = np.random.default_rng(seed).permutation(len(speech.rows))
    new, held_out, train = np.split(order, [NUM_MADE, 2 * NUM_MADE])
    return Parts(
        *(Speech(speech.rows[each], speech.speakers[each]) for each in (new, train, held_out))
    )


def _noise(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    """Too faint to be heard: a fiftieth of the spread of the recordings."""
    return 0.02 * np.random.default_rng(seed).normal(size=shape).astype(np.float32)


FORMS = [_as_sequences, _as_spectrograms]


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_honest_speech_raises_no_alarm(speech: Speech, form: Callable[[Speech], Speech]) -> None:
    for seed in range(3):
        parts = _parts(form(speech), seed)
        assert parts.alarms(parts.new.rows) == set()


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_copied_speech_is_caught(speech: Speech, form: Callable[[Speech], Speech]) -> None:
    parts = _parts(form(speech), 0)
    copies = parts.train.rows[:NUM_MADE]
    few = np.concatenate([parts.new.rows[16:], copies[:16]])
    for samples in (copies, copies + _noise(0, copies.shape), few):
        assert parts.alarms(samples) == {"copies"}


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_speech_that_collapsed_is_caught(speech: Speech, form: Callable[[Speech], Speech]) -> None:
    parts = _parts(form(speech), 0)
    noise = _noise(0, parts.new.rows.shape)
    for one in (parts.new.rows[:1], parts.train.rows.mean(axis=0)):
        assert parts.alarms(one + noise) == {"low_recall", "low_diversity"}
    assert "low_recall" in parts.alarms(parts.new.rows[parts.new.speakers == 3])


@pytest.mark.tensorflow
@pytest.mark.slow
def test_speakers_who_are_never_heard_are_missed(speech: Speech) -> None:
    parts = _parts(_as_spectrograms(speech), 0)
    space = learn_feature_space(parts.train.rows, parts.train.speakers, seed=0)
    assert parts.alarms(parts.new.rows, space) == set()
    heard = parts.new.rows[parts.new.speakers < 3]
    assert "missing_classes" in parts.alarms(heard, space)
