"""Sounds: checked, described and decoded, by the one decoder of ingest and training."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from dlstudio.data.media.errors import UnreadableMedia
from dlstudio.data.media.resampling import num_samples_behind, resample
from dlstudio.data.media.sound_file import FORMATS, cut_off, open_sound, read_blocks
from dlstudio.data.media.spreads import spread
from dlstudio.spec.dataset import QualityWarning
from dlstudio.spec.inputs.audio import AudioPreprocessing
from dlstudio.spec.media import AudioSummary

AUDIO_EXTENSIONS = frozenset(
    {".wav", ".wave", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".au"}
)
# The longest window that a network can be given; what lies behind it is not looked at, but for
# the very end.
CHECKED_S = 120.0
# -60 dB: quieter than the noise of any room.
SILENCE = 0.001
# Full scale, as 16 bits reach it, and as 8 bits do.
FULL_SCALE, FULL_SCALE_8_BIT = 0.9999, 0.99
# A sound is called clipped if this share of it stays at full scale for 3 samples or more.
CLIPPED_SHARE = 0.001
NUM_NAMED = 5


@dataclass(frozen=True, slots=True)
class AudioProbe:
    """What one sound is.

    Attributes:
        duration_s: Its length in seconds.
        sample_rate: Samples a second.
        num_channels: 1 for mono, 2 for stereo.
        format: Such as "wav"; its content's, whatever its name says.
        is_silent: Whether nothing can be heard in the first two minutes.
        is_clipped: Whether it was recorded too loudly, so that its peaks are cut flat.
    """

    duration_s: float
    sample_rate: int
    num_channels: int
    format: str
    is_silent: bool
    is_clipped: bool


def probe_audio(path: Path) -> AudioProbe:
    """Check a sound by decoding its first two minutes and its end.

    Args:
        path: The file.

    Raises:
        UnreadableMedia: It is no sound, damaged, cut off, too short or at an impossible rate.
    """
    with open_sound(path) as file:
        full_scale = FULL_SCALE_8_BIT if file.subtype in ("PCM_U8", "PCM_S8") else FULL_SCALE
        num_read, num_clipped, peak = 0, 0, 0.0
        for block in read_blocks(file, round(CHECKED_S * file.samplerate)):
            loudness = np.abs(block)
            peak = max(peak, float(loudness.max()))
            num_clipped += _num_flat(loudness, full_scale)
            num_read += len(block)
        reason = _incomplete(file, num_read)
        if reason:
            raise UnreadableMedia(reason, path)
        return AudioProbe(
            duration_s=file.frames / file.samplerate,
            sample_rate=file.samplerate,
            num_channels=file.channels,
            format=FORMATS[file.format],
            is_silent=peak < SILENCE,
            is_clipped=num_clipped > CLIPPED_SHARE * num_read * file.channels,
        )


def sound_length(path: Path) -> float:
    """Read how long a sound is.

    Args:
        path: The file.

    Returns:
        Seconds, as its header says; 0 if it cannot be read, which decoding tells.
    """
    try:
        with open_sound(path) as file:
            return file.frames / file.samplerate
    except (UnreadableMedia, OSError):
        return 0.0


def decode_audio(path: Path, settings: AudioPreprocessing) -> np.ndarray:
    """Decode a sound as the network hears it: its beginning, or all that is kept of it.

    Args:
        path: The file.
        settings: Resolved: the length is decided.

    Returns:
        float32 `(settings.num_kept_samples,)` in [-1, 1]: the mean of its channels at the settings'
        sample rate, with silence behind it if the sound is shorter.

    Raises:
        UnreadableMedia: It is no sound, damaged, too short or at an impossible rate.
    """
    window = np.zeros(settings.num_kept_samples, "float32")
    with open_sound(path) as file:
        num_needed = num_samples_behind(len(window), file.samplerate, settings.sample_rate)
        blocks = [block.mean(axis=1) for block in read_blocks(file, num_needed)]
        if not blocks:
            raise UnreadableMedia("is damaged or cut off", path)
        mono = np.concatenate(blocks)
        heard = resample(mono, file.samplerate, settings.sample_rate)[: len(window)]
    window[: len(heard)] = np.clip(heard, -1.0, 1.0)
    return window


def summarize_audio(probes: Sequence[AudioProbe]) -> AudioSummary:
    """Describe the sounds of a column.

    Args:
        probes: At least one.
    """
    return AudioSummary(
        duration_s=spread([probe.duration_s for probe in probes]),
        sample_rate=spread([probe.sample_rate for probe in probes]),
        num_channels=spread([probe.num_channels for probe in probes]),
        formats=dict(Counter(probe.format for probe in probes).most_common()),
    )


def warn_audio(column: str, probes: Mapping[str, AudioProbe]) -> Iterator[QualityWarning]:
    """Name sounds that can be decoded but tell little.

    Args:
        column: The column's name.
        probes: The probe of each file by the file's name.
    """
    silent = [name for name, probe in probes.items() if probe.is_silent]
    if silent:
        yield QualityWarning(
            code="silent-sounds",
            where=column,
            problem=f"{_num_sounds(silent)} silent: {_named(silent)}.",
            fix="Remove these rows, or record them again: there is nothing to learn from them.",
        )
    clipped = [name for name, probe in probes.items() if probe.is_clipped]
    if clipped:
        yield QualityWarning(
            code="clipped-sounds",
            where=column,
            problem=f"{_num_sounds(clipped)} clipped, recorded so loudly that peaks are cut "
            f"flat: {_named(clipped)}.",
            fix="Record them at a lower level if you can; the network may else learn the "
            "distortion.",
        )


def _num_flat(loudness: np.ndarray, full_scale: float) -> int:
    """Samples that stand at full scale between two others that do."""
    if float(loudness.max()) < full_scale:
        return 0
    is_full = loudness >= full_scale
    return int((is_full[2:] & is_full[1:-1] & is_full[:-2]).sum())


def _incomplete(file: soundfile.SoundFile, num_read: int) -> str | None:
    """Why a file holds less than its header says; long files are asked for their last second."""
    checked = round(CHECKED_S * file.samplerate)
    if file.frames <= checked or num_read < checked:
        return cut_off(num_read, min(file.frames, checked), file.samplerate)
    last = min(file.samplerate, file.frames - checked)
    file.seek(file.frames - last)
    num_last = sum(len(block) for block in read_blocks(file, last))
    return None if num_last >= last // 2 else "is damaged or cut off near its end"


def _num_sounds(names: Sequence[str]) -> str:
    return "1 sound is" if len(names) == 1 else f"{len(names):,} sounds are"


def _named(names: Sequence[str]) -> str:
    rest = len(names) - NUM_NAMED
    return ", ".join(names[:NUM_NAMED]) + (f" and {rest:,} more" if rest > 0 else "")
