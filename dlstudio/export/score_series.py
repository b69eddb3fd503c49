"""Answers with the forecast of a run: for its own dataset, or for series that were read."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dlstudio.data.any_table import open_any_table
from dlstudio.data.catalog import open_dataset
from dlstudio.data.combining.stage import options_like
from dlstudio.data.forecasting.history import History
from dlstudio.data.options import ReadOptions
from dlstudio.errors import NotFoundError
from dlstudio.evaluation.forecast_band import ForecastBand, band_of_errors
from dlstudio.evaluation.forecast_table import forecast_rows
from dlstudio.evaluation.predictions import read_predictions
from dlstudio.export.score_forecast import AheadWishes, ForecastScorer
from dlstudio.export.scoring import ScoringProgress, ScoringRequest, ScoringResult
from dlstudio.export.series_rows import SeriesRows, known_of_file, rows_of_dataset
from dlstudio.reports.series import FittedSeries
from dlstudio.runs.folders import RunFolder
from dlstudio.settings import read_settings
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.documents import read_spec
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind, TaskSpec

if TYPE_CHECKING:
    import keras

JUDGED_SPLIT = "test"


def continue_dataset(
    request: ScoringRequest,
    load: Callable[[Path], "keras.Model"],
    report: Callable[[ScoringProgress], None],
) -> ScoringResult:
    """Forecast what comes after the end of a run's own dataset.

    Args:
        request: Names the run and where the steps go; it has no file.
        load: Loads the model of a run.
        report: Is told how far the work is.

    Raises:
        NotFoundError: The run is no forecast, or its dataset was removed.
        DataError: What is known in advance is missing, or no series is long enough.
    """
    run = RunFolder(Path(request.run_folder))
    spec, info = _read_what_was_asked(run)
    if spec.task.kind is not TaskKind.FORECASTING:
        raise NotFoundError(
            "There is no file to answer: only a forecast goes on from its own data.",
            "Name a file with the rows.",
            where="FILE",
        )
    report(ScoringProgress(phase="Reading the series"))
    dataset = open_dataset(read_settings(), spec.dataset.name, spec.dataset.fingerprint)
    rows = rows_of_dataset(dataset, spec.task, read_fitted(run))
    report(ScoringProgress(phase="Loading the model"))
    model = load(run.model)
    report(ScoringProgress(phase="Forecasting"))
    return answer_series(request, model, rows)


def answer_series(request: ScoringRequest, model: "keras.Model", rows: SeriesRows) -> ScoringResult:
    """Forecast the next steps of series, or score forecasts within them.

    Args:
        request: What is asked.
        model: The run's model.
        rows: The series.

    Raises:
        DataError: What is known in advance is missing, or no series is long enough.
    """
    run = RunFolder(Path(request.run_folder))
    spec, info = _read_what_was_asked(run)
    scorer = ForecastScorer(model, info, spec, read_fitted(run), rows)
    if request.output_path is None:
        return scorer.evaluate()
    asked = request.ahead
    wishes = AheadWishes(
        known=_read_known(Path(asked.known_path), info, spec.task) if asked.known_path else None,
        assume_known=asked.assume_known,
        band=_read_band(run, spec) if asked.with_band else None,
        drawn_path=Path(asked.drawn_path) if asked.drawn_path else None,
    )
    return scorer.predict(Path(request.output_path), wishes)


def read_fitted(run: RunFolder) -> FittedSeries:
    """What a run knows of its series."""
    return FittedSeries.model_validate_json(run.series.read_text(encoding="utf-8"))


def _read_what_was_asked(run: RunFolder) -> tuple[RunSpec, DatasetInfo]:
    spec = read_spec(run.spec.read_text(encoding="utf-8"))
    info = DatasetInfo.model_validate_json(run.dataset.read_text(encoding="utf-8"))
    return spec, info


def _read_known(path: Path, info: DatasetInfo, task: TaskSpec) -> History:
    options = options_like(ReadOptions(), info)
    with open_any_table(path, options, read_settings(), like=info.source) as table:
        return known_of_file(table.batches(), info, task)


def _read_band(run: RunFolder, spec: RunSpec) -> ForecastBand | None:
    """The band of the forecasts that were kept of the test part, if they are there."""
    if not run.predictions.is_file():
        return None
    rows = forecast_rows(read_predictions(run.predictions, JUDGED_SPLIT), spec.task)
    return band_of_errors(rows, has_series=spec.task.series is not None)
