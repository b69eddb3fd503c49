"""Metrics have a name, a meaning and a better direction."""

import pytest

from dlstudio.reports.metrics import METRICS, MetricInfo, metric_info, primary_metric, shown_metric


@pytest.mark.parametrize(
    ("name", "is_higher_better"),
    [("accuracy", True), ("log_loss", False), ("rmse", False), ("r2", True), ("unknown", None)],
)
def test_the_better_direction_is_known(name: str, is_higher_better: bool | None) -> None:
    assert metric_info(name).is_higher_better is is_higher_better


def test_a_metric_of_one_target_names_the_target() -> None:
    info = metric_info("rmse_pulse_rate")

    assert info.title == "RMSE of pulse_rate"
    assert info.is_higher_better is False


@pytest.mark.parametrize("info", METRICS.values(), ids=METRICS.keys())
def test_every_metric_is_explained(info: MetricInfo) -> None:
    assert info.help.endswith(".")
    assert info.title


def test_each_task_has_a_metric_that_comes_first() -> None:
    assert primary_metric("regression") == "rmse"
    assert primary_metric("classification") == "accuracy"


def test_a_run_without_its_first_metric_shows_the_error() -> None:
    known = {"test": {"roc_auc": 0.9, "rmse": 0.1}}
    assert shown_metric("anomaly_detection", known) == "roc_auc"
    assert shown_metric("anomaly_detection", {"test": {"rmse": 0.1}}) == "rmse"
    assert shown_metric("anomaly_detection", {}) == "roc_auc"
    assert shown_metric("classification", {"test": {"accuracy": 0.9}}) == "accuracy"
