"""What a warm worker answers: how a network looks, what a trained model says."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pyarrow as pa

from dlstudio.data.dataset import Dataset
from dlstudio.data.label_lists import open_for_spec
from dlstudio.data.raw import raw_from_table
from dlstudio.errors import NotFoundError, SpecError
from dlstudio.evaluation.predict import predict_raw
from dlstudio.evaluation.rebuilt_answer import explain_row
from dlstudio.models.columns import input_columns
from dlstudio.models.inputs.table import describe_blocks
from dlstudio.models.preview import preview
from dlstudio.models.rows import decode
from dlstudio.runs.folders import RunFolder, run_folder
from dlstudio.runs.warm_server import Answerer
from dlstudio.settings import Settings
from dlstudio.spec.canvas import asked_columns
from dlstudio.spec.check import check_spec
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.documents import read_spec
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from dlstudio.training.first_batch import first_batch
from dlstudio.training.first_forecast_batch import first_forecast_batch
from dlstudio.worker.forecast_answer import answer_forecast
from dlstudio.worker.generate_answer import answer_generate


def answerers(settings: Settings) -> dict[str, Answerer]:
    """What answers each kind of request, over the JSON line of `warm_server`."""
    return {
        "preview": partial(_preview, settings),
        "first_batch": partial(_first_batch, settings),
        "predict": partial(_predict, settings),
        "explain": partial(_explain, settings),
        "generate": partial(answer_generate, settings),
        "forecast": partial(answer_forecast, settings, _current_model),
    }


def _preview(settings: Settings, request: dict[str, Any]) -> dict[str, Any]:
    spec, dataset = _open_checked(settings, request)
    return preview(spec, dataset.info).model_dump(mode="json")


def _first_batch(settings: Settings, request: dict[str, Any]) -> dict[str, Any]:
    spec, dataset = _open_checked(settings, request)
    is_forecast = spec.task.kind is TaskKind.FORECASTING
    compute = first_forecast_batch if is_forecast else first_batch
    return compute(dataset, spec).model_dump(mode="json")


def _open_checked(settings: Settings, request: dict[str, Any]) -> tuple[RunSpec, Dataset]:
    spec = RunSpec.model_validate(request["spec"])
    dataset = open_for_spec(settings, spec)
    if problems := check_spec(spec, dataset.info):
        raise SpecError(problems)
    keras.backend.clear_session()
    return spec, dataset


def _predict(settings: Settings, request: dict[str, Any]) -> list[dict[str, Any]]:
    asked = _read_asked(settings, request)
    return predict_raw(asked.model, asked.raw, asked.info, asked.spec).to_pylist()


def _explain(settings: Settings, request: dict[str, Any]) -> dict[str, Any]:
    asked = _read_asked(settings, request)
    found = explain_row(asked.model, asked.raw, asked.info, asked.spec)
    return found.model_dump(mode="json")


@dataclass(frozen=True)
class _Asked:
    """The model that is asked, and the rows that it is asked about."""

    model: keras.Model
    raw: dict[str, np.ndarray]
    spec: RunSpec
    info: DatasetInfo


def _read_asked(settings: Settings, request: dict[str, Any]) -> _Asked:
    folder = run_folder(settings, request["run_id"])
    if not folder.model.exists():
        raise NotFoundError(
            "The run has no model yet.", "Wait until it has finished, or choose another run."
        )
    spec, info = _read_what_was_asked(folder)
    model = _current_model(folder.model)
    table = table_of_rows(request["rows"])
    raw = raw_from_table(table, info, asked_columns(spec, table.column_names))
    for block in describe_blocks(input_columns(spec, info).structured):
        # Files are named by their whole path; a folder to begin with has no effect then.
        name = block.column.name
        raw[name] = decode(block, raw[name], settings.home)
    return _Asked(model, raw, spec, info)


def table_of_rows(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Turn rows as a person types them into a table.

    Args:
        rows: Values by column; a column that a row lacks is missing there.

    Returns:
        The table; a column whose values are of several types becomes text.
    """
    names = dict.fromkeys(name for row in rows for name in row)
    return pa.table({name: _column([row.get(name) for row in rows]) for name in names})


def _column(values: list[Any]) -> pa.Array:
    if all(value is None for value in values):
        return pa.array(values, pa.string())
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if value is None else str(value) for value in values])


def _read_what_was_asked(folder: RunFolder) -> tuple[RunSpec, DatasetInfo]:
    spec = read_spec(folder.spec.read_text(encoding="utf-8"))
    info = DatasetInfo.model_validate_json(folder.dataset.read_text(encoding="utf-8"))
    return spec, info


def _current_model(path: Path) -> keras.Model:
    return _load_model(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _load_model(path: Path, modified_ns: int) -> keras.Model:
    model = keras.models.load_model(path, compile=False)
    assert isinstance(model, keras.Model)  # our own file; Keras's signature says "anything"
    return model
