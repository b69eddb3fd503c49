"""Wide tables, a column a time step, become sequences."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from dlstudio.data.any_table import open_any_table
from dlstudio.data.combine import combine_columns
from dlstudio.data.combining.wide_columns import matching_columns, pattern_of
from dlstudio.data.dataset import Dataset
from dlstudio.data.options import ReadOptions
from dlstudio.data.raw import raw_from_table, read_raw
from dlstudio.errors import DataError
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnRole
from tests.data.files import add, refuse, warning_codes

WIDE = """id,t_0,t_1,t_2,t_10,label
p1,1,2,3,4,up
p2,5,,7,,down
p3,,,,,up
"""
CHANNELS = "ax_1,ax_2,ay_1,ay_2,label\n1,2,10,20,up\n3,4,30,40,down\n"


def _sequences(dataset: Dataset) -> list[np.ndarray]:
    return list(read_raw(dataset, ["sequence"])["sequence"])


def _channels(dataset: Dataset) -> tuple[str, ...]:
    summary = dataset.info.column("sequence").sequence
    assert summary is not None
    return summary.channels


def test_numbered_columns_become_steps(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, WIDE, sequence_columns="t_*")

    assert dataset.info.column_names == ("id", "label", "sequence")
    sequences = _sequences(dataset)
    assert sequences[0].tolist() == [[1], [2], [3], [4]]
    np.testing.assert_array_equal(sequences[1], [[5], [np.nan], [7]])
    assert sequences[2].shape == (0, 1)
    assert dataset.info.column("sequence").num_missing == 1


def test_columns_are_sorted_by_their_numbers(settings: Settings, tmp_path: Path) -> None:
    content = "x10,x9,x1,label\n10,9,1,up\n11,8,2,down\n"

    dataset = add(settings, tmp_path, content, sequence_columns="x*")

    assert _sequences(dataset)[0].tolist() == [[1], [9], [10]]


def test_names_before_the_number_are_channels(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, CHANNELS, sequence_columns="a*")

    assert _channels(dataset) == ("ax", "ay")
    assert _sequences(dataset)[0].tolist() == [[1, 10], [2, 20]]


def test_a_range_takes_columns_in_their_order(settings: Settings, tmp_path: Path) -> None:
    content = "id,dawn,noon,dusk,label\na1,1,2,3,up\na2,4,5,6,down\n"

    dataset = add(settings, tmp_path, content, sequence_columns="dawn..dusk")

    assert _channels(dataset) == ("value",)
    assert _sequences(dataset)[1].tolist() == [[4], [5], [6]]


def test_a_dataset_of_columns_becomes_one_of_sequences(settings: Settings, tmp_path: Path) -> None:
    add(settings, tmp_path, CHANNELS)

    made = combine_columns(settings, "data", ["ax_1", "ax_2", "ay_1", "ay_2"], "gestures")

    assert _channels(made) == ("ax", "ay")
    assert made.info.column("label").role is ColumnRole.INPUT
    assert made.info.source.options["sequence_columns"] == "ax_1..ay_2"


def test_steps_without_a_column_are_told(settings: Settings, tmp_path: Path) -> None:
    content = "t_0,t_1,t_3,label\n1,2,3,up\n4,5,6,down\n"

    dataset = add(settings, tmp_path, content, sequence_columns="t_*")

    assert "missing-steps" in warning_codes(dataset)
    assert any("for the steps 2, though" in warning.problem for warning in dataset.info.warnings)


def test_a_wide_file_is_read_for_prediction_as_it_was_for_training(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add(settings, tmp_path, CHANNELS, sequence_columns="a*")
    path = tmp_path / "new.csv"
    path.write_text("ay_1,ay_2,ax_1,ax_2\n10,20,1,2\n", encoding="utf-8")

    with open_any_table(path, ReadOptions(sequence_columns="a*"), settings) as table:
        raw = raw_from_table(pa.concat_tables(table.batches()), dataset.info, ["sequence"])

    assert raw["sequence"][0].tolist() == [[1, 10], [2, 20]]


@pytest.mark.parametrize(
    ("content", "pattern", "problem"),
    [
        (WIDE, "s_*", "The pattern 's_*' fits 0 columns that hold a number of a step"),
        (
            "t_0,t_1,t_2,label\n1,2,a,up\n1,2,b,up\n",
            "t_*",
            "The column 't_2' cannot be time steps: they hold no numbers.",
        ),
        (
            "ax_1,ax_2,ay_1,label\n1,2,3,up\n2,3,4,up\n",
            "a*",
            "The channel 'ay' has the steps 1 to 1 (1), but 'ax' has 1 to 2 (2).",
        ),
    ],
)
def test_columns_that_do_not_suit_are_refused(
    settings: Settings, tmp_path: Path, content: str, pattern: str, problem: str
) -> None:
    error = refuse(lambda: add(settings, tmp_path, content, sequence_columns=pattern))

    assert problem in error.problem


def test_columns_are_written_as_a_pattern_that_means_them() -> None:
    names = ("id", "a1", "a2", "note", "a3")

    for columns in (("a1", "a2"), ("a1", "a2", "a3"), ("a3", "a1")):
        assert matching_columns(names, pattern_of(names, columns)) == columns
    with pytest.raises(DataError, match="at least 2 are needed"):
        matching_columns(names, "note")
