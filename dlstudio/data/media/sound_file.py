"""Sound files, read in blocks by libsndfile; whatever is wrong with one is said in words."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile

from dlstudio.data.foreign import name_content
from dlstudio.data.media.errors import UnreadableMedia

BLOCK_FRAMES = 65_536
LOWEST_RATE = 1_000
HIGHEST_RATE = 1_000_000
MOST_CHANNELS = 64
SHORTEST_S = 0.001
# Headers of compressed sound are often a little wrong; a file with less than this is cut off.
SMALLEST_SHARE = 0.95
# Recorders that could not go back write such a size into the header.
UNKNOWN_SIZE = 2**31 - 4_096

# What libsndfile calls its formats; it reads others, which are no recordings.
FORMATS = {
    "WAV": "wav",
    "WAVEX": "wav",
    "RF64": "wav",
    "W64": "wav",
    "FLAC": "flac",
    "OGG": "ogg",
    "MP3": "mp3",
    "AIFF": "aiff",
    "AU": "au",
    "CAF": "caf",
}
_NOT_RECOGNISED = 1
_OTHER_SOUNDS = (
    (4, b"ftyp", "an MP4 or M4A file"),
    (0, b"0&\xb2u", "a WMA file"),
    (0, b"\x1a\x45\xdf\xa3", "a WebM or Matroska file"),
    (0, b"#!AMR", "an AMR file"),
    (0, b"MThd", "a MIDI file, which holds notes and no sound"),
)
# Readings of a machine are often written as WAV, a few a second.
_RATE_FIX = (
    f"Record or convert it at {LOWEST_RATE:,} Hz or more; readings that are slower fit into a "
    "table, a row a step."
)
_SHORT_FIX = "Record it for longer, a tenth of a second at least, or leave it out."


@contextmanager
def open_sound(path: Path) -> Iterator[soundfile.SoundFile]:
    """Open a sound file whose header makes sense.

    Args:
        path: The file.

    Raises:
        UnreadableMedia: It is no sound, damaged, cut off, or not like any recording; also when
            that shows only while the file is read.
    """
    if path.stat().st_size == 0:
        raise UnreadableMedia("is empty (0 bytes)", path)
    try:
        with soundfile.SoundFile(path) as file:
            _check_header(file, path)
            yield file
    except soundfile.LibsndfileError as error:
        raise UnreadableMedia(_why_not(error, path), path) from error


def read_blocks(file: soundfile.SoundFile, num_frames: int) -> Iterator[np.ndarray]:
    """Read sound block by block, from where the file stands.

    Args:
        file: An open file.
        num_frames: How many samples of each channel to read, at most.

    Yields:
        float32 `(num_samples, num_channels)`.

    Raises:
        UnreadableMedia: Samples are no numbers.
    """
    while num_frames > 0:
        wanted = min(BLOCK_FRAMES, num_frames)
        block = file.read(wanted, dtype="float32", always_2d=True)
        if not np.isfinite(block).all():
            raise UnreadableMedia("holds samples that are no numbers (NaN or infinite)", file.name)
        if len(block):
            yield block
        if len(block) < wanted:
            return
        num_frames -= wanted


def cut_off(num_read: int, num_stated: int, rate: int) -> str | None:
    """Say that a file ends too early.

    Args:
        num_read: Samples of each channel that could be read.
        num_stated: Samples of each channel that the header promises.
        rate: Samples a second.

    Returns:
        The reason; None if the file is as long as it says.
    """
    if num_read >= SMALLEST_SHARE * num_stated:
        return None
    return f"is cut off: it ends after {num_read / rate:,.2f} of {num_stated / rate:,.2f} seconds"


def _check_header(file: soundfile.SoundFile, path: Path) -> None:
    if file.format not in FORMATS:
        raise UnreadableMedia(f"is of the format {file.format}; {_readable()}", path)
    if not LOWEST_RATE <= file.samplerate <= HIGHEST_RATE:
        raise UnreadableMedia(
            f"has {file.samplerate:,} samples a second; sound needs {LOWEST_RATE:,} to "
            f"{HIGHEST_RATE:,}",
            path,
            _RATE_FIX,
        )
    if file.channels > MOST_CHANNELS:
        raise UnreadableMedia(
            f"has {file.channels:,} channels; at most {MOST_CHANNELS} are read",
            path,
            f"Mix it down to {MOST_CHANNELS} channels or fewer; one is enough for most.",
        )
    if file.frames == 0:
        reason = "holds no sound: it has a header and no samples"
        raise UnreadableMedia(reason, path, _SHORT_FIX)
    if file.frames < SHORTEST_S * file.samplerate:
        samples = "1 sample" if file.frames == 1 else f"{file.frames:,} samples"
        reason = f"holds {samples}, less than a thousandth of a second"
        raise UnreadableMedia(reason, path, _SHORT_FIX)
    reason = _shorter_than_stated(file)
    if reason:
        raise UnreadableMedia(reason, path)


def _shorter_than_stated(file: soundfile.SoundFile) -> str | None:
    """WAV and AIFF files that lost their end; libsndfile notes it and reads what is left."""
    for stated, found in re.findall(r"(?:data|SSND) : (\d+) \(should be (\d+)\)", file.extra_info):
        if 0 < int(stated) < UNKNOWN_SIZE:
            bytes_a_frame = int(found) / file.frames
            return cut_off(file.frames, round(int(stated) / bytes_a_frame), file.samplerate)
    return None


def _why_not(error: soundfile.LibsndfileError, path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4_096)
    for place, mark, what in _OTHER_SOUNDS:
        if head[place:].startswith(mark):
            return f"is {what}; {_readable()}"
    what = name_content(head)
    if what and "sound" not in what:
        return f"is {what}, not a sound"
    if error.code == _NOT_RECOGNISED:
        return f"is not a sound in a known format; {_readable()}"
    return "is damaged or cut off"


def _readable() -> str:
    return "WAV, FLAC, OGG, MP3 and AIFF can be read"
