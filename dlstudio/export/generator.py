"""A generator.keras file at work: loaded once, asked for samples often."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pyarrow as pa

from dlstudio.errors import NotFoundError
from dlstudio.export.class_blend import blending_model
from dlstudio.export.generator_file import CLASS, CLASS_NAMES, GENERATOR_FILE, VALUES
from dlstudio.export.load import load_model
from dlstudio.models.canvas import NOISE
from dlstudio.models.columns import input_columns
from dlstudio.models.inputs.table import describe_blocks
from dlstudio.models.sequence_values import UNITS_LOST, has_units
from dlstudio.models.table_columns import table_of_columns
from dlstudio.models.tensors import ops
from dlstudio.runs.folders import RunFolder
from dlstudio.spec.canvas import CanvasKind, canvas_kind
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo
from dlstudio.spec.documents import read_spec

VALUES_A_BATCH = 2**20
LARGEST_BATCH = 1_024
NOT_WAVEFORMS = (
    "Sounds are made as spectrograms: which pitch is how loud, step by step. They cannot be played."
)


@dataclass(frozen=True)
class Generator:
    """A loaded generator.

    Attributes:
        model: The file's model.
        kind: What it makes.
        columns: The columns that it makes.
        label: The column whose classes can be asked for; None if they cannot.
        class_names: The classes, in the order of the network; empty without classes.
        latent_size: Numbers of noise a sample.
        notes: What a person should know of the samples, one sentence each.
    """

    model: keras.Model
    kind: CanvasKind
    columns: tuple[ColumnInfo, ...]
    label: ColumnInfo | None
    class_names: tuple[str, ...]
    latent_size: int
    notes: tuple[str, ...] = ()

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the channels of a sequence; empty for anything else."""
        first = self.columns[0].sequence
        return first.channels if first else ()

    def draw(self, noise: np.ndarray, classes: Sequence[str] = ()) -> np.ndarray | pa.Table:
        """Make samples.

        Args:
            noise: Standard normal, float32 `(n, latent_size)`, n at least 1.
            classes: The class of each; empty only without classes.

        Returns:
            Of a table its columns, and the class as the last one; else images uint8 `(n, height,
            width, channels)`, sequences float32 `(n, time, channels)`, sounds as spectrograms.
        """
        given: dict[str, Any] = {NOISE: ops.convert_to_tensor(noise)}
        if self.class_names:
            given[CLASS] = ops.convert_to_tensor(np.asarray(classes, object)[:, None], "string")
        return self._drawn(self.model, given, classes)

    def blend(
        self, noise: np.ndarray, ends: tuple[str, str], shares: np.ndarray
    ) -> np.ndarray | pa.Table:
        """Make samples that are partly of one class and partly of another.

        Args:
            noise: As for `draw`.
            ends: Two of `class_names`.
            shares: How much of the second class each sample is, float `(n,)` in [0, 1]; with 0 and
                1 it is what `draw` makes of that class.

        Returns:
            As `draw`; of a table without the class.

        Raises:
            DataError: Classes cannot be blended: those of a GAN, and of runs before this was kept.
        """
        model = blending_model(self.model)
        rows = np.arange(len(noise))
        mixed = np.zeros((len(noise), len(self.class_names)), "float32")
        for name, share in zip(ends, (1.0 - shares, shares), strict=True):
            mixed[rows, self.class_names.index(name)] += share
        given = {NOISE: ops.convert_to_tensor(noise), CLASS: ops.convert_to_tensor(mixed)}
        return self._drawn(model, given, ())

    def spread_classes(self, count: int, seed: int) -> list[str]:
        """Draw classes as often as the dataset has them."""
        if self.label is None or not self.class_names:
            return []
        rows = {entry.value.removesuffix(".0"): entry.num_rows for entry in self.label.class_counts}
        weights = np.asarray([rows.get(name, 0) for name in self.class_names], "float64")
        shares = weights / weights.sum() if weights.sum() else None
        drawn = np.random.default_rng(seed).choice(len(self.class_names), count, p=shares)
        return [self.class_names[index] for index in drawn.tolist()]

    def _drawn(
        self, model: keras.Model, given: dict[str, Any], classes: Sequence[str]
    ) -> np.ndarray | pa.Table:
        parts: list[dict[str, np.ndarray]] = []
        size = self._batch_size()
        for start in range(0, len(given[NOISE]), size):
            some = {name: value[start : start + size] for name, value in given.items()}
            made: Any = model(some, training=False)
            parts.append({name: np.asarray(value) for name, value in made.items()})
        together = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        if self.kind is CanvasKind.TABLE:
            return self._table(together, classes)
        values = together[VALUES]
        return np.round(values).astype("uint8") if self.kind is CanvasKind.IMAGE else values

    def _table(self, columns: dict[str, np.ndarray], classes: Sequence[str]) -> pa.Table:
        numbers = {
            column.name: column.is_integer
            for column in self.columns
            if column.kind is ColumnKind.NUMBER
        }
        table = table_of_columns(columns, numbers)
        if not classes or self.label is None:
            return table
        return table.append_column(self.label.name, pa.array(list(classes), pa.string()))

    def _batch_size(self) -> int:
        outputs: Any = keras.tree.flatten(self.model.output)
        size = sum(int(np.prod(output.shape[1:])) for output in outputs)
        return max(16, min(LARGEST_BATCH, VALUES_A_BATCH // max(1, size)))


def load_generator(folder: RunFolder) -> Generator:
    """Load the generator of a run.

    Args:
        folder: The run's folder.

    Raises:
        NotFoundError: The run has none.
        DataError: The file is damaged.
    """
    path = folder.path / GENERATOR_FILE
    check_has_generator(path)
    spec = read_spec(folder.spec.read_text(encoding="utf-8"))
    info = DatasetInfo.model_validate_json(folder.dataset.read_text(encoding="utf-8"))
    model = load_model(path)
    given: Any = model.input
    columns = tuple(info.column(name) for name in spec.task.inputs)
    names = ()
    if CLASS in given:
        names = tuple(str(name) for name in model.get_layer(CLASS_NAMES).get_vocabulary()[1:])
    label = info.column(spec.task.label) if names and spec.task.label else None
    kind = canvas_kind(columns) or CanvasKind.TABLE
    notes = ()
    if kind is CanvasKind.SERIES:
        (block,) = describe_blocks(input_columns(spec, info).structured)
        notes = () if has_units(block) else (UNITS_LOST,)
    elif kind is CanvasKind.SOUND:
        notes = (NOT_WAVEFORMS,)
    return Generator(model, kind, columns, label, names, int(given[NOISE].shape[-1]), notes)


def check_has_generator(path: Path) -> None:
    """Refuse a run that draws no samples.

    Raises:
        NotFoundError: There is no such file.
    """
    if not path.exists():
        raise NotFoundError(
            "The run has no generator: only finished runs of a VAE or GAN draw samples.",
            "Choose such a run, or train one with the task generation.",
            where="RUN",
        )
