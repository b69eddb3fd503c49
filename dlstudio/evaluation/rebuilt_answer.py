"""One row beside what a saved model rebuilds of it, with what is to blame for the difference."""

import base64
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from dlstudio.evaluation.anomaly import blame_columns
from dlstudio.evaluation.place_names import place_names
from dlstudio.evaluation.predict import model_outputs
from dlstudio.evaluation.rebuilding_answers import with_told
from dlstudio.evaluation.reconstruction import column_shares
from dlstudio.evaluation.word_weights import weigh_words
from dlstudio.models.assemble_rebuilding import CODES, ERROR, SCORE
from dlstudio.models.canvas import Canvas, PlaceKind, canvas_of
from dlstudio.models.names import asked_names
from dlstudio.models.rebuilding import EXAMPLE, RECONSTRUCTION
from dlstudio.reports.rebuilt_row import RebuiltExample, RebuiltRow, RebuiltValue
from dlstudio.spec.canvas import CanvasKind, told_column
from dlstudio.spec.dataset import ColumnKind, DatasetInfo
from dlstudio.spec.run import RunSpec

MISSING = "–"
NUM_LEVELS = 65
DIGITS = 4

Raw = Mapping[str, np.ndarray]


def explain_row(model: keras.Model, raw: Raw, info: DatasetInfo, spec: RunSpec) -> RebuiltRow:
    """Rebuild one row.

    Args:
        model: The complete model of a run whose network rebuilds its inputs.
        raw: One raw row by column name, each `(1,)`, structured ones decoded `(1, ...)`.
        info: The dataset that the model was trained on.
        spec: The run's spec.
    """
    raw = with_told(raw, spec)
    outputs = model_outputs(model, raw, asked_names(spec))
    canvas = canvas_of(spec, info)
    example, rebuilt = (outputs[name].reshape(1, -1) for name in (EXAMPLE, RECONSTRUCTION))
    score = float(outputs[SCORE].item()) if SCORE in outputs else None
    found = RebuiltRow(
        error=float(outputs[ERROR].item()),
        score=score,
        codes=tuple(outputs[CODES].reshape(-1).tolist()),
        blames=blame_columns(example, rebuilt, place_names(canvas))[0],
    )
    if canvas.kind is CanvasKind.TABLE:
        values = _values(model, raw, info, spec, outputs)
        words = weigh_words(model, raw, outputs, info, spec)
        return found.model_copy(update={"values": values, "words": words})
    shown = RebuiltExample(
        kind=canvas.kind.value,
        shape=outputs[EXAMPLE].shape[1:],
        given=_packed(canvas, outputs[EXAMPLE][0]),
        rebuilt=_packed(canvas, outputs[RECONSTRUCTION][0]),
    )
    return found.model_copy(update={"example": shown})


def _packed(canvas: Canvas, values: np.ndarray) -> str:
    is_image = canvas.kind is CanvasKind.IMAGE
    shown = np.round(values).astype(np.uint8) if is_image else values.astype(np.float32)
    return base64.b64encode(shown.tobytes()).decode()


def _values(
    model: keras.Model,
    raw: Raw,
    info: DatasetInfo,
    spec: RunSpec,
    outputs: dict[str, np.ndarray],
) -> tuple[RebuiltValue, ...]:
    """The cells of the row and their reconstructions, those with the largest error first."""
    canvas = canvas_of(spec, info)
    names, shares = column_shares(
        outputs[EXAMPLE].reshape(1, -1), outputs[RECONSTRUCTION].reshape(1, -1), canvas.columns
    )
    levels = _levels(raw, info, spec)
    scaled = model_outputs(model, levels, asked_names(spec))[EXAMPLE]
    rebuilt = outputs[RECONSTRUCTION][0]
    found = [
        RebuiltValue(
            column=name,
            given=_text(raw[name][0]),
            rebuilt=_back(canvas, info, name, levels[name], scaled, rebuilt),
            share=min(1.0, float(share)),
        )
        for name, share in zip(names, shares[0], strict=True)
    ]
    return tuple(sorted(found, key=lambda value: -value.share))


def _levels(raw: Raw, info: DatasetInfo, spec: RunSpec) -> dict[str, np.ndarray]:
    """Rows that hold, column by column, the values that a reconstruction may stand for."""
    wanted: dict[str, list[Any]] = {}
    for name in spec.task.inputs:
        column = info.column(name)
        if column.kind is ColumnKind.NUMBER and column.quantiles:
            spaced = np.linspace(0.0, len(column.quantiles) - 1, NUM_LEVELS)
            known = np.interp(spaced, np.arange(len(column.quantiles)), column.quantiles)
            wanted[name] = known.tolist()
        elif column.kind is ColumnKind.CATEGORY:
            missing = [""] if column.num_missing or not column.top_values else []
            wanted[name] = [*(entry.value for entry in column.top_values[:200]), *missing]
        else:
            wanted[name] = [raw[name][0]]
    told = told_column(spec)
    if told is not None:
        wanted[told] = [raw[told][0]]
    length = max(len(values) for values in wanted.values())
    return {
        name: np.asarray(values + values[-1:] * (length - len(values))).astype(raw[name].dtype)
        for name, values in wanted.items()
    }


def _back(
    canvas: Canvas,
    info: DatasetInfo,
    name: str,
    levels: np.ndarray,
    scaled: np.ndarray,
    rebuilt: np.ndarray,
) -> str:
    """The value whose scaled form is nearest to what came out; the known ones are tried."""
    kinds = {PlaceKind.NUMBER, PlaceKind.CATEGORY}
    places = [
        index
        for index, place in enumerate(canvas.places)
        if place.column == name and place.kind in kinds
    ]
    if not places:
        return MISSING
    if info.column(name).kind is ColumnKind.CATEGORY:
        # One place a category: the largest of them says which one is meant, however unsure.
        return _text(levels[int((scaled[:, places] @ rebuilt[places]).argmax())])
    at, first = np.unique(scaled[:, places[0]], return_index=True)
    value = float(np.interp(rebuilt[places[0]], at, levels[first].astype(np.float64)))
    return f"{round(value):,}" if info.column(name).is_integer else f"{value:,.{DIGITS}g}"


def _text(value: object) -> str:
    if isinstance(value, (float, np.floating)):
        return MISSING if np.isnan(value) else f"{float(value):,.{DIGITS}g}"
    return str(value) or MISSING
