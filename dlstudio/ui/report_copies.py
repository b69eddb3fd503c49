"""Whether samples repeat training rows, with the pairs that are most alike."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pv
import streamlit as st

from dlstudio.reports.generation import CopyVerdict, MemorisationCheck
from dlstudio.runs.records import RunRecord
from dlstudio.runs.samples import SampleFrame
from dlstudio.spec.canvas import CanvasKind
from dlstudio.ui.chart_colors import palette
from dlstudio.ui.charts import draw
from dlstudio.ui.formats import escape_markdown
from dlstudio.ui.picture_grid import show_pictures
from dlstudio.ui.sample_pictures import SPECTROGRAMS, as_images
from dlstudio.ui.series_frames import height_of, sequences_figure
from dlstudio.ui.services import store

MOST_PAIRS, MOST_SEQUENCES = 10, 4
SAMPLES_FILE, PAIRS_FILE = "samples.npz", "nearest_rows.csv"
TITLES = {
    CopyVerdict.COPIES: "Samples repeat training rows",
    CopyVerdict.NO_SIGN: "No sign of copying",
    CopyVerdict.CANNOT_TELL: "Whether samples are copies cannot be told",
}


def show_copies(check: MemorisationCheck, run: RunRecord) -> None:
    """Show the verdict, and the samples that are most like one training row beside that row.

    Args:
        check: What was found.
        run: The run.
    """
    st.markdown(
        f"**{TITLES[check.verdict]}**",
        help="A sample counts as a copy if it is much nearer to one training row than to the next, "
        "more so than nearly all rows that the network never saw.",
    )
    st.markdown(escape_markdown(check.explanation))
    folder = store().folder(run.id).path
    table = read_pairs(folder / PAIRS_FILE)
    if table is not None:
        st.dataframe(table, hide_index=True, key="copies.pairs")
        st.caption("The samples most like one training row, and below each that row.")
        return
    stored = _read_examples(folder / SAMPLES_FILE)
    if stored is not None:
        _show_examples(*stored)


def read_pairs(path: Path) -> dict[str, list[object]] | None:
    """Read samples of a table and the training rows nearest to them, in turn.

    Args:
        path: The file that the worker wrote.

    Returns:
        Cells by column, the first of which says what the row is; None if there is no such file.
    """
    try:
        table = pv.read_csv(path)
    except (OSError, pa.ArrowInvalid):
        return None
    if not table.num_rows:
        return None
    _, origins, *columns = (column.to_pylist()[: 2 * MOST_PAIRS] for column in table.columns)
    _, _, *names = table.column_names
    shown = {"": [origin.capitalize() for origin in origins]}
    return shown | dict(zip(names, columns, strict=True))


def _read_examples(path: Path) -> tuple[np.ndarray, np.ndarray] | None:
    """Samples, and the training rows nearest to them."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            samples, rows = stored["nearest_samples"], stored["nearest_rows"]
    except (OSError, EOFError, ValueError, KeyError):
        return None
    return (samples, rows) if len(samples) else None


def _show_examples(samples: np.ndarray, rows: np.ndarray) -> None:
    if samples.ndim == 3:
        made, real = (SampleFrame(1, CanvasKind.SERIES, part) for part in (samples, rows))
        figure = sequences_figure(made, real, MOST_SEQUENCES, palette())
        height = height_of(min(MOST_SEQUENCES, len(samples)))
        draw(figure, "Samples over the training rows nearest to them", "copies.series", height)
        st.caption("Dotted: the samples most like one training row. Thin: that row. Scaled values.")
        return
    kind = CanvasKind.IMAGE if samples.dtype == np.uint8 else CanvasKind.SOUND
    lines = [as_images(kind, part[:MOST_PAIRS]) for part in (samples, rows)]
    show_pictures(lines[0], lines[1])
    st.caption("The samples most like one training row, and below each that row.")
    if kind is CanvasKind.SOUND:
        st.caption(SPECTROGRAMS)
