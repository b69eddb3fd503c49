"""From a dataset and the spec of a forecast to everything that training needs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import keras
import numpy as np

from dlstudio.data.dataset import Dataset
from dlstudio.data.forecasting.history import read_history
from dlstudio.data.forecasting.origins import OriginSplit, split_origins
from dlstudio.data.forecasting.regular import SeriesTable, describe, regularise
from dlstudio.data.forecasting.windows import series_scales, target_values
from dlstudio.models.forecast_model import ForecastPreprocessor, fit_forecast_preprocessor
from dlstudio.models.forecast_network import build_forecast_network
from dlstudio.models.forecast_window import ForecastLayout, forecast_layout
from dlstudio.spec.batch_size import resolve_batch_size
from dlstudio.spec.inputs.series import SeriesPreprocessing, SeriesScaling
from dlstudio.spec.run import RunSpec
from dlstudio.training.examples import Examples, PreparedData
from dlstudio.training.series_windows import SeriesWindows

# Numbers in the windows of an epoch, which would last too long with more: neighbouring windows
# share all but one step.
MOST_WINDOW_VALUES = 64 * 2**20
MOST_VALIDATION_SHARE = 4
MOST_NAMED_SERIES = 5


@dataclass(frozen=True)
class ForecastPreparation:
    """What the training of a forecast starts from.

    Attributes:
        data: Windows and horizons of training and validation.
        preprocessor: Fitted on the training part.
        network: Uncompiled, with its first weights.
        split: The series on their regular grid, and the forecasts of each part.
        batch_size: Windows a batch; what "auto" came to.
        target_scale: What one unit of a training target is in units of the target, `(targets,)`;
            typical of all series, which are divided by their own spread.
        notes: What a person should know, one sentence each.
    """

    data: PreparedData
    preprocessor: ForecastPreprocessor
    network: keras.Model
    split: OriginSplit
    batch_size: int
    target_scale: np.ndarray
    notes: tuple[str, ...] = ()


def prepare_forecast(
    dataset: Dataset, spec: RunSpec, report: Callable[[str], None] = lambda _text: None
) -> ForecastPreparation:
    """Bring the series onto a grid, part them in time, and build the network.

    Args:
        dataset: The dataset that the spec names.
        spec: A spec without problems. Its training seed decides the network's first weights.
        report: Is told what takes long, in words.

    Returns:
        Everything ready to be compiled and trained.

    Raises:
        DataError: The rows are no series, or too short for the window and the horizon.
        SpecError: The network would not fit into this machine's memory.
    """
    report("Reading the series")
    layout = forecast_layout(spec, dataset.info)
    table, odd = regularise(read_history(dataset, spec.task), spec.task.targets)
    split = split_origins(table, layout.shape, spec.split)
    preprocessor = fit_forecast_preprocessor(
        layout, str(spec.task.time), table.columns, split.parts == 0
    )
    windows = _Windows(preprocessor, table, split.parts == 0)
    gathering = windows.gathering()
    chosen = _some(split.train, windows.num_values, spec.training.seed)
    judged = _some(split.validation, MOST_VALIDATION_SHARE * windows.num_values, spec.split.seed)
    return ForecastPreparation(
        data=PreparedData(*(_examples(gathering, origins) for origins in (chosen, judged))),
        preprocessor=preprocessor,
        network=build_forecast_network(spec, dataset.info),
        split=split,
        batch_size=resolve_batch_size(spec.training.batch_size, len(chosen)),
        target_scale=windows.target_scale,
        notes=(*_notes(layout, split, len(chosen)), *describe(odd, table.step)),
    )


class _Windows:
    """Features and targets of forecasts, gathered from the series when a step takes them.

    The targets of a series are divided by its own spread, so that in the loss a small shop counts
    as much as a large one; the network, which measures each window against itself, gives the same
    forecast in any units, so that the model needs no table of series.
    """

    def __init__(
        self, preprocessor: ForecastPreprocessor, table: SeriesTable, is_train: np.ndarray
    ) -> None:
        self._preprocessor = preprocessor
        self._table = table
        self._channels = preprocessor.channels(table.columns)
        self.target_scale = preprocessor.scales[: preprocessor.layout.num_targets].copy()
        self._rescale_series(is_train)

    @property
    def num_values(self) -> int:
        """Numbers of one forecast."""
        layout = self._preprocessor.layout
        return sum(int(np.prod(block.shape)) for block in layout.features.blocks)

    def gathering(self) -> SeriesWindows:
        """What all examples are gathered from."""
        layout, table = self._preprocessor.layout, self._table
        targets = np.where(table.is_observed, self._channels[:, : layout.num_targets], np.nan)
        sources = [self._channels, targets.astype("float32")]
        if layout.shape.cycles:
            # Many series have the same times.
            steps, place_of_step = np.unique(table.steps, return_inverse=True)
            calendar = self._preprocessor.calendar(table.step.time_of(steps))
            sources += [place_of_step.astype("int32"), calendar]
        return SeriesWindows(layout, tuple(sources))

    def _rescale_series(self, is_train: np.ndarray) -> None:
        values = target_values(self._table, _names(self._preprocessor.layout))
        means, scales = series_scales(self._table, values, is_train)
        for place, column in enumerate(self._preprocessor.layout.columns.targets):
            settings = column.settings
            if isinstance(settings, SeriesPreprocessing) and (
                settings.scaling is SeriesScaling.WINDOW
            ):
                series = self._table.series
                own = (values[:, place] - means[series, place]) / scales[series, place]
                self._channels[:, place] = own
                self.target_scale[place] = np.sqrt(np.mean(scales[:, place] ** 2))


def _examples(gathering: SeriesWindows, origins: np.ndarray) -> Examples:
    return Examples({}, origins.astype("int32"), gathering=gathering)


def _names(layout: ForecastLayout) -> tuple[str, ...]:
    return tuple(column.name for column in layout.columns.targets)


def _some(origins: np.ndarray, num_values: int, seed: int) -> np.ndarray:
    """As many windows as an epoch may take; every k-th would see only some times of day."""
    most = max(1, MOST_WINDOW_VALUES // num_values)
    if len(origins) <= most:
        return origins
    return np.sort(np.random.default_rng(seed).choice(origins, most, replace=False))


def _notes(layout: ForecastLayout, split: OriginSplit, num_chosen: int) -> Iterator[str]:
    shape, table = layout.shape, split.table
    series = f"{table.num_series:,} series" if table.num_series > 1 else "One series"
    yield (
        f"{series} with a step of {table.step.words()}: from {shape.window:,} steps the next "
        f"{shape.horizon:,} are forecast."
    )
    yield (
        f"{len(split.train):,} forecasts to learn from, {len(split.validation):,} to choose the "
        f"best epoch, {len(split.test):,} to judge; no forecast crosses from one part to another."
    )
    if num_chosen < len(split.train):
        yield f"{num_chosen:,} of them, drawn at random, are learned from: more would take long."
    if split.left_out:
        listed = ", ".join(repr(name) for name in split.left_out[:MOST_NAMED_SERIES])
        more = len(split.left_out) - MOST_NAMED_SERIES
        rest = f" and {more:,} more" if more > 0 else ""
        yield (
            f"{len(split.left_out):,} series are too short for a window and a horizon and were "
            f"left out: {listed}{rest}."
        )
