"""What stands beside the predictions of a file."""

from pathlib import Path

import pytest

from dlstudio.data.collection.unlabelled import open_rows_or_files
from dlstudio.data.options import ReadOptions
from dlstudio.export.score_file import readable_columns
from dlstudio.settings import Settings
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
