"""From a dataset and a spec to everything that learning the inputs themselves needs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import keras
import numpy as np

from dlstudio.data.dataset import Dataset
from dlstudio.data.splits import Split, split_rows
from dlstudio.errors import DataError
from dlstudio.models.canvas import CONDITION, Canvas, canvas_of, is_conditional
from dlstudio.models.code_notes import code_notes
from dlstudio.models.columns import input_columns
from dlstudio.models.inputs.table import describe_blocks
from dlstudio.models.preprocessing import Preprocessor, fit_preprocessor
from dlstudio.models.rows import DatasetRows
from dlstudio.models.targets import class_texts
from dlstudio.models.unsupervised_network import build_unsupervised_network
from dlstudio.settings import read_settings
from dlstudio.spec.batch_size import resolve_batch_size
from dlstudio.spec.dataset import ColumnInfo, DatasetInfo
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from dlstudio.spec.unsupervised_defaults import anomalous_values
from dlstudio.training.examples import Examples, PreparedData
from dlstudio.training.features import compute_features
from dlstudio.training.prepare import rows_to_fit

MOST_NAMED, MOST_COMPARED = 10, 100


@dataclass(frozen=True)
class Labels:
    """What is known about the rows beside the inputs.

    Attributes:
        column: The column it is from.
        texts: One text a row of the dataset, object `(num_rows,)`; "" where it is missing.
        is_anomaly: Of an anomaly detection, which rows are known to be anomalies, bool
            `(num_rows,)`.
        classes: The different texts, sorted.
    """

    column: str
    texts: np.ndarray
    is_anomaly: np.ndarray
    classes: tuple[str, ...]


@dataclass(frozen=True)
class CanvasPreparation:
    """What training starts from.

    Attributes:
        data: Features of training and validation; targets are not looked at.
        source: The dataset's rows.
        preprocessor: Fitted on the training rows.
        network: Uncompiled, with its first weights.
        canvas: The form of an example.
        split: The rows of each split, known anomalies among them.
        learned: The rows of each split that are learned from; fewer if only normal rows are.
        labels: What is known beside the inputs, if a target is chosen.
        batch_size: Rows a batch; what "auto" came to.
        notes: What a person should know, one sentence each.
    """

    data: PreparedData
    source: DatasetRows
    preprocessor: Preprocessor
    network: keras.Model
    canvas: Canvas
    split: Split
    learned: Split
    labels: Labels | None
    batch_size: int
    notes: tuple[str, ...] = ()


def prepare_unsupervised(
    dataset: Dataset, spec: RunSpec, report: Callable[[str], None] = lambda _text: None
) -> CanvasPreparation:
    """Split the rows, fit the preprocessing on the training rows, and build the network.

    Args:
        dataset: The dataset that the spec names.
        spec: A spec without problems, whose task `is_unsupervised`.
        report: Is told what takes long, such as the decoding of files, in words.

    Returns:
        Everything ready to be compiled and trained.

    Raises:
        DataError: Nothing is left to train on, or to choose the best epoch with; or a file of the
            dataset is gone or damaged.
    """
    info = dataset.info
    blocks = describe_blocks(input_columns(spec, info).structured)
    columns = [*spec.task.inputs, *spec.task.targets]
    source = DatasetRows(dataset, columns, blocks, report)
    labels = labels_of(spec, info, source.raw)
    split = split_rows(dataset, spec.split, spec.task.targets)
    learned = learned_rows(spec, split, labels)
    rows = rows_to_fit(source, spec, blocks, learned.train)
    preprocessor = fit_preprocessor(spec, info, rows)
    canvas = canvas_of(spec, info)
    train, validation = (
        _examples(preprocessor, source, part, labels if is_conditional(spec) else None)
        for part in (learned.train, learned.validation)
    )
    return CanvasPreparation(
        data=PreparedData(train, validation),
        source=source,
        preprocessor=preprocessor,
        network=build_unsupervised_network(spec, info),
        canvas=canvas,
        split=split,
        learned=learned,
        labels=labels,
        batch_size=resolve_batch_size(spec.training.batch_size, len(learned.train)),
        notes=(
            *_left_out(spec, split, learned, labels),
            *_constants(spec, info, train),
            *code_notes(spec, canvas),
        ),
    )


def labels_of(spec: RunSpec, info: DatasetInfo, raw: Mapping[str, np.ndarray]) -> Labels | None:
    """Read what is known about the rows beside the inputs.

    Args:
        spec: The spec.
        info: The dataset.
        raw: All rows of the target column, if there is one.
    """
    column = spec.task.label
    if column is None:
        return None
    texts = class_texts(raw[column])
    meant = [value.removesuffix(".0") for value in anomalous_values(spec.task, info)]
    is_anomaly = np.isin(texts, np.asarray(meant, object))
    if spec.task.kind is not TaskKind.ANOMALY:
        is_anomaly = np.zeros(len(texts), bool)
    classes = tuple(sorted({text for text in texts.tolist() if text}))
    return Labels(column, texts, is_anomaly, classes)


def learned_rows(spec: RunSpec, split: Split, labels: Labels | None) -> Split:
    """Choose the rows to learn from.

    Args:
        spec: The spec.
        split: All rows of each part.
        labels: What is known about them.

    Returns:
        The parts; without known anomalies where only normal rows are learned from, and without
        rows of no class where the network is told the class.

    Raises:
        DataError: Nothing is left for training or validation.
    """
    learned = split
    if labels is not None and spec.task.kind is TaskKind.ANOMALY and spec.task.normal_only:
        learned = Split(
            train=split.train[~labels.is_anomaly[split.train]],
            validation=split.validation[~labels.is_anomaly[split.validation]],
            test=split.test,
        )
    elif labels is not None and is_conditional(spec):
        known = labels.texts != ""
        learned = Split(
            train=split.train[known[split.train]],
            validation=split.validation[known[split.validation]],
            test=split.test,
        )
    parts = (
        ("training", split.train, learned.train),
        ("validation", split.validation, learned.validation),
    )
    for name, offered, rows in parts:
        if not len(rows):
            raise _nothing_left(spec, name, num_offered=len(offered))
    return learned


def _nothing_left(spec: RunSpec, part: str, num_offered: int) -> DataError:
    problem = f"No rows are left for {part}: "
    if not num_offered:
        return DataError(
            f"{problem}the split gives it none.",
            "Give it a larger share, or add more rows; rows whose files are equal stay in one "
            "part.",
            where="split",
        )
    if spec.task.kind is TaskKind.ANOMALY:
        return DataError(
            f"{problem}all {num_offered:,} count as anomalies.",
            "Check which values mean an anomaly, or turn off learning from normal rows only.",
            where="task.anomalies",
        )
    return DataError(
        f"{problem}none of its {num_offered:,} has a class in '{spec.task.label}'.",
        "Fill in the classes, choose another column of classes, or turn off Conditional.",
        where="architecture.conditional",
    )


def _examples(
    preprocessor: Preprocessor, source: DatasetRows, rows: np.ndarray, labels: Labels | None
) -> Examples:
    features = compute_features(preprocessor, source, rows, read_settings().cache_folder)
    if labels is not None:
        number = {name: index for index, name in enumerate(labels.classes)}
        codes = [number.get(text, 0) for text in labels.texts[rows].tolist()]
        features[CONDITION] = np.asarray(codes, "int32")[:, None]
    return Examples(features, np.zeros((len(rows), 1), "uint8"))


def _left_out(spec: RunSpec, split: Split, learned: Split, labels: Labels | None) -> Iterator[str]:
    num_left_out = len(split.train) - len(learned.train)
    if num_left_out:
        noun = "row was" if num_left_out == 1 else "rows were"
        why = "known anomalies" if spec.task.kind is TaskKind.ANOMALY else "rows without a class"
        yield f"{num_left_out:,} training {noun} left out: {why}."
    if labels is not None and spec.task.kind is TaskKind.ANOMALY:
        num_unknown = int((labels.texts == "").sum())
        if num_unknown:
            yield f"{num_unknown:,} rows without a value in {labels.column!r} count as normal."


def _constants(spec: RunSpec, info: DatasetInfo, train: Examples) -> Iterator[str]:
    """Say what cannot be learned from, since it never changes."""
    columns = [info.column(name) for name in spec.task.inputs]
    names = [column.name for column in columns if _is_constant(column)]
    if names and len(names) < len(columns):
        shown = ", ".join(repr(name) for name in names[:MOST_NAMED])
        yield f"Nothing can be learned from {shown}: the same value stands in every row."
    elif all(len(values) > 1 and (values == values[:1]).all() for values in _drawn(train)):
        yield "All training examples are the same, so there is nothing to learn from them."


def _is_constant(column: ColumnInfo) -> bool:
    return column.num_distinct == 1 and not column.num_missing


def _drawn(train: Examples) -> list[np.ndarray]:
    """The features, of a few rows where these already differ."""
    few = [values[:MOST_COMPARED] for name, values in train.features.items() if name != CONDITION]
    if any((values != values[:1]).any() for values in few):
        return few
    return [values for name, values in train.features.items() if name != CONDITION]
