"""How a file should be read; what is left open is guessed from the file."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from dlstudio.spec.frozen import Frozen


class FileFormat(StrEnum):
    """The formats that can be read, each also inside .gz or .zip."""

    DELIMITED = "delimited"  # CSV, TSV and every other delimiter
    EXCEL = "excel"
    JSON = "json"
    JSON_LINES = "json-lines"
    PARQUET = "parquet"
    COLLECTION = "collection"  # a folder or archive of many files
    TS = "ts"  # sequences as the UCR archive stores them
    ARFF = "arff"


class DateOrder(StrEnum):
    """What 3/4/2020 means."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class ReadOptions(Frozen):
    """What the reader is told; None means that it guesses."""

    format: FileFormat | None = Field(
        default=None,
        title="Format",
        description="What kind of file this is. The content decides unless you choose.",
    )
    delimiter: str | None = Field(
        default=None,
        min_length=1,
        max_length=1,
        title="Delimiter",
        description="The character between two cells, such as a comma, a semicolon or a tab.",
    )
    encoding: str | None = Field(
        default=None,
        title="Encoding",
        description="How letters are stored, such as utf-8, cp1252 or shift_jis. Change it if "
        "letters with accents look wrong.",
    )
    decimal: Literal[".", ","] | None = Field(
        default=None,
        title="Decimal sign",
        description="The sign before the fraction of a number: 1.5 or 1,5.",
    )
    thousands: Literal["none", ",", ".", " ", "'"] | None = Field(
        default=None,
        title="Thousands separator",
        description="The sign between groups of three digits, such as the comma in 1,234,567.",
    )
    other_decimal: str | None = Field(
        default=None,
        title="Columns with the other decimal sign",
        description="Columns whose numbers are written with the other decimal sign than the rest "
        "of the file, such as 2.75 where others hold 3,5. Several columns with commas between "
        "them. They are found only where neither this nor the decimal sign is chosen; the word "
        "none stands for no column.",
    )
    has_header: bool | None = Field(
        default=None,
        title="First row holds names",
        description="Turn it off if the first row is data; columns are then named column_1, "
        "column_2 and so on.",
    )
    skip_rows: int | None = Field(
        default=None,
        ge=0,
        title="Lines to skip",
        description="Lines above the table, such as a title or a remark.",
    )
    date_order: DateOrder | None = Field(
        default=None,
        title="Date order",
        description="Whether 3/4/2020 is the 3rd of April (day first) or March 4th (month first).",
    )
    sheet: str | None = Field(
        default=None,
        title="Sheet",
        description="The sheet of an Excel file; the first one with cells by default.",
    )
    member: str | None = Field(
        default=None,
        title="File in the archive",
        description="Which file of a ZIP archive to read, if it holds several.",
    )
    sequence_id: str | None = Field(
        default=None,
        title="Sequence id",
        description="If each row is a time step: the column whose value repeats in all rows of a "
        "sequence, such as a recording. Several columns with commas between them.",
    )
    time: str | None = Field(
        default=None,
        title="Time column",
        description="The column that orders the rows of a sequence; their order in the file if "
        "empty.",
    )
    sequence_columns: str | None = Field(
        default=None,
        title="Columns of time steps",
        description="If each row is a sequence: the columns that are its time steps, such as t_* "
        "or t_0..t_99.",
    )
    sequence_channels: str | None = Field(
        default=None,
        title="Channels",
        description="The columns that are readings, with commas between them; all numbers that "
        "change within a sequence if empty.",
    )
    file_kind: Literal["image", "audio", "video", "text", "sequence"] | None = Field(
        default=None,
        title="Kind of files",
        description="Which files of a folder or archive are the data, if it holds several kinds; "
        "the most frequent ones unless you choose.",
    )
    leave_out_broken: bool = Field(
        default=False,
        title="Leave out broken files",
        description="Images, sounds, videos and texts that cannot be read are left out and listed; "
        "otherwise nothing is added until they are mended.",
    )


GUESS_EVERYTHING = ReadOptions()
