"""Which words of a row's texts make it hard to rebuild."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from dlstudio.data.dataset import Dataset, read_page
from dlstudio.reports.rebuilt_row import RebuiltRow, WordWeight
from dlstudio.runs.records import RunRecord
from dlstudio.spec.dataset import ColumnKind
from dlstudio.ui.charts import show_bars
from dlstudio.ui.problems import showing_problems
from dlstudio.ui.services import store, supervisor


def show_words_of_row(run: RunRecord, dataset: Dataset, row: int, key: str) -> None:
    """Ask the network which words of a row weigh most; nothing for rows without texts.

    Args:
        run: A run of an autoencoder.
        dataset: Its dataset.
        row: Number of the row, from 0.
        key: Beginning of the elements' keys.
    """
    names = run.spec.task.inputs
    if all(dataset.info.column(name).kind is not ColumnKind.TEXT for name in names):
        return
    cells = read_page(dataset, row, 1).to_pylist()[0]
    model = store().folder(run.id).model
    if not model.is_file():
        return
    given = {name: _plain(cells[name]) for name in names}
    with showing_problems(), st.spinner("Looking at each word…", show_time=False):
        show_words(_explained(run.id, model.stat().st_mtime_ns, given).words, key)


def show_words(words: Sequence[WordWeight], key: str) -> None:
    """Show which words of a text weigh most; nothing where no word does.

    Args:
        words: The words, the weightiest first.
        key: Beginning of the element's key.
    """
    if not words:
        return
    st.markdown(
        "**Words that weigh most**",
        help="In percent: how much of the row's error lies in what is no longer counted without "
        "the word, itself and groups of letters. Groups across two words count for both, so the "
        "bars may come to more than 100; what stands elsewhere in the text, too, counts for none.",
    )
    shares = [round(100 * word.weight, 1) for word in words]
    alt = "Share of the error in what each word brings, in percent"
    show_bars([word.word for word in words], shares, alt, f"{key}.words")


@st.cache_data(max_entries=50, show_spinner=False)
def _explained(run_id: str, _model_ns: int, row: Mapping[str, Any]) -> RebuiltRow:
    return supervisor().explain(run_id, row)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
