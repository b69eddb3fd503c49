"""The Design page for images, sounds, sequences, texts and forecasts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dlstudio.settings import Settings
from dlstudio.spec.check import check_spec
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.defaults import default_spec, default_task
from dlstudio.spec.run import RunSpec
from dlstudio.spec.split import SplitMethod
from dlstudio.spec.task import TaskKind
from dlstudio.ui.design_defaults import with_architecture
from dlstudio.ui.design_drafts import list_drafts, new_draft
from dlstudio.ui.design_forecast import describe_forecast
from dlstudio.ui.design_sight import describe_sight
from dlstudio.ui.design_targets import can_forecast, with_kind, with_targets
from dlstudio.ui.design_unsupervised import describe_task
from dlstudio.ui.report_samples import NOT_PLAYED
from tests.ui.opened import open_page, words_of
from tests.ui.structured_data import (
    add_images,
    add_months,
    add_sequences,
    add_sounds,
    add_texts,
)

pytestmark = pytest.mark.slow  # each opens the page many times

Add = Callable[[Settings, Path], DatasetInfo]


@pytest.fixture
def home(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))
    return settings


def the_draft(settings: Settings) -> RunSpec:
    return list_drafts(settings)[0].spec


@pytest.mark.parametrize(
    ("add", "title", "sight"),
    [
        (add_images, "Images", "24 × 20 pixels, in colour"),
        (add_sounds, "Sounds", "hears 1 s of each sound"),
        (add_sequences, "Sequences", "30 time steps of 1 channel"),
    ],
)
def test_a_structured_column_has_a_form_and_a_sentence(
    home: Settings, tmp_path: Path, add: Add, title: str, sight: str
) -> None:
    info = add(home, tmp_path)

    app = open_page("design", dataset=info.name, target="label", section="columns")

    assert not app.exception
    assert title in words_of(app)
    assert sight in words_of(app).replace("\\", "")
    assert "**Augmentation**" in words_of(app)


def test_no_task_promises_sounds_that_can_be_played(settings: Settings, tmp_path: Path) -> None:
    info = add_sounds(settings, tmp_path)
    for kind in (TaskKind.REDUCTION, TaskKind.ANOMALY, TaskKind.GENERATION):
        assert "their spectrograms: which pitch" in describe_task(
            default_task(info, (), kind), info
        )
    made = describe_task(default_task(info, (), TaskKind.GENERATION), info)
    assert made.endswith("They can be looked at but not played.")
    assert "cannot be played" in NOT_PLAYED


def test_a_setting_of_an_image_column_is_kept_as_a_difference(
    home: Settings, tmp_path: Path
) -> None:
    info = add_images(home, tmp_path)
    app = open_page("design", dataset=info.name, target="label", section="columns")
    flip = next(box for box in app.selectbox if box.label == "Flip")
    flip.set_value("horizontal").run()

    assert the_draft(home).preprocessing == {"image": {"flip": "horizontal"}}


@pytest.mark.parametrize("kind", ["fnn", "cnn", "rnn", "transformer"])
def test_every_architecture_has_its_form(home: Settings, tmp_path: Path, kind: str) -> None:
    info = add_sequences(home, tmp_path)
    app = open_page("design", dataset=info.name, target="label", section="network")
    chosen = next(box for box in app.selectbox if box.label == "Architecture")
    chosen.set_value(kind).run()

    assert not app.exception
    chosen = next(box for box in app.selectbox if box.label == "Architecture")
    assert chosen.value == kind
    tables = [block.value for block in app.markdown if block.value.startswith("**")]
    assert any("ayers" in title or "Blocks" in title for title in tables)
    assert ("Usually best for these inputs" in words_of(app)) == (kind != "cnn")


def test_another_architecture_brings_its_training_and_keeps_what_was_chosen(
    settings: Settings, tmp_path: Path
) -> None:
    info = add_texts(settings, tmp_path)
    spec = default_spec(info, ["label"])
    chosen = spec.training.model_copy(update={"epochs": 7})

    changed = with_architecture(spec.model_copy(update={"training": chosen}), info, "rnn")

    usual = default_spec(info, ["label"], architecture="rnn")
    assert changed.architecture == usual.architecture
    assert changed.training.learning_rate == usual.training.learning_rate
    assert changed.training.epochs == 7
    assert "in order" in describe_sight(changed, info, "text")
    assert "without their order" in describe_sight(spec, info, "text")


def test_design_says_what_of_long_texts_and_sequences_is_not_seen(
    settings: Settings, tmp_path: Path
) -> None:
    texts, moves = add_texts(settings, tmp_path), add_sequences(settings, tmp_path)

    def sight(info: DatasetInfo, name: str, **fields: str | int) -> str:
        spec = default_spec(info, ["label"], architecture="rnn")
        changed = spec.model_copy(update={"preprocessing": {name: fields}})
        return describe_sight(changed, info, name)

    words = "characters; what follows the first 5 words of each is not read."
    assert words in sight(texts, "text", length=5)
    letters = sight(texts, "text", length=60, unit="character")
    assert "what follows the first 60 characters of each is not read." in letters
    assert "not read" not in sight(texts, "text") + sight(
        texts, "text", length=200, unit="character"
    )
    assert "not read" not in sight(texts, "text", encoding="tf_idf", length=5)
    shown = sight(moves, "sequence", length=20)
    assert shown.endswith("up to 30 time steps; only the last 20 of each are seen.")
    assert sight(moves, "sequence").endswith("30 time steps of 1 channel.")


def test_a_forecast_is_offered_with_times_only(settings: Settings, tmp_path: Path) -> None:
    assert can_forecast(add_months(settings, tmp_path), ["sales"])
    assert not can_forecast(add_texts(settings, tmp_path), ["label"])


def test_a_forecast_gets_its_columns_and_split_and_gives_them_back(
    settings: Settings, tmp_path: Path
) -> None:
    info = add_months(settings, tmp_path)
    spec = default_spec(info, ["sales"])

    forecast = with_kind(spec, info, TaskKind.FORECASTING)

    assert (forecast.task.time, forecast.split.column) == ("month", "month")
    assert forecast.split.method is SplitMethod.TIME
    assert check_spec(forecast, info) == ()
    assert "forecasts the next" in describe_forecast(forecast, info)
    assert with_targets(forecast, info, ["rain"]).task.kind is TaskKind.FORECASTING
    back = with_kind(forecast, info, TaskKind.REGRESSION)
    assert back.architecture == spec.architecture
    assert "month" in back.task.inputs
    assert check_spec(back, info) == ()


def test_a_forecast_is_edited_on_the_page(home: Settings, tmp_path: Path) -> None:
    info = add_months(home, tmp_path)
    app = open_page("design", dataset=info.name, target="sales", section="task")
    groups: Any = app.get("button_group")
    kind = next(one for one in groups if one.label == "Task")
    kind.set_value(TaskKind.FORECASTING).run()
    assert not app.exception
    assert the_draft(home).task.kind is TaskKind.FORECASTING

    horizon = next(box for box in app.number_input if box.label == "Horizon")
    horizon.set_value(3).run()

    assert not app.exception
    assert the_draft(home).task.horizon == 3
    assert "forecasts the next 3" in words_of(app)
    known = next(box for box in app.multiselect if box.label == "Known in advance")
    known.set_value(["rain"]).run()
    task = the_draft(home).task
    assert (task.known, "rain" in task.inputs) == (("rain",), False)


def test_the_columns_of_a_forecast_have_their_table(home: Settings, tmp_path: Path) -> None:
    info = add_months(home, tmp_path)
    spec = with_kind(default_spec(info, ["sales"]), info, TaskKind.FORECASTING)

    app = open_page("design", draft=new_draft(home, spec).id, section="columns")

    assert not app.exception
    assert f"**Numbers** · {1 + len(spec.task.inputs)} column" in words_of(app)
