"""A typed table whose rows or columns are to become sequences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dlstudio.data.stage import SettledColumn
from dlstudio.errors import DataError
from dlstudio.spec.dataset import ColumnKind, ColumnRole

SEQUENCE_NAME = "sequence"


@dataclass(frozen=True)
class TypedColumn:
    """One column of a typed table."""

    name: str
    kind: ColumnKind
    role: ColumnRole = ColumnRole.INPUT


@dataclass(frozen=True)
class TypedTable:
    """A table whose columns have their kinds.

    Attributes:
        path: The Parquet file.
        columns: Its columns, in order.
        label: What it is called in messages.
    """

    path: Path
    columns: tuple[TypedColumn, ...]
    label: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    def place(self, name: str, where: str) -> int:
        """Find a column.

        Args:
            name: Its name.
            where: The option that names it, for the message.

        Raises:
            DataError: There is no such column.
        """
        if name in self.names:
            return self.names.index(name)
        raise DataError(
            f"{self.label!r} has no column {name!r}.",
            f"Choose one of: {', '.join(self.names[:20])}.",
            where=where,
        )

    def types(self, places: Sequence[int]) -> list[pa.DataType]:
        """The stored types of some columns."""
        schema = pq.read_schema(self.path)
        return [schema.field(place).type for place in places]

    def settled(self, places: Sequence[int]) -> list[SettledColumn]:
        """What is known about some columns."""
        return [
            SettledColumn(self.columns[place].kind, self.columns[place].role) for place in places
        ]

    def batches(self) -> Iterator[pa.Table]:
        """The rows, one row group at a time."""
        with pq.ParquetFile(self.path) as file:
            for group in range(file.num_row_groups):
                yield file.read_row_group(group)

    def free_name(self) -> str:
        """A name for the new column of sequences that no column has."""
        name, number = SEQUENCE_NAME, 2
        while name in self.names:
            name, number = f"{SEQUENCE_NAME}_{number}", number + 1
        return name
