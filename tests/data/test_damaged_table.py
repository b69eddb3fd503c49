"""What a stored table that cannot be read any more is answered with."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dlstudio.data.catalog import drop_repeated, edit_columns
from dlstudio.data.dataset import Dataset, read_page, read_table
from dlstudio.data.edit import ColumnChange
from dlstudio.data.splits import split_rows
from dlstudio.errors import StudioError
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind
from dlstudio.spec.split import SplitSpec
from tests.data.files import add, refuse

ROWS = "".join(f"{row % 7},{'ab'[row % 2]}{row % 13},{row}\n" for row in range(500))


def shorten(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def overwrite_pages(path: Path) -> None:
    """Leave the file's end, which says where everything is, and destroy what it points to."""
    content = path.read_bytes()
    path.write_bytes(content[:4] + b"\xff" * 600 + content[604:])


def overwrite_all(path: Path) -> None:
    path.write_bytes(b"not a table at all")


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.fixture(params=[shorten, overwrite_pages, overwrite_all, empty])
def damaged(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Dataset:
    """A dataset whose table was damaged on disk."""
    dataset = add(settings, tmp_path, f"a,b,c\n{ROWS}")
    request.param(dataset.table_path)
    return dataset


@pytest.mark.parametrize(
    "read",
    [
        lambda dataset: read_table(dataset),
        lambda dataset: read_table(dataset, ["b"], np.arange(3)),
        lambda dataset: read_page(dataset, 0, 50),
        lambda dataset: split_rows(dataset, SplitSpec(), ["b"]),
    ],
)
def test_reading_names_the_dataset_the_file_and_the_way_out(
    damaged: Dataset, read: Callable[[Dataset], object]
) -> None:
    error = refuse(lambda: read(damaged))

    assert f"table of the dataset {damaged.info.name!r} is damaged" in error.problem
    assert str(damaged.folder) in error.fix
    assert "add its file again" in error.fix


def test_an_edit_leaves_the_version_as_it_is(settings: Settings, damaged: Dataset) -> None:
    change = ColumnChange(name="a", kind=ColumnKind.CATEGORY)

    with pytest.raises(StudioError, match="is damaged"):
        edit_columns(settings, damaged.info.name, [change])
    with pytest.raises(StudioError, match="is damaged"):
        drop_repeated(settings, damaged.info.name)

    assert sorted(entry.name for entry in damaged.folder.parent.iterdir()) == [
        damaged.info.fingerprint,
        "current",
    ]
