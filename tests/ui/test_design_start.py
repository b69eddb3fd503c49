"""The Design page before there is a draft, in a workspace with many datasets."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dlstudio.data.catalog import add_dataset
from dlstudio.settings import Settings
from dlstudio.ui.design_start import PAGE_SIZE
from tests.ui.opened import open_page, words_of

pytestmark = pytest.mark.slow  # each opens the page many times

NUM_DATASETS = PAGE_SIZE + 3


@pytest.fixture(autouse=True)
def _workspace(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))
    path = tmp_path / "table.csv"
    path.write_text("a,y\n" + "1.5,x\n2.5,z\n" * 6)
    for number in range(NUM_DATASETS):
        add_dataset(settings, path, f"table {number:02}")


def names_shown(app: AppTest) -> list[str]:
    texts = [markdown.value for markdown in app.markdown]
    return [text.strip("*") for text in texts if text.startswith("**table ")]


def search(app: AppTest, text: str) -> AppTest:
    (box,) = (one for one in app.text_input if one.label == "Search datasets")
    return box.set_value(text).run()


def test_the_newest_datasets_are_shown_and_the_others_are_found_by_name() -> None:
    app = open_page("design")
    assert not app.exception
    newest = [f"table {number:02}" for number in reversed(range(3, NUM_DATASETS))]
    assert names_shown(app) == newest
    assert f"1 to {PAGE_SIZE} of {NUM_DATASETS}" in words_of(app)

    assert names_shown(search(app, "TABLE 01")) == ["table 01"]
    nothing = search(app, "nowhere")
    assert names_shown(nothing) == []
    assert "No dataset has such a name." in words_of(nothing)


def test_a_dataset_that_was_searched_begins_a_draft() -> None:
    app = search(open_page("design"), "table 02")
    (button,) = (one for one in app.button if one.label == "Design a network")

    assert not button.click().run().exception
