"""Sounds are decoded alike whatever their format, and what is wrong with one is said."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from dlstudio.data.media.audio import (
    AudioProbe,
    decode_audio,
    probe_audio,
    summarize_audio,
    warn_audio,
)
from dlstudio.data.media.errors import UnreadableMedia
from dlstudio.spec.inputs.audio import AudioPreprocessing

RATE = 22_050
ONE_SECOND = AudioPreprocessing(duration_s=1.0)


def _tone(seconds: float = 1.0, rate: int = RATE, loudness: float = 0.5) -> np.ndarray:
    times = np.arange(round(seconds * rate)) / rate
    return loudness * np.sin(2 * np.pi * 440 * times)


def _write(path: Path, samples: np.ndarray, rate: int = RATE, subtype: str | None = None) -> Path:
    soundfile.write(path, samples, rate, subtype=subtype)
    return path


def _reason(path: Path) -> str:
    """Why a file is refused."""
    with pytest.raises(UnreadableMedia) as caught:
        probe_audio(path)
    assert str(path) in caught.value.problem
    return caught.value.reason


@pytest.mark.parametrize("ending", ["wav", "flac", "ogg", "mp3", "aiff"])
def test_every_format_gives_the_same_sound(tmp_path: Path, ending: str) -> None:
    path = _write(tmp_path / f"ä 音.{ending}", _tone())
    probe = probe_audio(path)
    assert (probe.sample_rate, probe.num_channels, probe.format) == (RATE, 1, ending)
    assert probe.duration_s == pytest.approx(1.0, abs=0.1)
    heard = decode_audio(path, ONE_SECOND)
    assert heard.shape == (16_000,) and heard.dtype == np.float32
    np.testing.assert_allclose(heard[2_000:14_000], _tone(1.0, 16_000)[2_000:14_000], atol=0.02)


def test_channels_are_mixed_to_their_mean(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.wav", np.stack([_tone(), np.zeros(RATE), _tone()], axis=1))
    assert probe_audio(path).num_channels == 3
    mono = decode_audio(_write(tmp_path / "b.wav", _tone() * 2 / 3), ONE_SECOND)
    np.testing.assert_allclose(decode_audio(path, ONE_SECOND), mono, atol=1e-4)


def test_a_short_sound_is_followed_by_silence_and_a_long_one_is_cut(tmp_path: Path) -> None:
    short = decode_audio(_write(tmp_path / "short.wav", _tone(0.25)), ONE_SECOND)
    long = decode_audio(_write(tmp_path / "long.wav", _tone(3.0)), ONE_SECOND)
    assert np.abs(short[:4_000]).max() > 0.4 and not short[4_100:].any()
    np.testing.assert_allclose(long[:3_900], short[:3_900], atol=1e-4)
    assert np.abs(long[-500:]).max() > 0.4


def test_sound_beyond_full_scale_is_kept_in_range(tmp_path: Path) -> None:
    path = _write(tmp_path / "loud.wav", _tone(loudness=5.0), subtype="FLOAT")
    heard = decode_audio(path, ONE_SECOND)
    assert heard.max() == 1.0 and heard.min() == -1.0


@pytest.mark.parametrize(
    ("subtype", "loudness"), [("PCM_U8", 3.0), ("PCM_16", 3.0), ("PCM_24", 3.0), ("FLOAT", 3.0)]
)
def test_a_clipped_sound_is_told(tmp_path: Path, subtype: str, loudness: float) -> None:
    clipped = np.clip(_tone(loudness=loudness), -1.0, 1.0)
    assert probe_audio(_write(tmp_path / "a.wav", clipped, subtype=subtype)).is_clipped
    assert not probe_audio(_write(tmp_path / "b.wav", _tone(), subtype=subtype)).is_clipped


def test_a_peak_at_full_scale_is_not_clipping(tmp_path: Path) -> None:
    normalised = _tone(loudness=1.0)
    assert not probe_audio(_write(tmp_path / "a.wav", normalised, subtype="PCM_16")).is_clipped


def test_a_silent_sound_is_told(tmp_path: Path) -> None:
    assert probe_audio(_write(tmp_path / "a.wav", np.zeros(RATE))).is_silent
    assert probe_audio(_write(tmp_path / "b.wav", _tone(loudness=0.0005))).is_silent
    assert not probe_audio(_write(tmp_path / "c.wav", _tone(loudness=0.01))).is_silent


def test_silent_and_clipped_sounds_become_warnings_that_name_them() -> None:
    probe = AudioProbe(1.0, RATE, 1, "wav", is_silent=True, is_clipped=True)
    probes = {f"{number}.wav": probe for number in range(7)}
    silent, clipped = warn_audio("audio", probes)
    assert (silent.code, silent.where) == ("silent-sounds", "audio")
    assert silent.problem == ("7 sounds are silent: 0.wav, 1.wav, 2.wav, 3.wav, 4.wav and 2 more.")
    assert silent.fix.startswith("Remove these rows")
    assert clipped.code == "clipped-sounds"
    (only, _) = warn_audio("audio", {"a.wav": probe})
    assert only.problem == "1 sound is silent: a.wav."
    assert not list(warn_audio("audio", {"a": AudioProbe(1.0, RATE, 1, "wav", False, False)}))


def test_the_summary_tells_what_the_sounds_are() -> None:
    probes = [
        AudioProbe(1.0, 8_000, 1, "wav", False, False),
        AudioProbe(2.0, 44_100, 2, "mp3", False, False),
        AudioProbe(9.0, 44_100, 2, "mp3", False, False),
    ]
    summary = summarize_audio(probes)
    assert (summary.duration_s.min, summary.duration_s.median, summary.duration_s.max) == (1, 2, 9)
    assert summary.sample_rate.min == 8_000 and summary.num_channels.max == 2
    assert summary.formats == {"mp3": 2, "wav": 1}


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.wav"
    path.touch()
    assert _reason(path) == "is empty (0 bytes)"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "is a PNG picture, not a sound"),
        (b"Dear diary, " * 50, "is a text, not a sound"),
        (b"\0\0\0\x20ftypM4A " + bytes(100), "is an MP4 or M4A file; WAV, FLAC, OGG, MP3"),
        (bytes(range(256)) * 4, "is not a sound in a known format; WAV, FLAC, OGG, MP3"),
    ],
)
def test_what_is_no_sound_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    assert _reason(path).startswith(reason)


def test_a_wrong_ending_does_not_matter(tmp_path: Path) -> None:
    flac = _write(tmp_path / "a.flac", _tone())
    assert probe_audio(flac.rename(tmp_path / "a.mp3")).format == "flac"


@pytest.mark.parametrize("ending", ["wav", "aiff", "mp3"])
def test_a_cut_off_file_is_told_with_what_is_left(tmp_path: Path, ending: str) -> None:
    path = _write(tmp_path / f"a.{ending}", _tone(2.0))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert _reason(path).startswith("is cut off: it ends after ")
    assert _reason(path).endswith(" of 2.00 seconds")


@pytest.mark.parametrize("ending", ["flac", "ogg"])
def test_a_cut_off_or_damaged_file_is_told(tmp_path: Path, ending: str) -> None:
    path = _write(tmp_path / f"a.{ending}", _tone(2.0))
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    path.write_bytes(content[:middle])
    assert _reason(path) == "is damaged or cut off"
    content[middle : middle + 200] = bytes(byte ^ 0x5A for byte in content[middle : middle + 200])
    path.write_bytes(content)
    assert _reason(path) == "is damaged or cut off"


def test_a_recording_of_unknown_length_is_read(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.wav", _tone())
    content = bytearray(path.read_bytes())
    content[4:8] = content[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    assert probe_audio(path).duration_s == 1.0


@pytest.mark.parametrize(
    ("num_samples", "rate", "reason"),
    [
        (0, RATE, "holds no sound: it has a header and no samples"),
        (1, RATE, "holds 1 sample, less than a thousandth of a second"),
        (5, RATE, "holds 5 samples, less than a thousandth of a second"),
        (100, 8, "has 8 samples a second; sound needs 1,000 to 1,000,000"),
        (100, 2_147_483_647, "has 2,147,483,647 samples a second; sound needs 1,000 to 1,000,000"),
    ],
)
def test_what_is_like_no_recording_is_refused(
    tmp_path: Path, num_samples: int, rate: int, reason: str
) -> None:
    path = _write(tmp_path / "a.wav", _tone()[:num_samples], rate)
    assert _reason(path) == reason
    with pytest.raises(UnreadableMedia):
        decode_audio(path, ONE_SECOND)


def test_too_many_channels_are_refused(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.wav", np.zeros((RATE, 65)))
    assert _reason(path) == "has 65 channels; at most 64 are read"


def test_a_format_that_holds_no_recording_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    soundfile.write(path, _tone(), RATE, format="MAT5")
    assert _reason(path).startswith("is of the format MAT5; WAV, FLAC, OGG, MP3 and AIFF")


def test_samples_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    samples = _tone()
    samples[700] = np.nan
    path = _write(tmp_path / "a.wav", samples, subtype="FLOAT")
    assert _reason(path) == "holds samples that are no numbers (NaN or infinite)"


def test_the_error_crosses_a_process_border(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    with pytest.raises(UnreadableMedia) as caught:
        probe_audio(tmp_path / "a.wav")
    assert pickle.loads(pickle.dumps(caught.value)).reason == "is empty (0 bytes)"


def test_a_long_recording_needs_little_memory_and_is_checked_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    minute = np.tile(_tone(1.0, 48_000).astype("float32")[:, None], (60, 2))
    with soundfile.SoundFile(path, "w", 48_000, 2, "FLOAT") as file:
        for _ in range(5):
            file.write(minute)
    before = psutil.Process().memory_info().rss
    assert probe_audio(path).duration_s == 300.0
    assert decode_audio(path, ONE_SECOND).shape == (16_000,)
    assert psutil.Process().memory_info().rss - before < 30 * 2**20
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(size // 2)
    assert _reason(path) == "is cut off: it ends after 150.00 of 300.00 seconds"


def test_the_end_of_a_long_compressed_recording_is_checked(tmp_path: Path) -> None:
    path = _write(tmp_path / "long.flac", _tone(200.0, 8_000), 8_000)
    assert probe_audio(path).duration_s == 200.0
    with path.open("r+b") as file:
        file.truncate(round(path.stat().st_size * 0.9))
    assert _reason(path).startswith("is damaged or cut off")


def test_threads_decode_what_one_thread_decodes(tmp_path: Path) -> None:
    paths = [
        _write(
            tmp_path / f"{number}.flac", _tone(0.5, 8_000 + 1_000 * number), 8_000 + 1_000 * number
        )
        for number in range(12)
    ]
    alone = [decode_audio(path, ONE_SECOND) for path in paths]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda path: decode_audio(path, ONE_SECOND), paths))
    np.testing.assert_array_equal(together, alone)
