"""Predictions of real models for raw rows, and the report made of them."""

import keras
import numpy as np
import pyarrow as pa
import pytest

from dlstudio.data.raw import read_raw
from dlstudio.evaluation import predict
from dlstudio.evaluation.predict import predict_raw
from dlstudio.evaluation.predictions import read_predictions
from dlstudio.evaluation.report import build_report
from dlstudio.models.names import input_names
from tests.fixtures.untrained import TASKS, UntrainedRun

pytestmark = pytest.mark.tensorflow


def raw_rows(run: UntrainedRun) -> dict[str, np.ndarray]:
    return read_raw(run.dataset, run.spec.task.inputs)


def ask_model(run: UntrainedRun) -> dict[str, np.ndarray]:
    names = input_names(run.spec.task.inputs)
    rows = {}
    for column, values in raw_rows(run).items():
        kind = "string" if values.dtype == object else values.dtype.name
        rows[names[column]] = keras.ops.convert_to_tensor(values.reshape(-1, 1), dtype=kind)
    answers = run.model(rows, training=False)
    return {name: np.asarray(values) for name, values in answers.items()}


@pytest.mark.parametrize(
    ("task", "columns"),
    [
        ("binary", ["prediction", "probability_no", "probability_yes"]),
        (
            "classes",
            ["prediction", "probability_blue", "probability_green", "probability_red"],
        ),
        ("value", ["prediction"]),
        ("values", ["prediction_cost", "prediction_gain"]),
        (
            "labels",
            [
                *("prediction_churned", "prediction_color_is_red"),
                *("probability_churned", "probability_color_is_red"),
            ],
        ),
    ],
)
def test_prediction_columns_are_named_by_the_contract(
    untrained_runs: dict[str, UntrainedRun], task: str, columns: list[str]
) -> None:
    run = untrained_runs[task]
    table = predict_raw(run.model, raw_rows(run), run.dataset.info, run.spec)
    assert table.column_names == columns
    assert table.num_rows == run.dataset.info.num_rows


def test_classes_and_probabilities_are_the_models_own(
    untrained_runs: dict[str, UntrainedRun],
) -> None:
    run = untrained_runs["classes"]
    table = predict_raw(run.model, raw_rows(run), run.dataset.info, run.spec)
    answers = ask_model(run)
    expected = [name.decode() for name in answers["prediction"].tolist()]
    assert table.column("prediction").to_pylist() == expected
    probabilities = np.stack([table.column(name).to_numpy() for name in table.column_names[1:]], 1)
    assert probabilities == pytest.approx(answers["probabilities"], abs=1e-6)
    assert probabilities.sum(axis=1) == pytest.approx(1.0, abs=1e-12)


def test_values_are_the_models_own(untrained_runs: dict[str, UntrainedRun]) -> None:
    run = untrained_runs["values"]
    table = predict_raw(run.model, raw_rows(run), run.dataset.info, run.spec)
    answers = ask_model(run)
    for name in ("prediction_cost", "prediction_gain"):
        assert table.column(name).to_numpy() == pytest.approx(answers[name])


@pytest.mark.parametrize("task", list(TASKS))
def test_batches_give_the_same_answers_as_one_call(
    untrained_runs: dict[str, UntrainedRun], task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = untrained_runs[task]
    whole = predict_raw(run.model, raw_rows(run), run.dataset.info, run.spec)
    monkeypatch.setattr(predict, "MOST_BATCH_ROWS", 7)
    parts = predict_raw(run.model, raw_rows(run), run.dataset.info, run.spec)
    for name in whole.column_names:
        if whole.schema.field(name).type == pa.string():
            assert parts.column(name).equals(whole.column(name))
        else:
            expected = whole.column(name).to_numpy()
            assert parts.column(name).to_numpy() == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_no_rows_give_an_empty_table_with_all_columns(
    untrained_runs: dict[str, UntrainedRun],
) -> None:
    run = untrained_runs["binary"]
    none = read_raw(run.dataset, run.spec.task.inputs, np.array([], dtype=np.int64))
    table = predict_raw(run.model, none, run.dataset.info, run.spec)
    assert (table.num_rows, len(table.column_names)) == (0, 3)


def test_unseen_categories_and_missing_values_have_a_prediction(
    untrained_runs: dict[str, UntrainedRun],
) -> None:
    run = untrained_runs["binary"]
    raw = {name: values[:1] for name, values in raw_rows(run).items()}
    for name, values in raw.items():
        missing = "" if values.dtype == object else np.nan
        raw[name] = np.full(2, missing, dtype=values.dtype)
    raw["plan"] = np.array(["never seen", ""], dtype=object)
    table = predict_raw(run.model, raw, run.dataset.info, run.spec)
    assert np.isfinite(table.column("probability_yes").to_numpy()).all()


@pytest.mark.parametrize("task", list(TASKS))
def test_every_row_of_every_split_is_stored_and_scored(
    untrained_runs: dict[str, UntrainedRun], task: str
) -> None:
    run = untrained_runs[task]
    stored = read_predictions(run.folder.predictions)
    for split in ("train", "validation", "test"):
        rows = read_predictions(run.folder.predictions, split).column("row").to_numpy()
        assert np.array_equal(rows, getattr(run.split, split))
    assert build_report(stored, run.spec.task) == run.report
    assert set(run.report.metrics) == {"train", "validation", "test"}


def test_a_class_named_na_is_a_class(untrained_runs: dict[str, UntrainedRun]) -> None:
    run = untrained_runs["binary"]
    assert "NA" in run.dataset.info.column("plan").classes
