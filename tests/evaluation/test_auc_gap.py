"""Differences between areas under the ROC curve are told only where rows show them."""

import numpy as np
import pytest
from sklearn import metrics

from dlstudio.evaluation.auc_gap import auc_gap


def _scores(
    random: np.random.Generator, labels: np.ndarray, strength: float
) -> tuple[np.ndarray, np.ndarray]:
    """Two methods that share half of what they see; the first knows more by some strength."""
    shared = random.normal(size=len(labels))
    first, second = (shared + random.normal(size=len(labels)) for _ in range(2))
    return first + (1.0 + strength) * labels, second + labels


def test_the_interval_lies_around_the_difference_of_the_areas() -> None:
    random = np.random.default_rng(0)
    labels = random.random(300) < 0.2
    first, second = (scores.round(1) for scores in _scores(random, labels, 0.5))
    found = auc_gap(labels, first, second)
    areas = [metrics.roc_auc_score(labels, scores) for scores in (first, second)]
    assert found is not None
    assert sum(found) / 2 == pytest.approx(areas[0] - areas[1])


def test_equal_methods_are_seldom_told_apart_and_unequal_ones_are() -> None:
    told = {0.0: 0, 2.0: 0}
    for seed in range(300):
        random = np.random.default_rng(seed)
        labels = np.arange(120) < 20
        for strength in told:
            found = auc_gap(labels, *_scores(random, labels, strength))
            assert found is not None
            told[strength] += found[0] > 0.0 or found[1] < 0.0
    assert told[0.0] <= 0.08 * 300
    assert told[2.0] >= 0.9 * 300


def test_the_same_scores_have_no_gap() -> None:
    labels, scores = np.arange(20) < 5, np.arange(20.0)
    assert auc_gap(labels, scores, scores) == (0.0, 0.0)


@pytest.mark.parametrize("num_positive", [0, 4, 16, 20])
def test_a_handful_of_rows_of_a_kind_tells_nothing(num_positive: int) -> None:
    labels, scores = np.arange(20) < num_positive, np.arange(20.0)
    assert auc_gap(labels, scores, -scores) is None
