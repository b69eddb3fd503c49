"""Words that several reports share."""

from collections.abc import Sequence

MOST_NAMES = 5


def list_names(names: Sequence[str]) -> str:
    """Quote names for a sentence, the first five of them."""
    listed = ", ".join(repr(name) for name in names[:MOST_NAMES])
    num_more = len(names) - MOST_NAMES
    return f"{listed} and {num_more:,} more" if num_more > 0 else listed
