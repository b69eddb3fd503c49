"""Ensembles: each member has its own loss, and together they give one answer."""

from typing import Any

import keras
import numpy as np
import pytest

from dlstudio.models.members import MemberLoss, MemberMetric, average_members
from dlstudio.models.targets import TargetKind

pytestmark = pytest.mark.tensorflow

GENERATOR = np.random.default_rng(0)
OUTPUTS = GENERATOR.normal(size=(6, 4, 3)).astype("float32")
LOSSES: dict[TargetKind, tuple[Any, np.ndarray]] = {
    TargetKind.CLASSES: (
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        np.asarray([0, 1, 2, 0, 1, 2], "int32"),
    ),
    TargetKind.LABELS: (
        keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1),
        GENERATOR.integers(0, 2, (6, 3)).astype("float32"),
    ),
    TargetKind.VALUES: (
        keras.losses.MeanSquaredError(),
        GENERATOR.normal(size=(6, 3)).astype("float32"),
    ),
}


@pytest.mark.parametrize("kind", TargetKind)
@pytest.mark.parametrize("weights", [None, np.asarray([1, 2, 0, 1, 1, 3], "float32")])
def test_the_loss_of_an_ensemble_is_the_mean_of_its_members(
    kind: TargetKind, weights: np.ndarray | None
) -> None:
    loss, targets = LOSSES[kind]
    plain: Any = loss
    alone = [float(plain(targets, OUTPUTS[:, member], weights)) for member in range(4)]
    wrapped: Any = MemberLoss(loss)
    together = float(wrapped(targets, OUTPUTS, weights))
    assert together == pytest.approx(np.mean(alone), rel=1e-5)


@pytest.mark.parametrize("kind", TargetKind)
def test_a_single_network_has_the_loss_it_always_had(kind: TargetKind) -> None:
    loss, targets = LOSSES[kind]
    outputs = OUTPUTS[:, 0]
    plain: Any = loss
    wrapped: Any = MemberLoss(loss)
    assert float(wrapped(targets, outputs)) == pytest.approx(float(plain(targets, outputs)))
    assert average_members(outputs, kind) is outputs


def test_classes_are_averaged_as_probabilities() -> None:
    combined: Any = keras.ops.softmax(average_members(OUTPUTS, TargetKind.CLASSES))
    expected = np.exp(OUTPUTS) / np.exp(OUTPUTS).sum(axis=-1, keepdims=True)
    assert np.allclose(combined, expected.mean(axis=1), atol=1e-6)


def test_labels_are_averaged_as_probabilities() -> None:
    combined: Any = keras.ops.sigmoid(average_members(OUTPUTS, TargetKind.LABELS))
    assert np.allclose(combined, (1 / (1 + np.exp(-OUTPUTS))).mean(axis=1), atol=1e-6)


def test_values_are_averaged() -> None:
    combined = average_members(OUTPUTS, TargetKind.VALUES)
    assert np.allclose(combined, OUTPUTS.mean(axis=1), atol=1e-6)


def test_a_metric_measures_what_the_members_answer_together() -> None:
    _, targets = LOSSES[TargetKind.CLASSES]
    metric: Any = MemberMetric(
        keras.metrics.SparseCategoricalAccuracy(name="accuracy"), TargetKind.CLASSES
    )
    for rows in (slice(0, 2), slice(2, 6)):
        metric.update_state(targets[rows], OUTPUTS[rows])
    best = np.asarray(average_members(OUTPUTS, TargetKind.CLASSES)).argmax(axis=1)
    assert metric.name == "accuracy"
    assert float(metric.result()) == pytest.approx(np.mean(best == targets))
    metric.reset_state()
    assert float(metric.result()) == 0.0
