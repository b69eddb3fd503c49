"""Long tables, a row a time step, become sequences."""

import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from dlstudio.data.any_table import open_any_table
from dlstudio.data.catalog import add_dataset
from dlstudio.data.combine import combine_rows
from dlstudio.data.dataset import Dataset, read_table
from dlstudio.data.options import ReadOptions
from dlstudio.data.raw import raw_from_table, read_raw
from dlstudio.errors import DataError
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind, ColumnRole
from tests.data.files import add, refuse, warning_codes

LONG = """recording,seconds,x,y,activity,subject,site
b,0.2,3,30,walk,s1,north
b,0.0,1,10,walk,s1,north
a,0.0,5,,run,s2,north
b,0.1,2,20,walk,s1,north
a,0.1,6,60,run,s2,north
c,0.0,7,70,run,s1,north
"""


def _combined(settings: Settings, tmp_path: Path, content: str = LONG, **options: str) -> Dataset:
    chosen = {"sequence_id": "recording", "time": "seconds", **options}
    return add(settings, tmp_path, content, **chosen)


def _problem(settings: Settings, tmp_path: Path, content: str, **options: str) -> str:
    return refuse(lambda: _combined(settings, tmp_path, content, **options)).problem


def _warning(dataset: Dataset, code: str) -> str:
    return next(warning.problem for warning in dataset.info.warnings if warning.code == code)


def _sequences(dataset: Dataset) -> list[list[list[float]]]:
    return [sequence.tolist() for sequence in read_raw(dataset, ["sequence"])["sequence"]]


def test_rows_are_joined_in_the_order_of_time(settings: Settings, tmp_path: Path) -> None:
    dataset = _combined(settings, tmp_path)

    assert dataset.info.num_rows == 3
    sequences = _sequences(dataset)
    assert sequences[0] == [[1, 10], [2, 20], [3, 30]]
    np.testing.assert_array_equal(sequences[1], [[5, np.nan], [6, 60]])
    assert sequences[2] == [[7, 70]]
    summary = dataset.info.column("sequence").sequence
    assert summary is not None and summary.channels == ("x", "y")


def test_what_holds_for_a_whole_sequence_stays_a_column(settings: Settings, tmp_path: Path) -> None:
    dataset = _combined(settings, tmp_path)

    assert dataset.info.column_names == ("recording", "activity", "subject", "site", "sequence")
    rows = read_table(dataset, ["recording", "activity", "subject"]).to_pydict()
    assert rows["recording"] == ["b", "a", "c"]
    assert rows["activity"] == ["walk", "run", "run"]
    column = dataset.info.column("recording")
    assert (column.kind, column.role) == (ColumnKind.IDENTIFIER, ColumnRole.IGNORE)
    assert dataset.info.column("subject").role is ColumnRole.GROUP
    assert dataset.info.column("activity").role is ColumnRole.INPUT


def test_without_a_time_rows_keep_their_order(settings: Settings, tmp_path: Path) -> None:
    content = LONG.replace("seconds", "temperature")

    dataset = add(settings, tmp_path, content, sequence_id="recording")

    summary = dataset.info.column("sequence").sequence
    assert summary is not None and summary.channels == ("temperature", "x", "y")
    assert [step[1] for step in _sequences(dataset)[0]] == [3, 1, 2]


def test_several_columns_can_name_a_sequence(settings: Settings, tmp_path: Path) -> None:
    content = "subject,trial,x\n1,1,5\n1,1,6\n1,2,7\n1,2,8\n2,1,9\n2,1,9.5\n"

    dataset = add(settings, tmp_path, content, sequence_id="subject, trial")

    assert dataset.info.num_rows == 3
    assert dataset.info.column("subject").role is ColumnRole.GROUP
    assert dataset.info.column("trial").role is ColumnRole.IGNORE


def test_times_with_zones_are_compared_as_points_in_time(
    settings: Settings, tmp_path: Path
) -> None:
    content = (
        "id,when,x\n"
        "a,2024-03-31T01:30:00+01:00,1\n"
        "a,2024-03-31T00:45:00Z,2\n"
        "a,2024-03-31T03:00:00+02:00,3\n"
    )

    dataset = add(settings, tmp_path, content, sequence_id="id", time="when")

    assert _sequences(dataset) == [[[1], [2], [3]]]


def test_many_sequences_are_joined_as_python_does(settings: Settings, tmp_path: Path) -> None:
    generator = random.Random(7)
    rows = [(generator.randrange(900), generator.random(), generator.random()) for _ in range(9000)]
    content = "key,t,x\n" + "".join(f"k{key},{t!r},{x!r}\n" for key, t, x in rows)

    dataset = add(settings, tmp_path, content, sequence_id="key", time="t")

    expected: dict[str, list[tuple[float, float]]] = {}
    for key, t, x in rows:
        expected.setdefault(f"k{key}", []).append((t, x))
    assert read_table(dataset, ["key"]).column(0).to_pylist() == list(expected)
    for found, readings in zip(_sequences(dataset), expected.values(), strict=True):
        wanted = np.array([x for _, x in sorted(readings)], np.float32)
        np.testing.assert_array_equal(np.array(found, np.float32)[:, 0], wanted)


def test_sequences_longer_than_a_batch_stay_whole(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dlstudio.data.combining.rows.BATCH_ROWS", 1000)
    monkeypatch.setattr("dlstudio.data.combining.rows.BATCH_VALUES", 3000)
    rows = [f"{'ab'[step % 2]},{step},{step / 7}" for step in range(20_000)]
    content = "key,t,x\n" + "\n".join(rows)

    dataset = add(settings, tmp_path, content, sequence_id="key", time="t")

    lengths = [len(sequence) for sequence in _sequences(dataset)]
    assert lengths == [10_000, 10_000]


def test_repeated_times_are_told(settings: Settings, tmp_path: Path) -> None:
    content = "recording,seconds,x\na,0,1\na,0,2\na,1,3\nb,0,4\nb,1,5\n"

    dataset = _combined(settings, tmp_path, content)

    assert "1 row of 1 sequence repeat a time of 'seconds'" in _warning(dataset, "repeated-times")
    assert _sequences(dataset)[0] == [[1], [2], [3]]


def test_gaps_are_told(settings: Settings, tmp_path: Path) -> None:
    rows = [f"a,{step},{step}" for step in range(30) if step not in (7, 20)]
    content = "recording,seconds,x\n" + "\n".join(rows)

    dataset = _combined(settings, tmp_path, content)

    problem = _warning(dataset, "time-gaps")
    assert problem.startswith("2 steps of 1 sequence are longer than the usual one (1 of 'seconds'")


def test_irregular_times_are_told(settings: Settings, tmp_path: Path) -> None:
    rows = [f"a,{step**2},{step % 7}" for step in range(30)]
    content = "recording,seconds,x\n" + "\n".join(rows)

    dataset = _combined(settings, tmp_path, content)

    assert "irregular-times" in warning_codes(dataset)
    assert "time-gaps" not in warning_codes(dataset)


def test_rows_without_id_or_time_are_left_out_and_told(settings: Settings, tmp_path: Path) -> None:
    dataset = _combined(settings, tmp_path, LONG + ",0.5,1,1,run,s1,north\nb,,9,9,walk,s1,north\n")

    assert "1 row has no value of 'recording'" in _warning(dataset, "rows-without-id")
    assert "1 row has no value of 'seconds'" in _warning(dataset, "rows-without-time")
    assert [len(sequence) for sequence in _sequences(dataset)] == [3, 2, 1]


def test_a_label_that_changes_within_a_sequence_is_named(
    settings: Settings, tmp_path: Path
) -> None:
    rows = [f"r{number},{step},{step},walk" for number in range(20) for step in range(3)]
    rows[4] = "r1,1,1,run"
    content = "recording,seconds,x,activity\n" + "\n".join(rows)

    problem = _problem(settings, tmp_path, content)

    expected = "'activity' holds both 'run' and 'walk' within the sequence 'r1', but a sequence has"
    assert expected in problem


def test_texts_that_change_are_left_out_and_told(settings: Settings, tmp_path: Path) -> None:
    content = "recording,seconds,x,note\na,0,1,hum\na,1,2,ho\nb,0,1,so\nb,1,4,la\n"

    dataset = _combined(settings, tmp_path, content)

    assert "note" not in dataset.info.column_names
    assert "The column 'note' changes within" in _warning(dataset, "left-out-columns")


def test_unreadable_cells_of_the_table_are_told(settings: Settings, tmp_path: Path) -> None:
    rows = [f"a,{step},{step}" for step in range(30)] + ["a,30,oops"]
    dataset = _combined(settings, tmp_path, "recording,seconds,x\n" + "\n".join(rows))

    assert "The column 'x' has 1 cell that could not be read" in _warning(
        dataset, "unreadable-cells"
    )


def test_chosen_channels_leave_the_rest_out(settings: Settings, tmp_path: Path) -> None:
    dataset = _combined(settings, tmp_path, sequence_channels="y")

    summary = dataset.info.column("sequence").sequence
    assert summary is not None and summary.channels == ("y",)
    assert "left-out-columns" in warning_codes(dataset)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"sequence_id": "record"}, "has no column 'record'"),
        ({"time": "second"}, "has no column 'second'"),
        ({"time": "recording"}, "cannot be both the id and the time"),
        ({"time": "activity"}, "holds neither times nor numbers; it is of kind category"),
        ({"sequence_channels": "x, site"}, "'site' is of kind category, so it cannot be a channel"),
        ({"sequence_id": "x"}, "No number column of 'data.csv' changes within the rows of a value"),
        ({"sequence_columns": "t_*"}, "Both an id of sequences and columns of time steps"),
        ({"sequence_id": ""}, "but no column that names the sequence"),
    ],
)
def test_options_that_do_not_suit_are_refused(
    settings: Settings, tmp_path: Path, options: dict[str, str], problem: str
) -> None:
    assert problem in _problem(settings, tmp_path, LONG, **options)


def test_a_table_without_any_id_is_refused(settings: Settings, tmp_path: Path) -> None:
    content = "recording,seconds,x\n,0,1\n,1,2\n"

    problem = _problem(settings, tmp_path, content)

    assert problem == "No row of 'data.csv' has a value of 'recording' and 'seconds'."


def test_a_dataset_of_rows_becomes_one_of_sequences(settings: Settings, tmp_path: Path) -> None:
    add(settings, tmp_path, LONG)

    made = combine_rows(settings, "data", ["recording"], "seconds", "walks")

    same = _combined(settings, tmp_path)
    assert made.info.name == "walks"
    assert made.info.fingerprint == same.info.fingerprint
    assert made.info.source.options["sequence_id"] == "recording"
    assert not list(settings.datasets_folder.glob(".build-*"))


def test_sequences_cannot_be_combined_again(settings: Settings, tmp_path: Path) -> None:
    _combined(settings, tmp_path)

    with pytest.raises(DataError, match="is of kind sequence, so its rows are no time steps"):
        combine_rows(settings, "data", ["activity"], None, "more")


def test_a_long_file_is_read_for_prediction_as_it_was_for_training(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = _combined(settings, tmp_path)
    path = tmp_path / "new.csv"
    path.write_text("recording,seconds,x,y\nq,1,2,5\nq,0,1,5\n", encoding="utf-8")
    options = ReadOptions(sequence_id="recording", time="seconds", sequence_channels="x, y")

    with open_any_table(path, options, settings) as table:
        raw = raw_from_table(pa.concat_tables(table.batches()), dataset.info, ["sequence"])

    assert raw["sequence"][0].tolist() == [[1, 5], [2, 5]]


def test_nothing_is_left_in_the_version_but_the_dataset(settings: Settings, tmp_path: Path) -> None:
    dataset = _combined(settings, tmp_path)

    names = {entry.name for entry in dataset.folder.iterdir()}
    assert names == {"table.parquet", "dataset.json", "reading.json"}
    assert add_dataset(settings, tmp_path / "data.csv").info.num_rows == 6
