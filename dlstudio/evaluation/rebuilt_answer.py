"""One row beside what a saved model rebuilds of it, with what is to blame for the difference."""

import base64
from collections.abc import Mapping

import keras
import numpy as np

from dlstudio.evaluation.anomaly import blame_columns
from dlstudio.evaluation.place_names import place_names
from dlstudio.evaluation.predict import model_outputs
from dlstudio.evaluation.rebuilding_answers import with_told
from dlstudio.evaluation.rebuilt_columns import RebuiltColumns
from dlstudio.evaluation.reconstruction import column_shares
from dlstudio.evaluation.word_weights import weigh_words
from dlstudio.models.assemble_rebuilding import CODES, ERROR, SCORE
from dlstudio.models.canvas import Canvas, canvas_of
from dlstudio.models.names import asked_names
from dlstudio.models.rebuilding import EXAMPLE, RECONSTRUCTION
from dlstudio.reports.rebuilt_row import RebuiltExample, RebuiltRow, RebuiltValue
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.run import RunSpec

MISSING = "–"
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
    rebuilt = RebuiltColumns(model, raw, info, spec).values(outputs[RECONSTRUCTION])
    found = [
        RebuiltValue(
            column=name,
            given=_text(raw[name][0]),
            rebuilt=_rebuilt_text(rebuilt[name][0], info, name) if name in rebuilt else MISSING,
            share=min(1.0, float(share)),
        )
        for name, share in zip(names, shares[0], strict=True)
    ]
    return tuple(sorted(found, key=lambda value: -value.share))


def _rebuilt_text(value: object, info: DatasetInfo, name: str) -> str:
    if info.column(name).is_integer and isinstance(value, (float, np.floating)):
        return f"{round(float(value)):,}"
    return _text(value)


def _text(value: object) -> str:
    if isinstance(value, (float, np.floating)):
        return MISSING if np.isnan(value) else f"{float(value):,.{DIGITS}g}"
    return str(value) or MISSING
