"""Runs that are already over, written into a real store the way a worker does."""

import dataclasses

from dlstudio.reports.evaluation import EvaluationReport, SplitReport
from dlstudio.reports.progress import EpochReport
from dlstudio.runs.attempt import Attempt, Ending, WorkerReport
from dlstudio.runs.points import points_of
from dlstudio.runs.records import RunRecord, RunStatus
from dlstudio.runs.store import Store
from dlstudio.spec.run import RunSpec


def iris_spec(**training: object) -> RunSpec:
    return RunSpec.model_validate(
        {
            "dataset": {"name": "iris", "fingerprint": "ab" * 32},
            "task": {
                "kind": "classification",
                "inputs": ["petal length"],
                "targets": ["species"],
            },
            "training": {"epochs": 3, "learning_rate": 0.001, **training},
        }
    )


def finished_run(store: Store, spec: RunSpec, name: str, accuracy: float) -> RunRecord:
    run = store.submit(spec, name)
    claim = store.claim_next("here", 99, run.id)
    assert claim is not None
    attempt = Attempt(store.database, run.id, claim.token)
    attempt.say_hello()
    points = [
        point
        for epoch in (1, 2, 3)
        for point in points_of(
            EpochReport(
                epoch=epoch,
                metrics={"train": {"loss": 1 / epoch}, "validation": {"loss": 2 / epoch}},
                duration_s=0.1,
                samples_per_s=100.0,
                learning_rate=0.001,
            ),
            epoch,
            epoch * 0.1,
        )
    ]
    attempt.report(WorkerReport(points=tuple(points), epoch=3, best_epoch=3))
    metrics = {"accuracy": accuracy, "log_loss": 1 - accuracy}
    report = EvaluationReport(
        task="classification", splits={"test": SplitReport(num_rows=30, metrics=metrics)}
    )
    store.folder(run.id).report.write_text(report.model_dump_json())
    attempt.end(Ending(RunStatus.FINISHED, metrics={"test": metrics}, best_epoch=3, epoch=3))
    return store.get_run(run.id)


def finished(task: str, **changes: object) -> RunRecord:
    """A record of a run that is over, of a dataset that is gone."""
    fields: dict[str, object] = {
        "id": "abc123",
        "name": "past",
        "status": RunStatus.FINISHED,
        "spec_json": iris_spec().model_dump_json(),
        "dataset": "gone",
        "fingerprint": "ab" * 32,
        "task": task,
        "architecture": "fnn",
    }
    names = {field.name for field in dataclasses.fields(RunRecord)}
    empty: dict[str, object] = dict.fromkeys(names - set(fields), 0)
    empty |= {"metrics": {}, "artifacts": (), "tags": (), "note": "", "problem": None}
    return RunRecord(**(empty | fields | changes))  # type: ignore[arg-type]
