"""Files of the UCR and UEA archives: .ts and ARFF, alone and as a pair of training and test."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset, read_table
from dlstudio.data.raw import read_raw
from dlstudio.errors import DataError
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind, ColumnRole

TS = """# a remark above
@problemName Gestures
@timeStamps false
@univariate false
@dimensions 2
@classLabel true up down
@data
1,2,3:10,20,30:up
4,?:40,50: down
# a remark between
-1.5e1,NaN,7:1,2,3:up
"""
ARFF = """% a remark
@relation 'Gestures'
@attribute relationalAtt relational
@attribute att0 numeric
@attribute att1 numeric
@attribute att2 numeric
@end relationalAtt
@attribute class {up,'to the left'}
@data
'1,2,3\\n10,20,30',up
"4,?,?\\n40,50,?",'to the left'
"""


def _add(settings: Settings, tmp_path: Path, content: str, name: str = "file.ts") -> Dataset:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return add_dataset(settings, path)


def _cells(dataset: Dataset, column: str) -> list:
    return read_table(dataset, [column]).column(0).to_pylist()


def test_a_ts_file_becomes_sequences_with_labels(settings: Settings, tmp_path: Path) -> None:
    dataset = _add(settings, tmp_path, TS)

    assert dataset.info.source.format == "ts"
    label = dataset.info.column("label")
    assert (label.kind, label.role) == (ColumnKind.CATEGORY, ColumnRole.TARGET)
    assert _cells(dataset, "label") == ["up", "down", "up"]
    raw = read_raw(dataset, ["sequence"])["sequence"]
    np.testing.assert_array_equal(raw[0], [[1, 10], [2, 20], [3, 30]])
    np.testing.assert_array_equal(raw[1], [[4, 40], [np.nan, 50]])
    assert raw[2][0, 0] == -15


def test_an_arff_file_gives_the_same_sequences(settings: Settings, tmp_path: Path) -> None:
    dataset = _add(settings, tmp_path, ARFF, "file.arff")

    assert _cells(dataset, "label") == ["up", "to the left"]
    raw = read_raw(dataset, ["sequence"])["sequence"]
    np.testing.assert_array_equal(raw[0], [[1, 10], [2, 20], [3, 30]])
    np.testing.assert_array_equal(raw[1], [[4, 40], [np.nan, 50]])


def test_attributes_that_count_steps_are_a_sequence(settings: Settings, tmp_path: Path) -> None:
    names = "\n".join(f"@attribute att{step} numeric" for step in range(1, 11))
    rows = "1,2,3,4,5,6,7,8,9,10,0\n1,2,3,4,5,?,?,?,?,?,1\n"
    content = f"@relation x\n{names}\n@attribute target {{0,1}}\n@data\n{rows}"

    dataset = _add(settings, tmp_path, content)

    raw = read_raw(dataset, ["sequence"])["sequence"]
    assert [len(sequence) for sequence in raw] == [10, 5]
    assert dataset.info.column("label").kind is ColumnKind.CATEGORY


def test_another_arff_file_is_a_table(settings: Settings, tmp_path: Path) -> None:
    content = (
        "@RELATION weather\n@ATTRIBUTE outlook {sunny, 'very rainy'}\n"
        "@ATTRIBUTE 'wind speed' REAL\n"
        "@ATTRIBUTE grade {1,2,3,4}\n@DATA\nsunny, 3.5, 1\n'very rainy', ?, 2\nsunny,1,2,3\n"
    )

    dataset = _add(settings, tmp_path, content)

    assert dataset.info.column_names == ("outlook", "wind speed", "grade")
    assert _cells(dataset, "wind speed") == [3.5, None]
    assert dataset.info.column("grade").kind is ColumnKind.CATEGORY
    assert dataset.info.source.num_rows_rejected == 1
    assert dataset.info.source.unreadable[0].reason == "4 cells instead of 3"


def test_a_sparse_arff_file_is_refused(settings: Settings, tmp_path: Path) -> None:
    content = "@relation x\n@attribute a numeric\n@attribute b {x,y}\n@data\n{0 3, 1 y}\n"

    with pytest.raises(DataError, match="Line 5 of 'file.ts' is sparse"):
        _add(settings, tmp_path, content)


def test_readings_with_time_stamps_are_sorted_and_aligned(
    settings: Settings, tmp_path: Path
) -> None:
    content = (
        "@problemName x\n@timeStamps true\n@univariate false\n@classLabel true a b\n@data\n"
        "(2007-01-01 00:01:00,2),(2007-01-01 00:00:00,1):(2007-01-01 00:01:00,20):a\n"
        "(2,2.5),(10,3):(10,?):b\n"
    )

    raw = read_raw(_add(settings, tmp_path, content), ["sequence"])["sequence"]

    np.testing.assert_array_equal(raw[0], [[1, np.nan], [2, 20]])
    np.testing.assert_array_equal(raw[1], [[2.5, np.nan], [3, np.nan]])


def test_a_sequence_with_other_channels_is_listed_with_its_line(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = _add(settings, tmp_path, f"{TS}1,2:up\n1,2:a,3:down\n")

    source = dataset.info.source
    assert (dataset.info.num_rows, source.num_rows_rejected) == (3, 2)
    assert [(entry.line, entry.reason) for entry in source.unreadable] == [
        (12, "has 1 channel instead of 2"),
        (13, "holds no number: could not convert string to float: 'a'"),
    ]


def test_channels_of_different_lengths_are_filled_up_and_told(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = _add(settings, tmp_path, f"{TS}1,2,3:1:up\n")

    raw = read_raw(dataset, ["sequence"])["sequence"]
    np.testing.assert_array_equal(raw[3], [[1, 1], [2, np.nan], [3, np.nan]])
    warning = next(w for w in dataset.info.warnings if w.code == "uneven-channels")
    assert "1 sequence has channels of different lengths, the first in line 12" in warning.problem


def test_a_file_without_labels_has_sequences_only(settings: Settings, tmp_path: Path) -> None:
    content = "@univariate true\n@classLabel false\n@data\n1,2,3\n4,5\n"

    dataset = _add(settings, tmp_path, content)

    assert dataset.info.column_names == ("sequence",)


def test_a_number_as_label_is_a_quantity(settings: Settings, tmp_path: Path) -> None:
    content = "@univariate true\n@targetlabel true\n@data\n1,2,3:0.25\n4,5:1e-3\n"

    column = _add(settings, tmp_path, content).info.column("label")

    assert (column.kind, column.role) == (ColumnKind.NUMBER, ColumnRole.TARGET)
    assert column.max == 0.25


_STEPS = "".join(f"@attribute att{step} numeric\n" for step in range(8))
_BAG = "@attribute bag relational\n@attribute att0 numeric\n@end bag\n"
_TARGET = "@attribute target numeric\n"


@pytest.mark.parametrize(
    "content",
    [
        f"{_STEPS}{_TARGET}@data\n1,2,3,4,5,6,7,8,0.25\n1,2,3,?,?,?,?,?,4\n",
        f"{_TARGET}{_STEPS}@data\n0.25,1,2,3,4,5,6,7,8\n4,1,2,3,?,?,?,?,?\n",
        f"{_BAG}{_TARGET}@data\n'1,2,3,4,5,6,7,8',0.25\n'1,2,3',4\n",
        f"{_TARGET}{_BAG}@data\n0.25,'1,2,3,4,5,6,7,8'\n4,'1,2,3'\n",
    ],
)
def test_an_arff_file_may_have_a_number_as_label_on_either_side(
    settings: Settings, tmp_path: Path, content: str
) -> None:
    dataset = _add(settings, tmp_path, f"@relation r\n{content}", "file.arff")

    assert dataset.info.column("label").kind is ColumnKind.NUMBER
    assert _cells(dataset, "label") == [0.25, 4.0]
    assert _cells(dataset, "sequence") == [[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3]]


def test_a_question_mark_is_no_class(settings: Settings, tmp_path: Path) -> None:
    dataset = _add(settings, tmp_path, TS.replace("NaN,7:1,2,3:up", "NaN,7:1,2,3:?"))

    assert _cells(dataset, "label") == ["up", "down", None]


def test_the_header_of_a_ts_file_may_have_tabs(settings: Settings, tmp_path: Path) -> None:
    content = "@univariate\ttrue\n@classLabel\ttrue\ta b\n@\n@data\n1,2:a\n3,4:b\n"

    assert _cells(_add(settings, tmp_path, content), "label") == ["a", "b"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("@problemName x\n1,2,3:up\n", "has no line '@data' above its sequences"),
        ("@problemName x\n@classLabel true a\n@data\n\n", "holds no sequences"),
        ("@relation x\n@attribute a numeric\n1,2\n", "has no line '@data' above its rows"),
        (
            "@problemName x\n@univariate true\n@classLabel true a\n@data\n1,b:a\n1,2:a\nx:a\n",
            "2 of 3 sequences of 'file.ts' cannot be read; line 5 holds no number",
        ),
    ],
)
def test_broken_files_are_refused_in_words(
    settings: Settings, tmp_path: Path, content: str, problem: str
) -> None:
    with pytest.raises(DataError, match=problem):
        _add(settings, tmp_path, content)


def _write_zip(path: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_pair_of_files_becomes_one_dataset_with_its_split(
    settings: Settings, tmp_path: Path
) -> None:
    members = {
        "Gestures/Gestures_TRAIN.ts": TS,
        "Gestures/Gestures_TEST.ts": TS.replace("1,2,3:10", "9,2,3:10"),
        "Gestures/Gestures_TRAIN.arff": ARFF,
        "Gestures/Gestures_TEST.arff": ARFF,
        "Gestures/Gestures.txt": "About the data.",
    }

    dataset = add_dataset(settings, _write_zip(tmp_path / "Gestures.zip", members))

    assert dataset.info.name == "Gestures"
    assert dataset.info.column("split").role is ColumnRole.SPLIT
    assert _cells(dataset, "split") == ["train"] * 3 + ["test"] * 3
    assert read_raw(dataset, ["sequence"])["sequence"][3][0, 0] == 9
    assert not list(settings.datasets_folder.glob(".build-*"))


def test_a_pair_of_arff_files_is_read_where_there_is_no_other(
    settings: Settings, tmp_path: Path
) -> None:
    members = {"A_TRAIN.arff": ARFF, "A_TEST.arff": ARFF}

    dataset = add_dataset(settings, _write_zip(tmp_path / "a.zip", members))

    assert (dataset.info.num_rows, dataset.info.source.format) == (4, "arff")


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        (
            {"A_TRAIN.ts": TS, "A_TEST.ts": TS, "B_TRAIN.ts": TS, "B_TEST.ts": TS},
            "holds several problems: A, B",
        ),
        (
            {"A_TRAIN.ts": TS, "A_TEST.ts": TS.replace("@dimensions 2", "@dimensions 3")},
            "of 'A_TEST.ts' have 3 channels, those of 'A_TRAIN.ts' 2",
        ),
        (
            {"A_TRAIN.ts": TS, "A_TEST.ts": TS.replace("@classLabel true", "@targetLabel true")},
            "do not hold the same kind of labels",
        ),
    ],
)
def test_pairs_that_do_not_go_together_are_refused(
    settings: Settings, tmp_path: Path, members: dict[str, str], problem: str
) -> None:
    with pytest.raises(DataError, match=problem):
        add_dataset(settings, _write_zip(tmp_path / "a.zip", members))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_a_ts_file_is_read_in_every_unicode_encoding(
    settings: Settings, tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "file.ts"
    path.write_bytes(TS.encode(encoding))
    assert _cells(add_dataset(settings, path), "label") == ["up", "down", "up"]
