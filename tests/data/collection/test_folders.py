"""Folders of the server: links are not followed, closed files are named, versions share files."""

import os
from pathlib import Path

import pytest

from dlstudio.data.catalog import (
    add_dataset,
    edit_columns,
    open_dataset,
    remove_dataset,
    rename_dataset,
)
from dlstudio.data.collection.folder_source import FolderSource
from dlstudio.data.collection.members import Listing, Member, UnreadableMember
from dlstudio.data.edit import ColumnChange
from dlstudio.data.options import ReadOptions
from dlstudio.settings import Settings, read_settings
from dlstudio.spec.dataset import ColumnKind, ColumnRole
from tests.data.collection.files import add_folder, cats_and_dogs, picture, write_folder
from tests.data.files import cells, refuse


def test_links_are_not_followed(settings: Settings, tmp_path: Path) -> None:
    outside = write_folder(tmp_path / "outside", {"secret.png": picture(99)})
    folder = write_folder(tmp_path / "data", cats_and_dogs())
    (folder / "cat/link.png").symlink_to(outside / "secret.png")
    (folder / "more").symlink_to(outside)
    dataset = add_dataset(settings, folder)
    assert dataset.info.num_rows == 6
    problem = next(w.problem for w in dataset.info.warnings if w.code == "links-left-out")
    assert "2 links were left out" in problem


def test_a_link_to_the_folder_itself_is_followed(settings: Settings, tmp_path: Path) -> None:
    write_folder(tmp_path / "data", cats_and_dogs())
    (tmp_path / "link").symlink_to(tmp_path / "data")
    assert add_dataset(settings, tmp_path / "link").info.num_rows == 6


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(settings: Settings, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "data", cats_and_dogs())
    (folder / "cat/1.png").chmod(0)
    error = refuse(lambda: add_dataset(settings, folder))
    assert "'cat/1.png' may not be read" in str(error)


def test_a_file_that_vanishes_or_becomes_a_link_is_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "data", {"a.png": picture(1), "b.png": picture(2)})
    source = FolderSource([str(folder / "a.png"), str(folder / "b.png")], Listing((), ()))
    (folder / "a.png").unlink()
    (folder / "b.png").unlink()
    (folder / "b.png").symlink_to("/etc/passwd")
    for place in (0, 1):
        with pytest.raises(UnreadableMember, match="cannot be opened"):
            source.open(Member("x.png", 1, place))


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    settings = read_settings({"DLSTUDIO_HOME": str(tmp_path / "home"), "DLSTUDIO_MAX_FILES": "5"})
    error = refuse(lambda: add_folder(settings, tmp_path, cats_and_dogs()))
    assert "at most 5 are allowed" in error.problem


def test_a_folder_over_the_limit_is_refused(tmp_path: Path) -> None:
    settings = read_settings(
        {"DLSTUDIO_HOME": str(tmp_path / "home"), "DLSTUDIO_MAX_UNPACKED_MB": "0.0001"}
    )
    error = refuse(lambda: add_folder(settings, tmp_path, cats_and_dogs()))
    assert "holds more than" in error.problem


def test_the_source_stays_and_the_copy_is_the_datasets_own(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add_folder(settings, tmp_path, cats_and_dogs())
    original = tmp_path / "data/cat/0.png"
    assert original.stat().st_ino != (dataset.folder / "files/cat/0.png").stat().st_ino
    assert dataset.info.source.size_bytes == sum(map(len, cats_and_dogs().values()))
    assert dataset.info.size_bytes > dataset.info.source.size_bytes


def test_an_edit_shares_the_files(settings: Settings, tmp_path: Path) -> None:
    first = add_folder(settings, tmp_path, {**cats_and_dogs(), "x.docx": b"x"})
    change = ColumnChange(name="label", role=ColumnRole.IGNORE)
    second = edit_columns(settings, "data", [change])
    assert second.info.fingerprint != first.info.fingerprint
    assert os.path.samefile(first.folder / "files/cat/0.png", second.folder / "files/cat/0.png")
    assert second.info.column("image").image == first.info.column("image").image
    assert "other-files" in {warning.code for warning in second.info.warnings}
    back = edit_columns(settings, "data", [ColumnChange(name="label", role=ColumnRole.TARGET)])
    assert back.info.fingerprint == first.info.fingerprint


def test_an_image_column_may_become_an_identifier_and_come_back(
    settings: Settings, tmp_path: Path
) -> None:
    first = add_folder(settings, tmp_path, cats_and_dogs())
    kinds = (ColumnKind.IDENTIFIER, ColumnKind.IMAGE)
    changes = [ColumnChange(name="image", kind=kind) for kind in kinds]
    edited = [edit_columns(settings, "data", [change]).info for change in changes]
    assert [info.column("image").kind for info in edited] == list(kinds)
    assert edited[-1].fingerprint == first.info.fingerprint


def test_a_text_column_does_not_become_an_image(settings: Settings, tmp_path: Path) -> None:
    add_folder(settings, tmp_path, cats_and_dogs())
    change = ColumnChange(name="label", kind=ColumnKind.IMAGE)
    error = refuse(lambda: edit_columns(settings, "data", [change]))
    assert "its cells are not paths of files" in error.problem
    change = ColumnChange(name="image", kind=ColumnKind.AUDIO)
    assert "cannot be" in refuse(lambda: edit_columns(settings, "data", [change])).problem


def test_a_renamed_dataset_keeps_its_files(settings: Settings, tmp_path: Path) -> None:
    add_folder(settings, tmp_path, cats_and_dogs())
    rename_dataset(settings, "data", "pets")
    dataset = open_dataset(settings, "pets")
    assert (dataset.folder / str(cells(dataset)["image"][0])).read_bytes() == picture(0)
    remove_dataset(settings, "pets")
    assert list(settings.datasets_folder.iterdir()) == []


def test_broken_files_are_all_listed_and_left_out_only_if_asked(
    settings: Settings, tmp_path: Path
) -> None:
    files = cats_and_dogs() | {
        "cat/8.png": b"",
        "cat/9.jpg": b"I am a text.\n" * 9,
        "dog/8.png": picture(3)[:60],
    }
    folder = write_folder(tmp_path / "data", files)
    error = refuse(lambda: add_dataset(settings, folder))
    assert error.problem == "3 of 9 files of 'data' cannot be read."
    assert "Leave out broken files (--leave-out-broken)" in error.fix
    told = [problem.problem for problem in error.problems[1:]]
    assert told[:2] == ["'cat/8.png' is empty (0 bytes).", "'cat/9.jpg' is a text, not an image."]
    assert "'dog/8.png' is damaged" in told[2]
    assert list(settings.datasets_folder.iterdir()) == []
    dataset = add_dataset(settings, folder, options=ReadOptions(leave_out_broken=True))
    assert dataset.info.num_rows == 6
    assert dataset.info.source.num_rows_rejected == 3
    problem = next(w.problem for w in dataset.info.warnings if w.code == "rejected-rows")
    assert "3 rows left out because of files that cannot be read, such as 'cat/8.png'" in problem
    assert [entry.text for entry in dataset.info.source.unreadable] == [
        "cat/8.png",
        "cat/9.jpg",
        "dog/8.png",
    ]
    assert sorted(p.name for p in (dataset.folder / "files/cat").iterdir()) == [
        "0.png",
        "1.png",
        "2.png",
    ]


def test_a_dataset_of_nothing_but_broken_files_is_refused(
    settings: Settings, tmp_path: Path
) -> None:
    files = {"a/1.png": b"", "b/2.png": b""}
    error = refuse(lambda: add_folder(settings, tmp_path, files, leave_out_broken=True))
    assert error.problem == "None of the files of 'data' can be read."


def test_more_broken_files_than_are_listed_are_counted(settings: Settings, tmp_path: Path) -> None:
    files = cats_and_dogs() | {f"cat/{n}.png": b"" for n in range(100, 250)}
    error = refuse(lambda: add_folder(settings, tmp_path, files))
    assert error.problems[-1].problem == "50 more files cannot be read."
