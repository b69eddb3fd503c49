"""Thresholds of anomaly scores: how they are chosen and what they flag."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn import metrics as typed_metrics

from dlstudio.evaluation.thresholds import (
    all_alike,
    choose_threshold,
    score_thresholds,
    threshold_grid,
)
from dlstudio.spec.task import ThresholdRule

metrics: Any = typed_metrics  # the functions accept more than their type hints say

SCORES = np.array([0.1, 0.2, 0.3, 0.4, 5.0])
LABELS = np.array([False, False, False, True, True])
# Few distinct values make ties.
SCORE_ARRAYS = hnp.arrays(
    np.float64, st.integers(2, 40), elements=st.sampled_from([0.0, 0.5, 1.0, 1.5, 7.0])
)


@st.composite
def labelled_scores(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    scores = draw(SCORE_ARRAYS)
    labels = draw(hnp.arrays(np.bool_, len(scores)))
    labels[:2] = True, False
    return scores, labels


@given(labelled_scores())
def test_what_a_threshold_does_equals_scikit_learn(
    labelled: tuple[np.ndarray, np.ndarray],
) -> None:
    scores, labels = labelled
    grid = threshold_grid(scores, chosen=0.7)
    assert 0.7 in grid
    for entry in score_thresholds(scores, labels, grid):
        is_flagged = scores > entry.threshold
        precision, recall, f1, _ = metrics.precision_recall_fscore_support(
            labels, is_flagged, average="binary", zero_division=0
        )
        own = (entry.flagged, entry.precision, entry.recall, entry.f1)
        assert own == pytest.approx((is_flagged.mean(), precision, recall, f1))


@given(labelled_scores())
def test_no_threshold_has_a_better_f1_than_the_best(
    labelled: tuple[np.ndarray, np.ndarray],
) -> None:
    scores, labels = labelled
    choice = choose_threshold(scores, labels, ThresholdRule.BEST_F1, 0.9)
    assert choice.value is not None
    (best,) = score_thresholds(scores, labels, np.array([choice.value]))
    others = score_thresholds(scores, labels, threshold_grid(scores, choice.value))
    assert best.f1 == max(other.f1 or 0.0 for other in others)


@given(SCORE_ARRAYS, st.floats(0.01, 0.99))
def test_a_quantile_flags_no_more_rows_than_asked_for(scores: np.ndarray, quantile: float) -> None:
    choice = choose_threshold(scores, None, ThresholdRule.AUTO, quantile)
    assert choice.value is not None
    # Between two rows the quantile is interpolated: at most one row's worth more.
    assert (scores > choice.value).sum() <= np.ceil((1 - quantile) * (len(scores) - 1) + 1e-9)


def test_the_grid_flags_all_rows_and_none_and_is_short() -> None:
    scores = np.random.default_rng(0).exponential(size=5_000)
    grid = threshold_grid(scores, chosen=2.0)
    assert 150 < len(grid) <= 200
    assert (np.diff(grid) > 0).all()
    flagged = [entry.flagged for entry in score_thresholds(scores, None, grid)]
    assert (flagged[0], flagged[-1]) == (1.0, 0.0)
    assert sum(share < 0.02 for share in flagged) > 30


def test_few_scores_have_a_threshold_between_each_two() -> None:
    grid = threshold_grid(SCORES, chosen=0.25)
    assert grid[1:] == pytest.approx([0.15, 0.25, 0.35, 2.7, 5.0])
    assert grid[0] < 0.1


def test_auto_takes_the_best_f1_where_both_kinds_are_known() -> None:
    choice = choose_threshold(SCORES, LABELS, ThresholdRule.AUTO, 0.9)
    assert (choice.rule, choice.quantile) == (ThresholdRule.BEST_F1, None)
    assert choice.value == pytest.approx(0.35)


def test_a_quantile_is_that_of_normal_rows_where_they_are_known() -> None:
    choice = choose_threshold(SCORES, LABELS, ThresholdRule.QUANTILE, 0.5)
    assert (choice.value, choice.rule, choice.quantile) == (0.2, ThresholdRule.QUANTILE, 0.5)


@pytest.mark.parametrize("labels", [None, np.ones(5, bool), np.zeros(5, bool)])
def test_the_best_f1_without_both_kinds_becomes_a_quantile(labels: np.ndarray | None) -> None:
    choice = choose_threshold(SCORES, labels, ThresholdRule.BEST_F1, 0.5)
    assert (choice.value, choice.rule) == (0.3, ThresholdRule.QUANTILE)
    assert choice.notes == (
        "The threshold is a quantile: the best F1 needs normal and anomalous validation rows.",
    )
    auto = choose_threshold(SCORES, labels, ThresholdRule.AUTO, 0.5)
    assert (auto.value, auto.notes) == (0.3, ())


def test_equal_scores_flag_nothing_and_are_noted() -> None:
    choice = choose_threshold(np.full(10, 0.7), None, ThresholdRule.QUANTILE, 0.99)
    assert choice.value == 0.7
    assert choice.notes == (
        "All validation rows have the same score, so no threshold can part them.",
    )
    assert threshold_grid(np.full(10, 0.7), 0.7)[-1] == 0.7


@pytest.mark.parametrize("scores", [np.array([]), np.array([np.nan, np.inf])])
def test_without_a_score_there_is_no_threshold(scores: np.ndarray) -> None:
    choice = choose_threshold(scores, None, ThresholdRule.AUTO, 0.99)
    assert choice.value is None
    assert choice.notes == (
        "There is no threshold: no validation row has a score that is a number.",
    )


def test_scores_that_are_not_finite_do_not_count() -> None:
    scores = np.append(SCORES, [np.nan, np.inf])
    labels = np.append(LABELS, [True, True])
    choice = choose_threshold(scores, labels, ThresholdRule.AUTO, 0.9)
    assert choice.value == pytest.approx(0.35)


def test_neighbouring_floats_are_still_parted() -> None:
    low = 1.0
    scores = np.array([low, np.nextafter(low, 2.0)])
    choice = choose_threshold(scores, np.array([False, True]), ThresholdRule.BEST_F1, 0.9)
    assert choice.value is not None
    assert (scores > choice.value).tolist() == [False, True]


@pytest.mark.parametrize(("count", "words"), [(1, "1 known anomaly"), (4, "4 known anomalies")])
def test_a_threshold_that_rests_on_a_handful_of_anomalies_says_so(count: int, words: str) -> None:
    scores = np.arange(50.0)
    choice = choose_threshold(scores, scores >= 50 - count, ThresholdRule.AUTO, 0.99)
    assert choice.rule is ThresholdRule.BEST_F1
    assert choice.notes[0].startswith(f"The threshold rests on {words} of the validation rows: ")
    assert choose_threshold(scores, scores >= 45, ThresholdRule.AUTO, 0.99).notes == ()


def test_scores_that_differ_by_rounding_are_alike() -> None:
    assert all_alike(np.array([0.7761456370353699, 0.7761454582214355], "float32"))
    assert all_alike(np.zeros(3))
    assert not all_alike(np.array([0.7761, 0.7762]))
    assert not all_alike(np.array([]))
