"""Files to predict: folders, archives, single files and tables of them."""

from pathlib import Path

import pytest

from dlstudio.data.collection.unlabelled import open_rows_or_files
from dlstudio.data.dataset import Dataset
from dlstudio.data.options import ReadOptions
from dlstudio.errors import NotFoundError
from dlstudio.settings import Settings
from tests.data.collection.files import (
    add_folder,
    cats_and_dogs,
    picture,
    write_folder,
    write_zip,
)
from tests.data.files import refuse


@pytest.fixture
def pets(settings: Settings, tmp_path: Path) -> Dataset:
    return add_folder(settings, tmp_path, cats_and_dogs())


def read(settings: Settings, path: Path, dataset: Dataset) -> dict[str, list[object]]:
    """All rows, after a look at whether their images are there."""
    with open_rows_or_files(path, dataset.info, ReadOptions(), settings) as table:
        (batch,) = table.batches()
        for column in dataset.info.columns:
            if column.kind == "image":
                for cell in batch.column(column.name).to_pylist():
                    assert cell is None or (table.folder / str(cell)).stat().st_size
        return batch.to_pydict()


def test_a_flat_folder_gives_its_files(settings: Settings, tmp_path: Path, pets: Dataset) -> None:
    folder = write_folder(tmp_path / "new", {"b.png": picture(1), "a.png": picture(2)})
    rows = read(settings, folder, pets)
    assert list(rows) == ["file", "image"] and rows["file"] == ["a.png", "b.png"]


def test_a_zip_of_class_folders_keeps_the_labels(
    settings: Settings, tmp_path: Path, pets: Dataset
) -> None:
    rows = read(settings, write_zip(tmp_path / "new.zip", cats_and_dogs(1)), pets)
    assert rows["label"] == ["cat", "dog"]


def test_a_single_image_is_one_row(settings: Settings, tmp_path: Path, pets: Dataset) -> None:
    folder = write_folder(tmp_path / "new", {"a.png": picture(2)})
    assert read(settings, folder / "a.png", pets)["file"] == ["a.png"]


def test_a_manifest_brings_its_columns(settings: Settings, tmp_path: Path) -> None:
    table = "photo,price,label\n0.png,1,a\n1.png,2,b\n2.png,3,a\n"
    files = {f"{n}.png": picture(n) for n in range(3)}
    dataset = add_folder(settings, tmp_path, files | {"t.csv": table})
    folder = write_folder(tmp_path / "new", files | {"t.csv": table})
    rows = read(settings, folder, dataset)
    assert list(rows) == ["file", "photo", "price", "label"]
    assert rows["file"] == ["0.png", "1.png", "2.png"]


def test_broken_files_are_left_out_and_listed(
    settings: Settings, tmp_path: Path, pets: Dataset
) -> None:
    folder = write_folder(tmp_path / "new", {"a.png": picture(2), "b.png": b""})
    with open_rows_or_files(folder, pets.info, ReadOptions(), settings) as table:
        assert (table.num_rows, table.num_rejected) == (1, 1)
        assert table.rejected[0].reason == "is empty (0 bytes)"


def test_nothing_is_left_behind(settings: Settings, tmp_path: Path, pets: Dataset) -> None:
    read(settings, write_folder(tmp_path / "new", {"a.png": picture(2)}), pets)
    assert list(settings.uploads_folder.iterdir()) == []


def test_a_table_is_read_as_before(settings: Settings, tmp_path: Path, pets: Dataset) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n")
    with open_rows_or_files(path, pets.info, ReadOptions(), settings) as table:
        assert table.column_names == ("a", "b")


def test_files_of_another_kind_are_refused(
    settings: Settings, tmp_path: Path, pets: Dataset
) -> None:
    folder = write_folder(tmp_path / "new", {"a/1.txt": "x", "b/2.txt": "y", "b/3.txt": "z"})
    error = refuse(lambda: read(settings, folder, pets))
    assert "of the kind text, but the columns of files are: 'image' (image)" in error.problem


def test_a_path_that_is_not_there_is_told(
    settings: Settings, tmp_path: Path, pets: Dataset
) -> None:
    with pytest.raises(NotFoundError, match="does not exist"):
        read(settings, tmp_path / "no", pets)
    assert not settings.uploads_folder.exists()
