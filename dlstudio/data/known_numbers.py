"""Numbers of a file to predict, read as those of the dataset where both readings fit.

A file of few rows says little about itself: if 1.234 meant a thousand in the file that a network
learned from, it does in the next one of the same make.
"""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

from collections.abc import Sequence
from dataclasses import replace

import pyarrow.compute as pc
import pyarrow.parquet as pq

from dlstudio.data.column_names import clean_names
from dlstudio.data.columns import CellStyle
from dlstudio.data.numbers import NumberStyle, parse_numbers, trim
from dlstudio.data.options import FileFormat, ReadOptions
from dlstudio.data.other_notation import columns_of, with_columns
from dlstudio.data.stage import Stage
from dlstudio.spec.dataset import SourceInfo


def with_known_numbers(stage: Stage, options: ReadOptions, source: SourceInfo) -> Stage:
    """Read a file's numbers in the notation of a dataset's source if nothing speaks against it.

    Args:
        stage: The file, in the notation that was guessed from it.
        options: What the user has fixed, which stays.
        source: Where the dataset came from.

    Returns:
        The stage with the notation that holds.
    """
    known = _style_of(source)
    names, _ = clean_names(stage.names)
    columns = columns_of(source.options.get("other_decimal"), names)
    chosen = (options.decimal, options.thousands, options.other_decimal)
    is_known = known == stage.number_style and columns == stage.other_decimal
    if any(chosen) or is_known or not _is_same_make(stage, source):
        return stage
    own = CellStyle(stage.number_style, other_decimal=stage.other_decimal)
    if not _reads_all(stage, names, own, CellStyle(known, other_decimal=columns)):
        return stage
    how_read = with_columns({**stage.options, **known.options}, columns)
    return replace(stage, number_style=known, other_decimal=columns, options=how_read)


def _style_of(source: SourceInfo) -> NumberStyle:
    thousands = str(source.options.get("thousands") or "none")
    decimal = str(source.options.get("decimal") or ".")
    return NumberStyle(decimal, "" if thousands == "none" else thousands)


def _is_same_make(stage: Stage, source: SourceInfo) -> bool:
    """Whether both are texts with the same delimiter; other formats hold real numbers, too."""
    is_text = stage.format == source.format == FileFormat.DELIMITED
    return is_text and stage.options.get("delimiter") == source.options.get("delimiter")


def _reads_all(stage: Stage, names: Sequence[str], own: CellStyle, known: CellStyle) -> bool:
    """Whether every cell that is a number as guessed is one in the known notation."""
    with pq.ParquetFile(stage.path) as file:
        for group in range(file.num_row_groups):
            for name, column in zip(names, file.read_row_group(group).columns, strict=True):
                styles = own.of_column(name).numbers, known.of_column(name).numbers
                for cells in column.chunks:
                    texts = trim(cells)
                    is_number, is_known = (
                        pc.is_valid(parse_numbers(texts, style)) for style in styles
                    )
                    if pc.any(pc.and_not(is_number, is_known)).as_py():
                        return False
    return True
