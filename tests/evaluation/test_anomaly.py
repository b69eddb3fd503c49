"""Reports of anomaly scores against scikit-learn, and on scores and labels that are odd."""

from typing import Any

import numpy as np
import pytest
from sklearn import datasets, metrics
from sklearn.ensemble import IsolationForest

from dlstudio.evaluation.anomaly import (
    AnomalyScores,
    ScoredRows,
    blame_columns,
    most_anomalous,
    report_anomalies,
)
from dlstudio.evaluation.anomaly_rivals import fit_isolation_forest, pca_scores
from dlstudio.evaluation.pca import fit_pca
from dlstudio.evaluation.reconstruction import row_errors
from dlstudio.evaluation.thresholds import ThresholdChoice
from dlstudio.reports.anomaly import (
    ISOLATION_FOREST,
    PCA,
    AnomalyDetails,
    Blame,
    ScoreGroup,
    ThresholdScores,
)
from dlstudio.spec.task import ThresholdRule

CHOICE = ThresholdChoice(1.0, ThresholdRule.QUANTILE, 0.9)


def details_of(scores: AnomalyScores) -> AnomalyDetails:
    assert scores.details is not None
    return scores.details


def drawn(num_rows: int = 500) -> ScoredRows:
    random = np.random.default_rng(4)
    labels = random.random(num_rows) < 0.1
    scores = random.exponential(size=num_rows).round(1) + 2.0 * labels
    return ScoredRows(np.arange(num_rows) + 1_000, scores, labels)


def breast_cancer() -> tuple[np.ndarray, np.ndarray]:
    data: Any = datasets.load_breast_cancer()
    return data.data, data.target == 0


def test_metrics_equal_scikit_learn() -> None:
    rows = drawn()
    labels, scores = rows.is_anomalous, rows.scores
    found = report_anomalies(rows, ThresholdChoice(2.0, ThresholdRule.BEST_F1)).metrics
    assert set(found) == {"roc_auc", "pr_auc", "precision", "recall", "f1"}
    assert found["roc_auc"] == pytest.approx(metrics.roc_auc_score(labels, scores))
    assert found["pr_auc"] == pytest.approx(metrics.average_precision_score(labels, scores))
    assert found["precision"] == pytest.approx(metrics.precision_score(labels, scores > 2.0))
    assert found["recall"] == pytest.approx(metrics.recall_score(labels, scores > 2.0))
    assert found["f1"] == pytest.approx(metrics.f1_score(labels, scores > 2.0))


def test_histograms_of_both_kinds_share_their_edges() -> None:
    rows = drawn()
    details = details_of(report_anomalies(rows, CHOICE))
    assert [entry.group for entry in details.histograms] == [
        ScoreGroup.NORMAL,
        ScoreGroup.ANOMALOUS,
    ]
    assert {len(entry.counts) for entry in details.histograms} == {len(details.edges) - 1}
    assert rows.is_anomalous is not None
    assert sum(details.histograms[1].counts) == rows.is_anomalous.sum()


def test_the_threshold_and_how_it_was_chosen_are_kept() -> None:
    details = details_of(report_anomalies(drawn(), CHOICE))
    assert (details.rule, details.quantile) == (ThresholdRule.QUANTILE, 0.9)
    assert details.chosen.threshold == 1.0
    assert details.chosen in details.threshold_table
    assert len(details.threshold_table) <= 200


def test_without_labels_there_are_shares_but_no_metrics() -> None:
    rows = drawn()
    found = report_anomalies(ScoredRows(rows.rows, rows.scores), CHOICE)
    details = details_of(found)
    assert (found.metrics, found.notes) == ({}, ())
    assert [entry.group for entry in details.histograms] == [ScoreGroup.ALL]
    share = float((rows.scores > 1.0).mean())
    assert details.chosen == ThresholdScores(threshold=1.0, flagged=share)


@pytest.mark.parametrize(("value", "word"), [(True, "every row counts"), (False, "no row counts")])
def test_labels_of_one_kind_leave_metrics_out(value: bool, word: str) -> None:
    rows = ScoredRows(np.arange(10), np.arange(10.0), np.full(10, value))
    found = report_anomalies(rows, CHOICE)
    assert found.metrics == {}
    assert found.notes == (
        f"ROC AUC, PR AUC, precision, recall and F1 are left out: {word} as an anomaly.",
    )
    assert details_of(found).chosen.precision is None
    assert [row.is_anomalous for row in details_of(found).most_anomalous] == [value] * 10


def test_equal_scores_are_noted_and_rank_as_guessing() -> None:
    rows = ScoredRows(np.arange(10), np.full(10, 0.3), np.arange(10) < 3)
    found = report_anomalies(rows, ThresholdChoice(0.3, ThresholdRule.QUANTILE, 0.9))
    assert found.notes == ("All rows have the same score, so nothing tells them apart.",)
    assert found.metrics["roc_auc"] == 0.5
    assert found.metrics["pr_auc"] == pytest.approx(0.3)
    assert found.metrics["recall"] == 0.0
    assert details_of(found).histograms[0].counts == (7,)


def test_rows_without_a_finite_score_are_left_out() -> None:
    scores = np.array([0.5, np.nan, 2.0, np.inf])
    blames = {2: (Blame(column="age", share=0.9),), 3: (Blame(column="town", share=1.0),)}
    labels = np.array([False, True, True, True])
    rows = ScoredRows(
        np.array([7, 8, 9, 10]), scores, labels, {PCA: np.array([1.0, np.nan, 2.0, 3.0])}, blames
    )
    found = report_anomalies(rows, CHOICE)
    assert found.notes == ("2 of 4 rows are left out: their score is not a finite number.",)
    assert found.metrics["roc_auc"] == 1.0
    first = details_of(found).most_anomalous[0]
    assert (first.row, first.is_flagged, first.blames) == (9, True, blames[2])
    assert details_of(found).rivals[0].roc_auc == 1.0


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_no_finite_score_is_noted(bad: float) -> None:
    found = report_anomalies(ScoredRows(np.arange(3), np.full(3, bad)), CHOICE)
    assert (found.metrics, found.details) == ({}, None)
    assert found.notes == (
        "3 of 3 rows are left out: their score is not a finite number.",
        "There are no scores to judge.",
    )
    nothing = report_anomalies(ScoredRows(np.arange(0), np.empty(0)), CHOICE)
    assert nothing.notes == ("There are no rows.",)


def test_without_a_threshold_nothing_is_judged() -> None:
    choice = ThresholdChoice(None, ThresholdRule.QUANTILE, 0.9)
    found = report_anomalies(drawn(), choice)
    assert (found.metrics, found.notes) == ({}, ("There are no scores to judge.",))


def test_float32_scores_are_flagged_as_the_threshold_table_counts_them() -> None:
    scores = np.array([0.1, 0.2, 0.3], dtype=np.float32)
    threshold = float(scores[1])
    rows = ScoredRows(np.arange(3), scores)
    details = details_of(
        report_anomalies(rows, ThresholdChoice(threshold, ThresholdRule.QUANTILE, 0.5))
    )
    assert [row.is_flagged for row in details.most_anomalous] == [True, False, False]
    assert details.chosen.flagged == pytest.approx(1 / 3)


def test_the_most_anomalous_rows_come_first_and_are_at_most_50() -> None:
    scores = np.append(np.arange(100.0), [np.nan, np.inf])
    assert most_anomalous(scores).tolist() == list(range(99, 49, -1))
    assert most_anomalous(np.full(3, 1.0)).tolist() == [0, 1, 2]


def test_at_most_three_columns_are_blamed_the_worst_first() -> None:
    original = np.zeros((2, 5))
    rebuilt = np.array([[1.0, 3.0, 2.0, 0.0, 2.0], [0.0, 0.0, 0.1, 0.0, 2.0]])
    groups = ("a", "b", "c", "d", "c")
    first, second = blame_columns(original, rebuilt, groups)
    assert [blame.column for blame in first] == ["b", "c", "a"]
    assert first[0].share == pytest.approx(9 / 18)
    assert [blame.column for blame in second] == ["c"]
    assert second[0].share == pytest.approx(1.0)
    assert blame_columns(original, original, groups) == ((), ())


def test_the_isolation_forest_is_scikit_learns() -> None:
    rows, labels = breast_cancer()
    train = rows[~labels][:200].astype(np.float32)
    own = fit_isolation_forest(train, seed=3).score(rows)
    reference = IsolationForest(random_state=3).fit(train)
    assert np.allclose(own, -reference.score_samples(rows.astype(np.float32)))
    assert metrics.roc_auc_score(labels, own) > 0.9


def test_rivals_are_reported_beside_the_network() -> None:
    rows, labels = breast_cancer()
    rows = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    train = rows[~labels][:200]
    pca = fit_pca(train, 4, seed=0)
    by_pca = pca_scores(pca, rows)
    assert np.allclose(by_pca, row_errors(rows, pca.decode(pca.encode(rows))))
    rivals = {ISOLATION_FOREST: fit_isolation_forest(train, seed=0).score(rows), PCA: by_pca}
    scored = ScoredRows(np.arange(len(rows)), by_pca, labels, rivals)
    details = details_of(report_anomalies(scored, CHOICE))
    assert [rival.name for rival in details.rivals] == [ISOLATION_FOREST, PCA]
    for rival in details.rivals:
        expected = metrics.roc_auc_score(labels, rivals[rival.name])
        assert rival.roc_auc == pytest.approx(expected)
        area = metrics.average_precision_score(labels, rivals[rival.name])
        assert rival.pr_auc == pytest.approx(area)


@pytest.mark.parametrize("num_rows", [1, 2, 10])
def test_rivals_take_very_few_rows(num_rows: int) -> None:
    train = np.random.default_rng(0).normal(size=(num_rows, 3))
    assert np.isfinite(fit_isolation_forest(train, seed=0).score(train)).all()
    assert np.isfinite(pca_scores(fit_pca(train, 16, seed=0), train)).all()
