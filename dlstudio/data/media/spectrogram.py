"""How a sound looks: the strength of each pitch over time."""

import numpy as np

MOST_FRAMES = 400
FRAME_S = 0.025
FLOOR_DB = -80.0


def spectrogram_db(samples: np.ndarray, sample_rate: int) -> np.ndarray:
    """Compute a spectrogram to look at.

    Args:
        samples: Mono, float32 `(num_samples,)` in [-1, 1].
        sample_rate: Samples a second.

    Returns:
        Decibels below the loudest, float32 `(num_pitches, num_frames)`, low pitches first, at
        least -80.
    """
    size = max(16, 2 ** round(np.log2(max(16.0, FRAME_S * sample_rate))))
    padded = np.pad(samples, (0, max(0, size - len(samples))))
    step = max(size // 4, (len(padded) - size) // MOST_FRAMES, 1)
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::step]
    strength = np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)).T
    loudest = max(float(strength.max()), 1e-12)
    decibels = 20.0 * np.log10(np.maximum(strength / loudest, 10.0 ** (FLOOR_DB / 20.0)))
    return decibels.astype("float32")
