"""The text that goes with a model file: how plain Keras loads it and what goes in and out."""

from collections.abc import Mapping, Sequence
from textwrap import dedent, fill, indent

import numpy as np

from dlstudio.export.forecast_usage import write_forecast_usage
from dlstudio.models.blocks import Block, BlockKind
from dlstudio.models.columns import input_columns
from dlstudio.models.inputs.table import describe_blocks
from dlstudio.models.names import asked_names
from dlstudio.spec.canvas import told_column
from dlstudio.spec.dataset import ColumnKind, DatasetInfo
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind

MOST_LISTED_CLASSES = 50

DTYPES = {
    ColumnKind.NUMBER: ("float32", "a number; missing is float('nan')"),
    ColumnKind.CATEGORY: ("string", "a category as written in the data; missing is ''"),
    ColumnKind.TEXT: ("string", "a text; missing is ''"),
    ColumnKind.DATETIME: ("float64", "seconds since 1970-01-01 UTC; missing is float('nan')"),
}

TOLD = "the class, which makes the answer more exact; not known is ''"

BLOCK_MEANINGS = {
    BlockKind.IMAGE: "pixels, 0 to {largest:,}: any height, any width, channels ({block.shape[2]})",
    BlockKind.VIDEO: "pixels, 0 to 255: {block.shape[0]} frames, height, width, channels",
    BlockKind.SOUND: "samples, -1 to 1, {settings.sample_rate:,} a second (any number)",
    BlockKind.SERIES: "time steps (any number), then channels; missing is float('nan')",
}


def write_usage(
    spec: RunSpec,
    info: DatasetInfo,
    example: Mapping[str, np.ndarray],
    class_names: Sequence[str],
) -> str:
    """Explain a model file in a few lines, with code that runs as it stands.

    Args:
        spec: The run's spec.
        info: The dataset that the model was trained on.
        example: One raw row of it, by column name; each array `(1,)`.
        class_names: Classes or labels in the order of the probabilities; empty for a regression.

    Returns:
        Plain text; the lines that are indented are the code.
    """
    if spec.task.kind is TaskKind.FORECASTING:
        return write_forecast_usage(spec, info, example)
    return (
        "\n\n".join(
            [
                f"How to use model.keras ({spec.name or info.name})",
                "It needs Python with TensorFlow 2.21 and Keras 3.15 or newer, not DL Studio.\n"
                "Preprocessing is inside: give it the columns as they are in the data.",
                indent(_code(spec, info, example), "    "),
                _answer(spec, info, class_names),
            ]
        )
        + "\n"
    )


def _code(spec: RunSpec, info: DatasetInfo, example: Mapping[str, np.ndarray]) -> str:
    names = asked_names(spec)
    blocks = {block.column.name: block for block in _blocks(spec, info)}
    lines = [
        _block_line(names[column], blocks[column])
        if column in blocks and info.column(column).kind is not ColumnKind.TEXT
        else _input_line(names[column], info.column(column).kind, example[column][0])
        for column in spec.task.inputs
    ]
    told = told_column(spec)
    if told is not None:
        text = _literal(example[told][0])
        lines.append(f"    {names[told]!r}: tensor([[{text}]], dtype='string'),  # {TOLD}")
    head = dedent("""\
        import keras

        model = keras.saving.load_model("model.keras")
        tensor = keras.ops.convert_to_tensor
        rows = {
        """)
    tail = dedent("""\
        }
        answer = model(rows)
        for name, values in answer.items():
            print(name, keras.ops.convert_to_numpy(values))""")
    return head + "\n".join(lines) + "\n" + tail


def _input_line(name: str, kind: ColumnKind, value: object) -> str:
    dtype, meaning = DTYPES[kind]
    return f"    {name!r}: tensor([[{_literal(value)}]], dtype={dtype!r}),  # {meaning}"


def _blocks(spec: RunSpec, info: DatasetInfo) -> tuple[Block, ...]:
    return describe_blocks(input_columns(spec, info).structured)


def _block_line(name: str, block: Block) -> str:
    """A value of the right shape, all zeros, and what belongs in its place."""
    shape = ", ".join(str(size) for size in (1, *block.decoded_shape))
    largest = 65_535 if block.decoded_dtype == "uint16" else 255
    meaning = BLOCK_MEANINGS[block.kind].format(
        block=block, settings=block.column.settings, largest=largest
    )
    dtype = block.decoded_dtype
    return f"    {name!r}: keras.ops.zeros(({shape}), dtype={dtype!r}),  # {meaning}"


def _literal(value: object) -> str:
    if isinstance(value, (np.floating, float)):
        # A float32 is written as it was meant: 0.1, not 0.10000000149.
        return "float('nan')" if np.isnan(value) else repr(float(str(value)))
    return repr(str(value))


def _rebuilding_answer(spec: RunSpec, info: DatasetInfo) -> str:
    text = (
        "answer['codes'] holds the numbers that describe each row. answer['example'] is the row as "
        "the network sees it and answer['reconstruction'] what it makes of the codes: scaled "
        "numbers, of images pixels from 0 to 255. answer['reconstruction_error'] is the root of "
        "the mean squared difference of the two, on the scale that the network works on."
    )
    if any(info.column(name).kind is ColumnKind.SEQUENCE for name in spec.task.inputs):
        text += (
            " answer['reconstruction_in_units'], if it is there, is the reconstruction in the "
            "units of the data."
        )
    if spec.task.kind is TaskKind.ANOMALY:
        text += (
            " answer['anomaly_score'] is that error as a multiple of the threshold, and "
            "answer['is_anomaly'] is 1 where the score is above 1."
        )
    return fill(text, 96)


def _answer(spec: RunSpec, info: DatasetInfo, class_names: Sequence[str]) -> str:
    if spec.task.kind.is_unsupervised:
        return _rebuilding_answer(spec, info)
    if spec.task.kind is TaskKind.REGRESSION:
        return (
            "The answer holds the predicted "
            f"{', '.join(spec.task.targets)} in the units of the data, one value a row."
        )
    listed = "\n".join(f"    # {index}: {name!r}" for index, name in enumerate(class_names))
    if len(class_names) > MOST_LISTED_CLASSES:
        listed = '    # model.get_layer("class_names").get_vocabulary()'
    if spec.task.is_multi_label:
        return (
            "answer['prediction'] is 1 where a label was predicted, answer['probabilities'] how "
            "sure the\nmodel is, one column a label in this order. All zeros: no label applies.\n\n"
            + listed
        )
    return (
        "answer['prediction'] is the class, answer['probabilities'] the probability of each class "
        "in this order:\n\n" + listed
    )
