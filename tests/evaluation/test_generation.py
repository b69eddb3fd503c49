"""Whole reports on samples: honest ones, copies, collapsed and broken ones."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sklearn import datasets as typed_datasets

from dlstudio.evaluation.compared_tables import ComparedTables
from dlstudio.evaluation.generation import JudgedRows, Rival, judge_samples
from dlstudio.evaluation.sample_features import (
    FeatureSpace,
    learn_feature_space,
    plain_feature_space,
)
from dlstudio.reports.generation import CopyVerdict, GenerationReport
from dlstudio.reports.metrics import METRICS

datasets: Any = typed_datasets  # the functions return less than their type hints say

NAMES = tuple("0123456789")


class _Digits:
    """Real 8x8 digits: new rows, held-out rows and training rows."""

    def __init__(self, seed: int) -> None:
        rows, labels = datasets.load_digits(return_X_y=True)
        order = np.random.default_rng(seed).permutation(len(rows))
        images = (rows / 8.0 - 1.0).reshape(-1, 8, 8, 1).astype(np.float32)[order]
        self.honest, self.held_out, self.train = images[:300], images[300:600], images[600:]
        self.honest_labels, self.labels = labels[order][:300], labels[order][600:]

    def judged(self, samples: np.ndarray, space: FeatureSpace) -> GenerationReport:
        rows = JudgedRows(samples, self.train, self.held_out, self.labels, NAMES)
        return judge_samples(rows, space, None, seed=0)


def _codes(report: GenerationReport) -> set[str]:
    return {alarm.code for alarm in report.alarms}


@pytest.mark.tensorflow
@pytest.mark.slow
def test_a_collapse_is_caught_and_honest_samples_are_not() -> None:
    digits = _Digits(7)
    space = learn_feature_space(digits.train, digits.labels, seed=0)
    honest = digits.judged(digits.honest, space)
    assert _codes(honest) == set()
    assert honest.modes is not None and honest.modes.share_found == 1.0
    one = digits.judged(digits.train[digits.labels == 3], space)
    assert {"missing_classes", "low_recall"} <= _codes(one)
    three = digits.judged(digits.honest[digits.honest_labels < 3], space)
    assert "missing_classes" in _codes(three)
    assert three.modes is not None and three.modes.num_found == 3
    same = digits.judged(digits.honest[:1].repeat(300, axis=0), space)
    assert {"missing_classes", "low_recall", "low_diversity"} <= _codes(same)
    none = digits.judged(digits.honest[:0], space)
    assert (none.num_samples, none.modes) == (0, None)


def test_a_collapse_is_caught_without_classes() -> None:
    digits = _Digits(7)
    space = plain_feature_space(digits.train, seed=0)
    for report in (
        digits.judged(digits.honest[digits.honest_labels == 3], space),
        digits.judged(digits.honest[:1].repeat(300, axis=0), space),
    ):
        assert "low_recall" in _codes(report)
        assert report.modes is None


def test_a_collapse_to_half_of_the_classes_is_caught_without_classes() -> None:
    digits = _Digits(7)
    space = plain_feature_space(digits.train, seed=0)
    half = digits.judged(digits.honest[digits.honest_labels < 5], space)
    assert _codes(half) == {"partial_collapse"}
    assert half.missing_share is not None and half.missing_share > 0.25
    assert half.metrics["missing_share"] == half.missing_share
    honest = digits.judged(digits.honest, space)
    assert honest.missing_share == pytest.approx(0.0, abs=0.05)


@pytest.mark.slow
def test_honest_samples_alarm_seldom() -> None:
    num_alarmed = 0
    for seed in range(10):
        digits = _Digits(seed)
        report = digits.judged(digits.honest, plain_feature_space(digits.train, seed=0))
        num_alarmed += bool(report.alarms)
        assert report.diversity == pytest.approx(1.0, abs=0.1)
    assert num_alarmed == 0


@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_a_copier_is_caught_though_its_scores_are_excellent(noise: float) -> None:
    digits = _Digits(7)
    copies = digits.train[:400] + noise * np.random.default_rng(0).normal(size=(400, 8, 8, 1))
    report = digits.judged(copies, plain_feature_space(digits.train, seed=0))
    assert _codes(report) == {"copies"}
    assert report.memorisation.verdict is CopyVerdict.COPIES
    assert report.alarms[0].problem.startswith("Samples repeat training rows. 100.0 % of the")
    model, resampled = report.scores["model"], report.scores["resampled"]
    assert model.precision == pytest.approx(resampled.precision, abs=0.1)


def test_copies_of_rows_that_samples_are_not_scored_by_are_caught() -> None:
    digits = _Digits(7)
    scored, others = digits.train[:600], digits.train[600:]
    samples = np.concatenate([digits.honest[40:], others[:40]])
    space = plain_feature_space(scored, seed=0)
    rows = JudgedRows(samples, scored, digits.held_out)
    assert _codes(judge_samples(rows, space, None, seed=0)) == set()
    rows = replace(rows, learned=lambda: iter([scored, others]))
    report = judge_samples(rows, space, None, seed=0)
    assert _codes(report) == {"copies"}
    assert all(near.training_row >= 600 for near in report.memorisation.nearest)


@pytest.mark.slow
def test_copies_of_large_images_are_found_in_smaller_ones() -> None:
    random = np.random.default_rng(7)
    coarse = random.normal(size=(300, 10, 9, 3)).astype(np.float32)
    large = coarse.repeat(8, axis=1).repeat(8, axis=2)
    honest, held_out, train = large[:100], large[100:200], large[200:]
    space = plain_feature_space(train, seed=0)
    assert _codes(judge_samples(JudgedRows(honest, train, held_out), space, None, 0)) == set()
    assert "copies" in _codes(judge_samples(JudgedRows(train, train, held_out), space, None, 0))


def _patients(seed: int) -> np.ndarray:
    """Real rows of a table, standardised, in another order for each seed."""
    rows = datasets.load_breast_cancer().data[:, :10]
    order = np.random.default_rng(seed).permutation(len(rows))
    return ((rows - rows.mean(axis=0)) / rows.std(axis=0))[order].astype(np.float32)


def _waves(seed: int) -> np.ndarray:
    """Sequences of two channels: waves of any phase and strength."""
    random = np.random.default_rng(seed)
    phase, strength = random.uniform(0, 6.28, (570, 1)), random.uniform(0.5, 1.5, (570, 1))
    angle = np.linspace(0, 9, 24) + phase
    waves = np.stack([np.sin(angle), np.cos(angle)], axis=-1) * strength[..., None]
    return (waves + random.normal(0, 0.1, waves.shape)).astype(np.float32)


@pytest.mark.parametrize("drawn", [_patients, _waves])
def test_tables_and_sequences_that_collapse_or_copy_are_caught_and_honest_ones_are_not(
    drawn: Callable[[int], np.ndarray],
) -> None:
    for seed in range(3):
        rows = drawn(seed)
        new, others = rows[:140], (rows[280:], rows[140:280])
        noise = 0.01 * np.random.default_rng(seed).normal(size=new.shape).astype(np.float32)
        assert _alarms(new, *others) == set()
        assert "copies" in _alarms(others[0][:140], *others)
        assert {"low_recall", "low_diversity"} <= _alarms(new[:1] + noise, *others)


def _alarms(samples: np.ndarray, train: np.ndarray, held_out: np.ndarray) -> set[str]:
    space = plain_feature_space(train, seed=0)
    return _codes(judge_samples(JudgedRows(samples, train, held_out), space, None, seed=0))


def test_rivals_are_scored_with_as_many_rows() -> None:
    digits = _Digits(7)
    blurred = Rival("blurred", 0.5 * digits.train)
    rows = JudgedRows(digits.honest[:100], digits.train, digits.held_out, rivals=(blurred,))
    report = judge_samples(rows, plain_feature_space(digits.train, seed=0), None, seed=0)
    assert set(report.scores) == {"model", "resampled", "blurred"}
    rival, model = report.scores["blurred"], report.scores["model"]
    assert rival.kid_low is not None and model.kid_high is not None
    assert rival.kid_low > model.kid_high
    assert report == judge_samples(rows, plain_feature_space(digits.train, seed=0), None, seed=0)
    assert GenerationReport.model_validate_json(report.model_dump_json()) == report


def test_samples_that_are_no_numbers_are_left_out_and_told() -> None:
    digits = _Digits(7)
    samples = digits.honest.copy()
    samples[:30, 0, 0, 0] = np.nan
    report = digits.judged(samples, plain_feature_space(digits.train, seed=0))
    assert report.num_samples == 270
    assert report.alarms[0].problem == (
        "30 of 300 samples hold values that are not numbers; they are left out."
    )
    nothing = digits.judged(np.full_like(samples, np.inf), plain_feature_space(digits.train, 0))
    assert nothing.num_samples == 0
    assert nothing.scores["model"].kid is None
    assert nothing.notes == (
        "Samples are not scored: there are fewer than four samples or held-out rows.",
    )
    assert nothing.memorisation.verdict is CopyVerdict.CANNOT_TELL


def test_samples_without_bounds_are_scored() -> None:
    digits = _Digits(7)
    report = digits.judged(1e30 * digits.honest, plain_feature_space(digits.train, seed=0))
    kid = report.scores["model"].kid
    assert kid is not None and kid > 1e6
    assert report.scores["model"].precision == 0.0


@pytest.mark.parametrize("num_rows", [3, 10])
def test_constant_images_and_few_rows_are_judged(num_rows: int) -> None:
    rows = np.zeros((num_rows, 8, 8, 1), dtype=np.float32)
    report = judge_samples(
        JudgedRows(rows, rows, rows), plain_feature_space(rows, seed=0), None, seed=0
    )
    assert report.memorisation.verdict is CopyVerdict.CANNOT_TELL
    assert report.scores["model"].kid == (None if num_rows < 4 else 0.0)
    assert _codes(report) == set()


def test_a_table_is_judged_by_columns_and_by_what_it_teaches() -> None:
    data = datasets.load_breast_cancer()
    order = np.random.default_rng(7).permutation(len(data.data))
    values = np.concatenate([data.data[:, :6], data.target[:, None]], axis=1)[order]
    sides = [values[start::3] for start in range(3)]
    names = tuple(f"x{index}" for index in range(6))
    made = [pa.table(dict(zip([*names, "label"], side.T, strict=True))) for side in sides]
    tables = ComparedTables(*made, numbers=names, categories=("label",), target="label")
    space = plain_feature_space(sides[1], seed=0)
    report = judge_samples(JudgedRows(sides[0], sides[1], sides[2]), space, tables, seed=0)
    assert report.feature_space == "standardised columns"
    assert report.tables is not None and len(report.tables.columns) == 7
    assert {"kid", "column_distance", "pair_distance", "synthetic_score"} <= set(report.metrics)
    assert set(report.metrics) <= set(METRICS)
    assert report.metrics["synthetic_score"] > 0.85
    assert _codes(report) == set()
