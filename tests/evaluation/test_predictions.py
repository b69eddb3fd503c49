"""Stored predictions: written whole, read back, and scored without a model."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from dlstudio.errors import DataError, NotFoundError
from dlstudio.evaluation import predictions
from dlstudio.evaluation.report import build_report
from dlstudio.spec.task import TaskKind, TaskSpec

CLASSES = TaskSpec(kind=TaskKind.CLASSIFICATION, inputs=("x",), targets=("y",))


def class_rows(split: str, actual: list[str]) -> pa.Table:
    predicted = predictions.class_table(
        ["no", "yes"], np.array([0] * len(actual)), np.full((len(actual), 2), 0.5)
    )
    rows = np.arange(len(actual))
    return predictions.stored_table(rows, split, pa.table({"actual": actual}), predicted)


def test_predictions_are_read_as_they_were_written(tmp_path: Path) -> None:
    table = pa.concat_tables([class_rows("train", ["no", "yes"]), class_rows("test", ["yes"])])
    path = tmp_path / "predictions.parquet"
    predictions.write_predictions(table, path)
    assert predictions.read_predictions(path).equals(table)
    assert predictions.read_predictions(path, "test").column("actual").to_pylist() == ["yes"]
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    assert table.column_names == [
        *("row", "split", "actual", "prediction", "probability_no", "probability_yes")
    ]


def test_a_failed_write_leaves_the_old_file_and_no_part(tmp_path: Path) -> None:
    path = tmp_path / "predictions.parquet"
    path.mkdir()
    with pytest.raises(OSError):
        predictions.write_predictions(class_rows("test", ["no"]), path)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_missing_predictions_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="There are no predictions at"):
        predictions.read_predictions(tmp_path / "predictions.parquet")


def test_damaged_predictions_are_named(tmp_path: Path) -> None:
    path = tmp_path / "predictions.parquet"
    path.write_bytes(b"PAR1 junk")
    with pytest.raises(DataError, match=r"The predictions at .* cannot be read"):
        predictions.read_predictions(path)


def test_each_split_with_rows_is_reported() -> None:
    table = pa.concat_tables(
        [class_rows("train", ["no", "yes", "no"]), class_rows("test", ["yes", "fox"])]
    )
    report = build_report(table, CLASSES)
    assert set(report.splits) == {"train", "test"}
    assert report.metrics["train"]["accuracy"] == pytest.approx(2 / 3)
    assert "('fox')" in report.splits["test"].notes[1]


def test_labels_are_reported_from_their_columns() -> None:
    task = CLASSES.model_copy(update={"targets": ("red", "round")})
    predicted = predictions.label_table(
        task.targets, np.array([[1, 0], [0, 1]]), np.array([[0.9, 0.1], [0.2, 0.7]])
    )
    actual = pa.table({"actual_red": [True, False], "actual_round": [False, False]})
    table = predictions.stored_table(np.arange(2), "test", actual, predicted)
    assert predicted.column_names == [
        *("prediction_red", "prediction_round", "probability_red", "probability_round")
    ]
    assert build_report(table, task).metrics["test"]["accuracy"] == 0.5


@pytest.mark.parametrize(
    ("targets", "actual", "columns"),
    [
        (("price",), {"actual": [1.0, 2.0]}, ["prediction"]),
        (
            ("a", "b"),
            {"actual_a": [1.0, 2.0], "actual_b": [1.0, 2.0]},
            ["prediction_a", "prediction_b"],
        ),
    ],
)
def test_values_are_reported_from_their_columns(
    targets: tuple[str, ...], actual: dict[str, list[float]], columns: list[str]
) -> None:
    task = TaskSpec(kind=TaskKind.REGRESSION, inputs=("x",), targets=targets)
    predicted = predictions.value_table(targets, np.full((2, len(targets)), 1.0))
    table = predictions.stored_table(np.arange(2), "test", pa.table(actual), predicted)
    assert predicted.column_names == columns
    assert build_report(table, task).metrics["test"]["mae"] == 0.5


def test_labels_of_cells_are_listed_again_and_none_is_an_empty_list() -> None:
    predicted = predictions.label_table(
        ("red", "round"), np.array([[1, 1], [0, 0], [0, 1]]), np.full((3, 2), 0.5), "|"
    )
    assert predicted.column_names[0] == "prediction"
    assert predicted.column("prediction").to_pylist() == ["red|round", "[]", "round"]
    none = predictions.label_table(("red",), np.zeros((0, 1)), np.zeros((0, 1)), "|")
    assert none.num_rows == 0
