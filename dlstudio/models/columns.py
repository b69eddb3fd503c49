"""The input columns of a spec by kind, each with its complete preprocessing."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from dlstudio.spec.dataset import ColumnInfo, DatasetInfo
from dlstudio.spec.inputs.category import CategoryPreprocessing
from dlstudio.spec.inputs.datetime import DatetimePreprocessing
from dlstudio.spec.inputs.number import NumberPreprocessing
from dlstudio.spec.inputs.text import TextPreprocessing
from dlstudio.spec.preprocessing import ColumnPreprocessing, resolve_preprocessing
from dlstudio.spec.run import RunSpec

Settings = TypeVar("Settings", bound=ColumnPreprocessing)


@dataclass(frozen=True)
class InputColumn(Generic[Settings]):
    """One input column and what is to be done with it."""

    info: ColumnInfo
    settings: Settings

    @property
    def name(self) -> str:
        """The column's name in the dataset."""
        return self.info.name

    @property
    def may_be_missing(self) -> bool:
        """Whether rows of the dataset lack this value; an infinite number counts as missing."""
        return self.info.num_missing > 0 or self.info.num_infinite > 0


NumberColumn = InputColumn[NumberPreprocessing]
CategoryColumn = InputColumn[CategoryPreprocessing]
DatetimeColumn = InputColumn[DatetimePreprocessing]
TextColumn = InputColumn[TextPreprocessing]


@dataclass(frozen=True)
class InputColumns:
    """All input columns by kind; each kind in the order of the spec.

    Texts are here as bags of words; `structured` holds those that are read in order, with images,
    sounds, videos and sequences.
    """

    names: tuple[str, ...]
    numbers: tuple[NumberColumn, ...] = ()
    categories: tuple[CategoryColumn, ...] = ()
    datetimes: tuple[DatetimeColumn, ...] = ()
    texts: tuple[TextColumn, ...] = ()
    structured: tuple[InputColumn[ColumnPreprocessing], ...] = ()


def input_columns(spec: RunSpec, info: DatasetInfo) -> InputColumns:
    """Group the input columns of a spec by kind.

    Args:
        spec: A spec without problems.
        info: The dataset it names.

    Returns:
        The columns with their preprocessing.
    """
    numbers: list[NumberColumn] = []
    categories: list[CategoryColumn] = []
    datetimes: list[DatetimeColumn] = []
    texts: list[TextColumn] = []
    structured: list[InputColumn[ColumnPreprocessing]] = []
    by_name = {column.name: column for column in info.columns}
    for name, settings in resolve_preprocessing(spec, info).items():
        column = by_name[name]
        match settings:
            case NumberPreprocessing():
                numbers.append(InputColumn(column, settings))
            case CategoryPreprocessing():
                categories.append(InputColumn(column, settings))
            case DatetimePreprocessing():
                datetimes.append(InputColumn(column, settings))
            case TextPreprocessing() if not settings.is_sequence:
                texts.append(InputColumn(column, settings))
            case _:
                structured.append(InputColumn(column, settings))
    return InputColumns(
        spec.task.inputs,
        tuple(numbers),
        tuple(categories),
        tuple(datetimes),
        tuple(texts),
        tuple(structured),
    )
