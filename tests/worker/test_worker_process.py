"""The real worker in real processes: train, preview, predict, be killed, go on."""

import hashlib
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from dlstudio.data.catalog import add_dataset, open_dataset
from dlstudio.reports.evaluation import EvaluationReport
from dlstudio.reports.preview import NetworkPreview, PreviewFailed
from dlstudio.runs.folders import read_log_tail
from dlstudio.runs.records import EventKind, RunRecord, RunStatus
from dlstudio.runs.store import Store, open_store
from dlstudio.runs.supervisor import Supervisor
from dlstudio.settings import Settings
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.documents import read_spec
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from dlstudio.spec.training import Engine

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
NUM_ROWS = 4000


def wait_for(condition: Callable[[], bool], timeout_s: float = 120.0) -> None:
    give_up_at = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < give_up_at, "waited too long"
        time.sleep(0.02)


def wait_for_end(store: Store, run: RunRecord) -> RunRecord:
    wait_for(lambda: store.get_run(run.id).status.is_over)
    return store.get_run(run.id)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    url = f"sqlite:///{home / 'studio.db'}"
    return Settings(home=home, database_url=url, checkpoint_s=0.5)


@pytest.fixture(scope="module")
def store(settings: Settings) -> Iterator[Store]:
    store = open_store(settings)
    yield store
    store.close()


@pytest.fixture(scope="module")
def supervisor(settings: Settings, store: Store) -> Iterator[Supervisor]:
    supervisor = Supervisor(settings, store)
    supervisor.start()
    yield supervisor
    supervisor.close()


@pytest.fixture(scope="module")
def spec(settings: Settings) -> RunSpec:
    dataset = add_dataset(settings, write_table(settings.home / "rings.csv"), "rings")
    return default_spec(dataset.info, targets=("ring",))


@pytest.fixture(scope="module")
def trained(store: Store, supervisor: Supervisor, spec: RunSpec) -> RunRecord:
    run = supervisor.submit(with_training(spec, epochs=8, early_stopping=None))
    return wait_for_end(store, run)


def write_table(path: Path) -> Path:
    """Points in a plane, two classes that a straight line cannot part, and a category."""
    rng = np.random.default_rng(3)
    points = rng.normal(size=(NUM_ROWS, 2))
    rings = np.where(np.hypot(*points.T) > 1.2, "outer", "inner")
    colors = rng.choice(["red", "green", "blue"], NUM_ROWS)
    lines = [
        f"{x:.4f},{y:.4f},{color},{ring}"
        for (x, y), color, ring in zip(points, colors, rings, strict=True)
    ]
    path.write_text("\n".join(["x,y,color,ring", *lines]))
    return path


def with_training(spec: RunSpec, **changes: object) -> RunSpec:
    return spec.model_copy(update={"training": spec.training.model_copy(update=changes)})


def test_a_run_ends_with_model_report_predictions_and_curves(
    store: Store, trained: RunRecord, spec: RunSpec
) -> None:
    ended = trained
    assert (ended.status, ended.problem) == (RunStatus.FINISHED, None)
    assert ended.epoch == 8
    assert ended.num_parameters is not None
    assert ended.engine is not None
    assert ended.metrics["test"]["accuracy"] > 0.9
    folder = store.folder(ended.id)
    report = EvaluationReport.model_validate_json(folder.report.read_text())
    assert report.metrics == ended.metrics
    assert {artifact.name for artifact in ended.artifacts} >= {
        "model.keras",
        "predictions.parquet",
        "report.json",
    }
    for artifact in ended.artifacts:
        content = Path(artifact.path).read_bytes()
        assert artifact.size_bytes == len(content)
        assert artifact.sha256 == hashlib.sha256(content).hexdigest()
    assert read_spec(folder.spec.read_text()).dataset == spec.dataset
    assert json.loads(folder.dataset.read_text())["name"] == "rings"
    points = store.read_points(ended.id).points
    assert {(p.split, p.name) for p in points} >= {("train", "loss"), ("validation", "accuracy")}
    assert [p.epoch for p in points if (p.split, p.name) == ("train", "loss")] == [*range(1, 9)]
    wait_for(lambda: not folder.has_checkpoint)  # goes last


def test_the_warm_worker_previews_exactly_what_is_trained(
    supervisor: Supervisor, spec: RunSpec, trained: RunRecord
) -> None:
    preview = supervisor.preview(spec, timeout_s=90.0)
    assert isinstance(preview, NetworkPreview)
    assert preview.num_parameters == trained.num_parameters


def test_a_preview_of_a_wrong_spec_lists_its_problems(
    supervisor: Supervisor, spec: RunSpec
) -> None:
    task = spec.task.model_copy(update={"inputs": ("x", "colour")})
    failed = supervisor.preview(spec.model_copy(update={"task": task}), timeout_s=90.0)
    assert isinstance(failed, PreviewFailed)
    assert "colour" in failed.problems[0].problem


def test_the_warm_worker_answers_rows_as_a_person_types_them(
    supervisor: Supervisor, trained: RunRecord
) -> None:
    rows = [
        {"x": 0.0, "y": "0.1", "color": "red"},
        {"x": 3, "y": -2.5, "color": "never seen"},
        {"x": 2.5, "y": None, "color": None},
    ]
    answers = supervisor.predict(trained.id, rows, timeout_s=90.0)
    assert [answer["prediction"] for answer in answers[:2]] == ["inner", "outer"]
    assert len(answers) == 3
    for answer in answers:
        assert answer["probability_inner"] + answer["probability_outer"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("task", "architecture", "batch_size", "epochs"),
    [
        (TaskKind.CLASSIFICATION, "fnn", 16, 200),
        (TaskKind.ANOMALY, "autoencoder", 16, 400),
        (TaskKind.GENERATION, "vae", 32, 140),
        (TaskKind.GENERATION, "gan", 64, 60),
    ],
)
def test_a_killed_run_goes_on_and_ends_with_the_same_numbers(
    task: TaskKind,
    architecture: str,
    batch_size: int,
    epochs: int,
    settings: Settings,
    store: Store,
    supervisor: Supervisor,
    spec: RunSpec,
) -> None:
    info = open_dataset(settings, spec.dataset.name).info
    asked = default_spec(info, ("ring",), task, architecture)
    # The engine is named: by measured time two runs might choose different ones.
    named = {"batch_size": batch_size, "engine": Engine.GRAPH}
    long = with_training(asked, epochs=epochs, early_stopping=None, **named)
    whole = wait_for_end(store, supervisor.submit(long, "whole"))
    assert whole.status is RunStatus.FINISHED

    run = supervisor.submit(long, "killed")
    folder = store.folder(run.id)
    wait_for(lambda: folder.has_checkpoint and store.get_run(run.id).epoch >= 3)
    (lease,) = store.list_leases()
    os.kill(lease.pid or 0, signal.SIGKILL)
    killed_at = time.monotonic()
    interrupted = wait_for_end(store, run)
    assert interrupted.status is RunStatus.INTERRUPTED
    assert time.monotonic() - killed_at < 30
    assert interrupted.epoch < epochs
    supervisor.resume(run.id)
    resumed = wait_for_end(store, run)
    assert (resumed.status, resumed.attempt) == (RunStatus.FINISHED, 2)

    assert resumed.best_epoch == whole.best_epoch
    for split, metrics in whole.metrics.items():
        assert resumed.metrics[split] == pytest.approx(metrics, abs=1e-5)
    assert curve_of(store, resumed, "loss") == pytest.approx(
        curve_of(store, whole, "loss"), abs=1e-5
    )


def curve_of(store: Store, run: RunRecord, name: str) -> list[float]:
    points = store.read_points(run.id).points
    chosen = [p for p in points if (p.split, p.name) == ("validation", name)]
    assert [p.epoch for p in chosen] == list(range(1, run.epoch + 1))
    assert [p.time_s for p in chosen] == sorted(p.time_s for p in chosen)
    return [p.value for p in chosen]


def test_a_stopped_run_keeps_the_model_of_its_best_epoch(
    store: Store, supervisor: Supervisor, spec: RunSpec
) -> None:
    run = supervisor.submit(with_training(spec, epochs=100_000, early_stopping=None))
    wait_for(lambda: store.get_run(run.id).epoch >= 2)
    supervisor.stop(run.id)
    asked_at = time.monotonic()
    stopped = wait_for_end(store, run)
    assert stopped.status is RunStatus.STOPPED
    assert time.monotonic() - asked_at < 30
    assert stopped.best_epoch is not None
    assert store.folder(run.id).model.exists()
    assert stopped.metrics["test"]["accuracy"] > 0.5
    assert store.list_events(run.id)[-1].kind is EventKind.STOPPED


def test_a_dataset_that_is_gone_fails_the_run_with_its_name(
    store: Store, supervisor: Supervisor, spec: RunSpec
) -> None:
    elsewhere = spec.dataset.model_copy(update={"name": "ring", "fingerprint": None})
    run = supervisor.submit(spec.model_copy(update={"dataset": elsewhere}), "lost data")
    failed = wait_for_end(store, run)
    assert failed.status is RunStatus.FAILED
    assert failed.problem is not None
    assert "'ring'" in failed.problem.problem
    assert "rings" in failed.problem.fix


def test_a_loss_that_is_no_number_ends_the_run_and_keeps_the_last_good_weights(
    store: Store, supervisor: Supervisor, spec: RunSpec
) -> None:
    wild = spec.model_dump(mode="json")
    wild["task"] |= {"kind": "regression", "targets": ["x"], "inputs": ["y", "color"]}
    wild["training"] |= {"learning_rate": 100.0, "optimizer": "sgd", "schedule": "constant"}
    wild["split"] |= {"method": "random"}
    failed = wait_for_end(store, supervisor.submit(RunSpec.model_validate(wild), "wild"))
    assert failed.status is RunStatus.FAILED
    assert failed.problem is not None
    assert "learning rate" in failed.problem.fix.lower()
    assert "Traceback" not in read_log_tail(store.folder(failed.id))
