"""Columns that say whose a row is: a random split has rows of the same one in training and test."""

import re

from dlstudio.spec.dataset import ColumnInfo, ColumnKind, ColumnRole, DatasetInfo, QualityWarning

LOOKS_LIKE_GROUPS = "looks-like-groups"
# One for each part of a split.
MIN_GROUPS = 3
_WORDS = (
    "speaker|patient|subject|participant|volunteer|person|session|recording|source[ _.-]?file|group"
)
_NAME = re.compile(rf"({_WORDS})([ _.-]?(id|no|nr|number|name|key))?", re.IGNORECASE)


def looks_like_groups(info: DatasetInfo, column: ColumnInfo) -> QualityWarning | None:
    """Warn about a column that names speakers, patients and the like, and keeps no rows together.

    Args:
        info: The dataset.
        column: A column of it.

    Returns:
        None if rows are kept together already, or the parts are given.
    """
    is_free = column.role in (ColumnRole.INPUT, ColumnRole.IGNORE)
    may_name = column.kind in (ColumnKind.CATEGORY, ColumnKind.IDENTIFIER) or column.is_integer
    if not (is_free and may_name and _NAME.fullmatch(column.name.strip())):
        return None
    if not MIN_GROUPS <= column.num_distinct <= info.num_rows / 2:
        return None
    # The last question, as it goes through all columns.
    if info.with_role(ColumnRole.GROUP) or info.with_role(ColumnRole.SPLIT):
        return None
    return QualityWarning(
        code=LOOKS_LIKE_GROUPS,
        where=column.name,
        problem=f"The column {column.name!r} seems to say where a row comes from, "
        f"{column.num_distinct:,} of them in {info.num_rows:,} rows. A random split puts rows of "
        "the same one into training and test, which makes scores look too good.",
        fix="Set its role to group, so that rows of one stay in the same part.",
    )
