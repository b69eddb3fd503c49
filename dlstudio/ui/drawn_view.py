"""Samples that a worker draws for a page: asked for, kept and shown for every kind of data."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import streamlit as st

from dlstudio.export.samples_writer import steps_there
from dlstudio.reports.generated import GeneratedSamples
from dlstudio.runs.records import RunRecord
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.ui.chart_colors import palette
from dlstudio.ui.charts import draw, show_lines
from dlstudio.ui.picture_grid import show_pictures
from dlstudio.ui.sample_pictures import as_images
from dlstudio.ui.series_frames import path_figure
from dlstudio.ui.services import store, supervisor

GENERATOR = "generator.keras"
NUM_PLACES, SIDE, STEP_SIDE = 6, 168, 72
MOST_SERIES, MOST_CHANNELS = 6, 3
PATH_HEIGHT = 280


def has_generator(run: RunRecord) -> bool:
    """Whether a run draws samples."""
    return (store().folder(run.id).path / GENERATOR).is_file()


def drawn_for(run: RunRecord, request: Mapping[str, Any]) -> GeneratedSamples:
    """Ask a worker for samples; the same request is answered from memory.

    Args:
        run: A run that draws samples.
        request: As `dlstudio.worker.generate_answer` takes it, without the run.
    """
    stamp = (store().folder(run.id).path / GENERATOR).stat().st_mtime_ns
    return _drawn(run.id, stamp, request)


@st.cache_data(max_entries=50, show_spinner=False)
def _drawn(run_id: str, _generator_ns: int, request: Mapping[str, Any]) -> GeneratedSamples:
    return supervisor().generate(run_id, request)


def classes_of(run: RunRecord) -> list[str]:
    """The classes that samples of a run can be asked for by; empty if they cannot."""
    label = run.spec.task.label
    if label is None or not getattr(run.spec.architecture, "conditional", False):
        return []
    text = store().folder(run.id).dataset.read_text(encoding="utf-8")
    classes = DatasetInfo.model_validate_json(text).column(label).classes
    return [name.removesuffix(".0") for name in classes]


def values_of(drawn: GeneratedSamples) -> np.ndarray:
    """The values of samples that are no rows of a table, as an array of their shape."""
    return np.frombuffer(base64.b64decode(drawn.data), drawn.dtype).reshape(drawn.shape)


def show_drawn(drawn: GeneratedSamples, key: str) -> None:
    """Show samples.

    Args:
        drawn: The samples.
        key: Beginning of the elements' keys.
    """
    if drawn.kind == CanvasKind.TABLE:
        st.dataframe(pa.Table.from_pylist(list(drawn.rows)), hide_index=True, key=f"{key}.rows")
        return
    if drawn.kind != CanvasKind.SERIES:
        _show_pictures(drawn)
        return
    grid = st.grid(2, min_column_width=260)
    names = channel_names(drawn)
    for index, made in enumerate(values_of(drawn)[:MOST_SERIES]):
        steps = steps_there(made)
        lines = {
            names[channel]: list(enumerate(steps[:, channel].tolist()))
            for channel in range(min(MOST_CHANNELS, steps.shape[1]))
        }
        with grid.cell():
            show_lines(lines, ("Step", "Value"), "A made-up sequence", f"{key}.series.{index}")
    if said := left_out(drawn):
        st.caption(said)


def left_out(drawn: GeneratedSamples) -> str:
    """Say which sequences and channels `show_drawn` draws; empty if it draws them all."""
    num_samples, num_channels = drawn.shape[0], drawn.shape[-1]
    parts = []
    if num_samples > MOST_SERIES:
        parts.append(f"the first {MOST_SERIES} of {num_samples:,} samples")
    if num_channels > MOST_CHANNELS:
        parts.append(f"the first {MOST_CHANNELS} of {num_channels:,} channels")
    return f"Shown: {', '.join(parts)}." if parts else ""


def channel_names(drawn: GeneratedSamples) -> tuple[str, ...]:
    """Names of the channels of sequences, by number where they are not known."""
    num_channels = drawn.shape[-1]
    if len(set(drawn.channels)) == num_channels:
        return drawn.channels
    return tuple(f"channel {number}" for number in range(1, num_channels + 1))


def show_path(drawn: GeneratedSamples, key: str) -> None:
    """Show samples that go from one to another in small steps, each kind so that this is seen.

    Args:
        drawn: The samples, in the order of the path.
        key: Beginning of the elements' keys.
    """
    if drawn.kind == CanvasKind.TABLE:
        table = pa.Table.from_pylist(list(drawn.rows))
        st.dataframe(table, hide_index=True, height="content", key=f"{key}.rows")
        return
    values = values_of(drawn)
    if drawn.kind != CanvasKind.SERIES:
        # Pictures of their own go on in the next line where a phone has no room.
        st.image(as_images(CanvasKind(drawn.kind), values), width=STEP_SIDE)
        return
    channel = 0
    if values.shape[-1] > 1:
        names = channel_names(drawn)
        channel = st.selectbox(
            "Channel",
            range(values.shape[-1]),
            format_func=lambda index: names[index],
            key=f"{key}.channel",
            width=200,
        )
    figure = path_figure([steps_there(made) for made in values], channel, palette()[0])
    draw(figure, "Sequences from the first to the last", f"{key}.path", PATH_HEIGHT)
    st.caption("From the faintest line to the strongest.")


def _show_pictures(drawn: GeneratedSamples) -> None:
    pictures = as_images(CanvasKind(drawn.kind), values_of(drawn))
    if len(pictures) == 1:
        st.image(pictures[0], width=SIDE)
    else:
        show_pictures(pictures, places=NUM_PLACES)


def codes_request(codes: np.ndarray, classes: Sequence[str]) -> dict[str, Any]:
    """Write the request that unfolds codes.

    Args:
        codes: Float `(n, latent_size)`.
        classes: The class of each, or one for all; empty without classes.
    """
    request: dict[str, Any] = {"codes": codes.tolist()}
    if classes:
        request["classes"] = tuple(classes)
    return request
