"""Labels that JSON and Parquet list in one cell, as the texts that label columns hold."""

import json

import pyarrow as pa

# A column of such a name is what people want to predict.
TARGET_NAMES = frozenset({"label", "labels", "class", "target", "category"})
SEPARATOR = ";"


def is_target_name(name: str) -> bool:
    """Whether a column of this name is what people want to predict."""
    return name.strip().lower() in TARGET_NAMES


def join_labels(cells: pa.Array) -> pa.Array:
    """Write lists of labels with semicolons between them; everything else stays.

    Args:
        cells: Texts, among them JSON lists such as '["red", "round"]'; or any other type.
    """
    if not pa.types.is_string(cells.type):
        return cells
    return pa.array([_joined(text) for text in cells.to_pylist()], pa.string())


def _joined(text: str | None) -> str | None:
    if text is None or not (text.startswith("[") and text.endswith("]")):
        return text
    try:
        labels = json.loads(text)
    except ValueError:
        return text
    if any(isinstance(label, list | dict) for label in labels):
        return text
    return f"{SEPARATOR} ".join(str(label).replace(SEPARATOR, ",") for label in labels)
