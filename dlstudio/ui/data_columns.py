"""The columns of a dataset: profile, kinds and roles, edited in place into a new version."""

from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dlstudio.data.catalog import edit_columns
from dlstudio.data.dataset import Dataset
from dlstudio.data.edit import ColumnChange
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, ColumnRole, DatasetInfo
from dlstudio.ui import services
from dlstudio.ui.column_chart import show_column_chart, spark_values
from dlstudio.ui.data_media_words import FIXED_KINDS, media_example
from dlstudio.ui.formats import count, escape_markdown, number, share
from dlstudio.ui.paging import show_page_of
from dlstudio.ui.percent_columns import in_percent, percent_bars
from dlstudio.ui.problems import showing_problems
from dlstudio.ui.session import AddressKey
from dlstudio.ui.sources import pass_on_source
from dlstudio.ui.unsaved_columns import forget_unsaved, take_unsaved, with_unsaved

PAGE_SIZE = 50

KIND_HELP = (
    "What the values are. **number**: amounts that can be added or compared. **category**: one of "
    "a few names, also codes such as 1, 2, 3 that name things. **text**: words to read. "
    "**datetime**: moments in time. **identifier**: only names the row; never given to a network."
)
FIXED_HELP = (
    "Images, sounds, videos and sequences are what their files are: their kind cannot be changed. "
    "Set the role to ignore to leave them out."
)
ROLE_HELP = (
    "What the column is for. **input**: the network may look at it. **target**: the network learns "
    "to predict it. **group**: rows with the same value (such as one patient) stay together when "
    "the data is split. **time**: train on the past, test on the future. **split**: the column "
    "itself says train, validation or test. **ignore**: not used."
)
TABLE_KINDS = (
    ColumnKind.NUMBER,
    ColumnKind.CATEGORY,
    ColumnKind.TEXT,
    ColumnKind.DATETIME,
    ColumnKind.IDENTIFIER,
)


def show_columns(info: DatasetInfo, *, can_change: bool) -> None:
    """Show every column with its profile; kinds and roles can be changed.

    Args:
        info: The dataset version that is shown.
        can_change: Whether it is the current version; older ones are for looking only.
    """
    if can_change:
        st.caption(
            "Change a kind or a role in the table, then save. Saving makes a new version; "
            "the old one and all runs that used it stay as they are."
        )
    shown = show_page_of(_chosen(info), PAGE_SIZE, key=f"columns_page_{info.fingerprint}")
    if not shown:
        st.caption("No column has such a name.")
        return
    changes = _show_table(info, shown, can_change=can_change)
    is_fixed = _warn_of_fixed(info, changes)
    label = f"Save {count(len(changes), 'change')} as a new version" if changes else "Save changes"
    if can_change and st.button(
        label,
        type="primary",
        icon=":material/save:",
        disabled=not changes or is_fixed,
        # Of this version: a click that was meant for the one before saves nothing unseen.
        key=f"save_columns_{info.fingerprint}",
    ):
        save_changes(info, changes)
    _show_close_look(info, can_change=can_change)


def changes_in(info: DatasetInfo, edited: pa.Table) -> list[ColumnChange]:
    """Find which kinds and roles differ from the dataset.

    Args:
        info: The dataset as it is.
        edited: The table of the editor, with the columns Column, Kind and Role.
    """
    changes = []
    for row in edited.select(["Column", "Kind", "Role"]).to_pylist():
        column = info.column(row["Column"])
        kind, role = ColumnKind(row["Kind"]), ColumnRole(row["Role"])
        if (kind, role) != (column.kind, column.role):
            changes.append(ColumnChange(name=column.name, kind=kind, role=role))
    return changes


def fixed_kinds(info: DatasetInfo, changes: Sequence[ColumnChange]) -> list[str]:
    """Names of columns whose kind was changed but cannot be: media are what their files are.

    Args:
        info: The dataset as it is.
        changes: What is to be changed.
    """
    return [
        change.name
        for change in changes
        if change.kind != info.column(change.name).kind
        and (change.kind in FIXED_KINDS or info.column(change.name).kind in FIXED_KINDS)
    ]


def profile_table(columns: Sequence[ColumnInfo], num_rows: int) -> pa.Table:
    """Build the table of the editor, one row a column.

    Args:
        columns: The columns of this page.
        num_rows: Rows of the dataset, for the share of missing values.
    """
    return pa.table(
        {
            "Column": [column.name for column in columns],
            "Kind": [column.kind.value for column in columns],
            "Role": [column.role.value for column in columns],
            "Distribution": pa.array(map(spark_values, columns), pa.list_(pa.float64())),
            "Empty": in_percent(column.num_missing / max(1, num_rows) for column in columns),
            "Distinct": [column.num_distinct for column in columns],
            "Example": [example_of(column) for column in columns],
        }
    )


def kinds_of(info: DatasetInfo) -> list[ColumnKind]:
    """The kinds that a column of this dataset can have, those of its media last."""
    present = {column.kind for column in info.columns}
    return [*TABLE_KINDS, *(kind for kind in FIXED_KINDS if kind in present)]


def example_of(column: ColumnInfo) -> str:
    """Show what a column's values look like: the range of numbers, a value of the others."""
    if column.kind in FIXED_KINDS:
        return media_example(column)
    if column.kind is ColumnKind.NUMBER and column.min is not None:
        return f"{number(column.min)} to {number(column.max)}"
    if column.first and column.last:
        return f"{column.first[:10]} to {column.last[:10]}"
    return column.top_values[0].value[:120] if column.top_values else ""


def _chosen(info: DatasetInfo) -> Sequence[ColumnInfo]:
    if len(info.columns) <= 12:
        return info.columns
    text = st.text_input(
        "Search columns", placeholder="Part of a name", icon=":material/search:", type="search"
    )
    return [column for column in info.columns if text.lower() in column.name.lower()]


def _warn_of_fixed(info: DatasetInfo, changes: Sequence[ColumnChange]) -> bool:
    """Say which kinds cannot be changed; returns whether there are any."""
    names = fixed_kinds(info, changes)
    if names:
        st.warning(
            f"The kind of {escape_markdown(', '.join(names))} cannot be changed this way: images, "
            "sounds, videos and sequences are what their files are. Set the kind back, or set "
            "the role to ignore to leave the column out.",
            icon=":material/warning:",
        )
    return bool(names)


def _show_table(
    info: DatasetInfo, shown: Sequence[ColumnInfo], *, can_change: bool
) -> list[ColumnChange]:
    key = f"columns_{info.fingerprint}_{shown[0].name}_{len(shown)}"
    unsaved = take_unsaved(info, key, [column.name for column in shown]) if can_change else {}
    edited = st.data_editor(
        with_unsaved(profile_table(shown, info.num_rows), unsaved),
        key=key,
        hide_index=True,
        disabled=["Column", "Distribution", "Empty", "Distinct", "Example"] if can_change else True,
        column_config=_table_look(kinds_of(info)),
        height="content",
        alt="Columns of the dataset with their kind, role and profile",
    )
    return changes_in(info, edited)


def _table_look(kinds: Sequence[ColumnKind]) -> Mapping[str, ColumnConfig]:
    config = st.column_config
    return {
        "Column": config.TextColumn(pinned=True),
        "Kind": config.SelectboxColumn(
            options=[kind.value for kind in kinds], required=True, help=KIND_HELP
        ),
        "Role": config.SelectboxColumn(
            options=[role.value for role in ColumnRole], required=True, help=ROLE_HELP
        ),
        "Distribution": config.BarChartColumn(help="How often which value appears.", y_min=0),
        "Empty": percent_bars(help="Share of rows without a value."),
        "Distinct": config.NumberColumn(help="How many different values there are."),
        "Example": config.TextColumn(help="The range of the values, or the most frequent one."),
    }


def _show_close_look(info: DatasetInfo, *, can_change: bool) -> None:
    st.subheader("Look at one column", anchor=False)
    name = st.selectbox("Column", info.column_names, key=f"column_{info.fingerprint}")
    column = info.column(name)
    chart, facts = st.columns([3, 2])
    with chart:
        show_column_chart(column, f"column_chart_{info.fingerprint}")
    with facts:
        _show_facts(column, info.num_rows)
        if can_change:
            _show_change(info, column)


def _show_facts(column: ColumnInfo, num_rows: int) -> None:
    lines = [
        f"{count(column.num_distinct, 'distinct value')}, "
        f"{count(column.num_missing, 'empty cell')} ({share(column.num_missing, num_rows)})"
    ]
    if column.mean is not None:
        lines.append(f"mean {number(column.mean)}, standard deviation {number(column.std)}")
    if column.quantiles:
        low, middle, high = column.quantiles[3], column.quantiles[4], column.quantiles[5]
        lines.append(f"half of the values lie between {number(low)} and {number(high)}")
        lines.append(f"the middle one (median) is {number(middle)}")
    if column.num_infinite:
        lines.append(f"{count(column.num_infinite, 'infinite value')}")
    if column.num_unreadable:
        lines.append(f"{count(column.num_unreadable, 'cell')} could not be read")
    if column.mean_length is not None and column.kind not in FIXED_KINDS:
        lines.append(f"{number(column.mean_length, 3)} characters long on average")
    st.markdown("\n".join(f"- {line}" for line in lines))


def _show_change(info: DatasetInfo, column: ColumnInfo) -> None:
    is_fixed = column.kind in FIXED_KINDS
    kinds = (column.kind,) if is_fixed else TABLE_KINDS
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.selectbox(
            "Kind",
            kinds,
            index=kinds.index(column.kind),
            help=FIXED_HELP if is_fixed else KIND_HELP,
            disabled=is_fixed,
            key=f"kind_{info.fingerprint}_{column.name}",
        )
        role = st.selectbox(
            "Role",
            list(ColumnRole),
            index=list(ColumnRole).index(column.role),
            help=ROLE_HELP,
            key=f"role_{info.fingerprint}_{column.name}",
        )
    is_changed = (kind, role) != (column.kind, column.role)
    if st.button("Save this column", icon=":material/save:", disabled=not is_changed):
        save_changes(info, [ColumnChange(name=column.name, kind=kind, role=role)])


def save_changes(info: DatasetInfo, changes: Sequence[ColumnChange]) -> None:
    """Write a new version with changed columns and show it.

    Args:
        info: The version that is shown, the current one.
        changes: New kinds and roles.
    """
    save_version(info, lambda: edit_columns(services.settings(), info.name, changes))


def save_version(info: DatasetInfo, write: Callable[[], Dataset]) -> None:
    """Write a new version and show it.

    Args:
        info: The version that is shown, the current one.
        write: Writes the new one.
    """
    with showing_problems():
        with st.spinner("Writing the new version …"):
            dataset = write()
            pass_on_source(services.settings(), info.fingerprint, dataset.info.fingerprint)
        forget_unsaved()
        name = escape_markdown(info.name)
        st.toast(f"Saved as a new version of {name}.", icon=":material/check:")
        st.query_params.pop(AddressKey.VERSION, None)  # the new version is the current one
        st.rerun()
