"""Multi-label metrics against scikit-learn's."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn import metrics as typed_metrics

from dlstudio.evaluation.multilabel import LabelPredictions, report_labels

metrics: Any = typed_metrics  # the functions accept more than their type hints say


@st.composite
def label_predictions(draw: st.DrawFn) -> LabelPredictions:
    shape = (draw(st.integers(1, 40)), draw(st.integers(2, 4)))
    actual = draw(hnp.arrays(np.bool_, shape))
    probabilities = draw(
        hnp.arrays(np.float64, shape, elements=st.sampled_from([0.0, 0.2, 0.5, 0.7, 1.0]))
    )
    names = tuple(f"label {index}" for index in range(shape[1]))
    return LabelPredictions(names, actual, probabilities >= 0.5, probabilities)


@pytest.mark.slow
@given(label_predictions())
def test_metrics_equal_scikit_learn(rows: LabelPredictions) -> None:
    found = report_labels(rows).metrics
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(rows.actual, rows.predicted))
    for average, suffix in (("macro", ""), ("weighted", "_weighted")):
        scores = metrics.precision_recall_fscore_support(
            rows.actual, rows.predicted, average=average, zero_division=0
        )
        for name, score in zip(("precision", "recall", "f1"), scores[:3], strict=True):
            if f"{name}{suffix}" in found or rows.actual.any():
                assert found[f"{name}{suffix}"] == pytest.approx(score, abs=1e-6)
    losses = [
        metrics.log_loss(actual, probability, labels=[False, True])
        for actual, probability in zip(rows.actual.T, rows.probabilities.T, strict=True)
    ]
    assert found["log_loss"] == pytest.approx(np.mean(losses), abs=1e-6)


@given(label_predictions())
def test_roc_auc_is_the_macro_average_or_left_out_with_a_note(rows: LabelPredictions) -> None:
    report = report_labels(rows)
    shares = rows.actual.mean(axis=0)
    if ((shares > 0) & (shares < 1)).all():
        area = metrics.roc_auc_score(rows.actual, rows.probabilities, average="macro")
        assert report.metrics["roc_auc"] == pytest.approx(area, abs=1e-6)
    else:
        assert "roc_auc" not in report.metrics
        assert any(note.startswith("ROC AUC is left out: all rows") for note in report.notes)


def test_each_label_is_scored_by_itself() -> None:
    rows = LabelPredictions(
        ("red", "round"),
        actual=np.array([[1, 0], [1, 1], [0, 1]], bool),
        predicted=np.array([[1, 0], [0, 1], [0, 1]], bool),
        probabilities=np.array([[0.9, 0.1], [0.4, 0.8], [0.3, 0.7]]),
    )
    report = report_labels(rows)
    assert report.metrics["accuracy"] == pytest.approx(2 / 3)
    assert report.classification is not None
    red, round_ = report.classification.classes
    assert (red.recall, red.num_rows, round_.recall) == (0.5, 2, 1.0)
    assert report.classification.confusion == ()
    assert len(report.classification.roc) == 2


def test_nothing_to_score_gives_a_note() -> None:
    none = np.zeros((0, 2), bool)
    assert report_labels(LabelPredictions(("a", "b"), none, none, np.zeros((0, 2)))).notes == (
        "There are no rows.",
    )
    one = np.ones((1, 2), bool)
    broken = report_labels(LabelPredictions(("a", "b"), one, one, np.full((1, 2), np.nan)))
    assert broken.metrics == {}
    assert "probabilities are not numbers" in broken.notes[0]


def test_many_labels_have_no_curves() -> None:
    names = tuple(str(index) for index in range(30))
    actual = np.eye(30, dtype=bool)
    report = report_labels(LabelPredictions(names, actual, actual, actual.astype(float)))
    assert report.classification is not None
    assert report.classification.roc == ()
    assert "Curves are left out: there are 30 labels." in report.notes


def test_rows_without_a_label_are_told_with_how_many_were_right() -> None:
    actual = np.array([[1, 0], [0, 0], [0, 0], [0, 1]], bool)
    predicted = np.array([[1, 0], [0, 0], [1, 0], [0, 1]], bool)
    report = report_labels(LabelPredictions(("a", "b"), actual, predicted, predicted * 0.9))
    assert report.metrics["accuracy"] == 0.75
    assert report.metrics["f1"] == pytest.approx((2 / 3 + 1) / 2)
    assert "2 rows hold none of the labels; for 1 of them none was predicted." in report.notes
    labelled = report_labels(
        LabelPredictions(("a", "b"), actual[:1], predicted[:1], predicted[:1] * 0.9)
    )
    assert not any("none of the labels" in note for note in labelled.notes)
