"""The mel scale: pitches spaced as the ear tells them apart."""

import numpy as np

# Triangles are averaged over the width of each frequency: narrow ones would else fall between two.
POINTS_A_FREQUENCY = 16


def mel_weights(num_frequencies: int, sample_rate: int, num_mels: int) -> np.ndarray:
    """How much each frequency adds to each mel band (O'Shaughnessy's formula, as in HTK).

    Args:
        num_frequencies: Frequencies from 0 to half the sample rate, evenly spaced, at least 2.
        sample_rate: Samples a second.
        num_mels: Bands, at least 1.

    Returns:
        Float32 `(num_frequencies, num_mels)` in [0, 1], triangles that overlap by half.
    """
    highest = sample_rate / 2
    corners = _to_hertz(np.linspace(0.0, _to_mel(highest), num_mels + 2))
    spacing = highest / (num_frequencies - 1)
    within = (np.arange(POINTS_A_FREQUENCY) + 0.5) / POINTS_A_FREQUENCY - 0.5
    points = (np.arange(num_frequencies)[:, None] + within) * spacing
    weights = [
        np.interp(points, corners[band : band + 3], (0.0, 1.0, 0.0)).mean(axis=1)
        for band in range(num_mels)
    ]
    return np.stack(weights, axis=1).astype("float32")


def _to_mel(hertz: float) -> float:
    return 2595.0 * np.log10(1.0 + hertz / 700.0)


def _to_hertz(mel: np.ndarray) -> np.ndarray:
    return 700.0 * (10.0 ** (mel / 2595.0) - 1.0)
