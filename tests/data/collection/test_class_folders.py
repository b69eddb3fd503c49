"""Class folders: their names become labels, splits and groups."""

from pathlib import Path

import pytest

from dlstudio.data.catalog import add_dataset
from dlstudio.settings import Settings
from tests.data.collection.files import (
    add_folder,
    add_zip,
    cats_and_dogs,
    picture,
    write_folder,
    write_zip,
)
from tests.data.files import cells, kinds, refuse, warning_codes


def test_a_zip_of_class_folders_gives_image_label_and_file(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add_zip(settings, tmp_path, {f"pets/{k}": v for k, v in cats_and_dogs(2).items()})
    assert kinds(dataset) == {"image": "image", "label": "category", "file": "identifier"}
    assert cells(dataset)["label"] == ["cat", "cat", "dog", "dog"]
    assert cells(dataset)["file"] == ["cat/0.png", "cat/1.png", "dog/0.png", "dog/1.png"]
    assert cells(dataset)["image"][0] == "files/cat/0.png"
    stored = dataset.folder / "files/cat/0.png"
    assert stored.read_bytes() == picture(0)
    assert [column.role.value for column in dataset.info.columns] == ["input", "target", "ignore"]


def test_the_profile_describes_the_images(settings: Settings, tmp_path: Path) -> None:
    files = {"a/1.png": picture(1, (10, 20)), "b/2.jpg": picture(2, (30, 8), "JPEG")}
    image = add_folder(settings, tmp_path, files).info.column("image").image
    assert image is not None
    assert (image.width.min, image.width.max, image.height.median) == (10, 30, 14)
    assert image.formats == {"png": 1, "jpeg": 1} and image.num_channels == 3


def test_a_folder_and_its_zip_give_the_same_version(settings: Settings, tmp_path: Path) -> None:
    files = cats_and_dogs()
    folder = add_dataset(settings, write_folder(tmp_path / "pets", files))
    archive = write_zip(tmp_path / "pets.zip", {f"pets/{name}": f for name, f in files.items()})
    assert add_dataset(settings, archive).info.fingerprint == folder.info.fingerprint


def test_the_fingerprint_follows_from_the_content_of_the_files(
    settings: Settings, tmp_path: Path
) -> None:
    first = add_folder(settings, tmp_path / "1", cats_and_dogs())
    other = add_folder(settings, tmp_path / "2", cats_and_dogs() | {"dog/2.png": picture(99)})
    assert first.info.fingerprint != other.info.fingerprint
    assert cells(first) == cells(other)


def test_split_folders_become_a_split_column(settings: Settings, tmp_path: Path) -> None:
    files = {
        f"{part}/{name}": picture(hash((part, name)) % 1_000)
        for part in ("train", "val", "test")
        for name in ("cat/1.png", "dog/2.png")
    }
    dataset = add_folder(settings, tmp_path, files)
    assert sorted(set(map(str, cells(dataset)["split"]))) == ["test", "train", "validation"]
    assert dataset.info.column("split").role == "split"
    assert set(map(str, cells(dataset)["label"])) == {"cat", "dog"}


def test_a_class_may_be_called_train(settings: Settings, tmp_path: Path) -> None:
    files = {f"{label}/{n}.png": picture(n) for n, label in enumerate(("train", "plane", "car"))}
    dataset = add_folder(settings, tmp_path, files)
    assert sorted(map(str, cells(dataset)["label"])) == ["car", "plane", "train"]
    assert "split" not in dataset.info.column_names


@pytest.mark.parametrize(("num_groups", "role"), [(12, "group"), (3, "ignore")])
def test_folders_between_class_and_file_become_groups(
    settings: Settings, tmp_path: Path, num_groups: int, role: str
) -> None:
    files = {
        f"{label}/anna-{group}/1.png": picture(100 * place + group)
        for place, label in enumerate(("yes", "no"))
        for group in range(num_groups)
    }
    dataset = add_folder(settings, tmp_path, files)
    assert dataset.info.column("group").num_distinct == num_groups
    assert dataset.info.column("group").role == role


def test_one_folder_in_every_class_is_no_group(settings: Settings, tmp_path: Path) -> None:
    files = {f"{label}/images/{label}.png": picture(n) for n, label in enumerate("ab")}
    assert "group" not in add_folder(settings, tmp_path, files).info.column_names


def test_files_of_no_class_have_no_label(settings: Settings, tmp_path: Path) -> None:
    dataset = add_folder(settings, tmp_path, cats_and_dogs() | {"loose.png": picture(7)})
    assert cells(dataset)["label"].count(None) == 1
    warning = next(w for w in dataset.info.warnings if w.code == "unlabelled-files")
    assert "1 file lies in no class folder, the first is 'loose.png'" in warning.problem


def test_images_without_class_folders_have_no_label_column(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add_folder(settings, tmp_path, {"1.png": picture(1), "2.png": picture(2)})
    assert dataset.info.column_names == ("image", "file")
    assert "no-labels" in warning_codes(dataset)


def test_an_empty_class_folder_and_a_class_of_one_file_are_warned_about(
    settings: Settings, tmp_path: Path
) -> None:
    files = {**cats_and_dogs(12), "horse/": b"", "cow/1.png": picture(5)}
    for number, dataset in enumerate(
        [add_folder(settings, tmp_path, files), add_zip(settings, tmp_path, files)]
    ):
        problems = {w.code: w.problem for w in dataset.info.warnings}
        assert "The folder 'horse' holds no image" in problems["empty-classes"], number
        assert "'cow' (1)" in problems["few-rows-per-class"]


def test_an_empty_folder_beside_the_only_class_is_named(settings: Settings, tmp_path: Path) -> None:
    files = {**{f"pets/cat/{n}.png": picture(n) for n in range(12)}, "pets/dog/": b""}
    for number, dataset in enumerate(
        [add_folder(settings, tmp_path, files), add_zip(settings, tmp_path, files)]
    ):
        problems = {w.code: w.problem for w in dataset.info.warnings}
        assert "The folder 'dog' holds no image" in problems["empty-classes"], number
        assert set(cells(dataset)["label"]) == {"cat"}


def test_a_folder_beside_one_of_other_files_is_no_class(settings: Settings, tmp_path: Path) -> None:
    files = {**{f"pictures/{n}.png": picture(n) for n in range(12)}, "about/read.pdf": b"x"}
    dataset = add_folder(settings, tmp_path, files)
    assert "label" not in cells(dataset)


def test_other_files_are_left_out_and_counted(settings: Settings, tmp_path: Path) -> None:
    files = {**cats_and_dogs(), "cat/9.heic": b"x", "README.md": "about", "notes.docx": b"x"}
    dataset = add_zip(settings, tmp_path, files)
    problem = next(w.problem for w in dataset.info.warnings if w.code == "other-files")
    assert "3 other files were left out" in problem and ".heic" in problem


def test_equal_files_are_warned_about(settings: Settings, tmp_path: Path) -> None:
    dataset = add_folder(settings, tmp_path, cats_and_dogs() | {"dog/x.png": picture(0)})
    problem = next(w.problem for w in dataset.info.warnings if w.code == "duplicate-files")
    assert "1 file repeats the content of an earlier one, as 'dog/x.png' does of" in problem
    assert "a split at random or by group keeps rows with equal files together" in problem


def test_text_class_folders_give_texts(settings: Settings, tmp_path: Path) -> None:
    files = {"pos/1.txt": "Schön, 42!", "pos/2.txt": "good", "neg/1.txt": "bad\nworse"}
    dataset = add_zip(settings, tmp_path, files)
    assert kinds(dataset) == {"text": "text", "label": "category", "file": "identifier"}
    assert cells(dataset)["text"] == ["bad\nworse", "Schön, 42!", "good"]
    assert not (dataset.folder / "files").exists()


def test_a_collection_without_any_known_file_is_refused(settings: Settings, tmp_path: Path) -> None:
    error = refuse(lambda: add_folder(settings, tmp_path, {"a/1.heic": b"x", "b/2.heic": b"x"}))
    assert "holds 2 files (2 .heic), none of which is an image" in error.problem


def test_an_empty_folder_is_refused(settings: Settings, tmp_path: Path) -> None:
    assert "holds no file" in refuse(lambda: add_folder(settings, tmp_path, {"a/": b""})).problem


def test_of_several_kinds_one_may_be_chosen(settings: Settings, tmp_path: Path) -> None:
    notes = {f"{label}/{n}.txt": f"note {n}" for label in ("cat", "dog") for n in range(3)}
    files = cats_and_dogs(2) | notes
    dataset = add_folder(settings, tmp_path, files)
    assert kinds(dataset)["image"] == "image"
    warning = next(w for w in dataset.info.warnings if w.code == "other-files")
    assert "Choose text under Kind of files (file_kind=text)" in warning.fix
    assert add_zip(settings, tmp_path, files, file_kind="text").info.num_rows == 6
    error = refuse(lambda: add_zip(settings, tmp_path, files, file_kind="audio"))
    assert "none of which is of the kind audio" in error.problem
