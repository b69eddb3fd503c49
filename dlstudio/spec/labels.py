"""Several labels in one cell: how they are told apart, and which ones are known."""

from collections.abc import Sequence

from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo

MOST_LABELS = 2_000
# What a cell holds that lists labels, but none: an empty list in JSON and Parquet.
NO_LABEL = "[]"


def labels_in(text: str, separator: str) -> list[str]:
    """The labels that one cell lists.

    Args:
        text: A cell, such as "red | round"; "[]" lists none.
        separator: What stands between two labels; at least one character.
    """
    if text.strip() == NO_LABEL:
        return []
    return [label for part in text.split(separator) if (label := part.strip())]


def label_text(labels: Sequence[str], separator: str) -> str:
    """Write labels as a cell that `labels_in` reads; "[]" if there are none.

    Args:
        labels: Any number of them, without the separator.
        separator: What stands between two labels.
    """
    return separator.join(labels) if labels else NO_LABEL


def lists_every_cell(column: ColumnInfo) -> bool:
    """Whether `top_values` holds every different cell of a column, and holds it whole."""
    is_shortened = column.kind not in (ColumnKind.CATEGORY, ColumnKind.NUMBER)
    return not is_shortened and len(column.top_values) == column.num_distinct


def known_labels(info: DatasetInfo, column: str, separator: str) -> frozenset[str] | None:
    """The different labels of a column.

    Args:
        info: A dataset; `dlstudio.data.label_lists` adds the labels of columns with so many
            different cells that their profile does not list them all.
        column: The column, which exists.
        separator: What stands between two labels.

    Returns:
        The labels; more than `MOST_LABELS` means "too many", not all of them. None if nobody read
        the column for them.
    """
    for found in info.labels:
        if (found.column, found.separator) == (column, separator):
            return frozenset(found.names)
    described = info.column(column)
    if not lists_every_cell(described):
        return None
    cells = (entry.value for entry in described.top_values)
    return frozenset(label for cell in cells for label in labels_in(cell, separator))
