"""The Design page reads several labels out of a cell, and asks what an empty one says."""

from pathlib import Path

import pytest

from dlstudio.settings import Settings
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import EmptyCells
from dlstudio.ui.design_drafts import list_drafts
from tests.data.files import add
from tests.ui.opened import open_page, words_of

CELLS = ("red|round", "[]", "", "round", "")


def tags(settings: Settings, folder: Path) -> str:
    rows = "".join(f"{row},{CELLS[row % 5]}\n" for row in range(50))
    return add(
        settings, folder, f"size,tags\n{rows}", delimiter=",", file_name="tags.csv"
    ).info.name


def the_draft(settings: Settings) -> RunSpec:
    return list_drafts(settings)[0].spec


@pytest.mark.slow
def test_an_empty_cell_means_what_is_chosen(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))
    tags(settings, tmp_path)
    app = open_page("design", dataset="tags", target="tags", section="task")
    assert "An empty cell means" not in words_of(app)

    next(one for one in app.text_input if one.label == "Label separator").set_value("|").run()
    assert not app.exception
    assert the_draft(settings).task.label_separator == "|"
    assert "2 labels; 10 rows with []: no label applies; 20 rows without an entry" in words_of(app)

    (asked,) = (one for one in app.button_group if one.key and "empty_cells" in one.key)
    asked.set_value(EmptyCells.NO_LABEL).run()
    assert not app.exception
    assert the_draft(settings).task.empty_cells is EmptyCells.NO_LABEL
    assert "which say that no label applies" in words_of(app)

    next(one for one in app.text_input if one.label == "Label separator").set_value("").run()
    assert not app.exception
    assert the_draft(settings).task.empty_cells is EmptyCells.UNKNOWN
