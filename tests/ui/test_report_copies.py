"""The samples most like a training row are shown beside it, whatever they are."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlstudio.runs.folders import run_folder
from dlstudio.settings import Settings
from dlstudio.ui.report_copies import read_pairs
from dlstudio.ui.sample_pictures import SPECTROGRAMS

pytestmark = pytest.mark.slow  # each opens a page

LINES = "pair,origin,age,home,pair\n1,sample,20,own,x\n1,row 7,21,own,y\n2,sample,,rent,z\n"


def page() -> None:
    from dlstudio.reports.generation import CopyVerdict, MemorisationCheck
    from dlstudio.ui.report_copies import show_copies
    from tests.ui.past_runs import finished

    check = MemorisationCheck(verdict=CopyVerdict.NO_SIGN, explanation="All is new.")
    show_copies(check, finished("generation"))


@pytest.fixture
def folder(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))
    path = run_folder(settings, "abc123").path
    path.mkdir(parents=True)
    return path


def test_rows_of_tables_are_shown_in_turn(folder: Path) -> None:
    (folder / "nearest_rows.csv").write_text(LINES)
    app = AppTest.from_function(page, default_timeout=60).run()

    assert not app.exception
    shown = app.dataframe[0].value
    assert shown[""].tolist() == ["Sample", "Row 7", "Sample"]
    assert shown["home"].tolist() == ["own", "own", "rent"]
    assert shown["pair"].tolist() == ["x", "y", "z"]  # a column of the dataset


@pytest.mark.parametrize(("shape", "is_chart"), [((3, 9, 2), True), ((3, 8, 8, 1), False)])
def test_sequences_are_drawn_and_pictures_shown(
    folder: Path, shape: tuple[int, ...], is_chart: bool
) -> None:
    values = np.random.default_rng(0).normal(size=shape).astype("float32")
    np.savez(folder / "samples.npz", nearest_samples=values, nearest_rows=values)
    app = AppTest.from_function(page, default_timeout=60).run()

    assert not app.exception
    assert len(app.get("plotly_chart")) == is_chart
    assert "most like one training row" in app.caption[0].value
    assert (SPECTROGRAMS in [caption.value for caption in app.caption]) == (not is_chart)


def test_without_pairs_the_verdict_stands_alone(folder: Path) -> None:
    (folder / "samples.npz").write_bytes(b"broken")
    (folder / "nearest_rows.csv").write_text("pair,origin,age\n")
    app = AppTest.from_function(page, default_timeout=60).run()

    assert not app.exception
    assert not app.caption
    assert read_pairs(folder / "gone.csv") is None
