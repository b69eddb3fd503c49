"""Audio columns: a window of sound as spectrogram or waveform, on a common scale."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import keras
import numpy as np

from dlstudio.data.media.read import decode_column
from dlstudio.models.blocks import Block, BlockKind, Entered, StructuredColumn
from dlstudio.models.chance import draw, is_training, on_axis, uniform
from dlstudio.models.inputs.mel import mel_weights
from dlstudio.models.inputs.sound_windows import num_sounding, random_window, within
from dlstudio.models.tensors import Tensor, layers, new_input, ops
from dlstudio.spec.dataset import ColumnKind
from dlstudio.spec.inputs.audio import AudioFeatures, AudioPreprocessing

# -80 dB below full scale: what is quieter is silence.
SMALLEST_POWER = 1e-8
# Rows of which the spectrogram is computed at once, at most.
BATCH_SAMPLES = 2**21
SMALLEST_STD = 1e-3
# -60 dB: silence is not made loud.
SMALLEST_PEAK = 1e-3
_TIME, _PITCH = 1, 2


def describe(column: StructuredColumn, name: str) -> Block:
    """Tell the block of an audio column; see `BlockInput`."""
    settings = _settings(column)
    kept, shape = (settings.num_kept_samples,), settings.shape
    if settings.kept_shape == shape:
        return Block(name, BlockKind.SOUND, column, kept, "float32", shape, "float32")
    return Block(
        *(name, BlockKind.SOUND, column, kept, "float32", shape, "float32"),
        long_shape=settings.kept_shape,
        num_windows=settings.num_windows,
    )


def decode(block: Block, values: np.ndarray, folder: Path) -> np.ndarray:
    """Read sound files at the block's rate and length; see `BlockInput`."""
    sounds = np.empty((len(values), *block.decoded_shape), "float32")
    decode_column(ColumnKind.AUDIO, folder, values, block.column.settings, sounds)
    return sounds


def raw_input(_block: Block, name: str) -> Tensor:
    """Make an input of waveforms of any length at the settings' rate; see `BlockInput`."""
    return new_input((None,), name=name, dtype="float32")


def bring_to_shape(block: Block, raw: Tensor) -> Tensor:
    """Cut waveforms, or fill them with silence, as the reader of files does; see `BlockInput`."""
    (num_samples,) = block.decoded_shape
    filled = ops.pad(ops.cast(raw, "float32"), [[0, 0], [0, num_samples]])
    return ops.clip(ops.reshape(filled[:, :num_samples], (-1, num_samples)), -1.0, 1.0)


def build(block: Block, rows: np.ndarray, decoded: Tensor) -> Tensor:
    """Compute spectrograms on the scale of the training rows; see `BlockInput`.

    A log-mel spectrogram is the logarithm of the power of a short-time Fourier transform (Hann
    window) in mel bands. Each band has mean 0 and standard deviation 1 over the training rows.
    """
    settings = _settings(block.column)
    sound = _with_same_peak(decoded) if settings.same_loudness else decoded
    if settings.features is AudioFeatures.WAVEFORM:
        scale = keras.Model(decoded, ops.mean(ops.square(sound), axis=1))
        return _waveform(scale, rows, sound)
    spectrogram = _spectrogram(block, sound)
    if block.long_shape is None:
        mean, std = _mean_and_std(keras.Model(decoded, spectrogram), rows)
        return (spectrogram - mean) * (1.0 / std)
    # Silence behind a sound is no part of it; with zeros there, the network finds its end.
    is_sound = _is_sound(block, decoded)
    mean, std = _mean_and_std(keras.Model(decoded, [spectrogram, is_sound]), rows)
    return ops.where(is_sound, (spectrogram - mean) * (1.0 / std), 0.0)


def enter(block: Block, feature: Tensor, seeds: Iterator[int]) -> Entered:
    """Augment in training: window, shift, noise, and masks over spectrograms; see `BlockInput`.

    The masks are those of SpecAugment (Park et al. 2019).
    """
    settings = _settings(block.column)
    if block.long_shape is not None:
        place = draw(feature, next(seeds), f"{block.name}_place")
        feature = random_window(block, feature, place)
    tensor = feature
    if settings.time_shift:
        drawn = draw(feature, next(seeds), f"{block.name}_shift")
        tensor = _shift(tensor, drawn, settings.time_shift)
    if settings.noise:
        noise = layers.GaussianNoise(settings.noise, seed=next(seeds), name=f"{block.name}_noise")
        tensor = noise(tensor)
    if settings.features is AudioFeatures.WAVEFORM:
        return Entered(tensor)
    for axis, share in ((_TIME, settings.time_mask), (_PITCH, settings.frequency_mask)):
        if share:
            place = draw(feature, next(seeds), f"{block.name}_mask_{axis}_place")
            width = draw(feature, next(seeds), f"{block.name}_mask_{axis}_width")
            tensor = _mask(tensor, axis, place, share * uniform(width))
    return Entered(tensor)


def _spectrogram(block: Block, decoded: Tensor) -> Tensor:
    settings = _settings(block.column)
    length, size = settings.frame_samples, settings.fft_size
    # Keras centres a frame within the length of the transform; so much sound is missing there.
    before = (size - length) // 2
    padded = ops.pad(decoded, [[0, 0], [before, size - length - before]])
    real, imaginary = ops.stft(
        padded, length, settings.hop_samples, size, window="hann", center=False
    )
    # A sine of full scale has power 1.
    power = (ops.square(real) + ops.square(imaginary)) * (4.0 / length) ** 2
    if settings.features is AudioFeatures.LOG_MEL:
        weights = mel_weights(size // 2 + 1, settings.sample_rate, settings.num_mels)
        bands = layers.Dense(
            settings.num_mels,
            use_bias=False,
            trainable=False,
            dtype="float32",
            name=f"{block.name}_mel",
        )
        power = bands(power)
        bands.set_weights([weights])
    return ops.log(ops.maximum(power, SMALLEST_POWER))


def _mean_and_std(spectrogram: keras.Model, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each pitch, over all frames of all rows that are sound."""
    step = max(1, BATCH_SAMPLES // rows.shape[1])
    total, squares, num_frames = np.zeros(1), np.zeros(1), 0
    for start in range(0, len(rows), step):
        values = _frames(spectrogram(rows[start : start + step]))
        total = total + values.sum(axis=(0, 1))
        squares = squares + np.square(values).sum(axis=(0, 1))
        num_frames += math.prod(values.shape[:2])
    mean = total / max(1, num_frames)
    std = np.sqrt(np.maximum(squares / max(1, num_frames) - np.square(mean), 0.0))
    return mean.astype("float32"), np.maximum(std, SMALLEST_STD).astype("float32")


def _frames(computed: Tensor | list[Tensor]) -> np.ndarray:
    """Float64 `(rows, frames, pitches)`; of long sounds `(1, frames, pitches)`, without silence."""
    if not isinstance(computed, list):
        return ops.convert_to_numpy(computed).astype("float64")
    values, is_sound = (ops.convert_to_numpy(part) for part in computed)
    return values[is_sound[..., 0]][None].astype("float64")


def _is_sound(block: Block, decoded: Tensor) -> Tensor:
    """Which frames lie within a sound or the first window; bool `(batch, frames, 1)`."""
    settings = _settings(block.column)
    behind_first = num_sounding(decoded) - settings.frame_samples
    num_frames = 1 + ops.floor_divide(behind_first, settings.hop_samples)
    return within(ops.maximum(num_frames, block.shape[0]), block.feature_shape[0])


def _waveform(power: keras.Model, rows: np.ndarray, sound: Tensor) -> Tensor:
    """The sound itself, at power 1 on average over the training rows."""
    step = max(1, BATCH_SAMPLES // rows.shape[1])
    parts = [
        ops.convert_to_numpy(power(rows[start : start + step]))
        for start in range(0, len(rows), step)
    ]
    std = max(float(np.sqrt(np.mean(np.concatenate(parts)))), SMALLEST_STD)
    return ops.expand_dims(sound * (1.0 / std), axis=-1)


def _with_same_peak(sound: Tensor) -> Tensor:
    peak = ops.max(ops.absolute(sound), axis=1, keepdims=True)
    return sound / ops.maximum(peak, SMALLEST_PEAK)


def _shift(tensor: Tensor, drawn: Tensor, share: float) -> Tensor:
    """Move rows along time; what leaves at one end enters at the other."""
    num_places = tensor.shape[1]
    steps = ops.round((2.0 * uniform(drawn) - 1.0) * share * num_places)
    # In whole numbers: TensorFlow divides by multiplying, and 82 / 82 can be less than 1.
    places = ops.subtract(np.arange(num_places, dtype="int32")[None, :], ops.cast(steps, "int32"))
    places = ops.mod(places, num_places)
    return ops.take_along_axis(tensor, ops.expand_dims(places, axis=-1), axis=1)


def _mask(tensor: Tensor, axis: int, drawn: Tensor, share: Tensor) -> Tensor:
    """Replace a stretch along an axis by the mean, which is 0."""
    num_places = tensor.shape[axis]
    width = share * num_places
    first = uniform(drawn) * (num_places - width)
    sides = [1, 1, 1]
    sides[axis] = num_places
    places = np.arange(num_places, dtype="float32").reshape(sides) + 0.5
    first, last = on_axis(first, 3), on_axis(first + width, 3)
    is_hidden = ops.logical_and(ops.greater_equal(places, first), ops.less(places, last))
    is_hidden = ops.logical_and(is_hidden, on_axis(is_training(drawn), 3))
    return ops.where(is_hidden, ops.zeros_like(tensor), tensor)


def _settings(column: StructuredColumn) -> AudioPreprocessing:
    return cast("AudioPreprocessing", column.settings)
