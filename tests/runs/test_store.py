"""What people do with runs: find, name, tag, annotate, pin, delete."""

import time

import pytest

from dlstudio.errors import ConflictError, NotFoundError, StudioError
from dlstudio.reports.progress import EpochReport, MetricPoint
from dlstudio.runs import queue
from dlstudio.runs.attempt import Attempt, Ending, WorkerReport
from dlstudio.runs.points import points_of
from dlstudio.runs.records import EventKind, RunFilter, RunStatus
from dlstudio.runs.store import Store
from tests.runs.specs import make_spec


def claim(store: Store) -> Attempt:
    claimed = store.claim_next("here", num_slots=99)
    assert claimed is not None
    return Attempt(store.database, claimed.run_id, claimed.token)


def test_a_submitted_run_is_queued_and_holds_its_spec(store: Store) -> None:
    run = store.submit(make_spec("first"))
    assert run.status is RunStatus.QUEUED
    assert run.name == "first"
    assert run.spec == make_spec("first")
    assert (run.dataset, run.task, run.architecture) == ("iris", "classification", "fnn")
    assert run.queue_position == 1
    assert store.folder(run.id).path.is_dir()
    assert [event.kind for event in store.list_events(run.id)] == [EventKind.SUBMITTED]


def test_names_are_numbered_when_they_are_taken(store: Store) -> None:
    names = [store.submit(make_spec("same")).name for _ in range(3)]
    assert names == ["same", "same-2", "same-3"]


def test_a_run_without_a_name_is_named_after_its_data(store: Store) -> None:
    assert store.submit(make_spec()).name == "iris-fnn"


def test_a_run_is_found_by_id_name_and_beginning_of_its_id(store: Store) -> None:
    run = store.submit(make_spec("needle"))
    store.submit(make_spec("hay"))
    assert store.get_run(run.id).id == run.id
    assert store.get_run("needle").id == run.id
    assert store.get_run(run.id[:8].upper()).id == run.id


def test_a_misspelt_run_is_answered_with_the_nearest_name(store: Store) -> None:
    store.submit(make_spec("churn-fnn"))
    with pytest.raises(NotFoundError) as caught:
        store.get_run("chrun-fnn")
    assert caught.value.problem == "There is no run 'chrun-fnn'."
    assert "Did you mean 'churn-fnn'?" in caught.value.fix


def test_a_beginning_shared_by_several_ids_is_refused(store: Store) -> None:
    ids = [store.submit(make_spec()).id for _ in range(2)]
    with store.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM events")
        connection.exec_driver_sql(f"UPDATE runs SET id = 'aaaa1' WHERE id = '{ids[0]}'")
        connection.exec_driver_sql(f"UPDATE runs SET id = 'aaaa2' WHERE id = '{ids[1]}'")
    with pytest.raises(ConflictError, match="Several runs have an id that begins with 'aaaa'"):
        store.get_run("aaaa")


def test_runs_are_listed_newest_first_and_filtered(store: Store) -> None:
    old = store.submit(make_spec("old", dataset="wine"))
    time.sleep(0.002)
    new = store.submit(make_spec("new_100%"))
    store.set_tags(old.id, ["keep", "Good"])
    assert [run.id for run in store.list_runs()] == [new.id, old.id]
    assert [run.id for run in store.list_runs(limit=1, offset=1)] == [old.id]

    def found(**wanted: object) -> list[str]:
        return [run.name for run in store.list_runs(RunFilter(**wanted))]  # type: ignore[arg-type]

    assert found(datasets=("wine",)) == ["old"]
    assert found(statuses=(RunStatus.FINISHED,)) == []
    assert found(tags=("keep", "Good")) == ["old"]
    assert found(tags=("keep", "bad")) == []
    assert found(text="WIN") == ["old"]
    assert found(text="good") == ["old"]
    assert found(text="100%") == ["new_100%"]
    assert found(text="w_n") == []
    assert found(architectures=("fnn",)) == ["new_100%", "old"]
    assert store.count_runs(RunFilter(text="o")) == 1


def test_a_run_is_renamed_annotated_and_tagged(store: Store) -> None:
    run = store.submit(make_spec("before"))
    store.submit(make_spec("other"))
    assert store.rename_run(run.id, "  after ").name == "after"
    assert store.set_note(run.id, "a note").note == "a note"
    assert store.set_tags(run.id, ["b", "a", "b"]).tags == ("a", "b")
    assert store.list_tags() == ("a", "b")
    with pytest.raises(ConflictError, match="Another run is named 'other' already"):
        store.rename_run(run.id, "other")
    with pytest.raises(StudioError, match="A name has 0 characters, but 1 to 200 were expected"):
        store.rename_run(run.id, "   ")
    with pytest.raises(StudioError, match="A tag has 61 characters, but 1 to 60 were expected"):
        store.set_tags(run.id, ["x" * 61])


def test_deleting_a_run_removes_its_folder_and_its_pin(store: Store) -> None:
    run = store.submit(make_spec())
    store.folder(run.id).spec.write_text("x")
    store.pin_baseline(run.id)
    store.delete_run(run.id)
    assert not store.folder(run.id).path.exists()
    assert store.pinned_baseline() is None
    assert store.list_runs() == ()
    with pytest.raises(NotFoundError):
        store.delete_run(run.id)


def test_a_run_at_work_cannot_be_deleted(store: Store) -> None:
    run = store.submit(make_spec("busy"))
    claim(store)
    with pytest.raises(ConflictError, match="'busy' is running and cannot be deleted"):
        store.delete_run(run.id)
    assert store.folder(run.id).path.exists()


def test_the_pinned_baseline_can_be_changed_and_removed(store: Store) -> None:
    first, second = store.submit(make_spec()), store.submit(make_spec())
    store.pin_baseline(first.id)
    store.pin_baseline(second.id)
    pinned = store.pinned_baseline()
    assert pinned is not None
    assert pinned.id == second.id
    store.pin_baseline(None)
    assert store.pinned_baseline() is None


def test_a_folder_outside_the_workspace_cannot_be_named(store: Store) -> None:
    with pytest.raises(NotFoundError, match="is not the id of a run"):
        store.folder("../etc")


def test_points_are_read_as_they_come(store: Store) -> None:
    store.submit(make_spec())
    attempt = claim(store)
    attempt.report(WorkerReport(points=_points(epoch=1)))
    first = store.read_points(attempt.run_id)
    assert [point.name for point in first.points] == ["loss", "accuracy", "learning_rate"]
    assert store.read_points(attempt.run_id, first.last_id).points == ()
    attempt.report(WorkerReport(points=_points(epoch=2)))
    second = store.read_points(attempt.run_id, first.last_id)
    assert {point.epoch for point in second.points} == {2}
    assert second.last_id > first.last_id


def test_a_resumed_run_replaces_the_points_of_epochs_it_trains_again(store: Store) -> None:
    store.submit(make_spec())
    attempt = claim(store)
    for epoch in range(1, 5):
        attempt.report(WorkerReport(points=_points(epoch)))
    attempt.report(WorkerReport(points=_points(3), drop_from_epoch=3))
    epochs = [point.epoch for point in store.read_points(attempt.run_id).points]
    assert epochs == [1, 1, 1, 2, 2, 2, 3, 3, 3]


def test_long_curves_are_thinned_out_but_keep_their_ends(store: Store) -> None:
    store.submit(make_spec())
    attempt = claim(store)
    points = tuple(
        MetricPoint(split="train", name="loss", epoch=epoch, step=epoch, time_s=1.0, value=epoch)
        for epoch in range(1, 1001)
    )
    attempt.report(WorkerReport(points=points))
    (curve,) = store.read_curves([attempt.run_id], ["loss"], max_points=100)
    assert 90 <= len(curve.epochs) <= 102
    assert (curve.epochs[0], curve.epochs[-1]) == (1, 1000)
    assert list(curve.values) == [float(epoch) for epoch in curve.epochs]
    (whole,) = store.read_curves([attempt.run_id], max_points=1001)
    assert len(whole.epochs) == 1000
    assert store.read_curves([]) == ()


def test_a_value_that_is_not_finite_makes_no_point() -> None:
    report = EpochReport.model_construct(
        epoch=1,
        metrics={"train": {"loss": float("nan"), "accuracy": 0.5}},
        duration_s=1.0,
        samples_per_s=1.0,
        learning_rate=0.1,
        is_best=False,
    )
    assert [point.name for point in points_of(report, step=1, time_s=1.0)] == [
        "accuracy",
        "learning_rate",
    ]


def test_the_summary_has_every_key_of_the_contract(store: Store) -> None:
    store.submit(make_spec("whole"))
    attempt = claim(store)
    attempt.end(
        Ending(RunStatus.FINISHED, metrics={"test": {"accuracy": 0.9}}, best_epoch=2, epoch=3)
    )
    summary = store.summary(store.get_run("whole")).model_dump(mode="json")
    wanted = "id name status dataset task architecture num_parameters epochs best_epoch"
    wanted += " duration_s metrics intervals baseline artifacts"
    assert set(wanted.split()) <= set(summary)
    assert summary["status"] == "finished"
    assert (summary["epochs"], summary["best_epoch"]) == (3, 2)
    assert summary["metrics"] == {"test": {"accuracy": 0.9}}
    assert summary["intervals"] == {}
    assert summary["baseline"] is None


def test_a_dataset_that_a_run_needs_is_not_let_go(store: Store) -> None:
    run = store.submit(make_spec("needy", dataset="iris"))
    store.require_unused_data("wine", ["e" * 64])
    store.require_unused_data("iris", [], statuses=queue.ACTIVE)  # a queued run finds its version
    with pytest.raises(ConflictError, match="'needy' is queued and needs the dataset 'iris'"):
        store.require_unused_data("iris", [])
    with pytest.raises(ConflictError, match="needs the dataset 'renamed'"):
        store.require_unused_data("renamed", ["f" * 64])
    working = claim(store)
    with pytest.raises(ConflictError, match="'needy' is running"):
        store.require_unused_data("iris", [], statuses=queue.ACTIVE)
    working.end(Ending(RunStatus.FINISHED))
    store.require_unused_data(run.dataset, [run.fingerprint])


def _points(epoch: int) -> tuple[MetricPoint, ...]:
    report = EpochReport(
        epoch=epoch,
        metrics={"train": {"loss": 1.0 / epoch, "accuracy": 0.5}},
        duration_s=0.1,
        samples_per_s=100.0,
        learning_rate=0.001,
    )
    return points_of(report, step=epoch * 10, time_s=epoch * 0.1)
