"""The Train page without a browser: what it says and what its buttons do."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dlstudio.data.catalog import add_dataset, remove_dataset
from dlstudio.data.samples import add_sample
from dlstudio.errors import Problem
from dlstudio.reports.progress import DiskRoom, Progress, ResourceUse
from dlstudio.runs.attempt import Ending, WorkerReport
from dlstudio.runs.records import RunRecord, RunStatus
from dlstudio.runs.store import Store
from dlstudio.settings import Settings
from dlstudio.spec.architectures.cnn import Backbone, CnnSpec
from dlstudio.spec.dataset import ClassCount, ColumnKind
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.task import TaskKind
from dlstudio.spec.training import ClassWeights, TrainingSpec
from dlstudio.ui.headline import metric_text
from dlstudio.ui.train_texts import (
    engine_text,
    fine_tuning_text,
    heartbeat_text,
    processors_text,
    progress_text,
    share_done,
    step_text,
    weights_text,
)
from tests.ui.live_runs import HandTrainedRun, any_spec, begin_runs
from tests.ui.opened import open_page, words_of
from tests.ui.past_runs import iris_spec

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("store")]


@pytest.fixture
def running(settings: Settings) -> Iterator[HandTrainedRun]:
    run = begin_runs(settings, ["by hand"])[0]
    run.train(12)
    yield run
    run.store.close()


@pytest.fixture
def of_iris(settings: Settings) -> Iterator[HandTrainedRun]:
    spec = default_spec(add_sample(settings, "iris").info, targets=("species",))
    run = begin_runs(settings, ["of iris"], spec)[0]
    run.train(12)
    (run.store.folder(run.run.id).checkpoint).mkdir()
    (run.store.folder(run.run.id).checkpoint / "epoch-12").touch()
    yield run
    run.store.close()


def press(app: AppTest, label: str) -> AppTest:
    return next(one for one in app.button if one.label.endswith(label)).click().run()


def labels(app: AppTest) -> set[str]:
    return {button.label for button in app.button}


def open_train(**address: str) -> AppTest:
    app = open_page("train", **address)
    assert not app.exception
    return app


def test_without_runs_the_way_to_the_first_is_shown() -> None:
    assert "Nothing has been trained yet" in words_of(open_train())


def test_the_run_in_focus_is_in_the_address(running: HandTrainedRun) -> None:
    assert open_train().query_params["run"] == running.run.id


def test_the_curves_are_told_what_the_address_says(running: HandTrainedRun) -> None:
    address = {"run": running.run.id, "log": "true", "metric": "accuracy", "other": "kept"}
    app = open_train(**address)

    (chart,) = app.get("bidi_component")
    told = json.loads(chart.proto.json)
    assert told["choices"] == {"metric": "accuracy", "log": "true"}
    assert {name: app.query_params[name] for name in address} == address


def test_the_curves_and_their_metrics_are_explained(running: HandTrainedRun) -> None:
    app = open_train(run=running.run.id)

    (chart,) = app.get("bidi_component")
    metrics = json.loads(chart.proto.json)["metrics"]
    assert [name for name, about in metrics.items() if not about["help"]] == []
    assert "How to read the curves" in {expander.label for expander in app.expander}
    assert "learns its rows by heart" in words_of(app)


def test_a_running_run_tells_where_it_is(running: HandTrainedRun) -> None:
    app = open_train(run=running.run.id)

    assert "Epoch 12 of 2,000, step 7 of 7" in app.progress[0].text
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["Time left"] == "33 min 8 s"
    assert metrics["Speed"] == "52,000 rows/s"
    assert "Time so far" in metrics
    assert metrics["Memory"] == "810 MB"
    (worker,) = [one for one in app.caption if "The worker is alive" in one.value]
    assert "the process that trains" in worker.help
    assert "Stop and keep the best" in labels(app)


def test_no_time_is_left_to_tell_while_the_network_is_scored(settings: Settings) -> None:
    spec = any_spec()
    spec = spec.model_copy(update={"training": TrainingSpec(epochs=12)})
    run = begin_runs(settings, ["all done"], spec)[0]
    run.train(12)
    app = open_train(run=run.run.id)
    run.store.close()

    assert "12 epochs done, now scored" in app.progress[0].text
    metrics = {metric.label: metric.value for metric in app.metric}
    assert (metrics["Time left"], metrics["Speed"]) == ("–", "–")


def test_stop_says_that_the_last_epoch_is_kept(store: Store) -> None:
    spec = iris_spec(keep="last")
    run = store.submit(spec, "game")
    claim = store.claim_next("here", 99, run.id)
    assert claim is not None

    assert "Stop and keep the last" in labels(open_train(run=run.id))


def test_stop_asks_the_worker_to_stop(running: HandTrainedRun, store: Store) -> None:
    press(open_train(run=running.run.id), "Stop and keep the best")

    assert store.get_run(running.run.id).status is RunStatus.STOPPING


def test_a_finished_run_shows_its_scores_and_the_ways_on(of_iris: HandTrainedRun) -> None:
    of_iris.finish()
    app = open_train(run=of_iris.run.id)

    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["Accuracy, test"] == "90\xa0%"
    assert "Time taken" in metrics
    assert {"Full report", "Compare", "Change and train again"} <= labels(app)
    assert "How good it is" in words_of(app)


def test_a_failed_run_shows_the_problem_with_its_fix(of_iris: HandTrainedRun) -> None:
    problem = Problem("The disk is full.", "Free disk space, then resume the run.")
    of_iris.attempt.end(Ending(RunStatus.FAILED, problem=problem))
    app = open_train(run=of_iris.run.id)

    assert "The disk is full" in app.error[0].value
    assert "Free disk space" in app.error[0].value
    assert "Resume" in labels(app)


def test_a_run_that_diverged_offers_to_be_changed(of_iris: HandTrainedRun) -> None:
    problem = Problem("The loss became NaN.", "Lower it.", "training.learning_rate")
    of_iris.attempt.end(Ending(RunStatus.FAILED, problem=problem))
    app = open_train(run=of_iris.run.id)

    assert "Resume" not in labels(app)
    assert "Change and train again" in labels(app)


def test_what_failed_before_its_first_checkpoint_is_not_resumed(
    of_iris: HandTrainedRun, store: Store
) -> None:
    shutil.rmtree(store.folder(of_iris.run.id).checkpoint)
    of_iris.attempt.end(Ending(RunStatus.FAILED, problem=Problem("No.", "Mend it.")))
    app = open_train(run=of_iris.run.id)

    assert "Resume" not in labels(app)
    assert "Change and train again" in labels(app)


def test_a_run_whose_dataset_was_removed_asks_for_it_and_then_goes_on(
    of_iris: HandTrainedRun, settings: Settings
) -> None:
    remove_dataset(settings, "iris")
    gone = Problem("There is no dataset 'iris'.", "Add a dataset first.", "dataset.name")
    of_iris.attempt.end(Ending(RunStatus.FAILED, problem=gone))
    app = open_train(run=of_iris.run.id)

    assert not app.error
    assert "dataset **iris** that this run learned from was removed" in app.warning[0].value
    assert "resumed where it was" in app.warning[0].value
    assert "Add the dataset again" in labels(app)
    assert not {"Resume", "Change and train again"} & labels(app)

    add_sample(settings, "iris")
    assert "Resume" in labels(open_train(run=of_iris.run.id))


def test_a_run_whose_dataset_has_other_content_now_leads_to_a_design_for_it(
    of_iris: HandTrainedRun, settings: Settings, tmp_path: Path
) -> None:
    of_iris.finish()
    remove_dataset(settings, "iris")
    other = tmp_path / "iris.csv"
    other.write_text("length,species\n" + "1,a\n2,b\n" * 20)
    add_dataset(settings, other)
    app = open_train(run=of_iris.run.id)

    assert "version of the dataset **iris**" in app.warning[0].value
    assert "Its network can be used as before" in app.warning[0].value
    app = press(app, "Design for today's version")
    assert "Choose what to predict" in words_of(app)
    assert not app.exception


def test_the_queue_can_be_ordered_and_left(store: Store) -> None:
    first, second = (store.submit(any_spec(), name) for name in ("first", "second"))
    app = open_train(run=second.id)
    assert "Place 2" in app.progress[0].text

    press(app, "Train next")
    assert store.get_run(second.id).queue_position == 1
    press(app, "Move down")
    assert store.get_run(first.id).queue_position == 1
    press(app, "Cancel")
    assert store.get_run(second.id).status is RunStatus.STOPPED


def test_another_run_can_be_shown_and_drawn(running: HandTrainedRun, store: Store) -> None:
    other = store.submit(any_spec(), "other")
    app = open_train(run=running.run.id)

    app.checkbox(f"train.draw.{other.id}").check().run()
    assert app.query_params["runs"] == other.id
    app.button(f"train.open.{other.id}").click().run()
    assert app.query_params["run"] == other.id


def test_a_run_that_does_not_exist_is_explained() -> None:
    assert "There is no run" in words_of(open_train(run="zzzzzz"))


def record(store: Store, **changes: object) -> RunRecord:
    return replace(store.submit(any_spec()), **changes)  # type: ignore[arg-type]


def test_progress_counts_steps_of_the_epoch(store: Store) -> None:
    progress = Progress(epoch=3, num_epochs=4, step=5, steps_per_epoch=10)
    run = record(store, status=RunStatus.RUNNING, progress=progress)

    assert share_done(run) == pytest.approx(2.5 / 4)
    assert progress_text(run) == "Epoch 3 of 4"
    assert step_text(run) == "step 5 of 10"
    assert share_done(record(store, status=RunStatus.FINISHED)) == 1.0


def test_after_the_last_epoch_the_network_is_scored(store: Store) -> None:
    progress = Progress(epoch=4, num_epochs=4, step=10, steps_per_epoch=10, eta_s=0.0)
    run = record(store, status=RunStatus.RUNNING, progress=progress, epoch=4, num_epochs=4)

    assert (share_done(run), step_text(run)) == (1.0, "")
    assert progress_text(run) == "4 epochs done, now scored"
    assert progress_text(replace(run, epoch=3)) == "Epoch 4 of 4"


def test_a_run_that_waits_for_room_on_the_disk_says_so(running: HandTrainedRun) -> None:
    place = Progress(epoch=12, num_epochs=12, step=7, steps_per_epoch=7)
    missing = place.model_copy(update={"room": DiskRoom.MISSING})
    running.attempt.report(WorkerReport(progress=missing))
    [said] = open_train(run=running.run.id).warning
    assert "no checkpoint can be written" in said.value
    assert "Training goes on meanwhile" in said.value

    awaited = place.model_copy(update={"room": DiskRoom.AWAITED})
    running.attempt.report(WorkerReport(progress=awaited))
    app = open_train(run=running.run.id)
    [said] = app.warning
    assert "training is over and waits up to 10 minutes for room" in said.value
    assert "the best epoch is kept if it fits" in said.value
    assert "12 epochs done, waits for room on the disk" in words_of(app)

    given_up = place.model_copy(update={"room": DiskRoom.GIVEN_UP})
    running.attempt.report(WorkerReport(progress=given_up))
    app = open_train(run=running.run.id)
    [said] = app.warning
    assert "training ended without a last checkpoint" in said.value

    press(app, "Stop and keep the best")
    app = open_train(run=running.run.id)
    assert not app.warning
    assert "waits for room" not in words_of(app)


def test_a_worker_that_says_nothing_is_noticed(store: Store) -> None:
    run = record(store, status=RunStatus.RUNNING, heartbeat_at=100.0)

    assert heartbeat_text(run, 101.0) == "The worker is alive."
    assert heartbeat_text(run, 112.0) == (
        "The worker was started 12 s ago and has said nothing yet; after 3 minutes the run counts "
        "as interrupted and can be resumed."
    )
    use = ResourceUse(cpu_percent=50.0, memory_bytes=1_000)
    heard = record(store, status=RunStatus.RUNNING, heartbeat_at=100.0, resources=use)
    assert heartbeat_text(heard, 112.0) == "The worker was last heard 12 s ago."
    assert heartbeat_text(record(store), 112.0) == ""


def test_what_is_not_known_yet_is_left_out(store: Store) -> None:
    run = record(store, status=RunStatus.RUNNING)

    assert progress_text(run) == "Preparing the data"
    assert (processors_text(run), engine_text(run)) == ("", "")


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("accuracy", 0.931, "93.1\xa0%"),
        ("accuracy", 0.99996, ">99.9\xa0%"),
        ("roc_auc", 0.931, "0.931"),
        ("rmse", 12.34567, "12.35"),
        ("mae", None, "–"),
    ],
)
def test_metrics_read_as_people_say_them(name: str, value: float | None, text: str) -> None:
    assert metric_text(name, value) == text


@pytest.mark.parametrize(
    ("chosen", "rarest", "is_said"),
    [
        (ClassWeights.BALANCED, 50, True),
        (ClassWeights.AUTO, 50, False),
        (ClassWeights.AUTO, 3, True),
        (ClassWeights.NONE, 3, False),
    ],
)
def test_class_weights_are_told_beside_the_curves_they_lift(
    store: Store, chosen: ClassWeights, rarest: int, *, is_said: bool
) -> None:
    info = add_sample(store.settings, "iris").info
    spec = default_spec(info, targets=("species",))
    training = spec.training.model_copy(update={"class_weights": chosen})
    run = store.submit(spec.model_copy(update={"training": training}))
    counts = (ClassCount(value="a", num_rows=50), ClassCount(value="b", num_rows=rarest))
    columns = tuple(one.model_copy(update={"top_values": counts}) for one in info.columns)
    note = weights_text(run, info.model_copy(update={"columns": columns}))
    assert ("only in the training loss" in note) is is_said


def test_a_run_that_keeps_its_last_epoch_says_so_and_why(store: Store) -> None:
    info = add_sample(store.settings, "digits").info
    spec = default_spec(info, (), TaskKind.GENERATION)
    run = replace(store.submit(spec), status=RunStatus.FINISHED, epoch=79, best_epoch=79)
    run = replace(run, num_epochs=79)

    assert progress_text(run) == "79 epochs, the last is kept"
    assert "after the validation loss" in weights_text(run, info)


def test_where_fine_tuning_begins_is_told_below_the_curves_of_images(store: Store) -> None:
    network = CnnSpec(backbone=Backbone.MOBILENET_V2, trained_layers=8, frozen_epochs=3)
    notes = {}
    for name in ("digits", "iris"):
        info = add_sample(store.settings, name).info
        targets = [column.name for column in info.columns if column.kind is ColumnKind.CATEGORY]
        spec = default_spec(info, targets[:1])
        run = store.submit(spec.model_copy(update={"architecture": network}))
        notes[name] = fine_tuning_text(run, info)
        frozen = network.model_copy(update={"trained_layers": 0})
        run = store.submit(spec.model_copy(update={"architecture": frozen}))
        assert fine_tuning_text(run, info) == ""

    assert "Fine-tuning begins after epoch 3" in notes["digits"]
    assert notes["iris"] == ""
