"""Numbers whose notation shows only far down a file, such as 1,000 below 999 smaller ones."""

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq

from dlstudio.data.evidence import ColumnEvidence, new_evidence
from dlstudio.data.numbers import NumberStyle, guess_number_style, parse_numbers
from dlstudio.data.options import ReadOptions
from dlstudio.data.stage import Stage

MIN_SHARE_OF_NUMBERS = 0.9


def with_late_numbers(stage: Stage, options: ReadOptions) -> Stage:
    """Look at a file's columns in another notation if cells beyond the first rows ask for it.

    Args:
        stage: The file, read in the notation of its first rows.
        options: What the user has fixed, which stays.

    Returns:
        The same rows with the new notation and evidence; the stage as it is if nothing speaks
        for another one.
    """
    strange = [column.strange for column in stage.evidence if column.strange]
    if not strange:
        return stage
    style = _late_style(stage, options, [cell for cells in strange for cell in cells])
    if style == stage.number_style or not any(_are_numbers(cells, style) for cells in strange):
        return stage
    evidence = _observe_again(stage, style)
    pairs = zip(stage.evidence, evidence, strict=True)
    if any(now.num_numbers < before.num_numbers for before, now in pairs):
        return stage
    how_read = {**stage.options, **style.options}
    return replace(stage, number_style=style, evidence=evidence, options=how_read)


def _late_style(stage: Stage, options: ReadOptions, cells: Sequence[str]) -> NumberStyle:
    """The first guess, wider where it left something open."""
    first = stage.number_style
    guess = guess_number_style(cells, str(stage.options.get("delimiter") or ""))
    may_move = options.decimal is None and first.decimal == "."
    decimal = guess.decimal if may_move else first.decimal
    thousands = first.thousands
    if options.thousands is None and not thousands and guess.thousands != decimal:
        thousands = guess.thousands
    return NumberStyle(decimal, thousands if thousands != decimal else "")


def _are_numbers(cells: Sequence[str], style: NumberStyle) -> bool:
    """Whether cells that were no numbers so far are nearly all numbers in a notation."""
    texts = pa.array(cells, pa.string())
    num_numbers = len(texts) - parse_numbers(texts, style).null_count
    return num_numbers >= MIN_SHARE_OF_NUMBERS * len(texts)


def _observe_again(stage: Stage, style: NumberStyle) -> tuple[ColumnEvidence, ...]:
    evidence = new_evidence(column.is_typed for column in stage.evidence)
    with pq.ParquetFile(stage.path) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            for column, cells in zip(evidence, table.columns, strict=True):
                for chunk in cells.chunks:
                    column.observe(chunk, style)
    return tuple(evidence)
