"""A threshold that flags nearly everything is told from one that does its work."""

import numpy as np
import pytest

from dlstudio.evaluation.anomaly import ScoredRows, report_anomalies
from dlstudio.evaluation.flagged_normal import nearly_all_flagged
from dlstudio.evaluation.thresholds import choose_threshold
from dlstudio.reports.generation import Alarm
from dlstudio.spec.task import ThresholdRule


def alarm_of(rows: ScoredRows, rule: ThresholdRule) -> tuple[Alarm, ...]:
    choice = choose_threshold(rows.scores, rows.is_anomalous, rule, 0.95)
    details = report_anomalies(rows, choice).details
    assert details is not None
    return details.alarms


def half(distance: float) -> ScoredRows:
    """Rows of which half are anomalies, whose scores are larger by some distance."""
    random = np.random.default_rng(1)
    labels = np.arange(400) % 2 == 0
    return ScoredRows(np.arange(400), random.normal(10.0, 1.0, 400) + distance * labels, labels)


def test_the_best_f1_of_half_anomalies_that_nothing_tells_apart_raises_an_alarm() -> None:
    (alarm,) = alarm_of(half(0.0), ThresholdRule.AUTO)
    assert alarm.problem.startswith("The threshold flags ")
    assert "of the normal rows" in alarm.problem
    assert "Set the threshold rule to Quantile on the Design page" in alarm.fix
    assert "half of the rows are anomalies (here 50 %)" in alarm.fix


def test_a_quantile_raises_none_on_the_same_rows() -> None:
    assert alarm_of(half(0.0), ThresholdRule.QUANTILE) == ()


def test_half_anomalies_that_are_told_apart_raise_none() -> None:
    assert alarm_of(half(6.0), ThresholdRule.AUTO) == ()


def test_few_anomalies_that_are_hard_to_tell_raise_none() -> None:
    random = np.random.default_rng(1)
    labels = np.arange(400) % 20 == 0
    rows = ScoredRows(np.arange(400), random.normal(10.0, 1.0, 400) + labels, labels)
    assert alarm_of(rows, ThresholdRule.AUTO) == ()


def test_rows_unlike_those_that_a_quantile_was_chosen_from_raise_an_alarm() -> None:
    (alarm,) = nearly_all_flagged(np.full(50, 9.0), None, 1.0, ThresholdRule.QUANTILE)
    assert alarm.problem.startswith("The threshold flags 100 % of the rows")
    assert "raise the quantile" in alarm.fix


def test_where_the_rule_is_not_known_both_ways_out_are_named() -> None:
    (alarm,) = nearly_all_flagged(np.full(50, 9.0), None, 1.0, ThresholdRule.AUTO)
    assert alarm.fix.startswith("Check that these rows are like those it was trained on")


@pytest.mark.parametrize("labels", [None, np.zeros(4, bool), np.ones(50, bool)])
def test_a_few_rows_and_anomalies_alone_prove_nothing(labels: np.ndarray | None) -> None:
    scores = np.full(4 if labels is None else len(labels), 9.0)
    assert nearly_all_flagged(scores, labels, 1.0, ThresholdRule.BEST_F1) == ()
