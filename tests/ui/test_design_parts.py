"""The parts of the Design page that need no browser: drafts, targets, preprocessing, previews."""

import threading
from pathlib import Path

import pytest

from dlstudio.data.catalog import add_dataset
from dlstudio.errors import NotFoundError, Problem
from dlstudio.reports.preview import NetworkPreview, PreviewFailed
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ClassCount, ColumnInfo, ColumnKind, DatasetInfo
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.documents import write_yaml
from dlstudio.spec.inputs.number import NumberPreprocessing
from dlstudio.spec.run import RunSpec
from dlstudio.spec.split import SplitMethod
from dlstudio.spec.task import TaskKind
from dlstudio.ui.design_drafts import (
    MOST_STEPS_BACK,
    Draft,
    list_drafts,
    new_draft,
    read_draft,
    remove_draft,
    reuse_or_begin,
    write_draft,
)
from dlstudio.ui.design_overrides import (
    COLUMN,
    columns_by_kind,
    for_all,
    preprocessing_frame,
    with_frame,
)
from dlstudio.ui.design_preview_desk import Answer, PreviewDesk, PreviewState
from dlstudio.ui.design_sections import SECTIONS, problems_by_section
from dlstudio.ui.design_targets import describe_target, rows_per_part, with_kind, with_targets
from dlstudio.ui.design_text import problems_of_text
from tests.ui.drafts import draft_spec


@pytest.fixture
def iris(settings: Settings, sample_folder: Path) -> DatasetInfo:
    return add_dataset(settings, sample_folder / "iris.csv").info


@pytest.fixture
def spec(iris: DatasetInfo) -> RunSpec:
    return default_spec(iris, ["species"])


# Drafts


def test_a_draft_is_read_as_it_was_written(settings: Settings) -> None:
    draft = new_draft(settings, draft_spec())

    assert read_draft(settings, draft.id) == draft
    assert draft.updated_at > 0


@pytest.mark.parametrize("draft_id", ["missing", "../runs", ""])
def test_a_draft_that_is_not_there_is_named(settings: Settings, draft_id: str) -> None:
    with pytest.raises(NotFoundError, match="There is no draft"):
        read_draft(settings, draft_id)


def test_a_draft_that_cannot_be_read_is_no_draft(settings: Settings) -> None:
    draft = new_draft(settings, draft_spec())
    (settings.home / "drafts" / f"{draft.id}.json").write_text("{")

    assert list_drafts(settings) == []
    with pytest.raises(NotFoundError):
        read_draft(settings, draft.id)


def test_an_edit_can_be_taken_back() -> None:
    first = draft_spec()
    second = first.model_copy(update={"name": "second"})
    draft = Draft(id="a", spec=first).with_spec(second)

    assert draft.spec == second
    assert draft.undone().spec == first
    assert draft.undone().undone() == draft.undone()


def test_only_the_last_steps_are_kept() -> None:
    draft = Draft(id="a", spec=draft_spec())
    for number in range(MOST_STEPS_BACK + 5):
        draft = draft.with_spec(draft.spec.model_copy(update={"name": str(number)}))

    assert len(draft.earlier) == MOST_STEPS_BACK


def test_an_untouched_draft_is_used_again_and_a_changed_one_is_not(settings: Settings) -> None:
    draft = reuse_or_begin(settings, draft_spec())
    assert reuse_or_begin(settings, draft_spec()).id == draft.id

    write_draft(settings, draft.model_copy(update={"text": "half: typed"}))

    assert reuse_or_begin(settings, draft_spec()).id != draft.id


def test_a_removed_draft_is_gone(settings: Settings) -> None:
    draft = new_draft(settings, draft_spec())
    remove_draft(settings, draft.id)
    remove_draft(settings, draft.id)

    assert list_drafts(settings) == []


# Targets


def test_a_new_target_leaves_the_inputs_and_brings_its_task_and_split(
    spec: RunSpec, iris: DatasetInfo
) -> None:
    changed = with_targets(spec, iris, ["petal_length"])

    assert changed.task.kind is TaskKind.REGRESSION
    assert "petal_length" not in changed.task.inputs
    assert changed.split.method is SplitMethod.RANDOM
    assert changed.training == spec.training


def test_without_a_target_the_rest_stays(spec: RunSpec, iris: DatasetInfo) -> None:
    changed = with_targets(spec, iris, [])

    assert changed.task.targets == ()
    assert changed.task.inputs == spec.task.inputs


def test_a_regression_is_not_stratified(spec: RunSpec, iris: DatasetInfo) -> None:
    assert with_kind(spec, iris, TaskKind.REGRESSION).split.method is SplitMethod.RANDOM
    assert with_kind(spec, iris, TaskKind.CLASSIFICATION).split == spec.split


def test_the_target_is_described(iris: DatasetInfo) -> None:
    text = describe_target(iris.column("species"), TaskKind.CLASSIFICATION)
    assert text.startswith("3 classes: ")
    assert "(50)" in text
    assert "A number from" in describe_target(iris.column("petal_length"), TaskKind.REGRESSION)


@pytest.mark.parametrize("kind", [ColumnKind.CATEGORY, ColumnKind.NUMBER])
def test_a_target_with_one_class_is_told_where_classes_are_chosen(kind: ColumnKind) -> None:
    top = (ClassCount(value="5.0", num_rows=9),)
    column = ColumnInfo(
        name="kind", kind=kind, num_distinct=1, top_values=top, min=5.0, max=5.0, mean=5.0
    )
    text = describe_target(column, TaskKind.GENERATION)
    assert text.endswith("There is no class to choose, so samples are made without any.")
    assert "no class to choose" not in describe_target(column, TaskKind.REDUCTION)


def test_rows_are_shared_out() -> None:
    assert rows_per_part(200, (0.7, 0.15, 0.15)) == (140, 30, 30)


# Preprocessing


def test_only_differences_are_stored(spec: RunSpec, iris: DatasetInfo) -> None:
    names = columns_by_kind(iris, spec.task)[ColumnKind.NUMBER]
    frame = preprocessing_frame(NumberPreprocessing, names, {})
    assert with_frame({}, NumberPreprocessing, frame) == {}

    frame.loc[frame[COLUMN] == names[1], "scaling"] = "quantile"
    overrides = with_frame({}, NumberPreprocessing, frame)

    assert overrides == {names[1]: {"scaling": "quantile"}}
    again = preprocessing_frame(NumberPreprocessing, names, overrides)
    assert with_frame(overrides, NumberPreprocessing, again) == overrides


def test_several_columns_get_the_same_preprocessing() -> None:
    overrides = for_all({"a": {"x": 1}, "c": {"y": 2}}, ["a", "b"], {"scaling": "none"})

    assert overrides == {
        "a": {"scaling": "none"},
        "b": {"scaling": "none"},
        "c": {"y": 2},
    }
    assert for_all(overrides, ["a", "b"], {}) == {"c": {"y": 2}}


# Problems and text


def test_every_problem_belongs_to_a_part_of_the_form() -> None:
    roots = {name for section in SECTIONS.values() for name in section.roots}

    assert set(RunSpec.model_fields) - {"spec_version", "name"} == roots
    problem = Problem("a", "b", "training.epochs")
    assert problems_by_section([problem]) == {"Training": [problem]}


def test_the_text_is_checked_as_a_whole(spec: RunSpec, iris: DatasetInfo) -> None:
    assert problems_of_text("nonsense: [", iris)
    text = "dataset: {name: a}\ntask: {kind: regresion, inputs: [], target: [b]}"
    found = problems_of_text(text, iris)
    assert {problem.where for problem in found} >= {"task.kind", "task.target"}

    wrong = write_yaml(spec).replace("epochs: ", "epochs: x").replace("inputs: [", "inputs: [no, ")
    found = problems_of_text(wrong, iris)
    assert {problem.where for problem in found} == {"training.epochs", "task.inputs"}


# The desk that asks for previews

PREVIEW = NetworkPreview(
    layers=(), num_parameters=0, num_trainable=0, memory_bytes=0, batch_size=1, steps_per_epoch=1
)


def test_an_answer_is_worked_out_once_whatever_the_run_is_called(
    spec: RunSpec, iris: DatasetInfo
) -> None:
    asked: list[RunSpec] = []

    def ask(spec: RunSpec) -> Answer:
        asked.append(spec)
        return PREVIEW

    desk = PreviewDesk(ask)
    for name in ("one", "two"):
        named = spec.model_copy(update={"name": name})
        assert desk.look_up(named, iris, patience_s=5) == PreviewState(PREVIEW)

    assert len(asked) == 1


def test_nobody_waits_for_a_slow_answer_and_old_questions_are_dropped(
    spec: RunSpec, iris: DatasetInfo
) -> None:
    go_on, asked = threading.Event(), []

    def ask(spec: RunSpec) -> Answer:
        go_on.wait(5)
        asked.append(spec.training.epochs)
        return PREVIEW

    desk = PreviewDesk(ask)
    specs = [
        spec.model_copy(update={"training": spec.training.model_copy(update={"epochs": epochs})})
        for epochs in (1, 2, 3)
    ]
    assert [desk.look_up(one, iris).answer for one in specs] == [None, None, None]
    go_on.set()

    assert desk.look_up(specs[2], iris, patience_s=5).answer == PREVIEW
    assert asked == [1, 3]


def test_a_failure_can_be_asked_again(spec: RunSpec, iris: DatasetInfo) -> None:
    failed = PreviewFailed(problems=(Problem("No worker.", "Wait."),))
    answers: list[Answer] = [failed, PREVIEW]
    desk = PreviewDesk(lambda _spec: answers.pop(0))
    assert desk.look_up(spec, iris, patience_s=5).answer == failed
    assert desk.look_up(spec, iris, patience_s=5).answer == failed

    desk.forget(spec, iris)

    assert desk.look_up(spec, iris, patience_s=5).answer == PREVIEW
