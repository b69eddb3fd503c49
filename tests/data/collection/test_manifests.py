"""Manifests: a table in the collection lists its files and what is known of each."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from dlstudio.data.dataset import Dataset
from dlstudio.settings import Settings
from tests.data.collection.files import add_folder, add_zip, cats_and_dogs, picture
from tests.data.files import cells, kinds, refuse, warning_codes

IMAGES = {f"img/{number}.png": picture(number) for number in range(4)}
CSV = "path,label,price\nimg/0.png,cat,1.5\nimg/1.png,dog,2.5\nimg/2.png,cat,3.5\nimg/3.png,dog,4\n"


def test_a_csv_lists_images_labels_and_numbers(settings: Settings, tmp_path: Path) -> None:
    dataset = add_zip(settings, tmp_path, IMAGES | {"table.csv": CSV})
    assert kinds(dataset) == {"path": "image", "label": "category", "price": "number"}
    assert cells(dataset)["price"] == [1.5, 2.5, 3.5, 4.0]
    assert (dataset.folder / str(cells(dataset)["path"][1])).read_bytes() == picture(1)
    assert dataset.info.column("label").role == "target"
    image = dataset.info.column("path").image
    assert image is not None and image.formats == {"png": 4}


def test_parquet_and_json_lines_are_manifests_too(settings: Settings, tmp_path: Path) -> None:
    rows = [{"photo": f"{n}.png", "label": "ab"[n % 2], "n": n} for n in range(4)]
    parquet = io.BytesIO()
    pd.DataFrame(rows).to_parquet(parquet)
    lines = "\n".join(json.dumps(row) for row in rows)
    first = add_zip(settings, tmp_path, IMAGES | {"m.parquet": parquet.getvalue()})
    other = add_folder(settings, tmp_path, IMAGES | {"m.jsonl": lines})
    assert kinds(first)["photo"] == kinds(other)["photo"] == "image"
    assert cells(first)["label"] == cells(other)["label"] == ["a", "b", "a", "b"]


@pytest.mark.parametrize(
    "pattern", ["./img/{}.png", "img\\{}.png", "/data/x/img/{}.png", "C:\\img\\{}.PNG", "{}.png"]
)
def test_paths_may_be_written_in_many_ways(
    settings: Settings, tmp_path: Path, pattern: str
) -> None:
    rows = "".join(f"{pattern.format(n)},{'ab'[n % 2]}\n" for n in range(4))
    dataset = add_folder(settings, tmp_path, IMAGES | {"t.csv": "where,label\n" + rows})
    assert cells(dataset)["where"] == [f"files/img/{n}.png" for n in range(4)]


def test_identifiers_find_their_files_without_an_ending(settings: Settings, tmp_path: Path) -> None:
    files = {f"img/a{n}.png": picture(n) for n in range(4)}
    rows = "".join(f"a{n},{n % 2}\n" for n in range(4))
    dataset = add_folder(settings, tmp_path, files | {"t.csv": "id,y\n" + rows})
    assert kinds(dataset)["id"] == "image"


def test_a_path_never_leads_out_of_the_collection(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(picture(77))
    table = CSV + "../secret.png,cat,9\n"
    error = refuse(lambda: add_folder(settings, tmp_path, IMAGES | {"t.csv": table}))
    assert "'../secret.png' is listed, but there is no such file" in str(error)


def test_missing_files_are_listed_with_their_lines(settings: Settings, tmp_path: Path) -> None:
    table = CSV.replace("img/1.png", "img/nine.png").replace("img/3.png", "img/ten.png")
    error = refuse(lambda: add_zip(settings, tmp_path, IMAGES | {"t.csv": table}))
    assert "2 of 4 files of 'data.zip' cannot be read" in error.problem
    assert "--leave-out-broken" in error.fix
    assert [p.fix for p in error.problems[1:]] == [
        "Mend line 3 or the file.",
        "Mend line 5 or the file.",
    ]


def test_rows_of_missing_files_are_left_out_if_asked(settings: Settings, tmp_path: Path) -> None:
    table = CSV.replace("img/1.png", "img/nine.png")
    dataset = add_zip(settings, tmp_path, IMAGES | {"t.csv": table}, leave_out_broken=True)
    assert cells(dataset)["price"] == [1.5, 3.5, 4.0]
    source = dataset.info.source
    assert source.num_rows_rejected == 1
    assert (source.unreadable[0].line, source.unreadable[0].text) == (3, "img/nine.png")
    problem = next(w.problem for w in dataset.info.warnings if w.code == "unlisted-files")
    assert "1 file is not listed in 't.csv', the first is 'img/1.png'" in problem


def test_a_row_without_a_file_has_a_missing_one(settings: Settings, tmp_path: Path) -> None:
    dataset = add_folder(settings, tmp_path, IMAGES | {"t.csv": CSV + ",cat,7\n"})
    assert cells(dataset)["path"][-1] is None
    assert dataset.info.column("path").num_missing == 1


def test_a_photo_a_note_and_three_numbers_are_one_table(settings: Settings, tmp_path: Path) -> None:
    notes = {f"notes/{n}.txt": f"Note {n}: über gut" for n in range(4)}
    table = "photo,note,a,b,c,label\n" + "".join(
        f"img/{n}.png,notes/{n}.txt,{n},{n * n},{0.5 * n},{'xy'[n % 2]}\n" for n in range(4)
    )
    dataset = add_zip(settings, tmp_path, {**IMAGES, **notes, "rows.csv": table})
    assert list(kinds(dataset).values())[:4] == ["image", "text", "number", "number"]
    assert cells(dataset)["note"][2] == "Note 2: über gut"


def test_a_file_listed_twice_is_stored_once(settings: Settings, tmp_path: Path) -> None:
    dataset = add_zip(settings, tmp_path, IMAGES | {"t.csv": CSV + "img/0.png,dog,8\n"})
    assert cells(dataset)["path"][0] == cells(dataset)["path"][4]
    assert len(list((dataset.folder / "files").rglob("*.png"))) == 4


def test_two_manifests_ask_which(settings: Settings, tmp_path: Path) -> None:
    files = IMAGES | {"a.csv": CSV, "b.csv": CSV.replace("cat", "cow")}
    error = refuse(lambda: add_zip(settings, tmp_path, files))
    assert "holds 2 tables that list files" in error.problem and error.where == "member"
    dataset = add_zip(settings, tmp_path, files, member="b.csv")
    assert "cow" in cells(dataset)["label"]


def test_a_manifest_that_is_not_there_is_told(settings: Settings, tmp_path: Path) -> None:
    error = refuse(lambda: add_folder(settings, tmp_path, IMAGES | {"a.csv": CSV}, member="x.csv"))
    assert "holds no table 'x.csv'" in error.problem and "'a.csv'" in error.fix


def test_a_table_that_lists_no_files_is_left_out(settings: Settings, tmp_path: Path) -> None:
    dataset = add_zip(settings, tmp_path, cats_and_dogs() | {"about.csv": "a,b\n1,2\n"})
    assert kinds(dataset)["image"] == "image" and "other-files" in warning_codes(dataset)


@pytest.mark.parametrize("add_it", [add_folder, add_zip])
def test_a_table_that_names_only_files_which_are_not_there_is_told(
    settings: Settings, tmp_path: Path, add_it: Callable[..., Dataset]
) -> None:
    dataset = add_it(settings, tmp_path, IMAGES | {"t.csv": CSV.replace(".png", ".tif")})

    assert kinds(dataset) == {"image": "image", "file": "identifier"}
    told = next(warning for warning in dataset.info.warnings if warning.code == "lost-names")
    assert "'t.csv' names files in its column 'path', but none of them are there" in told.problem
    assert "'img/0.tif'" in told.problem and "'img/0.png'" in told.fix


def test_a_table_of_other_names_does_not_hide_the_classes(
    settings: Settings, tmp_path: Path
) -> None:
    table = "title,taken from\n" + "".join(f"{n},scans/{n + 2}.png\n" for n in range(6))
    dataset = add_zip(settings, tmp_path, cats_and_dogs() | {"about.csv": table})
    assert kinds(dataset)["label"] == "category"
    told = next(warning for warning in dataset.info.warnings if warning.code == "lost-names")
    assert "in its column 'taken from', but none" in told.problem
    chosen = add_zip(settings, tmp_path, cats_and_dogs() | {"about.csv": table}, file_kind="image")
    assert kinds(chosen)["label"] == "category"


def test_a_table_beside_a_picture_is_read_as_a_table(settings: Settings, tmp_path: Path) -> None:
    dataset = add_zip(settings, tmp_path, {"t.csv": "a,b\n1,2\n3,4\n", "plot.png": picture(1)})
    assert kinds(dataset) == {"a": "number", "b": "number"}


def test_a_folder_with_a_table_alone_names_the_table(settings: Settings, tmp_path: Path) -> None:
    error = refuse(lambda: add_folder(settings, tmp_path, {"t.csv": "a,b\n1,2\n"}))
    assert "Give the path of the table itself, such as 't.csv'" in error.fix


def test_a_listed_file_of_another_kind_is_broken(settings: Settings, tmp_path: Path) -> None:
    files = IMAGES | {"x.txt": "hello", "t.csv": CSV + "x.txt,cat,8\n"}
    error = refuse(lambda: add_folder(settings, tmp_path, files))
    assert "'x.txt' is not of the kind image like the others" in str(error)


def test_several_labels_in_a_list_are_joined(settings: Settings, tmp_path: Path) -> None:
    labels = [["red", "round"], ["red"], [], ["round", "a;b"]]
    rows = [{"file": f"{n}.png", "labels": labels[n]} for n in range(4)]
    lines = "\n".join(json.dumps(row) for row in rows)
    parquet = io.BytesIO()
    pd.DataFrame(rows).to_parquet(parquet)
    expected = ["red; round", "red", "[]", "round; a,b"]
    first = add_zip(settings, tmp_path, IMAGES | {"m.jsonl": lines})
    assert cells(first)["labels"] == expected
    assert (
        cells(add_folder(settings, tmp_path, IMAGES | {"m.pq": parquet.getvalue()}))["labels"]
        == expected
    )
