"""What a network answers to the test rows, and how scores of several seeds are written."""

from collections.abc import Sequence
from statistics import mean, stdev

import numpy as np

from benchmarks.trained import train_spec
from dlstudio.data.dataset import Dataset, read_table
from dlstudio.evaluation.predict import predict_raw
from dlstudio.models.rows import DatasetRows
from dlstudio.spec.run import RunSpec
from dlstudio.spec.split import SplitSpec


def seeded(spec: RunSpec, seed: int) -> RunSpec:
    """The same spec with another split and other first weights."""
    split = SplitSpec.model_validate({**spec.split.model_dump(), "seed": seed})
    training = spec.training.model_copy(update={"seed": seed})
    return spec.model_copy(update={"split": split, "training": training})


def network_accuracy(dataset: Dataset, spec: RunSpec) -> float:
    """Train the network of a spec and score what the assembled model answers to the test rows.

    Args:
        dataset: The dataset.
        spec: A classification.

    Returns:
        The share of right answers, 0 to 1.
    """
    model, run = train_spec(dataset, spec)
    rows = DatasetRows(dataset, spec.task.inputs, run.preprocessor.blocks)
    raw = rows.take(spec.task.inputs, run.split.test)
    predicted = predict_raw(model, raw, dataset.info, spec).column("prediction").to_pylist()
    return float(np.mean(np.asarray(predicted) == labels_of(dataset, spec, run.split.test)))


def labels_of(dataset: Dataset, spec: RunSpec, rows: np.ndarray) -> np.ndarray:
    """The target of rows as texts, `(num_rows,)`."""
    values = read_table(dataset, list(spec.task.targets), rows).column(0).to_pylist()
    return np.asarray([str(value) for value in values])


def with_spread(scores: Sequence[float]) -> str:
    """Mean and standard deviation of the scores of several seeds."""
    spread = f" ± {stdev(scores):.3f}" if len(scores) > 1 else ""
    return f"{mean(scores):.3f}{spread}"
