"""Reduction, anomaly detection and generation on the Design page."""

from pathlib import Path

import pytest

from dlstudio.data.catalog import add_dataset
from dlstudio.data.samples import add_sample
from dlstudio.settings import Settings
from dlstudio.spec.canvas import told_column
from dlstudio.spec.check import check_spec
from dlstudio.spec.dataset import ClassCount, ColumnInfo, ColumnKind, DatasetInfo
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.run import RunSpec
from dlstudio.spec.split import SplitMethod
from dlstudio.spec.task import TaskKind
from dlstudio.ui.design_defaults import with_architecture
from dlstudio.ui.design_drafts import list_drafts
from dlstudio.ui.design_targets import with_kind, with_targets
from dlstudio.ui.design_unsupervised import describe_task
from tests.ui.opened import open_page, words_of

pytestmark = pytest.mark.slow  # each opens a page


@pytest.fixture
def info(settings: Settings, sample_folder: Path, monkeypatch: pytest.MonkeyPatch) -> DatasetInfo:
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))
    return add_dataset(settings, sample_folder / "breast_cancer.csv").info


@pytest.fixture
def classifier(info: DatasetInfo) -> RunSpec:
    return default_spec(info, ("diagnosis",))


def test_another_task_brings_its_network_its_training_and_back(
    info: DatasetInfo, classifier: RunSpec
) -> None:
    spec = with_kind(classifier, info, TaskKind.REDUCTION)
    back = with_kind(spec, info, TaskKind.CLASSIFICATION)

    assert spec.architecture.kind == "autoencoder"
    assert spec.training == default_spec(info, (), TaskKind.REDUCTION).training
    assert check_spec(spec, info) == ()
    assert back.architecture == classifier.architecture
    assert back.task == classifier.task
    assert check_spec(back, info) == ()


def test_the_name_follows_the_network_until_a_person_sets_one(
    info: DatasetInfo, classifier: RunSpec
) -> None:
    spec = with_kind(classifier, info, TaskKind.GENERATION)
    game = with_architecture(spec, info, "gan")
    back = with_kind(game, info, TaskKind.CLASSIFICATION)
    assert [one.name for one in (classifier, spec, game, back)] == [
        f"breast_cancer-{kind}" for kind in ("fnn", "vae", "gan", "fnn")
    ]
    clone = classifier.model_copy(update={"name": "breast_cancer-fnn-2"})
    assert with_architecture(clone, info, "gan").name == "breast_cancer-gan"
    for chosen in ("mine", "", "breast_cancer-fnn wide"):
        named = classifier.model_copy(update={"name": chosen})
        assert with_kind(named, info, TaskKind.GENERATION).name == chosen
        assert with_architecture(named, info, "gan").name == chosen


def test_known_anomalies_follow_the_chosen_column(info: DatasetInfo, classifier: RunSpec) -> None:
    spec = with_kind(classifier, info, TaskKind.ANOMALY)
    without = with_targets(spec, info, ())

    assert spec.task.anomalies == ("malignant",)
    assert without.task.anomalies == ()
    assert without.split.method is SplitMethod.RANDOM
    assert check_spec(without, info) == ()
    assert with_targets(without, info, ("diagnosis",)).task == spec.task


def test_a_generator_follows_whether_the_chosen_column_has_classes(
    info: DatasetInfo, classifier: RunSpec
) -> None:
    one = ClassCount(value="same", num_rows=info.num_rows)
    alike = ColumnInfo(name="alike", kind=ColumnKind.CATEGORY, num_distinct=1, top_values=(one,))
    wider = info.model_copy(update={"columns": (*info.columns, alike)})
    spec = with_kind(classifier, wider, TaskKind.GENERATION)
    same = with_targets(spec, wider, ("alike",))
    back = with_targets(same, wider, ("diagnosis",))

    assert [told_column(one) for one in (spec, same, back)] == ["diagnosis", None, "diagnosis"]
    assert check_spec(same, wider) == ()
    assert back.architecture == spec.architecture


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (TaskKind.REDUCTION, "squeezes each row into a few numbers"),
        (TaskKind.ANOMALY, "unlike the others"),
        (TaskKind.GENERATION, "make new rows"),
    ],
)
def test_a_task_is_said_in_plain_words(info: DatasetInfo, kind: TaskKind, words: str) -> None:
    assert words in describe_task(default_spec(info, (), kind).task, info)


def test_the_page_offers_the_task_and_shows_its_fields(
    settings: Settings, info: DatasetInfo
) -> None:
    app = open_page("design", dataset=info.name, target="diagnosis")
    tasks = next(one for one in app.segmented_control if one.label == "Task")
    tasks.set_value(TaskKind.ANOMALY).run()

    assert not app.exception
    assert list_drafts(settings)[0].spec.task.kind is TaskKind.ANOMALY
    names = [one.value for one in app.text_input if one.label == "Name of the run"]
    assert names == [list_drafts(settings)[0].spec.name] == ["breast_cancer-autoencoder"]
    shown = words_of(app)
    assert "Where it fails, the row is unlike the others" in shown
    assert "Anomalies" in shown
    assert "Forecast" not in shown.replace("Forecasting", "")


def test_validation_rows_choose_no_epoch_where_the_last_is_kept(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))
    add_sample(settings, "digits")
    app = open_page("design", dataset="digits")
    assert "300 choose the best epoch" in words_of(app)
    tasks = next(one for one in app.segmented_control if one.label == "Task")
    tasks.set_value(TaskKind.GENERATION).run()

    assert not app.exception
    assert "300 show on the way how it does" in words_of(app)
