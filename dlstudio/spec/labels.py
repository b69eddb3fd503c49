"""Several labels in one cell: how they are told apart, and which ones are known."""

from collections import Counter
from collections.abc import Sequence

from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo

MOST_LABELS = 2_000
# What usually stands between two labels, in the order in which it is looked for.
SEPARATORS = (";", "|", ",")
LONGEST_LABEL = 40
# Cells are lists if so many hold several labels, and if so many labels stand in several cells.
MIN_LISTS, MIN_SHARE_OF_LISTS, MIN_SHARE_BACK = 2, 0.25, 0.75
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


def likely_separator(column: ColumnInfo) -> str | None:
    """Tell that the cells of a column list labels, by labels that come back in other cells.

    Args:
        column: A column, which may be a target.

    Returns:
        What stands between two labels; None if the cells do not look like lists.
    """
    if column.kind is not ColumnKind.CATEGORY:
        return None
    for separator in SEPARATORS:
        lists = [labels_in(entry.value, separator) for entry in column.top_values]
        counts = Counter(label for labels in lists for label in set(labels))
        num_lists = sum(len(labels) > 1 for labels in lists)
        num_back = sum(count > 1 for count in counts.values())
        are_labels = max(map(len, counts), default=0) <= LONGEST_LABEL
        has_lists = num_lists >= max(MIN_LISTS, MIN_SHARE_OF_LISTS * len(lists))
        if has_lists and are_labels and num_back >= MIN_SHARE_BACK * len(counts):
            return separator
    return None
