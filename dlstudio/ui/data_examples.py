"""Examples of a dataset as a person would look at them, by class."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dlstudio.data.dataset import Dataset
from dlstudio.data.examples import STRUCTURED_KINDS, Example, read_examples, rows_of_class
from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from dlstudio.ui.examples_audio import show_sounds
from dlstudio.ui.examples_images import show_images, show_images_by_class
from dlstudio.ui.examples_sequences import show_sequences
from dlstudio.ui.examples_texts import show_texts
from dlstudio.ui.examples_videos import show_videos
from dlstudio.ui.formats import count

MOST_CLASSES = 30
ALL, BY_CLASS = -1, -2  # places of classes are 0 and above: a class may have any name
_GROUP_NAMES = {ALL: "All", BY_CLASS: "By class"}

Show = Callable[[Dataset, ColumnInfo, Sequence[Example]], None]

_SHOWN: dict[ColumnKind, tuple[Show, int]] = {
    ColumnKind.IMAGE: (show_images, 24),
    ColumnKind.AUDIO: (show_sounds, 4),
    ColumnKind.VIDEO: (show_videos, 4),
    ColumnKind.SEQUENCE: (show_sequences, 6),
    ColumnKind.TEXT: (show_texts, 8),
}


@dataclass(frozen=True)
class _ClassChoice:
    """The class column, and what of it is looked at; everything without a label."""

    column: str | None = None
    label: str | None = None
    is_by_class: bool = False


def structured_columns(dataset: Dataset) -> list[ColumnInfo]:
    """The columns that are better looked at than read as cells."""
    return [column for column in dataset.info.columns if column.kind in STRUCTURED_KINDS]


def show_examples(dataset: Dataset, target: str | None) -> None:
    """Show examples of the structured columns.

    Args:
        dataset: The dataset version that is shown.
        target: The column to predict, if one is chosen; its classes can be looked at one by one.
    """
    columns = structured_columns(dataset)
    column = columns[0]
    if len(columns) > 1:
        names = [column.name for column in columns]
        chosen = st.segmented_control(
            "Column", names, default=names[0], key=f"examples_{dataset.info.fingerprint}"
        )
        column = dataset.info.column(chosen or names[0])
    choice = _ask_class(dataset, target, column)
    if choice.is_by_class and choice.column is not None:
        show_images_by_class(dataset, column, choice.column)
        return
    rows = rows_of_class(dataset, choice.column, choice.label)
    show, page_size = _SHOWN[column.kind]
    picked = _page_of(rows, page_size, f"{dataset.info.fingerprint}.{column.name}.{choice.label}")
    show(dataset, column, read_examples(dataset, column.name, choice.column, picked))


def _ask_class(dataset: Dataset, target: str | None, column: ColumnInfo) -> _ClassChoice:
    if target is None or target == column.name:
        return _ClassChoice()
    classes = dataset.info.column(target)
    is_short = 1 < classes.num_distinct <= MOST_CLASSES
    if not is_short or len(classes.top_values) < classes.num_distinct:
        return _ClassChoice(target)
    names = classes.classes
    groups = [ALL, BY_CLASS] if column.kind is ColumnKind.IMAGE else [ALL]
    chosen = st.pills(
        "Class",
        [*groups, *range(len(names))],
        format_func=lambda place: _GROUP_NAMES.get(place) or names[place],
        default=ALL,
        key=f"examples_class_{dataset.info.fingerprint}_{target}",
        required=True,
    )
    if chosen is None or chosen in groups:
        return _ClassChoice(target, is_by_class=chosen == BY_CLASS)
    return _ClassChoice(target, names[chosen])


def _page_of(rows: np.ndarray, page_size: int, key: str) -> np.ndarray:
    """A fixed random choice, so that files sorted by class are not all of one class."""
    if len(rows) <= page_size:
        return rows
    place_key = f"examples_place_{key}"
    order = np.random.default_rng(0).permutation(len(rows))
    first = int(st.session_state.get(place_key, 0))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{page_size} of {count(len(rows), 'example')}, picked at random.")
        if st.button("Show others", icon=":material/shuffle:", key=f"examples_more_{key}"):
            first = (first + page_size) % len(rows)
            st.session_state[place_key] = first
    return rows[np.take(order, range(first, first + page_size), mode="wrap")]
