"""Columns of sequences: read from Parquet, stored, described, read back."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dlstudio.data.catalog import add_dataset, edit_columns
from dlstudio.data.dataset import Dataset, read_table
from dlstudio.data.edit import ColumnChange
from dlstudio.data.raw import count_unreadable, raw_from_table, read_raw
from dlstudio.data.sequences.columns import SEQUENCE, sequence_field
from dlstudio.errors import DataError
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind, ColumnRole
from tests.data.files import read_any_table

CELLS = [[1.0, 10.0, 2.0, 20.0], [3.0, None, 4.0, 40.0, 5.0, 50.0], None]


@pytest.fixture
def dataset(settings: Settings, tmp_path: Path) -> Dataset:
    """Two sequences of two channels and a row without one."""
    return add_dataset(settings, _write(tmp_path / "walks.parquet", CELLS), name="walks")


def _write(path: Path, cells: list, channels: tuple[str, ...] = ("x", "y")) -> Path:
    schema = pa.schema([sequence_field("sequence", channels), pa.field("label", pa.string())])
    labels = [f"class {row % 2}" for row in range(len(cells))]
    pq.write_table(pa.table([pa.array(cells, SEQUENCE), labels], schema=schema), path)
    return path


def test_lists_of_numbers_become_sequences_with_their_channels(dataset: Dataset) -> None:
    column = dataset.info.column("sequence")

    assert (column.kind, column.role) == (ColumnKind.SEQUENCE, ColumnRole.INPUT)
    assert column.sequence is not None
    assert column.sequence.channels == ("x", "y")
    assert (column.sequence.length.min, column.sequence.length.max) == (2, 3)
    assert column.sequence.num_missing_values == 1
    assert (column.num_missing, column.num_distinct) == (1, 2)
    assert (column.min, column.max) == (1.0, 50.0)
    assert column.sequence.amplitude is not None
    assert column.sequence.amplitude.max == pytest.approx(np.std([3, 4, 40, 5, 50]))


def test_a_list_without_names_has_one_channel(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "beats.parquet"
    pq.write_table(pa.table({"beat": pa.array([[1, 2], [3]], pa.list_(pa.int64()))}), path)

    column = add_dataset(settings, path).info.column("beat")

    assert column.sequence is not None
    assert column.sequence.channels == ("value",)


def test_raw_sequences_have_steps_and_channels(dataset: Dataset) -> None:
    raw = read_raw(dataset, ["sequence"], np.array([1, 0, 2]))["sequence"]

    assert [sequence.shape for sequence in raw] == [(3, 2), (2, 2), (0, 2)]
    assert raw[0].dtype == np.float32
    np.testing.assert_array_equal(raw[0], [[3, np.nan], [4, 40], [5, 50]])


def test_infinite_readings_count_as_missing(settings: Settings, tmp_path: Path) -> None:
    path = _write(tmp_path / "far.parquet", [[1.0, float("inf")], [2.0, 3.0]])

    dataset = add_dataset(settings, path)

    summary = dataset.info.column("sequence").sequence
    assert summary is not None
    assert summary.num_missing_values == 1


def test_an_edit_keeps_sequences_as_they_are(settings: Settings, dataset: Dataset) -> None:
    changes = [ColumnChange(name="label", kind=ColumnKind.TEXT)]
    edited = edit_columns(settings, "walks", changes)

    assert edited.info.column("sequence") == dataset.info.column("sequence")
    assert str(read_table(edited)) == str(read_table(dataset))


@pytest.mark.parametrize(
    ("name", "kind", "problem"),
    [
        ("sequence", ColumnKind.CATEGORY, "holds sequences, which cannot become a category"),
        ("label", ColumnKind.SEQUENCE, "cannot be of the kind 'sequence'"),
    ],
)
def test_sequences_stay_what_they_are(
    settings: Settings, dataset: Dataset, name: str, kind: ColumnKind, problem: str
) -> None:
    with pytest.raises(DataError, match=problem):
        edit_columns(settings, "walks", [ColumnChange(name=name, kind=kind)])


def test_other_channels_or_lengths_are_another_content(settings: Settings, tmp_path: Path) -> None:
    one = add_dataset(settings, _write(tmp_path / "a.parquet", CELLS))
    same = add_dataset(settings, _write(tmp_path / "b.parquet", CELLS))
    named = add_dataset(settings, _write(tmp_path / "c.parquet", CELLS, ("x", "z")))
    cut = [[1.0, 10.0], [2.0, 20.0, 3.0, None, 4.0, 40.0, 5.0, 50.0], None]
    divided = add_dataset(settings, _write(tmp_path / "d.parquet", cut))

    assert one.info.fingerprint == same.info.fingerprint
    assert len({d.info.fingerprint for d in (one, named, divided)}) == 3


def test_duplicate_sequences_are_found(settings: Settings, tmp_path: Path) -> None:
    path = _write(tmp_path / "twice.parquet", [[1.0, 2.0], [3.0, 4.0], [1.0, 2.0]])

    warnings = add_dataset(settings, path).info.warnings

    assert "duplicate-rows" in {warning.code for warning in warnings}


def test_channels_of_a_file_are_brought_into_the_trained_order(
    dataset: Dataset, tmp_path: Path
) -> None:
    path = _write(tmp_path / "turned.parquet", [[10.0, 1.0]], ("y", "x"))

    raw = raw_from_table(read_any_table(path), dataset.info, ["sequence"])["sequence"]

    np.testing.assert_array_equal(raw[0], [[1, 10]])


def test_other_channels_than_trained_are_refused(dataset: Dataset, tmp_path: Path) -> None:
    path = _write(tmp_path / "one.parquet", [[10.0, 1.0]], ("x",))

    with pytest.raises(DataError, match=r"have 1 channel \('x'\), but the model was trained on 2"):
        raw_from_table(read_any_table(path), dataset.info, ["sequence"])


def test_sequences_written_as_json_are_read(dataset: Dataset) -> None:
    table = pa.table({"sequence": ["[[1, 2], [3, null]]", "[4, 5]", "", "[[1], [2, 3]]", "no"]})

    raw = raw_from_table(table, dataset.info, ["sequence"])["sequence"]

    np.testing.assert_array_equal(raw[0], [[1, 2], [3, np.nan]])
    assert [len(sequence) for sequence in raw] == [2, 1, 0, 0, 0]
    assert count_unreadable(table, dataset.info, ["sequence"]) == {"sequence": 2}


def test_half_a_time_step_is_refused(dataset: Dataset) -> None:
    table = pa.table({"sequence": ["[1, 2]", "[1, 2, 3]"]})

    with pytest.raises(DataError, match="Row 2 of 'sequence' holds 3 values"):
        raw_from_table(table, dataset.info, ["sequence"])
