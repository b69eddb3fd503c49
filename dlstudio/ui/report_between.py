"""From one example to another through the codes of a VAE."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import streamlit as st

from dlstudio.data.dataset import Dataset, read_table
from dlstudio.runs.records import RunRecord
from dlstudio.ui.drawn_view import classes_of, codes_request, drawn_for, show_path
from dlstudio.ui.formats import escape_markdown
from dlstudio.ui.problems import showing_problems
from dlstudio.ui.report_row import dataset_of, image_column, read_pictures, show_row
from dlstudio.ui.services import store

NUM_BETWEEN = 12
PICTURE_WIDTH = 110
ENDS = ("From", "To")
BLENDED, APART = "Blends from one to the other", "Stays: one line a class"


def show_between(run: RunRecord) -> None:
    """Let a person choose two rows and see what lies between their codes.

    Args:
        run: A run of a VAE.
    """
    path = store().folder(run.id).predictions
    if not path.is_file():
        st.caption("The codes of the rows are gone.")
        return
    dataset = dataset_of(run)
    known = _known_rows(path)
    rows = _chosen_rows(run, dataset, known)
    if dataset is not None:
        _show_ends(run, dataset, rows)
    ends = codes_of(path, rows)
    if ends is None:
        st.caption("One of the rows has no code: it was left out of all parts.")
        return
    classes = _chosen_classes(run, dataset, rows)
    weights = np.linspace(0.0, 1.0, NUM_BETWEEN)[:, None]
    codes = (1.0 - weights) * ends[0] + weights * ends[1]
    is_blended = len(set(classes)) > 1 and _is_blend_chosen()
    with showing_problems():
        for place, (said, request) in enumerate(path_requests(codes, classes, is_blended)):
            if said:
                st.caption(said)
            show_path(drawn_for(run, request), f"between.{place}")
    st.caption(_said(rows, classes, is_blended))


def path_requests(
    codes: np.ndarray, classes: tuple[str, ...], is_blended: bool
) -> list[tuple[str, dict[str, Any]]]:
    """Say which lines of samples lead from one row to another.

    Args:
        codes: The codes on the way, float `(n, latent_size)`.
        classes: As what each end is made; empty without classes.
        is_blended: Whether the class changes on the way as the code does.

    Returns:
        A title, empty for a line that needs none, and the request of each line.
    """
    names = tuple(dict.fromkeys(classes))
    if is_blended and len(names) == 2:
        shares = np.linspace(0.0, 1.0, len(codes)).tolist()
        first, last = (escape_markdown(name) for name in names)
        return [(f"From {first} to {last}:", codes_request(codes, names) | {"shares": shares})]
    if not names:
        return [("", codes_request(codes, ()))]
    return [(f"Made as {escape_markdown(name)}:", codes_request(codes, [name])) for name in names]


def codes_of(path: Path, rows: tuple[int, int]) -> np.ndarray | None:
    """Read the codes of two rows.

    Args:
        path: The file of predictions.
        rows: Their numbers, from 0.

    Returns:
        Float `(2, latent_size)`; None if one of the rows has no code.
    """
    table = pq.read_table(path, filters=[("row", "in", list(rows))])
    names = [name for name in table.column_names if name.startswith("code_")]
    places = table.column("row").to_pylist()
    if not names or any(row not in places for row in rows):
        return None
    codes = np.stack([table.column(name).to_numpy() for name in names], axis=1)
    return codes[[places.index(row) for row in rows]]


def first_pair(rows: np.ndarray, labels: list[str]) -> tuple[int, int]:
    """Choose two rows to begin with, of two classes if there are.

    Args:
        rows: Row numbers; at least one.
        labels: The class of each; empty without classes.
    """
    second = min(1, len(rows) - 1)
    other = next((place for place, name in enumerate(labels) if name != labels[0]), second)
    return int(rows[0]), int(rows[other])


def _known_rows(path: Path) -> np.ndarray:
    """Numbers of the rows that have a code, those of the test part first."""
    table = pq.read_table(path, columns=["row", "split"])
    rows = table.column("row").to_numpy()
    is_test = np.asarray(table.column("split").to_pylist(), object) == "test"
    return np.concatenate([rows[is_test], rows[~is_test]])


def _chosen_rows(run: RunRecord, dataset: Dataset | None, known: np.ndarray) -> tuple[int, int]:
    firsts = known[:200]
    labels = _labels(run, dataset, firsts) if dataset is not None else []
    pair = first_pair(firsts, labels)
    most = int(known.max()) + 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first, last = (
            st.number_input(f"{end} row", 1, most, row + 1, key=f"between.{end}")
            for end, row in zip(ENDS, pair, strict=True)
        )
        st.button(
            "Any two rows", icon=":material/casino:", on_click=lambda: _draw_pair(known), key="pair"
        )
    return int(first) - 1, int(last) - 1


def _draw_pair(known: np.ndarray) -> None:
    drawn = np.random.default_rng().choice(known, 2, replace=len(known) < 2)
    for end, row in zip(ENDS, drawn.tolist(), strict=True):
        st.session_state[f"between.{end}"] = row + 1


def _chosen_classes(
    run: RunRecord, dataset: Dataset | None, rows: tuple[int, int]
) -> tuple[str, ...]:
    """As what each end is made: at first as what it is."""
    classes = classes_of(run)
    if not classes:
        return ()
    own = _labels(run, dataset, np.asarray(rows)) if dataset is not None else []
    chosen: list[str] = []
    with st.container(horizontal=True):
        for place, (end, row) in enumerate(zip(ENDS, rows, strict=True)):
            index = classes.index(own[place]) if own and own[place] in classes else 0
            key = f"between.class.{end}.{row}"
            chosen.append(st.selectbox(f"{end}: made as", classes, index=index, key=key))
    return tuple(chosen)


def _is_blend_chosen() -> bool:
    """Whether the class changes step by step; shown where the ends are of different classes."""
    chosen = st.segmented_control(
        "The class on the way", (BLENDED, APART), default=BLENDED, required=True, key="between.way"
    )
    return chosen == BLENDED


def _labels(run: RunRecord, dataset: Dataset | None, rows: np.ndarray) -> list[str]:
    label = run.spec.task.label
    if label is None or dataset is None or not len(rows):
        return []
    values = read_table(dataset, [label], np.asarray(rows)).column(0).to_pylist()
    return [str(value).removesuffix(".0") for value in values]


def _show_ends(run: RunRecord, dataset: Dataset, rows: tuple[int, int]) -> None:
    column = image_column(run, dataset)
    if column is not None:
        names = _labels(run, dataset, np.asarray(rows))
        said = [
            f"Row {row + 1:,}" + (f": {escape_markdown(names[place])}" if names else "")
            for place, row in enumerate(rows)
        ]
        pictures = read_pictures(dataset, column, rows)
        st.image(pictures, caption=said, width=PICTURE_WIDTH)
        return
    for cell, end, row in zip(st.columns(2), ENDS, rows, strict=True):
        with cell:
            show_row(run, dataset, row, f"between.row.{end}")


def _said(rows: tuple[int, int], classes: tuple[str, ...], is_blended: bool) -> str:
    ways = f"The codes go in even steps from row {rows[0] + 1:,} to row {rows[1] + 1:,}."
    if len(set(classes)) < 2:
        return ways
    if is_blended:
        return (
            f"{ways} The class goes with them: halfway the network is told half of each. No row it "
            "learned from is like that, so the middle shows what it makes of it."
        )
    return (
        f"{ways} Each class has its own line: the first of the upper line is the one row, the last "
        "of the lower line the other."
    )
