"""Whether the day or the month comes first in a file, and whether that can be known."""

import re
from collections.abc import Sequence

from dlstudio.data.options import DateOrder
from dlstudio.data.stage import Stage
from dlstudio.spec.dataset import QualityWarning

_NUMERIC_DATE = re.compile(r"\s*\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b")


def decide_date_order(stage: Stage) -> DateOrder:
    """Choose one order for a whole file: the chosen one, else the one that reads more dates.

    Where both read all dates, slashes and a decimal point speak for the month first.

    Args:
        stage: The file as read.
    """
    chosen = stage.options.get("date_order")
    if chosen:
        return DateOrder(str(chosen))
    votes = {
        order: sum(evidence.num_dates[order] for evidence in stage.evidence) for order in DateOrder
    }
    if votes[DateOrder.DAY_FIRST] != votes[DateOrder.MONTH_FIRST]:
        return max(DateOrder, key=lambda order: votes[order])
    has_slash = any("/" in example for example in _examples(stage))
    is_american = has_slash and stage.number_style.decimal == "."
    return DateOrder.MONTH_FIRST if is_american else DateOrder.DAY_FIRST


def ambiguity_warning(
    stage: Stage, names: Sequence[str], order: DateOrder
) -> tuple[QualityWarning, ...]:
    """Warn if the order was guessed and every date can be read both ways.

    Args:
        stage: The file as read.
        names: Its column names.
        order: The order that was taken.

    Returns:
        One warning, or none.
    """
    ambiguous = [
        name
        for name, evidence in zip(names, stage.evidence, strict=True)
        if evidence.num_dates[DateOrder.DAY_FIRST] == evidence.num_dates[DateOrder.MONTH_FIRST] > 0
        and not evidence.is_typed
        and any(_NUMERIC_DATE.match(value) for value in evidence.distinct)
    ]
    unambiguous = any(len(set(evidence.num_dates.values())) > 1 for evidence in stage.evidence)
    if not ambiguous or unambiguous or stage.options.get("date_order"):
        return ()
    first, other = order.value.split("-")[0], "month" if order is DateOrder.DAY_FIRST else "day"
    problem = (
        f"Every date of {ambiguous[0]!r} can be read with the day or the month first; "
        f"the {first} was taken to come first."
    )
    fix = f"Choose the other Date order if the {other} comes first."
    return (QualityWarning(code="ambiguous-dates", where=ambiguous[0], problem=problem, fix=fix),)


def _examples(stage: Stage) -> list[str]:
    """One cell of each column that may hold dates."""
    found = (
        next(iter(evidence.distinct), "") for evidence in stage.evidence if evidence.may_hold_dates
    )
    return list(found)
