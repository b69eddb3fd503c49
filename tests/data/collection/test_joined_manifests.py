"""Several manifests: one for each part of the split, or for each folder, are one table."""

from pathlib import Path

import pytest

from dlstudio.data.splits import split_rows
from dlstudio.settings import Settings
from dlstudio.spec.split import SplitMethod, SplitSpec
from tests.data.collection.files import add_folder, add_zip, picture
from tests.data.files import cells, kinds, refuse

PARTS = {"train": 6, "val": 2, "test": 3}


def table(part: str, pattern: str = "{}.png", first: int = 0) -> str:
    rows = (f"{pattern.format(n)},{'ab'[n % 2]},{n}.5" for n in range(first, first + PARTS[part]))
    return "file_name,label,size\n" + "\n".join(rows) + "\n"


def images(folder: str, part: str) -> dict[str, bytes]:
    start = 100 * list(PARTS).index(part)
    return {f"{folder}{n}.png": picture(start + n) for n in range(PARTS[part])}


def one_in_each(root: str = "") -> dict[str, bytes | str]:
    files: dict[str, bytes | str] = {}
    for part in PARTS:
        files |= images(f"{root}{part}/", part)
        files[f"{root}{part}/metadata.csv"] = table(part)
    return files


@pytest.mark.parametrize("root", ["", "flowers/"])
def test_a_manifest_in_each_split_folder_gives_one_table_with_its_split(
    settings: Settings, tmp_path: Path, root: str
) -> None:
    dataset = add_zip(settings, tmp_path, one_in_each(root))
    assert kinds(dataset) == {
        "file_name": "image",
        "label": "category",
        "size": "number",
        "split": "category",
    }
    assert dataset.info.column("split").role == "split"
    assert dataset.info.column("label").role == "target"
    found = split_rows(dataset, SplitSpec(method=SplitMethod.GIVEN, column="split"), ["label"])
    assert [len(found.train), len(found.validation), len(found.test)] == [6, 2, 3]
    # Equal names in different folders are different files.
    row = int(found.test[0])
    path = dataset.folder / str(cells(dataset)["file_name"][row])
    assert path.read_bytes() in images("", "test").values()


def test_manifests_named_after_the_parts_give_the_split(settings: Settings, tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {}
    for part in PARTS:
        files |= images(f"img/{part}-", part)
        files[f"{part}_labels.csv"] = table(part, f"img/{part}-{{}}.png")
    dataset = add_folder(settings, tmp_path, files)
    assert cells(dataset)["split"] == ["test"] * 3 + ["train"] * 6 + ["validation"] * 2


def test_a_test_part_may_lack_the_labels(settings: Settings, tmp_path: Path) -> None:
    files = one_in_each()
    files["test/metadata.csv"] = "file_name\n0.png\n1.png\n2.png\n"
    dataset = add_zip(settings, tmp_path, files)
    assert dataset.info.num_rows == 11 and dataset.info.column("label").num_missing == 3


def test_manifests_of_plain_folders_are_joined(settings: Settings, tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {}
    for place, part in enumerate(PARTS):
        files |= images(f"day{place}/", part)
        files[f"day{place}/labels.csv"] = table(part)
    dataset = add_zip(settings, tmp_path, files)
    assert dataset.info.num_rows == 11 and "split" not in kinds(dataset)


def test_one_manifest_over_split_folders_gives_the_split(
    settings: Settings, tmp_path: Path
) -> None:
    files: dict[str, bytes | str] = {}
    rows = ""
    for part in PARTS:
        files |= images(f"{part}/", part)
        rows += table(part, f"{part}/{{}}.png").partition("\n")[2]
    dataset = add_zip(settings, tmp_path, files | {"all.csv": "path,label,size\n" + rows})
    assert cells(dataset)["split"] == ["train"] * 6 + ["validation"] * 2 + ["test"] * 3


def test_a_split_column_of_the_table_is_kept(settings: Settings, tmp_path: Path) -> None:
    files = {
        f"{part}/{n}.png": picture(n + 10 * (part == "test"))
        for part in ("train", "test")
        for n in range(4)
    }
    rows = "".join(f"{name},{'ab'[n % 2]},{'abc'[n % 3]}\n" for n, name in enumerate(files))
    dataset = add_zip(settings, tmp_path, files | {"t.csv": "path,label,Split\n" + rows})
    assert list(kinds(dataset)) == ["path", "label", "Split"]


def test_a_table_of_remarks_above_does_not_hide_the_manifests(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add_zip(settings, tmp_path, one_in_each() | {"about.csv": "who,when\nme,now\n"})
    assert dataset.info.num_rows == 11


def test_a_missing_file_is_named_with_its_folder_and_line(
    settings: Settings, tmp_path: Path
) -> None:
    files = one_in_each()
    files["val/metadata.csv"] = table("val") + "nine.png,a,1\n"
    error = refuse(lambda: add_zip(settings, tmp_path, files))
    assert [(p.problem, p.fix) for p in error.problems[1:]] == [
        ("'val/nine.png' is listed, but there is no such file.", "Mend line 4 or the file.")
    ]


def test_one_of_several_manifests_may_be_chosen(settings: Settings, tmp_path: Path) -> None:
    dataset = add_zip(settings, tmp_path, one_in_each(), member="train/metadata.csv")
    assert dataset.info.num_rows == 6


def test_tables_with_other_columns_ask_which(settings: Settings, tmp_path: Path) -> None:
    files = images("img/", "train") | {
        "a.csv": "path,label\nimg/0.png,a\nimg/1.png,b\n",
        "b.csv": "path,age\nimg/2.png,3\nimg/3.png,4\n",
    }
    error = refuse(lambda: add_zip(settings, tmp_path, files))
    assert "they name the same files, or have other columns" in error.problem
    assert "'a.csv', 'b.csv'" in error.fix


def test_parquet_and_csv_are_joined_as_text_where_types_differ(
    settings: Settings, tmp_path: Path
) -> None:
    import io

    import pandas as pd

    frame = pd.DataFrame({"file_name": ["0.png", "1.png"], "label": ["a", "b"], "size": [1.5, 2.5]})
    parquet = io.BytesIO()
    frame.to_parquet(parquet)
    files = one_in_each()
    del files["val/metadata.csv"]
    dataset = add_zip(settings, tmp_path, files | {"val/metadata.parquet": parquet.getvalue()})
    assert kinds(dataset)["size"] == "number" and dataset.info.num_rows == 11
    assert cells(dataset)["size"].count(2.5) == 3
