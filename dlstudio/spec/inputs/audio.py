"""How an audio column becomes numbers: a window of sound, as a spectrogram or a waveform."""

import math
from enum import StrEnum

from pydantic import Field

from dlstudio.spec.fields import form_hints
from dlstudio.spec.media import AudioSummary
from dlstudio.spec.part import SpecPart

LONGEST_AUTOMATIC_S = 10.0
# A few sounds much longer than the others decide nothing; but a little silence does no harm.
AUTOMATIC_MEDIANS = 2.0
SHORTEST_AUTOMATIC_S = 1.0
SHORTEST_WINDOW_S = 0.1
# Frames that a network of two cores reads quickly; steps grow rather than frames get more.
MOST_AUTOMATIC_FRAMES = 80
SHORTEST_AUTOMATIC_HOP_MS = 10.0
SHORTEST_AUTOMATIC_FRAME_MS = 25.0
# What is kept of a recording: a minute at 16,000 samples a second is 4 MB.
LONGEST_AUTOMATIC_KEPT_S = 60.0
LONGEST_KEPT_S = 120.0
# The middle recording must be so many windows long: where most fit, a sound is usually at its
# beginning, and the long ones merely fade.
FEWEST_AUTOMATIC_WINDOWS = 1.25
MOST_WINDOWS = 10
# Less than this, which rounding and formats add, is not worth words.
LONGER_SHARE = 1.01
AUGMENTATION = "Augmentation"


class AudioFeatures(StrEnum):
    """What the network sees of a sound."""

    LOG_MEL = "log_mel"
    SPECTROGRAM = "spectrogram"
    WAVEFORM = "waveform"


class LongSounds(StrEnum):
    """What is heard of sounds that are longer than the window."""

    AUTO = "auto"
    EVERYWHERE = "everywhere"
    BEGINNING = "beginning"


class AudioPreprocessing(SpecPart):
    """An audio column."""

    features: AudioFeatures = Field(
        default=AudioFeatures.LOG_MEL,
        title="Features",
        description="A spectrogram shows which pitches sound at which time; log mel spaces them "
        "as the ear does and is rarely wrong. Waveform is the sound itself, and needs many more "
        "sounds and much more time.",
    )
    sample_rate: int = Field(
        default=16_000,
        ge=1_000,
        le=48_000,
        title="Sample rate",
        description="Samples a second that all sounds are brought to. 16,000 keeps what speech "
        "needs; music and fine noises may need 22,050 or more, which takes more time and memory. "
        "Less loses high tones.",
    )
    duration_s: float | None = Field(
        default=None,
        ge=SHORTEST_WINDOW_S,
        le=120.0,
        title="Length",
        description="Seconds of each sound that the network hears. More hear more and cost time; "
        "too few miss what matters. Shorter sounds are filled with silence; of longer ones it "
        "hears windows of this length. Automatic takes the longest sound, up to twice the median "
        "one and 10 seconds.",
    )
    long_sounds: LongSounds = Field(
        default=LongSounds.AUTO,
        title="Longer sounds",
        description="Everywhere: training hears another place of each sound in every epoch, drawn "
        "at random; the trained model hears up to 10 windows spread evenly over a sound and gives "
        "the mean of its answers. Beginning: only the first seconds count. Automatic takes "
        "everywhere if most sounds are at least a quarter longer than the window, else the "
        "beginning.",
    )
    kept_s: float | None = Field(
        default=None,
        ge=SHORTEST_WINDOW_S,
        le=LONGEST_KEPT_S,
        title="Kept of a sound",
        description="Seconds of each sound that windows are taken from; what comes later is never "
        "heard. More take more memory and disk; too few miss what comes late. Automatic takes the "
        "longest sound, up to 60 seconds.",
        json_schema_extra=form_hints(
            advanced=True, shown_if={"long_sounds": ("auto", "everywhere")}
        ),
    )
    same_loudness: bool = Field(
        default=True,
        title="Same loudness",
        description="Brings the loudest moment of each sound to the same level. Switch it off if "
        "how loud something is tells what it is.",
    )
    num_mels: int = Field(
        default=64,
        ge=8,
        le=256,
        title="Mel bands",
        description="Pitches that are told apart. 40 to 128 is usual. More hear finer differences "
        "and cost time; too few blur them.",
        json_schema_extra=form_hints(shown_if={"features": ("log_mel",)}),
    )
    frame_ms: float | None = Field(
        default=None,
        ge=2.0,
        le=200.0,
        title="Frame",
        description="Milliseconds of sound behind each column of the spectrogram. Longer frames "
        "tell pitches better, shorter ones times. Automatic takes 25, and twice the step if that "
        "is more.",
        json_schema_extra=form_hints(
            advanced=True, shown_if={"features": ("log_mel", "spectrogram")}
        ),
    )
    hop_ms: float | None = Field(
        default=None,
        ge=1.0,
        le=200.0,
        title="Step",
        description="Milliseconds between two frames. Smaller follows quick changes and costs "
        "time; larger misses them. Automatic takes 10, and more for windows of more than 0.8 "
        "seconds.",
        json_schema_extra=form_hints(
            advanced=True, shown_if={"features": ("log_mel", "spectrogram")}
        ),
    )
    time_shift: float = Field(
        default=0.1,
        ge=0.0,
        le=0.5,
        title="Time shift",
        description="Moves sounds at random by up to this share of their length, so that when it "
        "sounds does not matter. 0.05 to 0.2 is usual; too much moves what matters out of "
        "hearing. 0 turns it off.",
        json_schema_extra=form_hints(AUGMENTATION),
    )
    noise: float = Field(
        default=0.0,
        ge=0.0,
        le=1.0,
        title="Noise",
        description="Strength of random noise added while training, so that a quiet hiss does not "
        "matter. 0.05 to 0.2 is usual; too much drowns the sound. 0 turns it off.",
        json_schema_extra=form_hints(AUGMENTATION),
    )
    time_mask: float = Field(
        default=0.2,
        ge=0.0,
        le=0.5,
        title="Time mask",
        description="Hides a random stretch of up to this share of the time, so that no single "
        "moment decides (SpecAugment). 0.1 to 0.3 is usual; too much hides what matters. 0 turns "
        "it off.",
        json_schema_extra=form_hints(
            AUGMENTATION, shown_if={"features": ("log_mel", "spectrogram")}
        ),
    )
    frequency_mask: float = Field(
        default=0.2,
        ge=0.0,
        le=0.5,
        title="Pitch mask",
        description="Hides a random band of up to this share of the pitches, so that no single "
        "pitch decides (SpecAugment). 0.1 to 0.3 is usual; too much hides what matters. 0 turns "
        "it off.",
        json_schema_extra=form_hints(
            AUGMENTATION, shown_if={"features": ("log_mel", "spectrogram")}
        ),
    )

    @property
    def num_samples(self) -> int:
        """Samples of the window; only after `resolve_audio`."""
        return max(1, round((self.duration_s or 1.0) * self.sample_rate))

    @property
    def num_kept_samples(self) -> int:
        """Samples that are read of each sound; only after `resolve_audio`."""
        return max(self.num_samples, round((self.kept_s or 0.0) * self.sample_rate))

    @property
    def num_windows(self) -> int:
        """Windows whose answers are averaged, at most 10; 1 if only the beginning is heard."""
        return min(MOST_WINDOWS, math.ceil(self.num_kept_samples / self.num_samples))

    @property
    def frame_samples(self) -> int:
        """Samples of a frame, an even number; only after `resolve_audio`."""
        frame_ms = self.frame_ms or SHORTEST_AUTOMATIC_FRAME_MS
        half = round(frame_ms / 2000.0 * self.sample_rate)
        return 2 * max(1, min(self.num_samples // 2, half))

    @property
    def hop_samples(self) -> int:
        """Samples between the beginnings of two frames; only after `resolve_audio`."""
        hop_ms = self.hop_ms or SHORTEST_AUTOMATIC_HOP_MS
        return max(1, round(hop_ms / 1000.0 * self.sample_rate))

    @property
    def num_frames(self) -> int:
        """Frames of the window."""
        return self._frames_of(self.num_samples)

    @property
    def fft_size(self) -> int:
        """Length of the Fourier transform: the next power of two from the frame."""
        return 2 ** (self.frame_samples - 1).bit_length()

    @property
    def shape(self) -> tuple[int, int]:
        """Time steps and values a step of the window that the network hears at once."""
        return self._shape_of(self.num_samples)

    @property
    def kept_shape(self) -> tuple[int, int]:
        """Time steps and values a step of all that is kept of a sound."""
        return self._shape_of(self.num_kept_samples)

    def _shape_of(self, num_samples: int) -> tuple[int, int]:
        match self.features:
            case AudioFeatures.LOG_MEL:
                return self._frames_of(num_samples), self.num_mels
            case AudioFeatures.SPECTROGRAM:
                return self._frames_of(num_samples), self.fft_size // 2 + 1
            case AudioFeatures.WAVEFORM:
                return num_samples, 1

    def _frames_of(self, num_samples: int) -> int:
        return 1 + (num_samples - self.frame_samples) // self.hop_samples


def resolve_audio(settings: AudioPreprocessing, summary: AudioSummary | None) -> AudioPreprocessing:
    """Replace what is left empty by what suits the sounds.

    Args:
        settings: What was asked.
        summary: What the profile found; None if the column was never profiled.

    Returns:
        Settings with the length, the step and the frame decided. Longer sounds are heard
        everywhere within `kept_s`; where it is None, only their beginning is.
    """
    duration_s = settings.duration_s or _automatic_length(summary)
    hop_ms = settings.hop_ms or max(
        SHORTEST_AUTOMATIC_HOP_MS, round(1_000.0 * duration_s / MOST_AUTOMATIC_FRAMES, 1)
    )
    frame_ms = settings.frame_ms or max(SHORTEST_AUTOMATIC_FRAME_MS, 2.0 * hop_ms)
    kept_s = _kept_length(settings, duration_s, summary)
    decided = {"duration_s": duration_s, "hop_ms": hop_ms, "frame_ms": frame_ms, "kept_s": kept_s}
    return settings.model_copy(update=decided)


def describe_long_sounds(settings: AudioPreprocessing, summary: AudioSummary | None) -> str:
    """Say what becomes of sounds that are longer than the window.

    Args:
        settings: Resolved.
        summary: What the profile found; None if the column was never profiled.

    Returns:
        Sentences as plain text; empty if all sounds are known to fit.
    """
    window_s, kept_s = settings.duration_s or 0.0, settings.kept_s
    longest_s = summary.duration_s.max if summary else window_s
    if kept_s is None:
        if longest_s < LONGER_SHARE * window_s:
            return ""
        return (
            f"Sounds last up to {longest_s:,.4g} s; only the first {window_s:,.4g} s of each are "
            "heard."
        )
    text = (
        "Of longer sounds, training hears another place in every epoch, and the answer is the mean "
        f"over {settings.num_windows:,} windows spread evenly."
    )
    if longest_s < LONGER_SHARE * kept_s:
        return text
    return f"{text} Sounds last up to {longest_s:,.4g} s; what follows {kept_s:,.4g} s is left out."


def _kept_length(
    settings: AudioPreprocessing, duration_s: float, summary: AudioSummary | None
) -> float | None:
    """Seconds kept of each sound; None if only the beginning is heard."""
    if settings.long_sounds is LongSounds.BEGINNING:
        return None
    if settings.long_sounds is LongSounds.AUTO and (
        summary is None or summary.duration_s.median < FEWEST_AUTOMATIC_WINDOWS * duration_s
    ):
        return None
    kept_s = settings.kept_s or LONGEST_AUTOMATIC_KEPT_S
    if summary is not None:
        kept_s = min(kept_s, summary.duration_s.max)
    return round(kept_s, 3) if kept_s > duration_s else None


def _automatic_length(summary: AudioSummary | None) -> float:
    if summary is None:
        return SHORTEST_AUTOMATIC_S
    usual = max(SHORTEST_AUTOMATIC_S, AUTOMATIC_MEDIANS * summary.duration_s.median)
    longest = max(SHORTEST_WINDOW_S, summary.duration_s.max)
    return round(min(LONGEST_AUTOMATIC_S, usual, longest), 3)
