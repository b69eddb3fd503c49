"""A table that was damaged on disk, as the pages tell it."""

from pathlib import Path

import pytest

from dlstudio.data.catalog import add_dataset
from dlstudio.settings import Settings
from tests.ui.opened import open_page

pytestmark = pytest.mark.slow  # each opens a page


@pytest.fixture(autouse=True)
def _damaged(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))
    path = tmp_path / "table.csv"
    path.write_text("x,y\n" + "1.5,a\n2.5,b\n3.5,a\n" * 20)
    dataset = add_dataset(settings, path)
    dataset.table_path.write_bytes(dataset.table_path.read_bytes()[:100])


@pytest.mark.parametrize("tab", ["Overview", "Rows"])
def test_the_data_page_says_what_is_damaged_and_what_to_do(tab: str) -> None:
    app = open_page("data", dataset="table", target="y", tab=tab)

    assert not app.exception
    (error,) = app.error
    assert "table of the dataset" in error.value and "is damaged" in error.value
    assert "add its file again" in error.value


def test_a_damaged_dataset_can_still_be_designed_for() -> None:
    app = open_page("design", dataset="table", target="y")

    assert not app.exception
