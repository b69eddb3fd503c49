"""Data and Design of a table with thousands of columns: they open, and show a part at a time."""

import random
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from dlstudio.data.catalog import add_dataset
from dlstudio.settings import Settings
from tests.fixtures.workspace import settings_in
from tests.ui.opened import open_page, words_of

pytestmark = pytest.mark.slow  # reads a wide table and opens pages

NUM_COLUMNS = 2_000
NUM_ROWS = 60
MOST_PARTS = 400
NO_SERVER = "No worker is ready"  # to draw the network; without a server there is none
MOST_CHARACTERS = 20_000


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A workspace with a table of which seven columns in eight deserve a hint."""
    folder = tmp_path_factory.mktemp("wide")
    choose = random.Random(5)

    def cell(column: int, row: int) -> str:
        value = f"{choose.gauss(0, 1):.3f}"
        cells = (value if choose.random() > 0.5 else "", "7", value if row % 11 else "1e308")
        more = (f"id{row}_{column}", value if row % 2 else "n/k", "ab"[row % 2], value)
        return (*cells, *more, "other" if row == 0 else "same")[column % 8]

    lines = [",".join([*(f"gene_{column}" for column in range(NUM_COLUMNS)), "sort"])]
    for row in range(NUM_ROWS):
        cells = [cell(column, row) for column in range(NUM_COLUMNS)]
        lines.append(",".join([*cells, "ab"[row % 2]]))
    path = folder / "wide.csv"
    path.write_text("\n".join(lines) + "\n")
    settings = settings_in(Path(folder / "home"))
    add_dataset(settings, path, "wide")
    return settings


@pytest.fixture(autouse=True)
def _workspace(wide: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLSTUDIO_HOME", str(wide.home))


def num_parts(block: Block) -> int:
    """Everything on a page: texts, fields, buttons, and what holds them."""
    children = block.children.values()
    return len(children) + sum(num_parts(one) for one in children if isinstance(one, Block))


def opened(page: str, **address: str) -> AppTest:
    app = open_page(page, dataset="wide", **address)
    assert not app.exception
    errors = [error.value for error in app.error]
    assert [error for error in errors if not error.startswith(NO_SERVER)] == []
    assert num_parts(app._tree) < MOST_PARTS
    assert len(words_of(app)) < MOST_CHARACTERS
    return app


def test_hints_about_thousands_of_columns_are_told_in_part() -> None:
    app = opened("data", target="sort")

    hints = [expander.label for expander in app.expander]
    assert any("Columns that give the answer away" in hint for hint in hints)
    assert "more" in " ".join(caption.value for caption in app.caption)
    assert f"{NUM_COLUMNS + 1:,}" in [metric.value for metric in app.metric]


def test_thousands_of_columns_are_shown_page_by_page_and_found_by_name() -> None:
    app = opened("data", tab="Columns")

    assert len(app.dataframe[0].value) == 50
    assert f"1 to 50 of {NUM_COLUMNS + 1:,}" in words_of(app)
    (search,) = (box for box in app.text_input if box.label == "Search columns")
    search.set_value("gene_199").run()
    found = app.dataframe[0].value["Column"].tolist()
    assert found == ["gene_199", *(f"gene_199{digit}" for digit in range(10))]


@pytest.mark.parametrize("tab", ["Rows", "How it was read", "Versions"])
def test_the_other_tabs_of_data_open(tab: str) -> None:
    opened("data", tab=tab)


@pytest.mark.parametrize("section", ["task", "columns", "network", "training", "yaml"])
def test_each_section_of_design_opens(section: str) -> None:
    opened("design", target="sort", section=section)
