"""Labels that JSON and Parquet list in one cell, as the texts that label columns hold."""

import json
from collections.abc import Iterable
from typing import TypeGuard

import pyarrow as pa

from dlstudio.spec.labels import NO_LABEL

# A column of such a name is what people want to predict.
TARGET_NAMES = frozenset({"label", "labels", "class", "target", "category"})
SEPARATOR = ";"


def is_target_name(name: str) -> bool:
    """Whether a column of this name is what people want to predict."""
    return name.strip().lower() in TARGET_NAMES


def is_list_of_texts(value: object) -> TypeGuard[list[str]]:
    """Whether a value of JSON or Parquet is a list of labels."""
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def joined(labels: Iterable[object]) -> str:
    """Write labels with semicolons between them; those inside of labels become commas.

    Args:
        labels: Any number of them; none are written as "[]", because an empty text is missing.
    """
    written = [str(label).replace(SEPARATOR, ",") for label in labels]
    return f"{SEPARATOR} ".join(written) if written else NO_LABEL


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
    return joined(labels)
