"""What a dataset contains, without the data: columns, kinds, roles, counts and warnings."""

from enum import StrEnum
from functools import cached_property
from math import isfinite

from pydantic import Field

from dlstudio.errors import NotFoundError
from dlstudio.spec.frozen import Frozen
from dlstudio.spec.media import AudioSummary, ImageSummary, SequenceSummary, VideoSummary


class ColumnKind(StrEnum):
    """What the values of a column are; decides how they are read, shown and fed to a network."""

    NUMBER = "number"  # stored as int64 or float64
    CATEGORY = "category"  # stored as text, exactly as written in the source
    TEXT = "text"
    DATETIME = "datetime"  # stored as timestamp in microseconds, UTC where a zone was given
    IMAGE = "image"  # media kinds are stored as paths relative to the dataset's folder
    AUDIO = "audio"
    VIDEO = "video"
    SEQUENCE = "sequence"  # stored as a flat list of float32, see `SequenceSummary`
    IDENTIFIER = "identifier"  # stored as text; never an input by default


class ColumnRole(StrEnum):
    """What a column is for when a new run is drafted."""

    INPUT = "input"
    TARGET = "target"
    GROUP = "group"  # rows with the same value stay in the same split
    TIME = "time"  # rows are split by this order
    SPLIT = "split"  # the column itself says train, validation or test
    IGNORE = "ignore"


class ClassCount(Frozen):
    """One distinct value and the number of rows that hold it."""

    value: str
    num_rows: int


class ColumnInfo(Frozen):
    """One column, as the profile found it.

    `num_distinct` counts non-missing values and is exact. `top_values` lists the most frequent
    values, most frequent first: all of them up to 1,000 for categories, a few examples for the
    other kinds. The numeric summary is there for numbers only; `first` and `last` (ISO 8601) for
    datetimes; the mean and maximum length, in characters, for texts; one of `image`, `audio`,
    `video` and `sequence` for columns of that kind.
    """

    name: str
    kind: ColumnKind
    role: ColumnRole = ColumnRole.INPUT
    num_missing: int = 0
    num_distinct: int = 0
    top_values: tuple[ClassCount, ...] = ()
    is_integer: bool = False
    min: float | None = None
    max: float | None = None
    mean: float | None = None
    std: float | None = None
    quantiles: tuple[float, ...] = Field(
        default=(), description="Values at 0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99 and 1."
    )
    histogram_edges: tuple[float, ...] = ()
    histogram_counts: tuple[int, ...] = ()
    num_infinite: int = 0
    usual_count: int | None = Field(
        default=None,
        description="Median rows that share a value, see `data.usual_count`; not of datetimes and "
        "files.",
    )
    num_unreadable: int = Field(default=0, description="Cells that became missing when read.")
    first: str | None = None
    last: str | None = None
    step_s: float | None = Field(
        default=None, description="Median seconds between neighbouring different datetimes."
    )
    mean_length: float | None = None
    max_length: int | None = None
    image: ImageSummary | None = None
    audio: AudioSummary | None = None
    video: VideoSummary | None = None
    sequence: SequenceSummary | None = None

    @property
    def class_counts(self) -> tuple[ClassCount, ...]:
        """The values in `top_values` that can be classes; infinite numbers count as missing."""
        if self.kind is not ColumnKind.NUMBER or not self.num_infinite:
            return self.top_values
        return tuple(entry for entry in self.top_values if isfinite(float(entry.value)))

    @property
    def num_classes(self) -> int:
        """How many different classes the column holds."""
        return self.num_distinct - (len(self.top_values) - len(self.class_counts))

    @property
    def classes(self) -> tuple[str, ...]:
        """The distinct values in `top_values`, sorted; numbers by value, the rest by text."""
        values = [entry.value for entry in self.class_counts]
        try:
            return tuple(sorted(values, key=float))
        except ValueError:
            return tuple(sorted(values))


class QualityWarning(Frozen):
    """Something about the data that may spoil a model.

    `code` is stable and kebab-case, such as "missing-values"; `where` is the column's name, or
    empty for the whole table.
    """

    code: str
    where: str
    problem: str
    fix: str


class UnreadableEntry(Frozen):
    """A row or cell that could not be read, with its line in the source."""

    line: int | None
    column: str
    text: str
    reason: str


class SourceInfo(Frozen):
    """Where the data came from and how it was read.

    `num_rows_repeated` counts rows that were left out later because they repeat an earlier one.
    """

    file_name: str
    size_bytes: int
    format: str
    options: dict[str, str | int | bool | None] = {}
    num_rows_rejected: int = 0
    num_rows_repeated: int = 0
    num_cells_unreadable: int = 0
    unreadable: tuple[UnreadableEntry, ...] = ()


class LabelList(Frozen):
    """The different labels of a column whose cells list several, sorted.

    `empty_is_no_label` says that a missing cell lists none of them; else its labels are not known.
    """

    column: str
    separator: str
    names: tuple[str, ...]
    empty_is_no_label: bool = False


class DatasetInfo(Frozen):
    """A dataset version, without its rows; the fingerprint names its content.

    `labels` is filled in for a run whose target lists several labels in a cell.
    """

    name: str
    fingerprint: str
    num_rows: int
    columns: tuple[ColumnInfo, ...]
    warnings: tuple[QualityWarning, ...] = ()
    source: SourceInfo
    created_at: str
    size_bytes: int = 0
    labels: tuple[LabelList, ...] = ()

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of all columns in the order of the source."""
        return tuple(column.name for column in self.columns)

    def has_column(self, name: str) -> bool:
        """Whether there is a column of this name; `in column_names` is slow with thousands."""
        return self._place_of(name) is not None

    def column(self, name: str) -> ColumnInfo:
        """Return one column.

        Args:
            name: The column's name, exactly.

        Raises:
            NotFoundError: There is no such column.
        """
        return self.columns[self.place(name)]

    def place(self, name: str) -> int:
        """Return the place of a column in the table, from 0.

        Args:
            name: The column's name, exactly.

        Raises:
            NotFoundError: There is no such column.
        """
        place = self._place_of(name)
        if place is not None:
            return place
        raise NotFoundError(
            f"The dataset {self.name!r} has no column {name!r}.",
            f"Choose one of: {', '.join(self.column_names[:20])}.",
            where=name,
        )

    def _place_of(self, name: str) -> int | None:
        place = self._places.get(name, -1)
        # A copy with other columns keeps what was remembered of the first ones.
        if 0 <= place < len(self.columns) and self.columns[place].name == name:
            return place
        return next((at for at, column in enumerate(self.columns) if column.name == name), None)

    @cached_property
    def _places(self) -> dict[str, int]:
        """Remembered, because thousands of columns are looked up by name again and again."""
        return {column.name: place for place, column in enumerate(self.columns)}

    def with_role(self, role: ColumnRole) -> tuple[str, ...]:
        """Names of the columns that have a role."""
        return tuple(column.name for column in self.columns if column.role is role)
