"""One row of a run's dataset, as a person would look at it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from dlstudio.data.catalog import open_dataset
from dlstudio.data.dataset import Dataset, read_page
from dlstudio.errors import NotFoundError
from dlstudio.runs.records import RunRecord
from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from dlstudio.ui.charts import show_lines
from dlstudio.ui.formats import count, escape_markdown
from dlstudio.ui.problems import showing_problems
from dlstudio.ui.services import settings
from dlstudio.ui.shown_images import shown_images

SIDE = 192
MOST_STEPS, MOST_CHANNELS = 400, 6
MOST_TEXT = 300


def dataset_of(run: RunRecord) -> Dataset | None:
    """The version of the dataset that a run was trained on; None if it was removed."""
    try:
        return open_dataset(settings(), run.dataset, run.fingerprint)
    except NotFoundError:
        return None


def image_column(run: RunRecord, dataset: Dataset) -> ColumnInfo | None:
    """The image among a run's inputs, if there is one."""
    columns = [dataset.info.column(name) for name in run.spec.task.inputs]
    return next((column for column in columns if column.kind is ColumnKind.IMAGE), None)


def read_pictures(dataset: Dataset, column: ColumnInfo, rows: Sequence[int]) -> list[np.ndarray]:
    """Decode the images of some rows; uint8 `(side, side, 3)`, grey where there is none."""
    cells = [read_page(dataset, row, 1).column(column.name)[0].as_py() for row in rows]
    paths = [dataset.folder / cell if cell else None for cell in cells]
    found = shown_images(paths, SIDE)
    empty = np.full((SIDE, SIDE, 3), 128, np.uint8)
    return [empty if pixels is None else pixels for pixels in found]


def show_row(
    run: RunRecord, dataset: Dataset, row: int, key: str, blamed: Sequence[str] = ()
) -> None:
    """Show one row: pictures, sounds and sequences as such, the rest as a table.

    Args:
        run: The run; its inputs and its target are shown.
        dataset: Its dataset.
        row: Number of the row, from 0.
        key: Beginning of the elements' keys.
        blamed: What an error comes from, the worst first; channels among it are drawn first.
    """
    with showing_problems():
        cells = read_page(dataset, row, 1).to_pylist()[0]
        st.markdown(f"**Row {row + 1:,}**")
        plain: dict[str, str] = {}
        for name in (*run.spec.task.targets, *run.spec.task.inputs):
            column, cell = dataset.info.column(name), cells[name]
            if cell is None or column.kind not in _SHOWN:
                plain[name] = "–" if cell is None else str(cell)[:MOST_TEXT]
            else:
                _SHOWN[column.kind](dataset, column, cell, key, blamed)
        if plain:
            table = {"Column": list(plain), "Value": list(plain.values())}
            st.dataframe(table, hide_index=True, key=f"{key}.cells")


def _show_image(
    dataset: Dataset, column: ColumnInfo, cell: str, _key: str, _blamed: Sequence[str]
) -> None:
    pixels = shown_images([dataset.folder / cell], SIDE)[0]
    if pixels is not None:
        st.image(pixels, caption=escape_markdown(column.name), width=SIDE)


def _show_sound(
    dataset: Dataset, column: ColumnInfo, cell: str, _key: str, _blamed: Sequence[str]
) -> None:
    st.caption(escape_markdown(column.name))
    st.audio(str(Path(dataset.folder / cell)))


def _show_sequence(
    _dataset: Dataset, column: ColumnInfo, cell: list[float], key: str, blamed: Sequence[str]
) -> None:
    channels = column.sequence.channels if column.sequence else ("value",)
    steps = np.asarray(cell, "float64").reshape(-1, len(channels))
    places = np.unique(np.linspace(0, len(steps) - 1, MOST_STEPS).round().astype(int)).tolist()
    worst_first = dict.fromkeys([name for name in blamed if name in channels] + list(channels))
    shown = list(worst_first)[:MOST_CHANNELS]
    lines = {
        name: [
            (float(place), float(steps[place, index]))
            for place in places
            if np.isfinite(steps[place, index])
        ]
        for name, index in ((name, channels.index(name)) for name in shown)
    }
    show_lines(lines, ("time step", ""), "Values over time", f"{key}.steps")
    if len(channels) > len(shown):
        st.caption(f"{len(shown)} of {count(len(channels), 'channel')}.")


_SHOWN = {
    ColumnKind.IMAGE: _show_image,
    ColumnKind.AUDIO: _show_sound,
    ColumnKind.SEQUENCE: _show_sequence,
}
