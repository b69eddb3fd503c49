"""What `runs show`, `train` and `evaluate` say of a run beside its numbers."""

from collections.abc import Iterator

import numpy as np
import pytest

from dlstudio.cli.run_text import print_run, run_json
from dlstudio.cli.scoring import print_notes
from dlstudio.evaluation.anomaly import ScoredRows, report_anomalies
from dlstudio.evaluation.generation import JudgedRows, judge_samples
from dlstudio.evaluation.sample_features import plain_feature_space
from dlstudio.evaluation.thresholds import choose_threshold
from dlstudio.export.scoring import ScoringResult
from dlstudio.reports.anomaly import AnomalyDetails
from dlstudio.reports.evaluation import EvaluationReport, SplitReport
from dlstudio.reports.generation import Alarm, GenerationReport
from dlstudio.runs.records import RunRecord
from dlstudio.runs.store import Store, open_store
from dlstudio.settings import Settings
from dlstudio.spec.architectures.gan import GanSpec
from dlstudio.spec.run import DatasetRef, RunSpec
from dlstudio.spec.task import TaskKind, TaskSpec, ThresholdRule


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    store = open_store(settings)
    yield store
    store.close()


def judged(distance: float) -> AnomalyDetails:
    """Rows of which half are anomalies, whose scores are larger by some distance."""
    labels = np.arange(400) % 2 == 0
    scores = np.random.default_rng(1).normal(10.0, 1.0, 400) + distance * labels
    choice = choose_threshold(scores, labels, ThresholdRule.AUTO, 0.95)
    rivals = {"isolation_forest": labels.astype(float), "pca": 1.0 - labels}
    rows = ScoredRows(np.arange(400), scores, labels, rivals)
    details = report_anomalies(rows, choice).details
    assert details is not None
    return details


def drawn(*, are_copies: bool) -> GenerationReport:
    """A report on 200 samples of a normal distribution, new ones or training rows."""
    new, train, held_out = np.random.default_rng(1).normal(size=(3, 200, 4))
    rows = JudgedRows(train if are_copies else new, train, held_out)
    return judge_samples(rows, plain_feature_space(train, 0), None, 0)


def generated(store: Store, judged: GenerationReport) -> RunRecord:
    """A run that draws samples, with its report."""
    task = TaskSpec(kind=TaskKind.GENERATION, inputs=("a",), targets=())
    spec = RunSpec(
        dataset=DatasetRef(name="pairs", fingerprint="ab" * 32), task=task, architecture=GanSpec()
    )
    run = store.submit(spec, "maker")
    test = SplitReport(num_rows=200, metrics=judged.metrics)
    report = EvaluationReport(task="generation", splits={"test": test}, generation=judged)
    store.folder(run.id).report.write_text(report.model_dump_json())
    return run


def reported(store: Store, distance: float) -> RunRecord:
    """A run whose report was written."""
    task = TaskSpec(kind=TaskKind.ANOMALY, inputs=("a",), targets=("b",), anomalies=("x",))
    spec = RunSpec(dataset=DatasetRef(name="pairs", fingerprint="ab" * 32), task=task)
    run = store.submit(spec, "finder")
    test = SplitReport(num_rows=400, metrics={"f1": 0.67}, anomaly=judged(distance))
    report = EvaluationReport(task="anomaly_detection", splits={"test": test})
    store.folder(run.id).report.write_text(report.model_dump_json())
    return run


def test_a_threshold_that_flags_nearly_everything_is_told_with_the_way_out(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    run = reported(store, 0.0)
    print_run(store, run)
    rivals, line = [line for line in capsys.readouterr().out.splitlines() if "Test: " in line]
    assert rivals == (
        "Test: ROC AUC of other methods on the same rows, beside this one: "
        "isolation forest 1 (better), PCA error 0 (worse)."
    )
    assert line.startswith("Test: The threshold flags ")
    assert "of the normal rows, so a flag says next to nothing. Set the threshold rule to" in line
    said = [one.removeprefix("Test: ") for one in (rivals, line)]
    assert run_json(store, run)["notes"] == {"test": said}


def test_a_threshold_that_does_its_work_is_not_told(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    run = reported(store, 6.0)
    print_run(store, run)
    assert "The threshold flags" not in capsys.readouterr().out
    (note,) = run_json(store, run)["notes"]["test"]
    assert note.startswith("ROC AUC of other methods")


def test_copied_samples_are_told_beside_how_samples_were_judged(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    run = generated(store, drawn(are_copies=True))
    print_run(store, run)
    scored, alarm = [line for line in capsys.readouterr().out.splitlines() if "Test: " in line]
    assert scored.startswith(
        "Test: KID with its 95 % interval, in standardised columns: this network "
    )
    assert "; training rows drawn again " in scored
    assert alarm.startswith("Test: Samples repeat training rows. 100.0 % of the samples")
    assert "do not pass the samples on as anonymous" in alarm
    assert len(run_json(store, run)["notes"]["test"]) == 2


def test_new_samples_are_told_to_be_new(store: Store) -> None:
    notes = run_json(store, generated(store, drawn(are_copies=False)))["notes"]["test"]
    assert len(notes) == 2
    assert notes[1].startswith("No sign of copied training rows: ")


def test_notes_about_a_scored_file_go_beside_the_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_notes(ScoringResult(num_rows=2, notes=("The threshold flags 100 % of the rows.",)))
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "Note: The threshold flags 100 % of the rows.\n")


def test_codes_that_say_nothing_are_told(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    run = reported(store, 6.0)
    path = store.folder(run.id).report
    report = EvaluationReport.model_validate_json(path.read_text())
    alarm = Alarm(code="posterior_collapse", problem="Only 0 of 2 say anything.", fix="Warm up.")
    path.write_text(report.model_copy(update={"alarms": (alarm,)}).model_dump_json())
    print_run(store, run)
    assert "Test: Only 0 of 2 say anything. Warm up." in capsys.readouterr().out
