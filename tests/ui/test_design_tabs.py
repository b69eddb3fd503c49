"""Two tabs on one draft: both versions stay, and the second tab says so."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dlstudio.data.catalog import add_dataset, open_dataset
from dlstudio.settings import Settings
from dlstudio.spec.defaults import default_spec
from dlstudio.ui.design_drafts import list_drafts, new_draft, read_draft
from tests.ui.opened import open_page, words_of

pytestmark = pytest.mark.slow  # each opens the page many times


@pytest.fixture(autouse=True)
def _workspace(settings: Settings, sample_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))
    add_dataset(settings, sample_folder / "iris.csv")


@pytest.fixture
def draft_id(settings: Settings) -> str:
    return new_draft(settings, default_spec(open_dataset(settings, "iris").info, ("species",))).id


def draft_of(tab: AppTest) -> str:
    return str(tab.query_params["draft"])


def rename(tab: AppTest, name: str) -> None:
    next(one for one in tab.text_input if one.label == "Name of the run").set_value(name).run()
    assert not tab.exception


def name_in(tab: AppTest) -> str | None:
    return next(one for one in tab.text_input if one.label == "Name of the run").value


def test_what_two_tabs_changed_is_kept_as_two_drafts(settings: Settings, draft_id: str) -> None:
    ann, ben = (open_page("design", draft=draft_id) for _ in range(2))
    rename(ben, "of ben")
    rename(ann, "of ann")
    assert draft_of(ben) == draft_id
    assert draft_of(ann) != draft_id
    assert read_draft(settings, draft_id).spec.name == "of ben"
    assert read_draft(settings, draft_of(ann)).spec.name == "of ann"
    assert "Nothing is lost" in words_of(ann)
    assert "Nothing is lost" not in words_of(ben)


def test_after_parting_both_tabs_go_on_by_themselves(settings: Settings, draft_id: str) -> None:
    ann, ben = (open_page("design", draft=draft_id) for _ in range(2))
    rename(ben, "of ben")
    rename(ann, "of ann")
    for number in range(3):
        rename(ben, f"of ben {number}")
        rename(ann, f"of ann {number}")
    assert (name_in(ben), name_in(ann)) == ("of ben 2", "of ann 2")
    assert len(list_drafts(settings)) == 2


def test_one_tab_alone_keeps_its_draft(settings: Settings, draft_id: str) -> None:
    tab = open_page("design", draft=draft_id)
    for name in ("one", "two"):
        rename(tab, name)
    next(one for one in tab.button if one.label == "Undo").click().run()
    assert (draft_of(tab), name_in(tab)) == (draft_id, "one")
    assert len(list_drafts(settings)) == 1


def test_a_tab_that_is_opened_later_shows_the_latest(draft_id: str) -> None:
    rename(open_page("design", draft=draft_id), "latest")
    later = open_page("design", draft=draft_id)
    assert name_in(later) == "latest"
    assert draft_of(later) == draft_id


def test_train_pressed_in_the_second_tab_trains_what_it_shows(draft_id: str) -> None:
    ann, ben = (open_page("design", draft=draft_id) for _ in range(2))
    shown = name_in(ann)
    rename(ben, "of ben")
    next(one for one in ann.button if one.label == "Train this network").click().run()
    assert not ann.exception
    assert ann.title[0].value == "Train"
    assert words_of(ann).replace("\\", "").count(str(shown)) >= 1
    assert "of ben" not in words_of(ann)
