"""Tables that list recordings, which are tables themselves."""

import io
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dlstudio.data.collection.unlabelled import open_rows_or_files
from dlstudio.data.dataset import Dataset
from dlstudio.data.options import ReadOptions
from dlstudio.data.raw import read_raw
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind, ColumnRole
from tests.data.collection.files import add_folder, add_zip, picture, sound, write_folder
from tests.data.files import cells, kinds, refuse


def recording(number: int, num_steps: int = 3) -> str:
    """Steps that count from 0, as numbered files do."""
    return "step,x,y\n" + "".join(f"{n},{number}.5,{n}\n" for n in range(num_steps))


FILES = {f"runs/{number}.csv": recording(number, 3 + number) for number in range(6)}
ROWS = [
    {"path": f"runs/{number}.csv", "gait": "ab"[number % 2], "age": 20 + number, "subject": "pqr"[
        number // 2
    ]}
    for number in range(6)
]  # fmt: skip


def table(rows: Sequence[Mapping[str, object]] = ROWS) -> str:
    return pd.DataFrame(rows).to_csv(index=False)


@pytest.mark.parametrize("adding", [add_folder, add_zip])
def test_a_table_lists_recordings_labels_and_numbers(
    settings: Settings, tmp_path: Path, adding: Callable[..., Dataset]
) -> None:
    dataset = adding(settings, tmp_path, FILES | {"walks.csv": table()})

    found = kinds(dataset)
    assert (found["path"], found["gait"], found["age"]) == ("sequence", "category", "number")
    assert cells(dataset)["subject"] == ["p", "p", "q", "q", "r", "r"]
    assert dataset.info.source.options["file_kind"] == "sequence"
    summary = dataset.info.column("path").sequence
    assert summary is not None
    assert (summary.channels, summary.length.min, summary.length.max) == (("x", "y"), 3, 8)
    raw = read_raw(dataset, ["path"])["path"]
    np.testing.assert_array_equal(raw[2], [[2.5, step] for step in range(5)])


def test_parquet_and_json_lines_list_recordings_too(settings: Settings, tmp_path: Path) -> None:
    parquet = io.BytesIO()
    pd.DataFrame(ROWS).to_parquet(parquet)
    lines = "\n".join(json.dumps(row) for row in ROWS)
    first = add_zip(settings, tmp_path, FILES | {"walks.parquet": parquet.getvalue()})
    other = add_folder(settings, tmp_path, FILES | {"walks.jsonl": lines})
    assert kinds(first)["path"] == kinds(other)["path"] == "sequence"
    assert cells(first)["age"] == cells(other)["age"] == [20, 21, 22, 23, 24, 25]


def test_a_list_is_found_among_numbered_recordings_beside_it(
    settings: Settings, tmp_path: Path
) -> None:
    files = {f"{number}.csv": recording(number, 30) for number in range(40)}
    rows = [{"id": str(number), "label": "ab"[number % 2]} for number in range(40)]

    dataset = add_folder(settings, tmp_path, files | {"zoo.csv": table(rows)})

    assert kinds(dataset)["id"] == "sequence"
    assert dataset.info.column("label").role is ColumnRole.TARGET
    assert dataset.info.num_rows == 40


def test_numbered_steps_in_class_folders_name_no_recordings(
    settings: Settings, tmp_path: Path
) -> None:
    files = {f"{'ab'[number % 2]}/{number}.csv": recording(number, 9) for number in range(9)}

    dataset = add_folder(settings, tmp_path, files)

    assert dataset.info.column_names == ("sequence", "label", "file")
    assert dataset.info.num_rows == 9


def test_tables_of_each_part_of_the_split_are_joined(settings: Settings, tmp_path: Path) -> None:
    lists = {"train.csv": table(ROWS[:4]), "test.csv": table(ROWS[4:])}

    dataset = add_zip(settings, tmp_path, FILES | lists)

    assert dataset.info.column("split").role is ColumnRole.SPLIT
    assert Counter(cells(dataset)["split"]) == {"train": 4, "test": 2}
    assert kinds(dataset)["path"] == "sequence"


def test_recordings_that_are_missing_or_broken_are_named_with_their_lines(
    settings: Settings, tmp_path: Path
) -> None:
    rows = [*ROWS, {**ROWS[0], "path": "runs/17.csv"}, {**ROWS[0], "path": "runs/words.csv"}]
    files = FILES | {"runs/words.csv": "step,town\n0,Rome\n", "walks.csv": table(rows)}

    error = str(refuse(lambda: add_folder(settings, tmp_path, files)))
    assert "'runs/17.csv' is listed, but there is no such file" in error
    assert "'runs/words.csv' has no column 'x' as the first recording has" in error
    assert "Mend line 8 or the file." in error

    dataset = add_folder(settings, tmp_path / "again", files, leave_out_broken=True)
    assert (dataset.info.num_rows, dataset.info.source.num_rows_rejected) == (6, 2)


def test_a_row_without_a_recording_and_one_listed_twice(settings: Settings, tmp_path: Path) -> None:
    rows = [*ROWS, {**ROWS[0], "path": None}, ROWS[1]]

    dataset = add_folder(settings, tmp_path, FILES | {"walks.csv": table(rows)})

    assert dataset.info.column("path").num_missing == 1
    raw = read_raw(dataset, ["path"])["path"]
    np.testing.assert_array_equal(raw[1], raw[7])


def test_tables_that_name_no_file_stay_tables(settings: Settings, tmp_path: Path) -> None:
    files = {"orders.csv": "customer,total\nann,3\nbob,4\n", "customers.csv": "name\nann\nbob\n"}

    assert "holds 2 files" in refuse(lambda: add_zip(settings, tmp_path, files)).problem
    dataset = add_zip(settings, tmp_path, files, member="orders.csv")
    assert kinds(dataset)["total"] == ColumnKind.NUMBER


def test_new_recordings_are_read_with_their_list(settings: Settings, tmp_path: Path) -> None:
    dataset = add_folder(settings, tmp_path, FILES | {"walks.csv": table()})
    new = {"7.csv": recording(7), "walks.csv": "path,age\n7,50\n"}
    folder = write_folder(tmp_path / "new", new)

    with open_rows_or_files(folder, dataset.info, ReadOptions(), settings) as opened:
        (batch,) = opened.batches()
    assert batch.column("path").to_pylist() == [[7.5, 0, 7.5, 1, 7.5, 2]]


PHOTOS = {f"img/{number}.png": picture(number) for number in range(6)}
SOUNDS = {f"snd/{number}.wav": sound(number) for number in range(6)}
NOTES = {f"notes/{number}.txt": f"Note {number}" for number in range(6)}


def rows_with(files: Mapping[str, object]) -> list[dict[str, object]]:
    """The rows with a column that names the files of another kind."""
    return [{**row, "media": name} for row, name in zip(ROWS, files, strict=True)]


@pytest.mark.parametrize(("media", "kind"), [(PHOTOS, "image"), (SOUNDS, "audio"), (NOTES, "text")])
@pytest.mark.parametrize("adding", [add_folder, add_zip])
def test_a_table_lists_recordings_and_files_of_another_kind(
    settings: Settings,
    tmp_path: Path,
    adding: Callable[..., Dataset],
    media: Mapping[str, bytes | str],
    kind: str,
) -> None:
    rows = rows_with(media)
    lines = "\n".join(json.dumps(row) for row in rows)
    for number, name in enumerate(("walks.csv", "walks.jsonl")):
        files = FILES | dict(media) | {name: table(rows) if number == 0 else lines}
        (folder := tmp_path / str(number)).mkdir()
        dataset = adding(settings, folder, files)
        found = kinds(dataset)
        assert (found["path"], found["media"], found["age"]) == ("sequence", kind, "number")
        roles = {dataset.info.column(column).role for column in ("path", "media")}
        assert roles == {ColumnRole.INPUT}
        raw = read_raw(dataset, ["path"])["path"]
        np.testing.assert_array_equal(raw[2], [[2.5, step] for step in range(5)])


def test_new_rows_of_pictures_and_recordings_name_the_picture(
    settings: Settings, tmp_path: Path
) -> None:
    files = FILES | PHOTOS | {"walks.csv": table(rows_with(PHOTOS))}
    dataset = add_folder(settings, tmp_path, files)
    new = {"7.csv": recording(7), "7.png": picture(7), "new.csv": "path,media,age\n7.csv,7.png,5\n"}
    folder = write_folder(tmp_path / "new", new)

    with open_rows_or_files(folder, dataset.info, ReadOptions(), settings) as opened:
        (batch,) = opened.batches()
    assert batch.column("file").to_pylist() == ["7.png"]
    assert batch.column("path").to_pylist() == [[7.5, 0, 7.5, 1, 7.5, 2]]


def test_recordings_stay_names_where_pictures_are_chosen(
    settings: Settings, tmp_path: Path
) -> None:
    files = FILES | PHOTOS | {"walks.csv": table(rows_with(PHOTOS))}
    dataset = add_folder(settings, tmp_path, files, file_kind="image")

    assert kinds(dataset)["media"] == "image" and kinds(dataset)["path"] != "sequence"
    told = next(warning for warning in dataset.info.warnings if warning.code == "other-tables")
    assert told.problem == "6 other tables were left out, the first is 'runs/0.csv'."
    assert "leave Kind of files open" in told.fix


def test_tables_beside_listed_pictures_are_told_how_to_be_read(
    settings: Settings, tmp_path: Path
) -> None:
    rows = [{"media": name, "label": "ab"[number % 2]} for number, name in enumerate(PHOTOS)]
    dataset = add_zip(settings, tmp_path, FILES | PHOTOS | {"photos.csv": table(rows)})

    assert kinds(dataset) == {"media": "image", "label": "category"}
    told = next(warning for warning in dataset.info.warnings if warning.code == "other-tables")
    assert "name each by its path, such as 'runs/0.csv', in a column of 'photos.csv'" in told.fix


def test_a_table_of_words_beside_pictures_is_refused_with_a_way_out(
    settings: Settings, tmp_path: Path
) -> None:
    words = {name: "object,color\ncar,red\n" for name in FILES}
    files = words | PHOTOS | {"walks.csv": table(rows_with(PHOTOS))}

    error = str(refuse(lambda: add_folder(settings, tmp_path, files)))
    assert (
        "'runs/0.csv' has no column of numbers; if it is no recording, choose image under Kind of "
        "files (file_kind=image)." in error
    )
    dataset = add_folder(settings, tmp_path / "again", files, file_kind="image")
    assert kinds(dataset)["media"] == "image" and dataset.info.num_rows == 6
