"""What a network should answer: raw target columns to arrays, and what the answers mean."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo
from dlstudio.spec.labels import known_labels, labels_in
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import EmptyCells, TaskKind, TaskSpec

YES_WORDS = frozenset({"1", "true", "yes", "y", "t", "on", "positive", "pos", "present"})


class TargetKind(StrEnum):
    """The shape of an answer."""

    CLASSES = "classes"  # one of several classes; targets are int32 class numbers (n,)
    LABELS = "labels"  # any number of labels; targets are float32 zeros and ones (n, L)
    VALUES = "values"  # numbers; targets are float32 standardised values (n, T)


def target_kind(task: TaskSpec) -> TargetKind:
    """What kind of answer a task asks for."""
    if task.kind in (TaskKind.REGRESSION, TaskKind.FORECASTING):
        return TargetKind.VALUES
    return TargetKind.LABELS if task.is_multi_label else TargetKind.CLASSES


@dataclass(frozen=True)
class TargetCodec:
    """Translates between target columns and what the network is trained on.

    Attributes:
        kind: The shape of an answer.
        targets: Names of the target columns.
        names: Class names in the order of the network's outputs; label names for several labels;
            the target columns for values. Empty only for classes that `info` does not list.
        num_outputs: Outputs of the network.
        positives: For several label columns, the text that stands for yes in each.
        separator: For one label column, what stands between two labels.
        empty_is_no_label: For one label column, a missing cell says that no label applies.
        means: For values, the mean of each target over the training rows.
        scales: For values, the standard deviation of each target over the training rows.
    """

    kind: TargetKind
    targets: tuple[str, ...]
    names: tuple[str, ...]
    num_outputs: int
    positives: tuple[str, ...] = ()
    separator: str | None = None
    empty_is_no_label: bool = False
    means: tuple[float, ...] = ()
    scales: tuple[float, ...] = ()

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes; empty unless the answer is one of several classes."""
        return self.names if self.kind is TargetKind.CLASSES else ()

    @property
    def label_names(self) -> tuple[str, ...]:
        """Names of the labels; empty unless the answer is any number of labels."""
        return self.names if self.kind is TargetKind.LABELS else ()

    def encode(self, raw: Mapping[str, np.ndarray]) -> np.ndarray:
        """Turn target columns into what the network is trained on.

        Args:
            raw: The target columns, one 1-D array each.

        Returns:
            Int32 class numbers `(n,)`, -1 where the class is missing or was never seen; float32
            zeros and ones `(n, L)`; or float32 standardised values `(n, T)`, NaN where missing.
        """
        columns = [raw[name] for name in self.targets]
        if self.kind is TargetKind.VALUES:
            values = np.stack([np.asarray(column, "float64") for column in columns], axis=1)
            return ((values - self.means) / self.scales).astype("float32")
        if self.kind is TargetKind.CLASSES:
            number = {name: index for index, name in enumerate(self.names)}
            texts = class_texts(columns[0]).tolist()
            return np.asarray([number.get(text, -1) for text in texts], "int32")
        if self.separator is not None:
            return self._encode_lists(class_texts(columns[0]))
        yes = [class_texts(column) == self.positives[i] for i, column in enumerate(columns)]
        return np.stack(yes, axis=1).astype("float32")

    def _encode_lists(self, texts: np.ndarray) -> np.ndarray:
        place = {name: index for index, name in enumerate(self.names)}
        encoded = np.zeros((len(texts), len(self.names)), "float32")
        for row, text in enumerate(texts.tolist()):
            for label in labels_in(text, self.separator or ""):
                if label in place:
                    encoded[row, place[label]] = 1.0
        return encoded


def codec_of(spec: RunSpec, info: DatasetInfo) -> TargetCodec:
    """Make the codec that a spec and its dataset determine, without looking at the data.

    Args:
        spec: A spec without problems.
        info: The dataset it names.

    Returns:
        The codec; for values its means are 0 and its scales 1 until `fit_codec` fits them.
    """
    kind, targets = target_kind(spec.task), spec.task.targets
    columns = [info.column(name) for name in targets]
    if kind is TargetKind.VALUES:
        zeros, ones = (0.0,) * len(targets), (1.0,) * len(targets)
        return TargetCodec(kind, targets, targets, len(targets), means=zeros, scales=ones)
    if kind is TargetKind.CLASSES:
        return TargetCodec(kind, targets, _listed_classes(columns[0]), columns[0].num_classes)
    separator = spec.task.label_separator
    if separator is not None:
        names = _ordered(known_labels(info, targets[0], separator) or ())
        return TargetCodec(
            kind,
            targets,
            names,
            len(names),
            separator=separator,
            empty_is_no_label=spec.task.empty_cells is EmptyCells.NO_LABEL,
        )
    positives = tuple(_positive(_ordered(_texts_of(column))) for column in columns)
    return TargetCodec(kind, targets, targets, len(targets), positives=positives)


def fit_codec(codec: TargetCodec, raw: Mapping[str, np.ndarray], train: np.ndarray) -> TargetCodec:
    """Complete a codec with what only the data tells.

    Args:
        codec: What `codec_of` made.
        raw: All rows of the target columns that the run uses.
        train: Positions of the training rows in `raw`.

    Returns:
        The codec; classes have names, values the mean and spread of their training rows.
    """
    if codec.kind is TargetKind.CLASSES and not codec.names:
        names = _ordered(text for text in set(class_texts(raw[codec.targets[0]])) if text)
        return replace(codec, names=names, num_outputs=len(names))
    if codec.kind is not TargetKind.VALUES:
        return codec
    rows = [np.asarray(raw[name], "float64")[train] for name in codec.targets]
    means = tuple(float(column.mean()) for column in rows)
    spreads = [float(column.std()) for column in rows]
    scales = tuple(
        spread if spread > 1e-9 * max(abs(mean), 1e-20) else 1.0
        for spread, mean in zip(spreads, means, strict=True)
    )
    return replace(codec, means=means, scales=scales)


def has_target(codec: TargetCodec, raw: Mapping[str, np.ndarray]) -> np.ndarray:
    """Which rows have every target, bool `(n,)`; an empty cell is one if it says "no label"."""
    present = np.ones(len(raw[codec.targets[0]]), bool)
    if codec.empty_is_no_label:
        return present
    for name in codec.targets:
        values = raw[name]
        present &= values != "" if values.dtype == object else np.isfinite(values)
    return present


def unknown_labels(codec: TargetCodec, raw: Mapping[str, np.ndarray]) -> set[str]:
    """Labels that cells list and the codec does not know, so that `encode` leaves them out.

    Args:
        codec: The codec.
        raw: The target columns.

    Returns:
        The labels; none unless one column lists several.
    """
    if codec.separator is None:
        return set()
    cells = class_texts(raw[codec.targets[0]]).tolist()
    found = {label for text in cells for label in labels_in(text, codec.separator)}
    return found - set(codec.names)


def class_texts(values: np.ndarray) -> np.ndarray:
    """The texts that stand for the values of a target column.

    Args:
        values: A raw column: texts, or numbers with NaN where missing.

    Returns:
        Object array of str; 1.0 becomes "1", missing values "".
    """
    if values.dtype == object:
        return values
    known, place = np.unique(values, return_inverse=True)
    texts = np.asarray([_number_text(float(number), values.dtype) for number in known], object)
    return texts[place]


def _listed_classes(column: ColumnInfo) -> tuple[str, ...]:
    texts = _texts_of(column)
    return _ordered(texts) if len(texts) == column.num_classes else ()


def _texts_of(column: ColumnInfo) -> list[str]:
    values = [entry.value for entry in column.class_counts]
    if column.kind is not ColumnKind.NUMBER:
        return values
    return class_texts(np.asarray([float(value) for value in values], "float32")).tolist()


def _ordered(texts: Iterable[str]) -> tuple[str, ...]:
    """Sorted by value if all are numbers, else by text; as `ColumnInfo.classes` does."""
    listed = sorted(texts)
    try:
        return tuple(sorted(listed, key=float))
    except ValueError:
        return tuple(listed)


def _positive(texts: tuple[str, ...]) -> str:
    """The text that means yes: a usual word for it, else the last one."""
    for text in texts:
        if text.lower() in YES_WORDS:
            return text
    return texts[-1] if texts else ""


def _number_text(number: float, dtype: np.dtype) -> str:
    if not np.isfinite(number):
        return ""
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return str(dtype.type(number))
