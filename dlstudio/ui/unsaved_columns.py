"""Changes of columns that are not saved yet, kept when another window saves a new version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import streamlit as st

from dlstudio.spec.dataset import DatasetInfo
from dlstudio.ui.formats import escape_markdown
from dlstudio.ui.session import SessionKey

Cells = Mapping[str, str]


@dataclass(frozen=True)
class _Shown:
    """The editor as this page last showed it; `kept` are changes from before, by column."""

    dataset: str
    fingerprint: str
    key: str
    names: tuple[str, ...]
    kept: Mapping[str, Cells] = field(default_factory=dict)


def take_unsaved(info: DatasetInfo, key: str, names: Sequence[str]) -> Mapping[str, Cells]:
    """Find what was changed in the editor of an older version and never saved; say what happened.

    Args:
        info: The current version of the dataset, which is shown now.
        key: Key of its editor.
        names: The columns in its rows.

    Returns:
        New cells by column and heading, such as {"age": {"Kind": "number"}}.
    """
    before = st.session_state.get(SessionKey.COLUMNS_SHOWN)
    kept: Mapping[str, Cells] = {}
    if before is not None and before.dataset == info.name:
        is_same = before.fingerprint == info.fingerprint
        kept = before.kept if is_same else _edited(before)
        if not is_same and not kept:
            st.toast("Another window saved a new version; this page shows it now.")
    kept = {name: cells for name, cells in kept.items() if info.has_column(name)}
    shown = _Shown(info.name, info.fingerprint, key, tuple(names), kept)
    st.session_state[SessionKey.COLUMNS_SHOWN] = shown
    if kept:
        st.warning(
            "Another window saved a new version of this dataset meanwhile; it is shown here. Your "
            f"changes of {escape_markdown(', '.join(kept))} are in the table, but not saved yet: "
            "look at them and save again.",
            icon=":material/sync_problem:",
        )
    return kept


def forget_unsaved() -> None:
    """Call it when this window itself saves a new version."""
    st.session_state.pop(SessionKey.COLUMNS_SHOWN, None)


def with_unsaved(table: pa.Table, unsaved: Mapping[str, Cells]) -> pa.Table:
    """Put changed cells into the table of the editor.

    Args:
        table: One row a column of the dataset, its name in "Column".
        unsaved: New cells by column and heading.
    """
    changes = [unsaved.get(name, {}) for name in table["Column"].to_pylist()]
    for place, heading in enumerate(table.column_names):
        old = table[heading].to_pylist()
        new = [cells.get(heading, cell) for cells, cell in zip(changes, old, strict=True)]
        if new != old:
            table = table.set_column(place, heading, pa.array(new))
    return table


def _edited(before: _Shown) -> Mapping[str, Cells]:
    state = st.session_state.get(before.key) or {}
    edited = {before.names[int(row)]: cells for row, cells in state.get("edited_rows", {}).items()}
    names = [*before.kept, *(name for name in edited if name not in before.kept)]
    return {name: {**before.kept.get(name, {}), **edited.get(name, {})} for name in names}
