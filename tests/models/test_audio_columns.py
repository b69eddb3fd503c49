"""Sounds become spectrograms as SciPy computes them, changed at random in training only."""

from itertools import count
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import scipy.signal
import soundfile
import tensorflow as tf

from dlstudio.models.blocks import Block, BlockKind, StructuredColumn
from dlstudio.models.inputs import audio
from dlstudio.models.inputs.mel import mel_weights
from dlstudio.models.tensors import new_input, ops
from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from dlstudio.spec.inputs.audio import (
    AudioFeatures,
    AudioPreprocessing,
    LongSounds,
    resolve_audio,
)
from dlstudio.spec.media import AudioSummary, Spread

pytestmark = pytest.mark.tensorflow

RATE = 8_000
SETTINGS = AudioPreprocessing(
    sample_rate=RATE,
    duration_s=0.5,
    num_mels=16,
    hop_ms=10.0,
    same_loudness=False,
    time_shift=0.0,
    time_mask=0.0,
    frequency_mask=0.0,
)


def _block(**changes: Any) -> Block:  # noqa: ANN401 - any setting
    settings = resolve_audio(SETTINGS.model_copy(update=changes), None)
    column = StructuredColumn(ColumnInfo(name="sound", kind=ColumnKind.AUDIO), settings)
    return audio.describe(column, "audio_1")


def _sounds(count: int = 6) -> np.ndarray:
    """Tones of different pitches in some noise."""
    times = np.arange(RATE // 2) / RATE
    noise = np.random.default_rng(0).normal(0, 0.02, (count, RATE // 2))
    tones = [0.5 * np.sin(2 * np.pi * 300 * (number + 1) * times) for number in range(count)]
    return (np.stack(tones) + noise).astype("float32")


def _features(block: Block, rows: np.ndarray, train: np.ndarray) -> np.ndarray:
    decoded = new_input(block.decoded_shape, dtype=block.decoded_dtype)
    core = keras.Model(decoded, audio.build(block, train, decoded))
    return ops.convert_to_numpy(core(rows))


def _entered(block: Block) -> keras.Model:
    feature = new_input(block.shape, dtype=block.dtype)
    return keras.Model(feature, audio.enter(block, feature, iter(count())).tensor)


def _numpy(values: object) -> np.ndarray:
    return np.asarray(ops.convert_to_numpy(values))


def _reference_mel(num_frequencies: int, num_mels: int) -> np.ndarray:
    """Triangles between corners evenly spaced in mel, at many points between frequencies."""
    highest = 2595.0 * np.log10(1.0 + RATE / 2 / 700.0)
    corners = 700.0 * (10.0 ** (np.linspace(0, highest, num_mels + 2) / 2595.0) - 1.0)
    width = RATE / 2 / (num_frequencies - 1)
    points = (np.arange(num_frequencies * 16) - 7.5) / 16 * width
    bands = []
    for low, middle, high in zip(corners, corners[1:], corners[2:], strict=False):
        rising = (points - low) / (middle - low)
        falling = (high - points) / (high - middle)
        triangle = np.clip(np.minimum(rising, falling), 0.0, None)
        bands.append(triangle.reshape(num_frequencies, 16).mean(axis=1))
    return np.stack(bands, axis=1)


def _reference(block: Block, rows: np.ndarray) -> np.ndarray:
    """Power spectra by SciPy, not yet on a common scale."""
    settings = audio._settings(block.column)
    length, hop, size = settings.frame_samples, settings.hop_samples, settings.fft_size
    window = scipy.signal.get_window("hann", length)
    starts = range(0, rows.shape[1] - length + 1, hop)
    frames = np.stack([rows[:, start : start + length] * window for start in starts], axis=1)
    return np.abs(np.fft.rfft(frames.astype("float64"), size)) ** 2 * (4.0 / length) ** 2


def test_a_log_mel_spectrogram_is_what_scipy_and_numpy_compute() -> None:
    block, rows = _block(), _sounds()
    power = _reference(block, rows)
    expected = np.log(np.maximum(power @ _reference_mel(power.shape[-1], 16), 1e-8))
    train = expected[:4]
    expected = (expected - train.mean(axis=(0, 1))) / train.std(axis=(0, 1))
    features = _features(block, rows, rows[:4])
    assert features.shape == (6, *block.shape) == (6, 48, 16)
    np.testing.assert_allclose(features, expected, atol=2e-3)


@pytest.mark.parametrize("frame_ms", [25.0, 25.125, 32.0, 100.0])
def test_a_spectrogram_is_what_scipy_computes(frame_ms: float) -> None:
    block, rows = _block(features=AudioFeatures.SPECTROGRAM, frame_ms=frame_ms), _sounds()
    expected = np.log(np.maximum(_reference(block, rows), 1e-8))
    expected = (expected - expected.mean(axis=(0, 1))) / expected.std(axis=(0, 1))
    features = _features(block, rows, rows)
    assert features.shape[1:] == block.shape
    np.testing.assert_allclose(features, expected, atol=5e-3)


def test_a_full_tone_has_power_one() -> None:
    block = _block(features=AudioFeatures.SPECTROGRAM, frame_ms=32.0)
    tone = np.sin(2 * np.pi * 1_000 * np.arange(RATE // 2) / RATE)[None].astype("float32")
    assert _reference(block, tone).max() == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize(("rate", "num_mels"), [(1_000, 64), (8_000, 128), (16_000, 64)])
def test_every_mel_band_hears_something(rate: int, num_mels: int) -> None:
    weights = mel_weights(2 ** (round(rate * 0.025) - 1).bit_length() // 2 + 1, rate, num_mels)
    assert (weights.sum(axis=0) > 0).all() and weights.min() == 0.0 and weights.max() <= 1.0
    inner = weights[2:-2].sum(axis=1)
    assert inner.max() <= 1.001


def test_a_waveform_is_brought_to_the_power_of_the_training_rows() -> None:
    block, rows = _block(features=AudioFeatures.WAVEFORM), _sounds()
    features = _features(block, rows, rows[:3])
    assert features.shape == (6, RATE // 2, 1) and block.kind is BlockKind.SOUND
    np.testing.assert_allclose(features[..., 0] * rows[:3].std(), rows, atol=1e-3)


@pytest.mark.parametrize("features", list(AudioFeatures))
def test_how_loud_a_sound_is_does_not_matter_where_so_asked(features: AudioFeatures) -> None:
    loud = _sounds()
    quiet = loud * np.float32(0.01)
    same = _block(features=features, same_loudness=True)
    np.testing.assert_allclose(_features(same, quiet, loud), _features(same, loud, loud), atol=2e-3)
    own = _block(features=features)
    assert np.abs(_features(own, quiet, loud) - _features(own, loud, loud)).max() > 0.1


def test_silence_alone_gives_zeros() -> None:
    for kind in AudioFeatures:
        block, silence = _block(features=kind), np.zeros((3, RATE // 2), "float32")
        assert not _features(block, silence, silence).any()


def test_the_model_cuts_and_fills_raw_sound_as_the_reader_of_files_does(tmp_path: Path) -> None:
    block = _block()
    raw = audio.raw_input(block, "sound")
    model = keras.Model(raw, audio.bring_to_shape(block, raw))
    for seconds in (0.1, 0.5, 1.0):
        samples = np.tile(_sounds(1)[0], 2)[: round(seconds * RATE)]
        path = tmp_path / "sound.wav"
        soundfile.write(path, samples, RATE, subtype="FLOAT")
        decoded = audio.decode(block, np.asarray(["sound.wav", ""], object), tmp_path)
        np.testing.assert_allclose(_numpy(model(samples[None])), decoded[:1], atol=1e-6)
        assert not decoded[1].any()


def test_without_augmentation_nothing_changes() -> None:
    features = np.random.default_rng(0).normal(size=(4, *_block().shape)).astype("float32")
    np.testing.assert_array_equal(_numpy(_entered(_block())(features, training=True)), features)


@pytest.mark.parametrize(
    "change",
    [{"time_shift": 0.3}, {"noise": 0.2}, {"time_mask": 0.4}, {"frequency_mask": 0.4}],
    ids=lambda change: next(iter(change)),
)
def test_sounds_change_in_training_only(change: dict[str, float]) -> None:
    block = _block(**change)
    model = _entered(block)
    features = np.random.default_rng(0).normal(size=(8, *block.shape)).astype("float32")
    for unchanged in (model(features), model(features, training=False)):
        np.testing.assert_array_equal(_numpy(unchanged), features)
    first, second = (_numpy(model(features, training=True)) for _ in range(2))
    assert (first != features).any(axis=(1, 2)).sum() >= 6
    assert (first != second).any()
    np.testing.assert_array_equal(_numpy(_entered(block)(features, training=True)), first)


def test_a_shift_moves_all_pitches_together_and_loses_nothing() -> None:
    block = _block(time_shift=0.25)
    times = np.arange(48, dtype="float32")[None, :, None] * np.ones((50, 1, 16), "float32")
    moved = _numpy(_entered(block)(times, training=True))
    assert (moved == moved[:, :, :1]).all()
    np.testing.assert_array_equal(np.sort(moved[:, :, 0], axis=1), times[:, :, 0])
    steps = (-moved[:, 0, 0]) % 48
    steps = np.where(steps > 24, steps - 48, steps)
    assert -12 <= steps.min() < -4 and 4 < steps.max() <= 12


@pytest.mark.parametrize("num_samples", [RATE // 4, RATE // 3, 6_620])
def test_a_compiled_shift_stays_within_the_window(num_samples: int) -> None:
    block = _block(time_shift=0.5, duration_s=num_samples / RATE)
    places = np.arange(block.shape[0], dtype="float32")[None, :, None]
    times = places * np.ones((300, 1, 16), "float32")
    model = _entered(block)
    moved = _numpy(tf.function(lambda rows: model(rows, training=True))(times))
    np.testing.assert_array_equal(np.sort(moved, axis=1), times)


@pytest.mark.parametrize(("name", "axis"), [("time_mask", 1), ("frequency_mask", 2)])
def test_a_mask_hides_one_stretch_of_at_most_its_share(name: str, axis: int) -> None:
    block = _block(**{name: 0.5})
    ones = np.ones((200, *block.shape), "float32")
    masked = _numpy(_entered(block)(ones, training=True))
    hidden = (masked == 0.0).all(axis=3 - axis)
    assert ((masked == 0.0).any(axis=3 - axis) == hidden).all()
    widths = hidden.sum(axis=1)
    assert (
        widths.max() <= 0.5 * hidden.shape[1] + 1 and 0.15 < widths.mean() / hidden.shape[1] < 0.35
    )
    borders = np.abs(np.diff(np.pad(hidden.astype(int), ((0, 0), (1, 1))), axis=1)).sum(axis=1)
    assert borders.max() <= 2
    assert hidden.any(axis=0).all()


def test_a_loaded_network_computes_and_draws_the_same(tmp_path: Path) -> None:
    block = _block(time_shift=0.3, noise=0.1, time_mask=0.3, frequency_mask=0.3)
    model = _entered(block)
    features = np.random.default_rng(0).normal(size=(4, *block.shape)).astype("float32")
    model.save(tmp_path / "network.keras")
    loaded: Any = keras.saving.load_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(_numpy(loaded(features)), features)
    expected = _numpy(model(features, training=True))
    np.testing.assert_array_equal(_numpy(loaded(features, training=True)), expected)


def test_an_empty_length_is_decided_by_the_sounds() -> None:
    def resolved(shortest: float, median: float, longest: float) -> AudioPreprocessing:
        one = Spread(min=1, median=1, max=1)
        durations = Spread(min=shortest, median=median, max=longest)
        summary = AudioSummary(duration_s=durations, sample_rate=one, num_channels=one)
        return resolve_audio(AudioPreprocessing(), summary)

    assert resolved(0.2, 0.3, 0.4).duration_s == 0.4
    assert resolved(0.2, 0.3, 60.0).duration_s == 1.0
    assert resolved(0.2, 2.0, 60.0).duration_s == 4.0
    long = resolved(30.0, 40.0, 60.0)
    assert (long.duration_s, long.hop_ms, long.frame_ms) == (10.0, 125.0, 250.0)
    assert long.num_frames <= 80
    short = resolve_audio(AudioPreprocessing(), None)
    assert (short.duration_s, short.hop_ms, short.frame_ms) == (1.0, 12.5, 25.0)
    asked = AudioPreprocessing(duration_s=3.0, hop_ms=5.0, frame_ms=20.0)
    assert resolve_audio(asked, None) == asked


def test_long_sounds_are_heard_everywhere_where_most_are_long() -> None:
    one = Spread(min=1, median=1, max=1)

    def resolved(median: float, longest: float, **fields: Any) -> AudioPreprocessing:  # noqa: ANN401
        durations = Spread(min=0.1, median=median, max=longest)
        summary = AudioSummary(duration_s=durations, sample_rate=one, num_channels=one)
        return resolve_audio(AudioPreprocessing(**fields), summary)

    # Drum hits: a third of them fades for longer than the window, and begins within it.
    assert resolved(0.87, 12.0).kept_s is None
    assert resolved(0.87, 12.0).kept_shape == resolved(0.87, 12.0).shape
    everywhere = resolved(0.87, 12.0, long_sounds="everywhere")
    assert (everywhere.duration_s, everywhere.kept_s, everywhere.num_windows) == (1.74, 12.0, 7)
    assert (resolved(30.0, 45.0).kept_s, resolved(30.0, 45.0).num_windows) == (45.0, 5)
    assert (resolved(90.0, 900.0).kept_s, resolved(90.0, 900.0).num_windows) == (60.0, 6)
    assert resolved(90.0, 900.0, kept_s=120.0, duration_s=2.0).num_windows == 10
    assert resolved(11.0, 12.0).kept_s is None
    assert resolved(30.0, 45.0, long_sounds="beginning").kept_s is None
    assert resolved(0.5, 0.9, long_sounds="everywhere").kept_s is None
    assert resolve_audio(AudioPreprocessing(long_sounds=LongSounds.EVERYWHERE), None).kept_s == 60.0
