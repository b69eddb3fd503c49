"""Copiers are caught, and those that copy nothing are not."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from sklearn import datasets as typed_datasets

from dlstudio.evaluation.memorisation import chance_of, check_memorisation
from dlstudio.reports.generation import CopyVerdict

datasets: Any = typed_datasets  # the functions return less than their type hints say


def _digits(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows that are new, held-out rows and training rows."""
    rows = np.random.default_rng(seed).permutation(datasets.load_digits(return_X_y=True)[0])
    return rows[:300], rows[300:600], rows[600:]


@pytest.mark.slow
def test_held_out_digits_are_seldom_taken_for_copies() -> None:
    verdicts = []
    for seed in range(40):
        honest, held_out, train = _digits(seed)
        verdicts.append(check_memorisation(honest, [train], held_out, seed).verdict)
    assert CopyVerdict.CANNOT_TELL not in verdicts
    assert verdicts.count(CopyVerdict.COPIES) <= 0.05 * 40


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.5])  # of pixels from 0 to 16
def test_training_rows_and_those_with_a_little_noise_are_caught(noise: float) -> None:
    for seed in range(5):
        _, held_out, train = _digits(seed)
        random = np.random.default_rng(seed)
        chosen = random.integers(len(train), size=200)
        copies = train[chosen] + noise * random.normal(size=(200, 64))
        check = check_memorisation(copies, [train], held_out, seed)
        assert check.verdict is CopyVerdict.COPIES
        assert check.copied_share == pytest.approx(1.0, abs=0.05)
        assert all(near.training_row == chosen[near.sample] for near in check.nearest)
        assert len(check.nearest) == 16


def test_a_model_that_copies_one_sample_in_ten_is_caught() -> None:
    honest, held_out, train = _digits(7)
    check = check_memorisation(np.concatenate([honest[30:], train[:30]]), [train], held_out, 0)
    assert check.verdict is CopyVerdict.COPIES
    assert check.copied_share == pytest.approx(0.1, abs=0.03)
    assert check.explanation.startswith("1")
    assert " % of the samples nearly repeat one training row; of new rows" in check.explanation


def test_training_rows_may_come_in_parts() -> None:
    honest, held_out, train = _digits(7)
    samples = np.concatenate([honest[30:], train[-30:]])
    whole = check_memorisation(samples, [train], held_out, 0)
    parts = [train[:1], train[1:400], train[:0], train[350:400], train[400:]]
    divided = check_memorisation(samples, parts, held_out, 0)
    assert divided.verdict is CopyVerdict.COPIES
    assert divided.copied_share == whole.copied_share
    # 50 rows come twice, so that places after them are later by as many.
    places = [near.training_row + 50 * (near.training_row >= 400) for near in whole.nearest]
    assert [near.training_row for near in divided.nearest] == places


def test_smooth_samples_are_not_called_copies() -> None:
    honest, held_out, train = _digits(7)
    smooth = 0.8 * honest + 0.2 * train.mean(axis=0)
    check = check_memorisation(smooth, [train], held_out, 0)
    assert check.verdict is CopyVerdict.NO_SIGN
    assert check.median_distance is not None and check.median_distance_held_out is not None
    assert check.median_distance < check.median_distance_held_out  # what C_T would accuse


def test_a_copier_is_caught_though_the_data_repeat_rows() -> None:
    _, held_out, train = _digits(7)
    held_out = np.concatenate([held_out, train[:100]])
    copies = np.concatenate([train, train])[:1_500]
    assert check_memorisation(copies, [train], held_out, 0).verdict is CopyVerdict.COPIES


def test_data_in_which_most_rows_repeat_leave_it_open() -> None:
    train = np.array([[a, b] for a in range(4) for b in range(4)], dtype=float).repeat(9, axis=0)
    check = check_memorisation(train[::2], [train], train[1::2], 0)
    assert check.verdict is CopyVerdict.CANNOT_TELL
    assert check.explanation == (
        "100 % of the held-out rows stand among the training rows, too, so that a sample which "
        "does so says nothing."
    )


def _answers(num_rows: int, sharpness: float, random: np.random.Generator) -> np.ndarray:
    """Rows of six questions of a few answers, each row of one of four kinds of people."""
    kinds = random.integers(4, size=num_rows)
    columns = []
    for num_answers in (4, 3, 6, 2, 5, 3):
        usual = np.exp(-0.8 * np.arange(num_answers))
        shares = np.stack([np.roll(usual, kind) for kind in range(4)]) ** sharpness
        levels = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)[kinds, :-1]
        chosen = (random.random((num_rows, 1)) > levels).sum(axis=1)
        columns.append(np.eye(num_answers)[chosen])
    return np.concatenate(columns, axis=1)


@pytest.mark.parametrize("sharpness", [1.0, 1.5])
def test_a_model_that_makes_frequent_rows_too_often_is_no_copier(sharpness: float) -> None:
    verdicts = []
    for seed in range(20):
        random = np.random.default_rng(seed)
        train, held_out = _answers(500, 1.0, random), _answers(150, 1.0, random)
        made = _answers(1_000, sharpness, random)
        verdicts.append(check_memorisation(made, [train], held_out, seed).verdict)
    assert verdicts.count(CopyVerdict.NO_SIGN) >= 10
    assert verdicts.count(CopyVerdict.COPIES) <= 1


def test_a_copier_of_answers_is_caught() -> None:
    for seed in range(5):
        random = np.random.default_rng(seed)
        train, held_out = _answers(500, 1.0, random), _answers(150, 1.0, random)
        copies = train[random.integers(500, size=1_000)]
        verdict = check_memorisation(copies, [train], held_out, seed).verdict
        assert verdict in (CopyVerdict.COPIES, CopyVerdict.CANNOT_TELL)
        if seed == 0:
            assert verdict is CopyVerdict.COPIES


def test_two_rows_leave_it_open() -> None:
    honest, held_out, train = _digits(7)
    for check in (
        check_memorisation(honest[:2], [train], held_out, 0),
        check_memorisation(honest, [train], held_out[:0], 0),
        check_memorisation(honest, [np.zeros((50, 64))], held_out, 0),
    ):
        assert check.verdict is CopyVerdict.CANNOT_TELL
        assert check.explanation.startswith("There are fewer than three samples")


def test_a_handful_of_rows_leaves_it_open() -> None:
    honest, held_out, train = _digits(7)
    check = check_memorisation(honest[:3], [train], held_out[:3], 0)
    assert check.explanation == "There are too few samples and held-out rows."
    assert len(check.nearest) == 3


def test_ten_held_out_rows_catch_a_copier() -> None:
    _, held_out, train = _digits(7)
    assert check_memorisation(train[:10], [train], held_out[:10], 0).verdict is CopyVerdict.COPIES


def test_the_chance_is_that_of_all_orders_counted_out() -> None:
    num_samples, num_held_out, place = 4, 5, 2
    below = []
    for held_out in combinations(range(num_samples + num_held_out), num_held_out):
        below.append(held_out[place - 1] - (place - 1))  # samples before that held-out row
    for count in range(num_samples + 1):
        expected = np.mean(np.array(below) >= count)
        assert chance_of(count, num_samples, num_held_out, place) == pytest.approx(expected)
