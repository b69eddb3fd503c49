"""Drawing samples from a VAE or GAN: by seed and class, by turning codes, between two rows."""

import base64
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pv
import pyarrow.parquet as pq
import streamlit as st

from dlstudio.export.samples_writer import archive_of, as_png, long_table, picture_of
from dlstudio.reports.generated import GeneratedSamples
from dlstudio.runs.records import RunRecord
from dlstudio.spec.architectures.vae import VaeSpec
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.ui.charts import show_lines
from dlstudio.ui.problems import showing_problems
from dlstudio.ui.sample_pictures import as_grid, as_images
from dlstudio.ui.services import store, supervisor

ANY_CLASS = "as in the data"
GENERATOR = "generator.keras"
COUNTS = (12, 36, 72, 144, 252)
NUM_COLUMNS, SIDE = 12, 168
MOST_SLIDERS = 12
NUM_BETWEEN = 12
MOST_SERIES = 6
REACH = 3.0


def show_drawing(run: RunRecord) -> None:
    """Let a person draw samples from a run.

    Args:
        run: A run that is over.
    """
    if not (store().folder(run.id).path / GENERATOR).is_file():
        return
    st.subheader("Samples", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = st.number_input(
            "Seed", 0, 2**31 - 1, 0, help="Another seed gives other samples.", key="draw_seed"
        )
        num = st.selectbox("How many", COUNTS, index=2, key="draw_count")
        chosen = _choose_class(run, "draw_class", [ANY_CLASS])
    request: dict[str, Any] = {"seed": int(seed), "num_samples": num}
    if chosen not in (None, ANY_CLASS):
        request["classes"] = (chosen,)
    with showing_problems(), st.spinner("Drawing samples…", show_time=False):
        drawn = _drawn(run.id, _stamp(run), request)
        _show(drawn, "drawn")
        _offer(drawn)
    if isinstance(run.spec.architecture, VaeSpec):
        with st.expander("Turn the codes", icon=":material/tune:", key="turn_codes"):
            _show_traversal(run, run.spec.architecture.latent_size)
        with st.expander("Between two rows", icon=":material/compare_arrows:", key="between"):
            _show_between(run)


@st.cache_data(max_entries=50, show_spinner=False)
def _drawn(run_id: str, _generator_ns: int, request: Mapping[str, Any]) -> GeneratedSamples:
    return supervisor().generate(run_id, request)


def _stamp(run: RunRecord) -> int:
    return (store().folder(run.id).path / GENERATOR).stat().st_mtime_ns


def _choose_class(run: RunRecord, key: str, others: Sequence[str] = ()) -> str | None:
    label = run.spec.task.label
    if label is None or not getattr(run.spec.architecture, "conditional", False):
        return None
    text = store().folder(run.id).dataset.read_text(encoding="utf-8")
    classes = DatasetInfo.model_validate_json(text).column(label).classes
    names = [name.removesuffix(".0") for name in classes]
    return st.selectbox("Class", [*others, *names], key=key)


def _show(drawn: GeneratedSamples, key: str) -> None:
    if drawn.kind == CanvasKind.TABLE:
        st.dataframe(pa.Table.from_pylist(list(drawn.rows)), hide_index=True, key=f"{key}.rows")
        return
    values = _values(drawn)
    if drawn.kind != CanvasKind.SERIES:
        pictures = as_images(CanvasKind(drawn.kind), values)
        # One picture alone would be as wide as the page.
        width = "stretch" if len(pictures) > 1 else SIDE
        st.image(as_grid(pictures, NUM_COLUMNS), width=width)
        return
    grid = st.grid(2, min_column_width=260)
    for index, steps in enumerate(values[:MOST_SERIES]):
        lines = {
            f"channel {channel + 1}": list(enumerate(steps[:, channel].tolist()))
            for channel in range(min(3, steps.shape[1]))
        }
        with grid.cell():
            show_lines(lines, ("Step", "Value"), "A made-up sequence", f"{key}.series.{index}")


def _values(drawn: GeneratedSamples) -> np.ndarray:
    return np.frombuffer(base64.b64decode(drawn.data), drawn.dtype).reshape(drawn.shape)


def _offer(drawn: GeneratedSamples) -> None:
    """Buttons that download what is shown."""
    offers: dict[str, bytes] = {}
    if drawn.kind == CanvasKind.IMAGE:
        values = _values(drawn)
        offers["samples.png"] = as_png(picture_of(values))
        offers["samples.zip"] = archive_of(values, drawn.captions)
    elif drawn.kind == CanvasKind.TABLE:
        offers["samples.csv"] = _as_csv(pa.Table.from_pylist(list(drawn.rows)))
    elif drawn.kind == CanvasKind.SERIES:
        offers["samples.csv"] = _as_csv(long_table(_values(drawn), drawn.captions))
    with st.container(horizontal=True):
        for name, data in offers.items():
            st.download_button(
                f"Download {name}",
                data,
                file_name=name,
                icon=":material/download:",
                on_click="ignore",
                key=f"offer.{name}",
            )
    name = next(reversed(offers), "samples.npz")
    st.caption(
        f"For more: `dlstudio generate RUN -n 1000 -o {name}`. The file generator.keras draws them "
        "in plain Keras."
    )


def _as_csv(table: pa.Table) -> bytes:
    stored = io.BytesIO()
    pv.write_csv(table, stored)
    return stored.getvalue()


def _show_traversal(run: RunRecord, latent_size: int) -> None:
    st.caption(
        "Each example is unfolded from a few numbers. Turn one and see what it stands for; usual "
        "values lie between -2 and 2."
    )
    chosen = _choose_class(run, "turn_class")
    shown = min(latent_size, MOST_SLIDERS)
    grid = st.grid(4, min_column_width=150)
    code = np.zeros(latent_size)
    for index in range(shown):
        with grid.cell():
            code[index] = st.slider(
                f"Code {index + 1}", -REACH, REACH, 0.0, 0.1, key=f"turn.{index}"
            )
    turned = st.segmented_control(
        "Show all values of",
        list(range(shown)),
        format_func=lambda index: f"Code {index + 1}",
        default=0,
        key="turn.along",
    )
    along = np.tile(code, (NUM_BETWEEN, 1))
    along[:, turned or 0] = np.linspace(-REACH, REACH, NUM_BETWEEN)
    with showing_problems():
        _show_codes(run, [code.tolist()], [chosen] if chosen else [], "turned")
        _show_codes(run, along.tolist(), [chosen] * NUM_BETWEEN if chosen else [], "along")
    st.caption(f"Above your code; below code {(turned or 0) + 1} from {-REACH:g} to {REACH:g}.")


def _show_codes(run: RunRecord, codes: list[list[float]], classes: Sequence[str], key: str) -> None:
    request: dict[str, Any] = {"codes": codes}
    if classes:
        request["classes"] = tuple(classes)
    _show(_drawn(run.id, _stamp(run), request), key)


def _show_between(run: RunRecord) -> None:
    path = store().folder(run.id).predictions
    if not path.is_file():
        st.caption("The codes of the rows are gone.")
        return
    num_rows = pq.read_metadata(path).num_rows
    with st.container(horizontal=True):
        first = st.number_input("From row", 1, num_rows, 1, key="between.first")
        last = st.number_input("To row", 1, num_rows, min(2, num_rows), key="between.last")
    chosen = _choose_class(run, "between.class")
    ends = _codes_of(path, (int(first) - 1, int(last) - 1))
    if ends is None:
        st.caption("One of the rows has no code: it was left out of all splits.")
        return
    weights = np.linspace(0.0, 1.0, NUM_BETWEEN)[:, None]
    codes = (1.0 - weights) * ends[0] + weights * ends[1]
    with showing_problems():
        _show_codes(run, codes.tolist(), [chosen] * NUM_BETWEEN if chosen else [], "between")
    said = " All are made as the class you chose; their style goes from one row to the other."
    st.caption("From the code of the one row to that of the other." + (said if chosen else ""))


def _codes_of(path: Path, rows: tuple[int, int]) -> np.ndarray | None:
    """The codes of two rows, float `(2, latent_size)`."""
    table = pq.read_table(path, filters=[("row", "in", list(rows))])
    names = [name for name in table.column_names if name.startswith("code_")]
    places = table.column("row").to_pylist()
    if not names or any(row not in places for row in rows):
        return None
    codes = np.stack([table.column(name).to_numpy() for name in names], axis=1)
    return codes[[places.index(row) for row in rows]]
