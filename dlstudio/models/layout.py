"""The exact features of a spec, known without looking at the data."""

from dataclasses import dataclass

from dlstudio.models.blocks import Block
from dlstudio.models.columns import InputColumns, NumberColumn, input_columns
from dlstudio.models.inputs.category import EmbeddingTable, category_features, embedding_tables
from dlstudio.models.inputs.datetime import datetime_features
from dlstudio.models.inputs.number import number_features, scaled_columns
from dlstudio.models.inputs.table import describe_blocks
from dlstudio.models.inputs.text import text_features
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.inputs.number import NumberEmbedding
from dlstudio.spec.run import RunSpec


@dataclass(frozen=True)
class PeriodicNumbers:
    """Scaled numbers that the network spreads over learned frequencies.

    Attributes:
        positions: Their places in the dense feature.
        num_frequencies: Frequencies learned for each.
    """

    positions: tuple[int, ...]
    num_frequencies: int


@dataclass(frozen=True)
class FeatureLayout:
    """What the preprocessor hands to the network.

    Attributes:
        dense_names: What each place of the feature "dense", float32 `(batch, num_dense)`, holds.
        tables: The embedding tables that the feature "index", int32 `(batch, num_index)`,
            points into.
        periodic: Numbers with a periodic embedding, by number of frequencies.
        blocks: Inputs with a structure of their own, each a feature by its name.
    """

    dense_names: tuple[str, ...]
    tables: tuple[EmbeddingTable, ...]
    periodic: tuple[PeriodicNumbers, ...]
    blocks: tuple[Block, ...] = ()

    @property
    def num_dense(self) -> int:
        """Width of the feature "dense"; there is no such feature if 0."""
        return len(self.dense_names)

    @property
    def num_index(self) -> int:
        """Width of the feature "index"; there is no such feature if 0."""
        return sum(len(table.columns) for table in self.tables)


def features_of(spec: RunSpec, info: DatasetInfo) -> FeatureLayout:
    """Compute the layout of the features.

    Args:
        spec: A spec without problems.
        info: The dataset it names.

    Returns:
        The layout; the fitted preprocessor gives exactly these widths.
    """
    columns = input_columns(spec, info)
    return FeatureLayout(
        dense_names=_dense_names(columns),
        tables=embedding_tables(columns.categories),
        periodic=_periodic(columns.numbers),
        blocks=describe_blocks(columns.structured),
    )


def _dense_names(columns: InputColumns) -> tuple[str, ...]:
    return (
        *number_features(columns.numbers),
        *category_features(columns.categories),
        *datetime_features(columns.datetimes),
        *text_features(columns.texts),
    )


def _periodic(numbers: tuple[NumberColumn, ...]) -> tuple[PeriodicNumbers, ...]:
    places: dict[int, list[int]] = {}
    for position, column in enumerate(scaled_columns(numbers)):
        if column.settings.embedding is NumberEmbedding.PERIODIC:
            places.setdefault(column.settings.num_bins, []).append(position)
    return tuple(PeriodicNumbers(tuple(places[size]), size) for size in sorted(places))
