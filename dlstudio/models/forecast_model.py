"""The model of a forecast that is handed out: raw windows in, values in target units out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np

from dlstudio.models.forecast_window import (
    FUTURE,
    HISTORY,
    ForecastLayout,
    calendar_of,
    channel_slices,
)
from dlstudio.models.members import average_members
from dlstudio.models.names import input_names
from dlstudio.models.targets import TargetKind
from dlstudio.models.tensors import Tensor, layers, new_input, ops
from dlstudio.spec.forecast_columns import SeriesColumn
from dlstudio.spec.inputs.series import SeriesPreprocessing, SeriesScaling


@dataclass(frozen=True)
class ForecastPreprocessor:
    """The fitted way from raw columns to channels.

    Attributes:
        layout: What the network takes and gives.
        time: The time column.
        means: What is 0 for each channel, float32 `(channels,)`; 0 where each window is measured
            by itself, as a common mean would cost small series their digits.
        scales: What is 1 for each channel, float32 `(channels,)`.
    """

    layout: ForecastLayout
    time: str
    means: np.ndarray
    scales: np.ndarray

    def channels(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Compute the channels of steps.

        Args:
            columns: Raw columns, `(num_places,)`, filled.

        Returns:
            Float32 `(num_places, channels)`.
        """
        parts: list[np.ndarray] = []
        for column in self.layout.columns.columns:
            values = columns[column.name]
            if isinstance(column.settings, SeriesPreprocessing):
                parts.append(np.asarray(values, "float32")[:, None])
            else:
                known = np.asarray(column.categories or ("",), object)
                parts.append((values[:, None] == known).astype("float32"))
        channels = (np.concatenate(parts, axis=1) - self.means) / self.scales
        # A column of a series without any value says nothing.
        return np.where(np.isfinite(channels), channels, 0.0).astype("float32")

    def calendar(self, times: np.ndarray) -> np.ndarray:
        """Compute the calendar of forecasts.

        Args:
            times: Seconds since 1970 of the first forecast steps, float64 `(n,)`.

        Returns:
            Float32 `(n, num_dense)`.
        """
        seconds = ops.convert_to_tensor(times[:, None], dtype="float64")
        return np.asarray(ops.convert_to_numpy(calendar_of(self.layout, seconds)))


def fit_forecast_preprocessor(
    layout: ForecastLayout, time: str, columns: Mapping[str, np.ndarray], is_train: np.ndarray
) -> ForecastPreprocessor:
    """Fit the scales of all channels to the training part.

    Args:
        layout: The layout.
        time: The time column.
        columns: Raw columns, `(num_places,)`, filled.
        is_train: Places of the training part, bool `(num_places,)`.

    Returns:
        The preprocessor.
    """
    means: list[float] = []
    scales: list[float] = []
    for column in layout.columns.columns:
        if not isinstance(column.settings, SeriesPreprocessing):
            means += [0.0] * column.num_channels
            scales += [1.0] * column.num_channels
            continue
        mean, scale = _fit_number(column.settings, columns[column.name][is_train])
        means.append(mean)
        scales.append(scale)
    return ForecastPreprocessor(
        layout, time, np.asarray(means, "float32"), np.asarray(scales, "float32")
    )


def _fit_number(settings: SeriesPreprocessing, values: np.ndarray) -> tuple[float, float]:
    known = values[np.isfinite(values)].astype("float64")
    if settings.scaling is SeriesScaling.NONE or not len(known):
        return 0.0, 1.0
    mean, scale = float(known.mean()), float(known.std())
    smallest = 1e-6 * abs(mean)
    scale = scale if scale > smallest else max(abs(mean), 1.0)
    return 0.0 if settings.scaling is SeriesScaling.WINDOW else mean, scale


def assemble_forecast(preprocessor: ForecastPreprocessor, network: keras.Model) -> keras.Model:
    """Join preprocessing, network and the way back to target units.

    Args:
        preprocessor: Fitted on the training part.
        network: The trained network; its weights are shared, not copied.

    Returns:
        A model of built-in layers and `keras.ops`, which plain Keras saves and loads. It takes a
        dict of raw windows, named as in `input_names`: each column `(batch, window)`, those known
        in advance `(batch, window + horizon)`, and, if the calendar is used, the time of the first
        forecast step in seconds since 1970, float64 `(batch, 1)`. It gives "prediction", or
        "prediction_<target>" for each of several targets, float32 `(batch, horizon)`.
    """
    layout = preprocessor.layout
    inputs = _raw_inputs(preprocessor)
    channels = {
        column.name: _channels_of(preprocessor, column, inputs[column.name])
        for column in layout.columns.columns
    }
    features = {HISTORY: _joined([part[:, : layout.shape.window] for part in channels.values()])}
    if layout.columns.known:
        known = [channels[column.name][:, layout.shape.window :] for column in layout.columns.known]
        features[FUTURE] = _joined(known)
    if layout.shape.cycles:
        features["dense"] = calendar_of(layout, inputs[preprocessor.time])
    # The same layers without the loss and optimizer that the network may be compiled with.
    layers_alone = keras.Model(network.input, network.output, name="network")
    outputs = average_members(layers_alone(features), TargetKind.VALUES)
    answers = _answers(preprocessor, outputs)
    by_name = {tensor.name: tensor for tensor in inputs.values()}
    return keras.Model(by_name, answers, name="model")


def forecast_input_names(layout: ForecastLayout, time: str) -> dict[str, str]:
    """The names of the saved model's inputs by column."""
    calendar = (time,) if layout.shape.cycles else ()
    return input_names((*calendar, *(column.name for column in layout.columns.columns)))


def _raw_inputs(preprocessor: ForecastPreprocessor) -> dict[str, Tensor]:
    layout = preprocessor.layout
    names = forecast_input_names(layout, preprocessor.time)
    inputs: dict[str, Tensor] = {}
    if layout.shape.cycles:
        time = preprocessor.time
        inputs[time] = new_input((1,), name=names[time], dtype="float64")
    for column in layout.columns.columns:
        length = layout.shape.window + (layout.shape.horizon if column.is_known else 0)
        dtype = "float32" if isinstance(column.settings, SeriesPreprocessing) else "string"
        inputs[column.name] = new_input((length,), name=names[column.name], dtype=dtype)
    return inputs


def _channels_of(
    preprocessor: ForecastPreprocessor, column: SeriesColumn, values: Tensor
) -> Tensor:
    """The channels of one column, `(batch, steps, num_channels)`."""
    place = channel_slices(preprocessor.layout.columns)[column.name]
    if not isinstance(column.settings, SeriesPreprocessing):
        return _one_hot(column, values)
    mean, scale = preprocessor.means[place.start], preprocessor.scales[place.start]
    is_known = ops.isfinite(values)
    count = ops.maximum(ops.sum(ops.cast(is_known, "float32"), axis=1, keepdims=True), 1.0)
    scaled = ops.where(is_known, (values - mean) / scale, 0.0)
    # Whoever calls the model may have gaps: they become the window's mean.
    filled = ops.where(is_known, scaled, ops.sum(scaled, axis=1, keepdims=True) / count)
    return ops.expand_dims(filled, -1)


def _one_hot(column: SeriesColumn, values: Tensor) -> Tensor:
    categories = column.categories or ("",)
    index = layers.StringLookup(vocabulary=list(categories), mask_token=None, num_oov_indices=1)(
        values
    )
    return ops.one_hot(index, len(categories) + 1)[:, :, 1:]


def _answers(preprocessor: ForecastPreprocessor, outputs: Tensor) -> dict[str, Tensor]:
    layout = preprocessor.layout
    steps = ops.reshape(outputs, (-1, layout.shape.horizon, layout.num_targets))
    targets = slice(0, layout.num_targets)
    values = steps * preprocessor.scales[targets] + preprocessor.means[targets]
    names = [column.name for column in layout.columns.targets]
    if len(names) == 1:
        return {"prediction": ops.squeeze(values, axis=2)}
    return {f"prediction_{name}": values[:, :, place] for place, name in enumerate(names)}


def _joined(parts: Sequence[Tensor]) -> Tensor:
    return parts[0] if len(parts) == 1 else ops.concatenate(parts, axis=2)
