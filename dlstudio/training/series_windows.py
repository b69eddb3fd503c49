"""Windows and horizons of series, gathered on the device when a step takes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from dlstudio.models.forecast_window import FUTURE, HISTORY, ForecastLayout


@dataclass(frozen=True)
class SeriesWindows:
    """Reads forecasts at their origins, the places of their first forecast steps; a `Gathering`.

    Attributes:
        layout: What the network takes and gives.
        sources: The channels, float32 `(num_places, channels)`; the targets, NaN where nothing was
            measured, float32 `(num_places, targets)`; and, if there is a calendar, the row of each
            place in it, int32 `(num_places,)`, and the calendar, float32 `(num_times, dense)`.
    """

    layout: ForecastLayout
    sources: tuple[np.ndarray, ...]

    def read(self, sources: Sequence[Any], places: Any) -> tuple[dict[str, Any], Any]:  # noqa: ANN401
        """Read windows, what is known of the horizons, and targets; see `Gathering`."""
        channels, targets, *calendar = sources
        shape = self.layout.shape
        first = places[:, tf.newaxis]
        past, ahead = np.arange(-shape.window, 0), np.arange(shape.horizon)
        features = {HISTORY: tf.gather(channels, first + past.astype("int32"))}
        if self.layout.columns.known:
            known = tf.gather(channels, first + ahead.astype("int32"))
            features[FUTURE] = tf.gather(known, self.layout.known_channels, axis=2)
        if calendar:
            row_of_place, rows = calendar
            features["dense"] = tf.gather(rows, tf.gather(row_of_place, places))
        values = tf.gather(targets, first + ahead.astype("int32"))
        return features, tf.reshape(values, (-1, self.layout.num_outputs))

    def at(self, origins: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Read forecasts into host memory.

        Args:
            origins: Places of first forecast steps, `(n,)`.

        Returns:
            Features by input name, and targets `(n, horizon * targets)`.
        """
        sources = [tf.constant(source) for source in self.sources]
        features, targets = self.read(sources, tf.constant(origins, tf.int32))
        return {name: values.numpy() for name, values in features.items()}, targets.numpy()
