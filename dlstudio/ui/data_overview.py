"""The first look at a dataset: its size, what the target looks like, and what may go wrong."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import streamlit as st

from dlstudio.data.dataset import Dataset
from dlstudio.data.target_quality import target_warnings
from dlstudio.spec.dataset import ColumnInfo, DatasetInfo, QualityWarning
from dlstudio.spec.defaults import suggest_task
from dlstudio.spec.task import TaskKind
from dlstudio.ui.charts import show_bars
from dlstudio.ui.column_chart import show_column_chart
from dlstudio.ui.data_fixes import SHARED_FIXES, WarningFixer
from dlstudio.ui.data_media_words import media_lines
from dlstudio.ui.data_reading import show_repeated
from dlstudio.ui.formats import count, escape_markdown, number, share, size
from dlstudio.ui.kept_room import show_figure

MOST_LISTED = 50
MOST_CLASSES = 30
MOST_MEDIA = 12

WARNING_TITLES: Mapping[str, str] = {
    "all-missing": "Columns without any value",
    "ambiguous-dates": "Dates that can be read in two ways",
    "class-imbalance": "Classes of very different size",
    "clipped-sounds": "Sounds that are cut off at the loudest",
    "closed-folders": "Folders that may not be read",
    "constant": "Columns with one value only",
    "dates-in-digits": "Dates written as one number",
    "deep-colors": "Colours of which the finest steps are not read",
    "duplicate-files": "Files with the same content",
    "duplicate-rows": "Rows that appear more than once",
    "empty-classes": "Class folders without files",
    "empty-texts": "Empty texts",
    "equal-files-disagree": "Equal files with different answers",
    "equal-files-in-parts": "Equal files in training and test",
    "extreme-outliers": "Values far from all others",
    "few-rows": "Few rows",
    "damaged-letters": "Letters that could not be read",
    "few-rows-per-class": "Classes with few rows",
    "identifier-like": "Columns that only name the row",
    "infinite-values": "Infinite numbers",
    "irregular-times": "Irregular times",
    "left-out-columns": "Columns that were left out",
    "links-left-out": "Links that were left out",
    "lists-labels": "Several labels in one cell",
    "long-cells": "Very long texts in cells",
    "long-texts": "Very long texts",
    "looks-like-groups": "Rows that belong together",
    "looks-like-sequences": "This looks like readings of sensors",
    "lost-names": "A table that names files which are not there",
    "many-categories": "Columns with very many categories",
    "many-classes": "Very many classes",
    "missing-steps": "Missing time steps",
    "missing-values": "Missing values",
    "mixed-types": "Columns of mixed content",
    "no-labels": "Files without a class",
    "one-class": "Nothing to learn",
    "other-decimal-sign": "Numbers written in another way than the rest",
    "other-files": "Files of another kind",
    "other-tables": "Tables that were left out",
    "rejected-rows": "Rows that could not be read",
    "renamed-columns": "Columns that were renamed",
    "repeated-names": "Names that appear more than once",
    "repeated-times": "Times that appear more than once",
    "rows-without-id": "Rows that belong to no sequence",
    "rows-without-time": "Rows without a time",
    "several-pages": "Files of several pages or frames",
    "signs-left-out": "Numbers with a sign",
    "silent-sounds": "Silent sounds",
    "still-videos": "Videos of a single frame",
    "target-leak": "Columns that give the answer away",
    "target-missing": "Rows without an answer",
    "time-gaps": "Gaps in time",
    "times-in-utc": "Times with a time zone",
    "uneven-channels": "Channels of different length",
    "unlabelled-files": "Files in no class folder",
    "unlisted-files": "Files that the table does not list",
    "unreadable-cells": "Cells that could not be read",
}


def show_overview(dataset: Dataset, target: str | None, *, can_change: bool) -> None:
    """Show the dataset's size, the target and the hints.

    Args:
        dataset: The dataset version that is shown.
        target: The column to predict, if one is chosen.
        can_change: Whether it is the current version; older ones are for looking only.
    """
    info = dataset.info
    _show_size(info)
    show_repeated(info.source)
    if target is None:
        st.caption("Choose above what to predict, and this page shows what its answers look like.")
    else:
        _show_target(info, info.column(target))
    _show_media(info)
    fixer = WarningFixer(info, target) if can_change else None
    _show_warnings((*_target_warnings(dataset, target), *info.warnings), fixer)


@st.cache_data(max_entries=200, show_spinner="Looking for what may spoil a network …")
def _warnings_once(fingerprint: str, target: str, _dataset: Dataset) -> tuple[QualityWarning, ...]:
    """Looking for leaks reads rows; a version never changes, so once is enough."""
    return target_warnings(_dataset, target)


def _target_warnings(dataset: Dataset, target: str | None) -> tuple[QualityWarning, ...]:
    return _warnings_once(dataset.info.fingerprint, target, dataset) if target else ()


def _show_size(info: DatasetInfo) -> None:
    missing = sum(column.num_missing for column in info.columns)
    with st.grid(4, min_column_width=150):
        _show_tile("Rows", f"{info.num_rows:,}", "One row is one example.")
        _show_tile("Columns", f"{len(info.columns):,}")
        _show_tile(
            "Empty cells",
            share(missing, info.num_rows * len(info.columns)),
            f"{count(missing, 'cell')} without a value. Networks fill them in by themselves "
            "and note that they were empty.",
        )
        _show_tile("Size", size(info.size_bytes))


def _show_tile(label: str, value: str, explanation: str | None = None) -> None:
    with st.container(border=True):
        show_figure(label, value, explanation)


def _show_media(info: DatasetInfo) -> None:
    """Say what the columns of images, sounds, videos and sequences hold."""
    columns = [column for column in info.columns if media_lines(column)]
    if columns:
        st.subheader("What the network looks at", anchor=False)
    with st.grid(2, min_column_width=300):
        for column in columns[:MOST_MEDIA]:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"**{column.kind.value.capitalize()}: {escape_markdown(column.name)}**")
                st.markdown("\n".join(f"- {line}" for line in media_lines(column)))


def _show_target(info: DatasetInfo, target: ColumnInfo) -> None:
    st.subheader(f"What you predict: {escape_markdown(target.name)}", anchor=False)
    if suggest_task([target]) is TaskKind.CLASSIFICATION:
        _show_classes(info, target)
    else:
        st.markdown(
            f"**A number**, so this is a regression: from {number(target.min)} to "
            f"{number(target.max)}, on average {number(target.mean)}."
        )
        show_column_chart(target, "target_chart")


def _show_classes(info: DatasetInfo, target: ColumnInfo) -> None:
    classes = count(target.num_distinct, "class", "classes")
    largest = target.top_values[0] if target.top_values else None
    rival = ""
    if largest is not None:
        known = info.num_rows - target.num_missing
        name = escape_markdown(largest.value)
        rival = f" Always answering “{name}” would be right in {share(largest.num_rows, known)}"
        rival += " of the rows: a network has to beat that."
    st.markdown(f"**{classes}**, so this is a classification.{rival}")
    shown = target.top_values[:MOST_CLASSES]
    show_bars(
        [entry.value for entry in shown],
        [entry.num_rows for entry in shown],
        alt=f"Rows of each class of {target.name}",
        key="target_chart",
    )
    if target.num_distinct > len(shown):
        st.caption(f"The {len(shown)} most frequent of {target.num_distinct:,} classes.")


def _show_warnings(warnings: Sequence[QualityWarning], fixer: WarningFixer | None) -> None:
    st.subheader("What to look at", anchor=False)
    if not warnings:
        st.success("Nothing suspicious was found in this data.", icon=":material/check_circle:")
        return
    groups: defaultdict[str, list[QualityWarning]] = defaultdict(list)
    for warning in warnings:
        groups[warning.code].append(warning)
    for code, group in groups.items():
        title = WARNING_TITLES.get(code, code.replace("-", " ").capitalize())
        label = f"{title} ({len(group):,})" if len(group) > 1 else title
        with st.expander(label, icon=":material/warning:", expanded=len(groups) <= 3):
            _show_group(group, fixer)


def _show_group(group: Sequence[QualityWarning], fixer: WarningFixer | None) -> None:
    """Show hints of one kind, under a button that answers all of them in the same way.

    A button that is the only one for all of them stands below.
    """
    is_shared = group[0].code in SHARED_FIXES
    if fixer is not None and not is_shared and len(group) > 1:
        fixer.show_joint_button(group)
    for warning in group[:MOST_LISTED]:
        problem, fix = escape_markdown(warning.problem), escape_markdown(warning.fix)
        st.markdown(f"{problem}  \n:material/build: {fix}")
        if fixer is not None and not is_shared:
            fixer.show_button(warning)
    if len(group) > MOST_LISTED:
        st.caption(f"and {len(group) - MOST_LISTED:,} more")
    if fixer is not None and is_shared:
        fixer.show_shared_button(group)
