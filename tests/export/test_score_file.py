"""What stands beside the predictions of a file."""

from pathlib import Path

import pytest

from dlstudio.data.collection.unlabelled import open_rows_or_files
from dlstudio.data.options import ReadOptions
from dlstudio.export.score_file import readable_columns
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnRole
from tests.data.collection.files import add_folder, picture, write_folder


@pytest.mark.parametrize("has_table", [True, False])
def test_files_keep_their_names_where_the_images_are_called_file(
    settings: Settings, tmp_path: Path, has_table: bool
) -> None:
    table = {"t.csv": "file,label\n0.png,a\n1.png,b\n2.png,a\n"}
    files = {f"{n}.png": picture(n) for n in range(3)}
    dataset = add_folder(settings, tmp_path, files | table)
    folder = write_folder(tmp_path / "new", files | (table if has_table else {}))
    with open_rows_or_files(folder, dataset.info, ReadOptions(), settings) as opened:
        (batch,) = opened.batches()
        for cell in batch.column("file").to_pylist():
            assert (opened.folder / cell).is_file()
        shown = readable_columns(batch, dataset.info, opened.file_column)
    assert shown.column_names == (["file", "label"] if has_table else ["file"])
    assert shown.column("file").to_pylist() == ["0.png", "1.png", "2.png"]


RECORDINGS = {f"r/{n}.csv": f"x,y\n{n},1\n2,3\n" for n in range(4)}
TEXTS = {f"t/{n}.txt": f"Text number {n}, quite short." for n in range(4)}


@pytest.mark.parametrize(
    ("files", "column", "names"),
    [
        (RECORDINGS, "path", ["file", "label"]),
        (RECORDINGS, "file", ["file", "label"]),
        (TEXTS, "path", ["file", "path", "label"]),
        (TEXTS, "file", ["file_name", "file", "label"]),
    ],
)
def test_texts_and_recordings_that_a_table_lists_keep_their_names(
    settings: Settings, tmp_path: Path, files: dict[str, str], column: str, names: list[str]
) -> None:
    rows = "".join(f"{path},{'ab'[n % 2]}\n" for n, path in enumerate(files))
    dataset = add_folder(settings, tmp_path, files | {"list.csv": f"{column},label\n{rows}"})
    # Rows in another order, one without a file, one whose file is not there.
    new = "".join(f"{path},a\n" for path in [*reversed(files), "", "gone.csv"])
    folder = write_folder(tmp_path / "new", files | {"list.csv": f"{column},label\n{new}"})

    with open_rows_or_files(folder, dataset.info, ReadOptions(), settings) as opened:
        (batch,) = opened.batches()
        shown = readable_columns(batch, dataset.info, opened.file_column)

    assert shown.column_names == names
    assert shown.column(names[0]).to_pylist() == [*reversed(files), None]
    assert dataset.info.column(opened.file_column or "").role is ColumnRole.IGNORE


def test_a_table_s_own_column_of_names_is_kept(settings: Settings, tmp_path: Path) -> None:
    rows = "".join(f"t/{n}.txt,mine {n},{'ab'[n % 2]}\n" for n in range(4))
    files = TEXTS | {"list.csv": "document,file,label\n" + rows}
    dataset = add_folder(settings, tmp_path, files)
    folder = write_folder(tmp_path / "new", files)

    with open_rows_or_files(folder, dataset.info, ReadOptions(), settings) as opened:
        (batch,) = opened.batches()

    assert dataset.info.column_names == ("document", "file", "label")
    assert batch.column("file").to_pylist() == [f"mine {n}" for n in range(4)]
