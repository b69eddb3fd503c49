"""How an audio column becomes numbers: a window of sound, as a spectrogram or a waveform."""

from enum import StrEnum

from pydantic import Field

from dlstudio.spec.fields import form_hints
from dlstudio.spec.frozen import Frozen
from dlstudio.spec.media import AudioSummary

LONGEST_AUTOMATIC_S = 10.0
# A few sounds much longer than the others decide nothing; but a little silence does no harm.
AUTOMATIC_MEDIANS = 2.0
SHORTEST_AUTOMATIC_S = 1.0
SHORTEST_WINDOW_S = 0.1
# Frames that a network of two cores reads quickly; steps grow rather than frames get more.
MOST_AUTOMATIC_FRAMES = 80
SHORTEST_AUTOMATIC_HOP_MS = 10.0
SHORTEST_AUTOMATIC_FRAME_MS = 25.0
AUGMENTATION = "Augmentation"


class AudioFeatures(StrEnum):
    """What the network sees of a sound."""

    LOG_MEL = "log_mel"
    SPECTROGRAM = "spectrogram"
    WAVEFORM = "waveform"


class AudioPreprocessing(Frozen):
    """An audio column."""

    features: AudioFeatures = Field(
        default=AudioFeatures.LOG_MEL,
        title="Features",
        description="A spectrogram shows which pitches sound at which time; log_mel spaces them as "
        "the ear does and is rarely wrong. Waveform is the sound itself.",
    )
    sample_rate: int = Field(
        default=16_000,
        ge=1_000,
        le=48_000,
        title="Sample rate",
        description="Samples a second that all sounds are brought to. 16,000 keeps what speech "
        "needs; music and fine noises may need 22,050 or more.",
    )
    duration_s: float | None = Field(
        default=None,
        ge=SHORTEST_WINDOW_S,
        le=120.0,
        title="Length",
        description="Seconds of each sound that the network hears. Shorter sounds are filled with "
        "silence, longer ones cut. Empty takes the longest sound, up to twice the median one and "
        "10 seconds.",
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
        description="Pitches that are told apart. 40 to 128 is usual.",
        json_schema_extra=form_hints(shown_if={"features": ("log_mel",)}),
    )
    frame_ms: float | None = Field(
        default=None,
        ge=2.0,
        le=200.0,
        title="Frame",
        description="Milliseconds of sound behind each column of the spectrogram. Longer frames "
        "tell pitches better, shorter ones times. Empty takes 25, and twice the step if that is "
        "more.",
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
        "time. Empty takes 10, and more for windows of more than 0.8 seconds.",
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
        "sounds does not matter.",
        json_schema_extra=form_hints(AUGMENTATION),
    )
    noise: float = Field(
        default=0.0,
        ge=0.0,
        le=1.0,
        title="Noise",
        description="Strength of random noise added while training. 0.05 to 0.2 is usual.",
        json_schema_extra=form_hints(AUGMENTATION),
    )
    time_mask: float = Field(
        default=0.2,
        ge=0.0,
        le=0.5,
        title="Time mask",
        description="Hides a random stretch of up to this share of the time (SpecAugment).",
        json_schema_extra=form_hints(
            AUGMENTATION, shown_if={"features": ("log_mel", "spectrogram")}
        ),
    )
    frequency_mask: float = Field(
        default=0.2,
        ge=0.0,
        le=0.5,
        title="Pitch mask",
        description="Hides a random band of up to this share of the pitches (SpecAugment).",
        json_schema_extra=form_hints(
            AUGMENTATION, shown_if={"features": ("log_mel", "spectrogram")}
        ),
    )

    @property
    def num_samples(self) -> int:
        """Samples of the window; only after `resolve_audio`."""
        return max(1, round((self.duration_s or 1.0) * self.sample_rate))

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
        return 1 + (self.num_samples - self.frame_samples) // self.hop_samples

    @property
    def fft_size(self) -> int:
        """Length of the Fourier transform: the next power of two from the frame."""
        return 2 ** (self.frame_samples - 1).bit_length()

    @property
    def shape(self) -> tuple[int, int]:
        """Time steps and values a step of the network's input."""
        match self.features:
            case AudioFeatures.LOG_MEL:
                return self.num_frames, self.num_mels
            case AudioFeatures.SPECTROGRAM:
                return self.num_frames, self.fft_size // 2 + 1
            case AudioFeatures.WAVEFORM:
                return self.num_samples, 1


def resolve_audio(settings: AudioPreprocessing, summary: AudioSummary | None) -> AudioPreprocessing:
    """Replace what is left empty by what suits the sounds.

    Args:
        settings: What was asked.
        summary: What the profile found; None if the column was never profiled.

    Returns:
        Settings with the length, the step and the frame decided.
    """
    duration_s = settings.duration_s or _automatic_length(summary)
    hop_ms = settings.hop_ms or max(
        SHORTEST_AUTOMATIC_HOP_MS, round(1_000.0 * duration_s / MOST_AUTOMATIC_FRAMES, 1)
    )
    frame_ms = settings.frame_ms or max(SHORTEST_AUTOMATIC_FRAME_MS, 2.0 * hop_ms)
    return settings.model_copy(
        update={"duration_s": duration_s, "hop_ms": hop_ms, "frame_ms": frame_ms}
    )


def _automatic_length(summary: AudioSummary | None) -> float:
    if summary is None:
        return SHORTEST_AUTOMATIC_S
    usual = max(SHORTEST_AUTOMATIC_S, AUTOMATIC_MEDIANS * summary.duration_s.median)
    longest = max(SHORTEST_WINDOW_S, summary.duration_s.max)
    return round(min(LONGEST_AUTOMATIC_S, usual, longest), 3)
