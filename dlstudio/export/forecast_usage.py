"""The text that goes with the model file of a forecast."""

from collections.abc import Mapping, Sequence
from textwrap import dedent, indent

import numpy as np

from dlstudio.models.forecast_model import forecast_input_names
from dlstudio.models.forecast_window import ForecastLayout, forecast_layout
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.forecast_columns import SeriesColumn
from dlstudio.spec.inputs.series import SeriesPreprocessing
from dlstudio.spec.run import RunSpec

MOST_LISTED_VALUES = 24


def write_forecast_usage(
    spec: RunSpec, info: DatasetInfo, example: Mapping[str, np.ndarray]
) -> str:
    """Explain the model file of a forecast, with code that runs as it stands.

    Args:
        spec: The run's spec.
        info: The dataset that the model was trained on.
        example: One raw window by column, each `(1, steps)`; under the time column the time of
            the first forecast step, if the calendar is used.

    Returns:
        Plain text; the lines that are indented are the code.
    """
    layout = forecast_layout(spec, info)
    targets = ", ".join(spec.task.targets)
    return (
        "\n\n".join(
            [
                f"How to use model.keras ({spec.name or info.name})",
                "It needs Python with TensorFlow 2.21 and Keras 3.15 or newer, not DL Studio.\n"
                "Preprocessing is inside: give it the values as they are in the data, one value a "
                "step of time,\nthe oldest first, without gaps. Several windows can be given at "
                "once, one a row.",
                indent(_code(spec, layout, example), "    "),
                f"The answer holds the next {layout.shape.horizon:,} steps of {targets} in the "
                "units of the data, one row a window.",
            ]
        )
        + "\n"
    )


def _code(spec: RunSpec, layout: ForecastLayout, example: Mapping[str, np.ndarray]) -> str:
    time = str(spec.task.time)
    names = forecast_input_names(layout, time)
    lines: list[str] = []
    if layout.shape.cycles:
        said = "time of the first step to forecast, in seconds since 1970-01-01 UTC"
        lines.append(_line(names[time], example[time][0].tolist(), "float64", said))
    for column in layout.columns.columns:
        values = [_literal(value) for value in example[column.name][0].tolist()]
        is_number = isinstance(column.settings, SeriesPreprocessing)
        dtype = "float32" if is_number else "string"
        lines.append(_line(names[column.name], values, dtype, _meaning(layout, column)))
    head = dedent("""\
        import keras
        import numpy as np

        model = keras.saving.load_model("model.keras")
        tensor = keras.ops.convert_to_tensor
        window = {
        """)
    tail = dedent("""\
        }
        answer = model(window)
        for name, values in answer.items():
            print(name, keras.ops.convert_to_numpy(values))""")
    return head + "\n".join(lines) + "\n" + tail


def _line(name: str, values: Sequence[object], dtype: str, meaning: str) -> str:
    listed = ", ".join(str(value) for value in values[:MOST_LISTED_VALUES])
    given = f"[[{listed}]]"
    if len(values) > MOST_LISTED_VALUES:  # the rest would fill pages
        given = f"np.resize([{listed}], (1, {len(values)}))"
    return f"    # {meaning}\n    {name!r}: tensor({given}, dtype={dtype!r}),"


def _meaning(layout: ForecastLayout, column: SeriesColumn) -> str:
    window, horizon = layout.shape.window, layout.shape.horizon
    if column.is_known:
        return f"the last {window:,} values and those of the {horizon:,} steps to forecast"
    return f"the last {window:,} values"


def _literal(value: object) -> str:
    if isinstance(value, float):
        # A float32 is written as it was meant: 0.1, not 0.10000000149.
        return repr(float(str(np.float32(value)))) if np.isfinite(value) else "float('nan')"
    return repr(str(value))
