"""Classification metrics against scikit-learn's, on real and on arbitrary predictions."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn import datasets, linear_model
from sklearn import metrics as typed_metrics

from dlstudio.evaluation.classification import ClassPredictions, report_classification
from dlstudio.reports.evaluation import SplitReport

metrics: Any = typed_metrics  # the functions accept more than their type hints say

TOLERANCE = 1e-6


@st.composite
def class_predictions(draw: st.DrawFn) -> ClassPredictions:
    num_classes = draw(st.integers(2, 5))
    num_rows = draw(st.integers(1, 60))
    actual = draw(hnp.arrays(np.int64, num_rows, elements=st.integers(0, num_classes - 1)))
    # Few distinct weights make ties and zero probabilities, where curves go wrong first.
    weights = draw(
        hnp.arrays(np.int64, (num_rows, num_classes), elements=st.sampled_from([0, 1, 2, 5]))
    )
    probabilities = (weights + 1e-9) / (weights + 1e-9).sum(axis=1, keepdims=True)
    names = tuple(f"class {index}" for index in range(num_classes))
    return ClassPredictions(names, actual, probabilities.argmax(axis=1), probabilities)


@given(class_predictions())
def test_counted_metrics_equal_scikit_learn(rows: ClassPredictions) -> None:
    report = report_classification(rows)
    assert report.metrics["accuracy"] == metrics.accuracy_score(rows.actual, rows.predicted)
    for average in ("weighted", "binary" if len(rows.class_names) == 2 else "macro"):
        precision, recall, f1, _ = metrics.precision_recall_fscore_support(
            rows.actual, rows.predicted, average=average, zero_division=0
        )
        suffix = "_weighted" if average == "weighted" else ""
        if average == "binary" and 1 not in rows.actual:
            assert "recall" not in report.metrics
            continue
        assert report.metrics[f"precision{suffix}"] == pytest.approx(precision, abs=TOLERANCE)
        assert report.metrics[f"recall{suffix}"] == pytest.approx(recall, abs=TOLERANCE)
        assert report.metrics[f"f1{suffix}"] == pytest.approx(f1, abs=TOLERANCE)


@given(class_predictions())
def test_probability_metrics_equal_scikit_learn(rows: ClassPredictions) -> None:
    report = report_classification(rows)
    labels = list(range(len(rows.class_names)))
    expected = metrics.log_loss(rows.actual, rows.probabilities, labels=labels)
    assert report.metrics["log_loss"] == pytest.approx(expected, abs=TOLERANCE)
    if set(rows.actual.tolist()) == set(labels):
        scores = rows.probabilities[:, 1] if len(labels) == 2 else rows.probabilities
        area = metrics.roc_auc_score(rows.actual, scores, multi_class="ovr")
        assert report.metrics["roc_auc"] == pytest.approx(area, abs=TOLERANCE)
    else:
        assert "roc_auc" not in report.metrics
        assert any(note.startswith("ROC AUC is left out") for note in report.notes)


@given(class_predictions())
def test_details_equal_scikit_learn(rows: ClassPredictions) -> None:
    details = report_classification(rows).classification
    assert details is not None
    labels = list(range(len(rows.class_names)))
    confusion = metrics.confusion_matrix(rows.actual, rows.predicted, labels=labels)
    assert np.array_equal(details.confusion, confusion)
    own = metrics.precision_recall_fscore_support(
        rows.actual, rows.predicted, labels=labels, zero_division=0
    )
    for index, entry in enumerate(details.classes):
        found = (entry.precision, entry.recall, entry.f1, entry.num_rows)
        assert found == pytest.approx([column[index] for column in own], abs=TOLERANCE)


def real_report(name: str) -> tuple[SplitReport, ClassPredictions]:
    data: Any = getattr(datasets, f"load_{name}")()
    rows, target = data.data[::2], data.target[::2]
    model = linear_model.LogisticRegression(max_iter=5_000, C=0.01).fit(rows, target)
    held_out = data.data[1::2]
    predictions = ClassPredictions(
        class_names=tuple(str(name) for name in data.target_names),
        actual=data.target[1::2],
        predicted=model.predict(held_out),
        probabilities=model.predict_proba(held_out),
    )
    return report_classification(predictions), predictions


def test_metrics_of_a_real_binary_model_equal_scikit_learn() -> None:
    report, rows = real_report("breast_cancer")
    positive = rows.probabilities[:, 1]
    assert report.metrics["roc_auc"] == pytest.approx(
        metrics.roc_auc_score(rows.actual, positive), abs=TOLERANCE
    )
    assert report.metrics["f1"] == pytest.approx(metrics.f1_score(rows.actual, rows.predicted))
    details = report.classification
    assert details is not None
    (curve,) = details.precision_recall
    assert curve.area == pytest.approx(metrics.average_precision_score(rows.actual, positive))
    assert "Precision, recall and F1 are those of the class 'benign'." in report.notes


def test_metrics_of_a_real_model_of_ten_classes_equal_scikit_learn() -> None:
    report, rows = real_report("digits")
    area = metrics.roc_auc_score(rows.actual, rows.probabilities, multi_class="ovr")
    assert report.metrics["roc_auc"] == pytest.approx(area, abs=TOLERANCE)
    assert report.metrics["f1"] == pytest.approx(
        metrics.f1_score(rows.actual, rows.predicted, average="macro"), abs=TOLERANCE
    )


def test_a_curve_has_at_most_200_points_and_keeps_its_ends_and_area() -> None:
    random = np.random.default_rng(7)
    actual = random.integers(0, 2, 20_000)
    positive = np.clip(random.normal(0.4 + 0.2 * actual, 0.2), 0.0, 1.0)
    probabilities = np.stack([1 - positive, positive], axis=1)
    rows = ClassPredictions(("no", "yes"), actual, (positive > 0.5).astype(int), probabilities)
    details = report_classification(rows).classification
    assert details is not None
    (roc,), (precision_recall,) = details.roc, details.precision_recall
    assert 100 < len(roc.x) <= 200
    assert (roc.x[0], roc.y[0], roc.x[-1], roc.y[-1]) == (0.0, 0.0, 1.0, 1.0)
    assert roc.area == pytest.approx(metrics.roc_auc_score(actual, positive), abs=1e-9)
    assert np.trapezoid(roc.y, roc.x) == pytest.approx(roc.area, abs=2e-3)
    assert len(roc.thresholds) == len(roc.x)
    assert len(precision_recall.x) <= 200
    assert precision_recall.x[-1] == 1.0


def test_a_split_of_one_class_leaves_undefined_metrics_out_and_says_so() -> None:
    rows = ClassPredictions(
        ("no", "yes"), np.zeros(3, int), np.array([0, 0, 1]), np.full((3, 2), 0.5)
    )
    report = report_classification(rows)
    assert set(report.metrics) == {
        *("accuracy", "precision_weighted", "recall_weighted", "f1_weighted", "log_loss")
    }
    assert report.notes == (
        "Precision, recall and F1 are left out: no row is of the class 'yes'.",
        "ROC AUC is left out: there is no row of 'yes'.",
    )


def test_rows_of_classes_never_seen_in_training_count_as_wrong() -> None:
    rows = ClassPredictions(
        class_names=("cat", "dog"),
        actual=np.array([0, 1, 2, 2]),
        predicted=np.array([0, 1, 0, 1]),
        probabilities=np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]]),
        unseen_names=("fox",),
    )
    report = report_classification(rows)
    assert report.metrics["accuracy"] == 0.5
    assert report.metrics["log_loss"] == pytest.approx(-(np.log(0.9) + np.log(0.8)) / 2)
    assert report.metrics["roc_auc"] == 1.0
    assert report.classification is not None
    assert report.classification.confusion == ((1, 0, 0), (0, 1, 0), (1, 1, 0))
    assert report.notes[1] == (
        "2 rows are of classes that the model never saw ('fox'): they count as wrong, and are "
        "left out of ROC AUC and log loss."
    )


def test_a_split_where_every_class_is_unseen_still_has_an_accuracy() -> None:
    rows = ClassPredictions(
        ("cat", "dog"), np.array([2]), np.array([0]), np.array([[0.9, 0.1]]), ("fox",)
    )
    assert report_classification(rows).metrics["accuracy"] == 0.0


def test_a_split_without_rows_has_a_note_instead_of_metrics() -> None:
    empty = np.zeros(0, int)
    report = report_classification(ClassPredictions(("a", "b"), empty, empty, np.zeros((0, 2))))
    assert (report.num_rows, report.metrics, report.notes) == (0, {}, ("There are no rows.",))


def test_probabilities_that_are_not_numbers_give_a_note_instead_of_metrics() -> None:
    rows = ClassPredictions(("a", "b"), np.array([0]), np.array([0]), np.full((1, 2), np.nan))
    report = report_classification(rows)
    assert report.metrics == {}
    assert "probabilities are not numbers" in report.notes[0]


def test_many_classes_leave_out_what_would_be_too_large_to_show() -> None:
    size = 250
    actual = np.arange(size)
    probabilities = np.full((size, size), 0.5 / (size - 1))
    np.fill_diagonal(probabilities, 0.5)
    names = tuple(str(index) for index in range(size))
    report = report_classification(ClassPredictions(names, actual, actual, probabilities))
    assert report.classification is not None
    assert report.classification.confusion == ()
    assert report.classification.roc == ()
    assert report.metrics["roc_auc"] == 1.0
    assert set(report.notes) == {
        "The confusion matrix is left out: there are 250 classes.",
        "Curves are left out: there are 250 classes.",
    }
