"""Drawing samples from a VAE or GAN, by seed and class, and taking them away as files."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pv
import streamlit as st

from dlstudio.export.samples_writer import archive_of, as_png, long_table, picture_of
from dlstudio.reports.generated import GeneratedSamples
from dlstudio.runs.records import RunRecord
from dlstudio.spec.architectures.vae import VaeSpec
from dlstudio.spec.canvas import CanvasKind
from dlstudio.ui.drawn_view import classes_of, drawn_for, has_generator, show_drawn, values_of
from dlstudio.ui.problems import showing_problems
from dlstudio.ui.report_between import show_between
from dlstudio.ui.report_turning import show_turning
from dlstudio.ui.sample_pictures import SPECTROGRAMS, as_images

ANY_CLASS = "as in the data"
COUNTS = (12, 36, 72, 144, 252)
NOT_PLAYED = f"{SPECTROGRAMS} They cannot be played. "


def show_drawing(run: RunRecord, code_information: Sequence[float] = ()) -> None:
    """Let a person draw samples from a run.

    Args:
        run: A run that is over.
        code_information: What each latent number of a VAE says, in nats; empty if it is not known.
    """
    if not has_generator(run):
        return
    st.subheader("Samples", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = st.number_input(
            "Seed", 0, 2**31 - 1, 0, help="Another seed gives other samples.", key="draw_seed"
        )
        num = st.selectbox("How many", COUNTS, index=2, key="draw_count")
        classes = classes_of(run)
        chosen = _choose_class(classes) if classes else None
    request: dict[str, Any] = {"seed": int(seed), "num_samples": num}
    if chosen not in (None, ANY_CLASS):
        request["classes"] = (chosen,)
    with showing_problems(), st.spinner("Drawing samples…", show_time=False):
        drawn = drawn_for(run, request)
        show_drawn(drawn, "drawn")
        _offer(drawn, run)
    if isinstance(run.spec.architecture, VaeSpec):
        with st.expander("Turn the codes", icon=":material/tune:", key="turn_codes"):
            show_turning(run, run.spec.architecture.latent_size, code_information)
        with st.expander("Between two rows", icon=":material/compare_arrows:", key="between"):
            show_between(run)


def _choose_class(classes: Sequence[str]) -> str:
    return st.selectbox(
        "Class",
        [ANY_CLASS, *classes],
        help="Makes samples of one class only, or of each as often as in the data.",
        key="draw_class",
    )


def files_of(drawn: GeneratedSamples) -> dict[str, bytes]:
    """Write samples as the files that a person can take away, by name.

    Args:
        drawn: The samples.

    Returns:
        Images and sounds as one picture and as a ZIP of pictures; tables and sequences as CSV.
    """
    if drawn.kind == CanvasKind.TABLE:
        return {"samples.csv": _as_csv(pa.Table.from_pylist(list(drawn.rows)))}
    values = values_of(drawn)
    if drawn.kind == CanvasKind.SERIES:
        return {"samples.csv": _as_csv(long_table(values, drawn.captions, drawn.channels))}
    if drawn.kind == CanvasKind.SOUND:
        values = np.stack(as_images(CanvasKind.SOUND, values))
    return {
        "samples.png": as_png(picture_of(values)),
        "samples.zip": archive_of(values, drawn.captions),
    }


def _offer(drawn: GeneratedSamples, run: RunRecord) -> None:
    """Buttons that download what is shown."""
    offers = files_of(drawn)
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
    is_sound = drawn.kind == CanvasKind.SOUND
    name = "samples.npz" if is_sound else next(reversed(offers))
    st.caption(
        f"{NOT_PLAYED if is_sound else ''}For more: `dlstudio generate {run.id} -n 1000 -o "
        f"{name}`. The file generator.keras draws them in plain Keras."
    )


def _as_csv(table: pa.Table) -> bytes:
    stored = io.BytesIO()
    pv.write_csv(table, stored)
    return stored.getvalue()
