"""The Design page on a real dataset: form, YAML and drafts are one thing."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextInput

from dlstudio.data.catalog import add_dataset, open_dataset
from dlstudio.runs.records import RunStatus
from dlstudio.runs.store import open_store
from dlstudio.settings import Settings
from dlstudio.spec.architectures.fnn import FnnSpec
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.documents import write_yaml
from dlstudio.spec.run import RunSpec
from dlstudio.ui import design_tabs
from dlstudio.ui.design_drafts import list_drafts
from tests.ui.opened import open_page, words_of

pytestmark = pytest.mark.slow  # each opens the page many times


@pytest.fixture(autouse=True)
def _workspace(settings: Settings, sample_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))
    add_dataset(settings, sample_folder / "iris.csv")


def the_draft(settings: Settings) -> RunSpec:
    return list_drafts(settings)[0].spec


def begun_spec(settings: Settings) -> RunSpec:
    return default_spec(open_dataset(settings, "iris").info, ("species",))


def open_iris(section: str = "task") -> AppTest:
    app = open_page("design", dataset="iris", target="species", section=section)
    assert not app.exception
    return app


def widget(app: AppTest, ending: str) -> object:
    found = [
        one
        for kind in ("text_input", "number_input", "selectbox", "multiselect", "toggle")
        for one in app.get(kind)
        if str(getattr(one, "key", "")).endswith(ending)
    ]
    assert len(found) == 1, (ending, found)
    return found[0]


def text_of(app: AppTest) -> str:
    return app.text_area[0].value or ""


def press(app: AppTest, label: str) -> AppTest:
    return next(one for one in app.button if one.label == label).click().run()


def name_field(app: AppTest) -> TextInput:
    return next(one for one in app.text_input if one.label == "Name of the run")


def rename(app: AppTest, name: str = "mine") -> None:
    name_field(app).set_value(name).run()
    assert not app.exception


def test_without_an_address_datasets_and_drafts_are_offered(settings: Settings) -> None:
    assert "Begin with a dataset" in words_of(open_page("design"))
    rename(open_iris())

    assert "Go on with a draft" in words_of(open_page("design"))


def test_a_dataset_becomes_a_draft_with_the_first_change(settings: Settings) -> None:
    app = open_iris()
    open_iris().run()
    assert "draft" not in app.query_params
    assert list_drafts(settings) == []

    rename(app)

    [draft] = list_drafts(settings)
    assert app.query_params["draft"] == draft.id
    assert draft.spec.task.targets == ("species",)
    assert (draft.spec.name, len(draft.earlier)) == ("mine", 1)
    rename(app, "ours")
    assert [one.spec.name for one in list_drafts(settings)] == ["ours"]


def test_a_run_is_opened_again_and_again_without_a_heap_of_drafts(settings: Settings) -> None:
    store = open_store(settings)
    run = store.submit(begun_spec(settings), "cloned-from")
    store.close()
    for _ in range(2):
        assert name_field(open_page("design", run=run.id)).value == "cloned-from"
    assert list_drafts(settings) == []
    rename(open_page("design", run=run.id))
    rename(open_page("design", run=run.id), "another")
    assert {draft.spec.name for draft in list_drafts(settings)} == {"mine", "another"}


def test_back_from_a_changed_draft_shows_what_it_began_with(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_iris()
    rename(app)
    del app.query_params["draft"]  # what Back does
    with monkeypatch.context() as patched:
        patched.setattr(design_tabs, "_is_step_back", lambda: True)
        app.run()
    assert name_field(app).value == "iris-fnn"
    rename(app, "another")
    assert {draft.spec.name for draft in list_drafts(settings)} == {"mine", "another"}


def test_a_click_that_comes_with_the_address_before_is_about_the_changed_draft(
    settings: Settings,
) -> None:
    app = open_iris("network")
    press(app, "Small")
    small = the_draft(settings).architecture
    del app.query_params["draft"]  # the browser has not heard of it yet
    press(app, "Train this network")
    assert app.title[0].value == "Train"
    assert [run.spec.architecture for run in open_store(settings).list_runs()] == [small]
    assert len(list_drafts(settings)) == 1


def test_an_edit_that_comes_with_the_address_before_is_kept(settings: Settings) -> None:
    app = open_iris()
    rename(app)
    del app.query_params["draft"]
    rename(app, "later")
    assert [draft.spec.name for draft in list_drafts(settings)] == ["later"]
    assert app.query_params["draft"] == list_drafts(settings)[0].id


def test_an_edit_is_saved_and_survives_a_closed_tab(settings: Settings) -> None:
    app = open_iris("training")
    widget(app, "training.epochs").set_value(12)  # type: ignore[attr-defined]
    app.run()
    assert the_draft(settings).training.epochs == 12

    fresh = open_page("design", draft=list_drafts(settings)[0].id, section="training")

    assert widget(fresh, "training.epochs").value == 12  # type: ignore[attr-defined]


def test_undo_takes_the_last_edit_back(settings: Settings) -> None:
    app = open_iris("training")
    widget(app, "training.epochs").set_value(12)  # type: ignore[attr-defined]
    app.run()
    press(app, "Undo")

    assert the_draft(settings).training.epochs == 100
    assert widget(app, "training.epochs").value == 100  # type: ignore[attr-defined]


def test_a_preset_replaces_the_layers(settings: Settings) -> None:
    app = open_iris("network")
    press(app, "Large")

    network = the_draft(settings).architecture
    assert isinstance(network, FnnSpec)
    assert [layer.units for layer in network.layers] == [512, 256, 128]


def test_a_row_can_be_added_to_the_layers(settings: Settings) -> None:
    app = open_iris("network")
    before = begun_spec(settings).architecture
    press(app, "Add a row")

    after = the_draft(settings).architecture
    assert isinstance(before, FnnSpec)
    assert isinstance(after, FnnSpec)
    assert after.layers == (*before.layers, before.layers[-1])


def test_another_target_changes_task_and_split(settings: Settings) -> None:
    app = open_iris()
    widget(app, "task.targets").set_value(["petal_length"])  # type: ignore[attr-defined]
    app.run()

    spec = the_draft(settings)
    assert (spec.task.kind, spec.split.method) == ("regression", "random")
    assert "petal_length" not in spec.task.inputs


def test_a_problem_is_shown_in_its_place_and_training_waits(settings: Settings) -> None:
    app = open_iris()
    widget(app, "task.targets").set_value([])  # type: ignore[attr-defined]
    app.run()

    assert "No target is chosen" in words_of(app)
    assert "Task: " in words_of(app)
    train = next(one for one in app.button if one.label == "Train this network")
    assert train.disabled


def test_text_and_form_are_two_views_of_one_spec(settings: Settings) -> None:
    app = open_iris("text")
    assert text_of(app) == write_yaml(begun_spec(settings))
    app.text_area[0].set_value(text_of(app).replace("epochs: 100", "epochs: 9")).run()
    assert the_draft(settings).training.epochs == 100
    assert list_drafts(settings)[0].text is not None

    press(app, "Apply")

    assert the_draft(settings).training.epochs == 9


def test_text_that_is_wrong_is_kept_and_explained_by_field(settings: Settings) -> None:
    app = open_iris("text")
    app.text_area[0].set_value(text_of(app).replace("adamw", "adamx")).run()

    assert "training.optimizer" in words_of(app).replace("\\", "")
    assert next(one for one in app.button if one.label == "Apply").disabled
    fresh = open_page("design", draft=list_drafts(settings)[0].id, section="text")
    assert "adamx" in text_of(fresh)

    press(fresh, "Discard my changes")

    assert list_drafts(settings)[0].text is None
    assert "adamx" not in text_of(fresh)


def test_every_column_kind_has_its_table(settings: Settings) -> None:
    app = open_iris("columns")

    assert "Numbers" in words_of(app)


def test_an_unknown_draft_is_explained() -> None:
    app = open_page("design", draft="abcdef")

    assert "There is no draft" in words_of(app)
    assert "Begin with a dataset" in words_of(app)


def test_an_edit_that_comes_with_the_click_on_train_is_trained(settings: Settings) -> None:
    app = open_iris("training")
    widget(app, "training.epochs").set_value(12)  # type: ignore[attr-defined]
    press(app, "Train this network")

    store = open_store(settings)
    runs = store.list_runs()
    store.close()
    assert [run.num_epochs for run in runs] == [12]


def test_train_queues_the_run(settings: Settings) -> None:
    app = open_iris()
    press(app, "Train this network")

    store = open_store(settings)
    runs = store.list_runs()
    store.close()
    assert [run.status for run in runs] == [RunStatus.QUEUED]
    assert runs[0].spec.task.targets == ("species",)
