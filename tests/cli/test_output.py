"""How numbers, sizes, durations and tables are printed, and what a run in progress shows."""

import dataclasses
from pathlib import Path

import pytest

from dlstudio.cli import output
from dlstudio.cli.comparison import compare_runs, print_comparison
from dlstudio.cli.foreground import TrainingView, _progress_text
from dlstudio.cli.progress_line import ProgressLine
from dlstudio.reports.progress import DiskRoom, Progress
from dlstudio.runs.records import RunRecord, RunStatus
from dlstudio.spec.run import DatasetRef, RunSpec
from dlstudio.spec.task import TaskKind, TaskSpec
from dlstudio.spec.training import KeptWeights, TrainingSpec


def test_numbers_have_units_that_people_read() -> None:
    assert [output.format_size(size) for size in (0, 999, 1500, 2_500_000, 3 * 10**9)] == [
        *("0 B", "999 B", "1.5 kB", "2.5 MB", "3.0 GB")
    ]
    assert [output.format_duration(s) for s in (4.21, 200, 7500)] == [
        *("4.2 s", "3 min 20 s", "2 h 5 min")
    ]
    assert (output.format_metric(None), output.format_metric(0.123456)) == ("-", "0.1235")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (300_000.0, "300,000"),
        (-12_345.6, "-12,346"),
        (9_999.0, "9999"),
        (0.00012345, "0.0001234"),
        (1e18, "1e+18"),
        (None, "-"),
    ],
)
def test_values_of_the_data_are_written_as_people_do(value: float | None, text: str) -> None:
    assert output.format_number(value) == text


def test_columns_are_aligned_also_with_wide_letters(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_columns(["name", "n"], [["猫", "1"], ["a\nb", "22"]])
    assert capsys.readouterr().out == "name  n\n猫    1\na b   22\n"


def test_a_moving_line_is_silent_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    line = ProgressLine()
    line.show("half")
    line.clear()
    assert capsys.readouterr().err == ""


def test_a_moving_line_is_replaced_and_removed_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    line = ProgressLine()
    line.show("half")
    line.show("too soon")
    line.clear()
    assert capsys.readouterr().err == "\r\x1b[2Khalf\r\x1b[2K"


def run_record(run_id: str, epochs: int, accuracy: float | None, **changes: object) -> RunRecord:
    spec = RunSpec(
        dataset=DatasetRef(name="iris", fingerprint="f"),
        task=TaskSpec(kind=TaskKind.CLASSIFICATION, inputs=("a",), targets=("b",)),
        training=TrainingSpec(epochs=epochs),
    )
    metrics = {} if accuracy is None else {"test": {"accuracy": accuracy, "log_loss": 1 - accuracy}}
    fields: dict[str, object] = {
        "id": run_id,
        "name": f"run {run_id}",
        "status": RunStatus.RUNNING,
        "spec_json": spec.model_dump_json(),
        "dataset": "iris",
        "fingerprint": "f",
        "task": "classification",
        "architecture": "fnn",
        "epoch": 2,
        "num_epochs": epochs,
        "metrics": metrics,
    }
    empty = {name: None for name in RunRecord.__dataclass_fields__ if name not in fields}
    return RunRecord(**{**empty, **fields, **changes})  # type: ignore[arg-type]


def test_a_comparison_names_differences_deltas_and_the_best(
    capsys: pytest.CaptureFixture[str],
) -> None:
    runs = [run_record("a", 5, 0.8), run_record("b", 9, 0.9), run_record("c", 9, None)]
    found = compare_runs(runs, None)
    assert found.reference == 0
    assert [(row.name, row.best) for row in found.metrics] == [("accuracy", 1), ("log_loss", 1)]
    assert compare_runs(runs, runs[1]).reference == 1
    print_comparison(found)
    printed = capsys.readouterr().out
    assert "training.epochs  5      9      9" in printed
    assert "test accuracy  0.8    0.9 (+0.1) *  -" in printed
    assert "test log_loss  0.2    0.1 (-0.1) *  -" in printed


def test_a_pinned_baseline_that_is_not_compared_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    runs = [run_record("a", 5, 0.8), run_record("b", 9, 0.9)]
    found = compare_runs(runs, run_record("c", 9, 0.7))
    assert found.reference == 0
    said = "The pinned baseline run c (c) is not among these runs; the first one is used."
    assert found.baseline_note == said
    print_comparison(found)
    assert said in capsys.readouterr().out
    for pinned in (None, runs[1]):
        assert compare_runs(runs, pinned).baseline_note == ""


def test_a_comparison_of_other_data_or_targets_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    other = run_record("b", 5, 0.9, fingerprint="g")
    task = other.spec.task.model_copy(update={"targets": ("c",)})
    spec = other.spec.model_copy(update={"task": task})
    runs = [run_record("a", 5, 0.8), dataclasses.replace(other, spec_json=spec.model_dump_json())]
    found = compare_runs(runs, None)
    assert (found.same_data, found.same_split) == (False, True)
    assert found.data_differences == ("version of the dataset", "target")
    print_comparison(found)
    printed = capsys.readouterr().out
    assert "Careful: These runs differ in version of the dataset and target." in printed


def test_a_run_in_progress_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    run = run_record(
        "a",
        50,
        0.8,
        progress=Progress(epoch=3, num_epochs=50, step=1, steps_per_epoch=4, eta_s=12.0),
    )
    assert _progress_text(run) == "epoch 2/50  test: accuracy 0.8  12.0 s left"
    last = dataclasses.replace(run, epoch=50, status=RunStatus.RUNNING)
    assert _progress_text(last) == "epoch 50/50  test: accuracy 0.8  scoring"
    view = TrainingView(Path("runs"))
    view.show(run)
    view.show(run)
    view.show(run_record("a", 50, 0.8, status=RunStatus.STOPPING))
    view.clear()
    assert capsys.readouterr().err == (
        "run a (a) trains. Ctrl-C stops it and keeps the best epoch.\n"
        "Stopping; the best epoch is kept.\n"
    )


def test_a_full_disk_is_told_once_while_a_run_waits(capsys: pytest.CaptureFixture[str]) -> None:
    place = Progress(
        epoch=50, num_epochs=50, step=0, steps_per_epoch=4, room=DiskRoom.AWAITED, eta_s=1.0
    )
    run = dataclasses.replace(
        run_record("a", 50, 0.8, progress=place), epoch=50, status=RunStatus.RUNNING
    )
    assert _progress_text(run) == "epoch 50/50  test: accuracy 0.8  waiting for room on the disk"
    view = TrainingView(Path("runs"))
    view.show(run)
    view.show(run)
    view.clear()
    said = capsys.readouterr().err
    assert (
        said.count("The disk that holds runs is full: training is over and waits up to 10 minutes")
        == 1
    )


def test_a_game_that_is_stopped_keeps_its_last_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    run = run_record("a", 50, 0.8)
    training = run.spec.training.model_copy(update={"keep": KeptWeights.LAST})
    spec = run.spec.model_copy(update={"training": training})
    view = TrainingView(Path("runs"))
    for status in (RunStatus.RUNNING, RunStatus.STOPPING):
        view.show(run_record("a", 50, 0.8, status=status, spec_json=spec.model_dump_json()))
    view.clear()
    assert capsys.readouterr().err == (
        "run a (a) trains. Ctrl-C stops it and keeps the last epoch.\n"
        "Stopping; the last epoch is kept.\n"
    )
