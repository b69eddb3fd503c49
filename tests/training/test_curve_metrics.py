"""The live curves count as the report does."""

from typing import Any

import keras
import numpy as np
import pytest

from dlstudio.spec.task import TaskKind, TaskSpec
from dlstudio.spec.training import TrainingSpec
from dlstudio.training.compile import compile_model

pytestmark = pytest.mark.tensorflow


def network_of(task: TaskSpec, scale: np.ndarray | None = None) -> keras.Model:
    """A compiled network that answers with its inputs."""
    inputs = keras.Input((2,))
    model = keras.Model(inputs, keras.layers.Activation("linear")(inputs))
    compile_model(model, task, TrainingSpec(), 10, scale)
    return model


def test_rmse_of_several_targets_is_the_mean_of_their_own() -> None:
    task = TaskSpec(kind=TaskKind.REGRESSION, inputs=("a",), targets=("small", "large"))
    model = network_of(task, np.array([1.0, 100.0], "float32"))

    outputs = np.ones((3, 2), "float32")
    found: Any = model.evaluate(outputs, np.zeros((3, 2), "float32"), return_dict=True)

    assert found["rmse"] == pytest.approx((1 + 100) / 2)


def test_a_multi_label_row_is_right_only_if_all_its_labels_are() -> None:
    task = TaskSpec(kind=TaskKind.CLASSIFICATION, inputs=("a",), targets=("x", "y"))
    logits = np.array([[2, -2], [2, 2], [-2, -2], [0, 2]], "float32")
    labels = np.array([[1, 0], [1, 0], [0, 0], [1, 1]], "float32")

    found: Any = network_of(task).evaluate(logits, labels, return_dict=True)

    assert found["accuracy"] == pytest.approx(3 / 4)
