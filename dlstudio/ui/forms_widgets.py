"""One Streamlit widget for one field, holding a valid value or nothing."""

import math
from collections.abc import Sequence
from typing import Any

import streamlit as st

from dlstudio.ui.formats import escape_markdown
from dlstudio.ui.forms_fields import FormField, Sort
from dlstudio.ui.forms_labels import choice_label

# The nearest a number comes to a limit that it must not reach.
_MARGIN = 1e-9
_LARGEST_USUAL = 4096


def field_widget(
    field: FormField,
    value: Any,  # noqa: ANN401 - whatever the field holds
    key: str,
    options: Sequence[str] | None,
) -> Any:  # noqa: ANN401 - whatever the field holds
    """Show the widget of a field.

    Args:
        field: The field; its sort is a single value or several names.
        value: What the field holds now; the widget begins with it.
        key: The widget's key; a new key begins with `value` again.
        options: Names to choose from where they come from the dataset, perhaps none; else None.

    Returns:
        The field's new value; `field.empty` or None where the widget was left empty.
    """
    if field.sort is Sort.SEVERAL:
        return _several(field, value, key, options or ())
    about = field.about
    if field.sort is Sort.FLAG:
        return st.toggle(about.title, bool(value), key=key, help=about.help)
    if field.sort in (Sort.WHOLE, Sort.NUMBER):
        return (
            _maybe_number(field, value, key) if field.may_be_empty else _number(field, value, key)
        )
    if options is not None or about.choices or about.examples:
        return _choice(field, value, key, options)
    text = st.text_input(about.title, value or "", key=key, help=about.help)
    return text if text or not field.may_be_empty else field.empty


# The widgets get their value as a default in every run, never as a seed in the session: a seed is
# sent to the browser once, and is lost if that run is cut short.


def _several(
    field: FormField, value: Sequence[str], key: str, options: Sequence[str]
) -> tuple[str, ...]:
    known = [*options, *(name for name in value if name not in options)]
    about = field.about
    return tuple(
        st.multiselect(
            about.title, known, list(value), key=key, help=about.help, placeholder="Choose"
        )
    )


def _choice(
    field: FormField,
    value: Any,  # noqa: ANN401 - any option
    key: str,
    options: Sequence[str] | None,
) -> Any:  # noqa: ANN401 - any option
    about = field.about
    listed: list[Any] = list(about.choices or about.examples if options is None else options)
    if value is not None and value not in listed:
        listed.append(value)
    return st.selectbox(
        about.title,
        [None, *listed] if field.may_be_empty else listed,
        index=_place(value, [None, *listed] if field.may_be_empty else listed),
        key=key,
        help=about.help,
        format_func=choice_label if options is None else _option_label,
        placeholder=_option_label(None) if field.may_be_empty else "Choose",
        accept_new_options=bool(about.examples),
    )


def _number(field: FormField, value: float, key: str) -> float:
    about, is_whole = field.about, field.sort is Sort.WHOLE
    cast = int if is_whole else float
    minimum = _limit(about.minimum, _MARGIN if about.excludes_minimum else 0.0)
    maximum = _limit(about.maximum, -_MARGIN if about.excludes_maximum else 0.0)
    number = st.number_input(
        about.title,
        min_value=None if minimum is None else cast(minimum),
        max_value=None if maximum is None else cast(maximum),
        value=cast(value),
        step=1 if is_whole else _step(field.default),
        format="%d" if is_whole else "%g",
        key=key,
        help=about.help,
    )
    return cast(number)


def _maybe_number(field: FormField, value: Any, key: str) -> Any:  # noqa: ANN401 - or empty
    """A number that the studio can choose: usual numbers to pick from, others to type."""
    about = field.about
    listed: list[Any] = [field.empty, *_usual_numbers(field)]
    if value not in listed:
        listed.append(value)
    picked = st.selectbox(
        about.title,
        listed,
        index=_place(value, listed),
        key=key,
        help=f"{about.help} Pick a number or type one.",
        format_func=choice_label,
        placeholder=choice_label(field.empty),  # what the cross that empties the field leads to
        accept_new_options=True,
    )
    if not isinstance(picked, str) or picked == field.empty:
        return picked
    number = read_number(picked, field)
    if number is None:
        st.caption(f":red[{escape_markdown(picked)} cannot be used. Type a number, such as 32.]")
        return value
    return number


def read_number(text: str, field: FormField) -> int | float | None:
    """Read a typed number; None if it is none or beyond the field's limits."""
    try:
        number = int(text) if field.sort is Sort.WHOLE else float(text)
    except ValueError:
        return None
    low, high = field.about.minimum, field.about.maximum
    is_within = (low is None or number >= low) and (high is None or number <= high)
    return number if is_within else None


def _usual_numbers(field: FormField) -> list[int] | list[float]:
    low, high = field.about.minimum or 0.0, field.about.maximum or _LARGEST_USUAL
    if field.sort is Sort.WHOLE:
        return [2**power for power in range(13) if max(low, 4) <= 2**power <= high]
    tens = [factor * 10.0**power for power in range(-2, 4) for factor in (1, 2, 5)]
    return [round(number, 2) for number in tens if low <= number <= high][:10]


def _place(value: Any, listed: Sequence[Any]) -> int | None:  # noqa: ANN401 - any option
    return listed.index(value) if value in listed else None


def _option_label(name: str | None) -> str:
    return "None" if name is None else name


def _limit(limit: float | None, margin: float) -> float | None:
    return None if limit is None else limit + margin


def _step(default: Any) -> float:  # noqa: ANN401 - a number or nothing
    """A step that suits the size of the usual value: 0.001 steps by 0.0005, 0.1 by 0.05."""
    if not default:
        return 0.05
    return 10.0 ** math.floor(math.log10(abs(default))) / 2
