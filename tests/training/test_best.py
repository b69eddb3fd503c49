"""Which epoch is best, the order of examples, and the weights of classes."""

import math

import numpy as np
import pytest

from dlstudio.spec.training import ClassWeights, EarlyStopping, KeptWeights, TrainingSpec
from dlstudio.training.best import (
    follow_best,
    follow_kept,
    follow_plateau,
    is_finite,
    is_stalled,
    reduced_rate,
)
from dlstudio.training.class_weights import weigh_classes
from dlstudio.training.examples import Examples
from dlstudio.training.order import epoch_order
from dlstudio.training.state import BestEpoch, Plateau


def followed(values: list[float], stopping: EarlyStopping | None) -> BestEpoch:
    best = BestEpoch()
    name = stopping.monitor if stopping else "loss"
    for epoch, value in enumerate(values, start=1):
        best = follow_best(best, epoch, {"loss": value, name: value}, stopping)
    return best


def test_the_smallest_loss_is_best() -> None:
    best = followed([3.0, 1.0, 2.0, 1.0], None)

    assert (best.epoch, best.value, best.num_epochs_since) == (2, 1.0, 2)


def test_the_largest_accuracy_is_best() -> None:
    best = followed([0.5, 0.9, 0.7], EarlyStopping(patience=1, monitor="accuracy"))

    assert best.epoch == 2
    assert is_stalled(best, EarlyStopping(patience=1, monitor="accuracy"))
    assert not is_stalled(best, EarlyStopping(patience=2, monitor="accuracy"))
    assert not is_stalled(best, None)


def test_the_last_epoch_is_kept_where_a_loss_says_nothing() -> None:
    last = TrainingSpec(keep=KeptWeights.LAST, early_stopping=None)
    best = BestEpoch()
    for epoch, loss in enumerate([1.0, 3.0, 2.0], start=1):
        best = follow_kept(best, epoch, {"loss": loss}, last)

    assert (best.epoch, best.value, best.num_epochs_since) == (3, 2.0, 0)
    usual = follow_kept(best, 4, {"loss": 9.0}, TrainingSpec())
    assert (usual.epoch, usual.num_epochs_since) == (3, 1)


def test_small_gains_do_not_count() -> None:
    best = followed([1.0, 0.95, 0.85], EarlyStopping(patience=5, min_delta=0.1))

    assert best.epoch == 3


def test_the_rate_falls_when_the_loss_stalls() -> None:
    plateau, falls = Plateau(), []
    for _ in range(11):
        plateau, fell = follow_plateau(plateau, 1.0)
        falls.append(fell)

    assert [epoch for epoch, fell in enumerate(falls, start=1) if fell] == [6, 11]
    assert reduced_rate(0.1, 0.1) == pytest.approx(0.03)
    assert reduced_rate(1e-4, 0.1) == pytest.approx(1e-4)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_none_are_noticed(value: float) -> None:
    assert is_finite({"loss": 1.0})
    assert not is_finite({"accuracy": 1.0, "loss": value})


def test_the_order_depends_on_seed_and_epoch_alone() -> None:
    order = epoch_order(7, 3, 100)

    np.testing.assert_array_equal(order, epoch_order(7, 3, 100))
    np.testing.assert_array_equal(np.sort(order), np.arange(100))
    assert not np.array_equal(order, epoch_order(7, 4, 100))
    assert not np.array_equal(order, epoch_order(8, 3, 100))


def labelled(*targets: int) -> Examples:
    return Examples({"inputs": np.zeros((len(targets), 1))}, np.array(targets, "int32"))


def test_balanced_weights_equal_those_of_scikit_learn() -> None:
    from sklearn.utils.class_weight import compute_sample_weight

    examples = labelled(0, 0, 0, 0, 1, 1, 3)

    weights = weigh_classes(examples, ClassWeights.BALANCED).weights

    assert weights is not None
    np.testing.assert_allclose(weights, compute_sample_weight("balanced", examples.targets))


def test_auto_balances_only_strong_imbalance() -> None:
    mild, strong = labelled(*[0] * 10, 1), labelled(*[0] * 11, 1)

    assert weigh_classes(mild, ClassWeights.AUTO).weights is None
    assert weigh_classes(strong, ClassWeights.AUTO).weights is not None
    assert weigh_classes(strong, ClassWeights.NONE).weights is None


def test_class_weights_multiply_the_examples_own() -> None:
    examples = labelled(0, 0, 1).with_weights(np.array([1.0, 2.0, 4.0]))

    weights = weigh_classes(examples, ClassWeights.BALANCED).weights

    assert weights is not None
    np.testing.assert_allclose(weights, [0.75, 1.5, 6.0])


def test_numbers_and_labels_have_no_class_weights() -> None:
    examples = Examples({"inputs": np.zeros((2, 1))}, np.array([[0.0, 1.0], [1.0, 1.0]]))

    assert weigh_classes(examples, ClassWeights.BALANCED) is examples
