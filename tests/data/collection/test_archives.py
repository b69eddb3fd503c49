"""Archives that are hostile, odd or broken: a clear message, and nothing outside the workspace."""

import re
import stat
import time
import warnings
import zipfile
from pathlib import Path

import pytest

from dlstudio.data.catalog import add_dataset, list_datasets
from dlstudio.data.options import ReadOptions
from dlstudio.settings import Settings, read_settings
from tests.data.collection.files import add_zip, cats_and_dogs, picture, write_zip
from tests.data.files import cells, refuse


def warning_of(dataset: object, code: str) -> str:
    """The text of the warning with a code."""
    return next(w.problem for w in dataset.info.warnings if w.code == code)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "name", ["../evil.png", "cat/../../evil.png", "/etc/evil.png", "C:\\evil.png", "..\\evil.png"]
)
def test_a_name_that_leads_out_is_refused(settings: Settings, tmp_path: Path, name: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    error = refuse(lambda: add_zip(settings, tmp_path, cats_and_dogs() | {name: picture(1)}))
    assert "a name that leads out of it; nothing was unpacked" in error.problem
    assert list(settings.datasets_folder.iterdir()) == []
    assert [p for p in tmp_path.rglob("evil*")] == []
    assert {p.name for p in tmp_path.rglob("*")} - {p.name for p in before} <= {
        "data.zip",
        "home",
        "datasets",
    }


def test_links_are_left_out(settings: Settings, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "data.zip", cats_and_dogs())
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("cat/link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    dataset = add_dataset(settings, path)
    assert dataset.info.num_rows == 6
    assert "1 link was left out, the first is 'cat/link.png'" in warning_of(
        dataset, "links-left-out"
    )


def test_a_bomb_is_refused(settings: Settings, tmp_path: Path) -> None:
    files = {f"a/{n}.bmp": bytes(40_000_000) for n in range(8)}
    error = refuse(lambda: add_zip(settings, tmp_path, files))
    assert re.search(
        r"unpacks to 0\.3 GB, [\d,]+ times its own size, more than the 200", error.problem
    )
    assert "The largest file in it is 'a/0.bmp' with 38.1 MB." in error.problem


def test_an_archive_over_the_limit_is_refused(tmp_path: Path) -> None:
    settings = read_settings(
        {"DLSTUDIO_HOME": str(tmp_path / "home"), "DLSTUDIO_MAX_UNPACKED_MB": "0.0001"}
    )
    error = refuse(lambda: add_zip(settings, tmp_path, cats_and_dogs()))
    assert "unpacks to 0.0 GB, more than the " in error.problem


def test_a_member_that_lies_about_its_size_is_broken(settings: Settings, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "data.zip", cats_and_dogs())
    content = bytearray(path.read_bytes())
    place = content.find(b"PK\x01\x02")  # the first entry of the directory: its size unpacked
    content[place + 24 : place + 28] = (10).to_bytes(4, "little")
    path.write_bytes(content)
    error = refuse(lambda: add_dataset(settings, path))
    assert "1 of 6 files of 'data.zip' cannot be read" in error.problem
    assert "'cat/0.png' is damaged in the archive" in str(error)


def test_a_password_is_told(settings: Settings, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "data.zip", cats_and_dogs())
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(mark) + offset] |= 1
    path.write_bytes(content)
    error = refuse(lambda: add_dataset(settings, path))
    assert "'cat/0.png' in 'data.zip' is protected by a password" in error.problem


@pytest.mark.parametrize(("method", "name"), [(9, "Deflate64"), (93, "Zstandard"), (77, "77")])
def test_a_method_of_packing_that_cannot_be_read_is_named(
    settings: Settings, tmp_path: Path, method: int, name: str
) -> None:
    path = write_zip(tmp_path / "data.zip", cats_and_dogs())
    content = bytearray(path.read_bytes())
    place = content.find(b"PK\x01\x02")  # the first entry of the directory
    content[place + 10 : place + 12] = method.to_bytes(2, "little")
    path.write_bytes(content)

    error = refuse(lambda: add_dataset(settings, path))

    assert "'cat/0.png' in 'data.zip' is packed by the method" in error.problem
    assert name in error.problem and "Pack the files again" in error.fix


def test_of_equal_names_the_last_is_taken(settings: Settings, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "data.zip", cats_and_dogs())
    with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("cat/0.png", picture(50))
    dataset = add_dataset(settings, path)
    assert (dataset.folder / "files/cat/0.png").read_bytes() == picture(50)
    assert "1 name occurs more than once" in warning_of(dataset, "repeated-names")


def test_what_systems_add_is_passed_over(settings: Settings, tmp_path: Path) -> None:
    junk = {
        "__MACOSX/cat/._0.png": b"x",
        "cat/.DS_Store": b"x",
        "dog/Thumbs.db": b"x",
        ".git/1.png": b"x",
    }
    dataset = add_zip(settings, tmp_path, cats_and_dogs() | junk)
    assert dataset.info.num_rows == 6
    assert "other-files" not in {warning.code for warning in dataset.info.warnings}


@pytest.mark.parametrize("says_utf8", [True, False])
def test_names_beyond_ascii_are_read(settings: Settings, tmp_path: Path, says_utf8: bool) -> None:
    """Archives of macOS hold UTF-8 without saying so, with accents as letters of their own."""
    path = write_zip(tmp_path / "data.zip", {f"Zu\u0308ge/{n}.png": picture(n) for n in range(2)})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("猫/1.png", picture(9))
    if not says_utf8:
        content = bytearray(path.read_bytes())
        for mark, offset in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
            place = content.find(mark)
            while place >= 0:
                content[place + offset] &= ~0x08 & 0xFF
                place = content.find(mark, place + 4)
        path.write_bytes(content)
    assert set(map(str, cells(add_dataset(settings, path))["label"])) == {"Züge", "猫"}


def test_names_in_code_page_437_are_read(settings: Settings, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "data.zip", {"Zxge/1.png": picture(1), "b/2.png": picture(2)})
    path.write_bytes(path.read_bytes().replace(b"Zxge", b"Z\x81ge"))
    assert set(map(str, cells(add_dataset(settings, path))["label"])) == {"Züge", "b"}


def test_names_that_a_disk_may_not_take_are_changed(settings: Settings, tmp_path: Path) -> None:
    long = "x" * 300
    files = {
        "con/a:b?.png": picture(1),
        f"{long}/{long}.png": picture(2),
        "cat/A.png": picture(3),
        "cat/a.png": picture(4),
        "CAT/a.png": picture(5),
        "odd/name\n.png": picture(6),
        "x.png/x.png": picture(7),
        "x.png ": b"not taken",
    }
    dataset = add_zip(settings, tmp_path, files)
    rows = dict(zip(cells(dataset)["file"], map(str, cells(dataset)["image"]), strict=True))
    assert set(rows) == set(files) - {"x.png "}
    assert len({path.casefold() for path in rows.values()}) == len(rows)
    for name, stored in rows.items():
        assert (dataset.folder / stored).read_bytes() == files[str(name)]
        assert not set(stored) & set('<>:"|?*\\\n') and not stored.startswith("files/con/")
        assert max(len(part.encode()) for part in stored.split("/")) <= 120
    assert long in cells(dataset)["label"]


def test_a_cut_off_archive_is_told(settings: Settings, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "data.zip", cats_and_dogs())
    path.write_bytes(path.read_bytes()[:-40])
    assert "is damaged or incomplete" in refuse(lambda: add_dataset(settings, path)).problem


def test_a_damaged_member_is_broken_and_can_be_left_out(settings: Settings, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "data.zip", cats_and_dogs())
    content = bytearray(path.read_bytes())
    place = content.find(b"cat/1.png") + 60
    content[place : place + 8] = bytes(8)
    path.write_bytes(content)
    assert "'cat/1.png' is damaged" in str(refuse(lambda: add_dataset(settings, path)))
    dataset = add_dataset(settings, path, options=ReadOptions(leave_out_broken=True))
    assert dataset.info.num_rows == 5 and dataset.info.source.num_rows_rejected == 1


def empty_archive(path: Path, num_files: int) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(num_files):
            archive.writestr(f"{number % 9}/{number}.png", b"")
    return path


def test_too_many_members_are_refused_before_they_are_listed(tmp_path: Path) -> None:
    settings = read_settings(
        {"DLSTUDIO_HOME": str(tmp_path / "home"), "DLSTUDIO_MAX_FILES": "1000"}
    )
    path = empty_archive(tmp_path / "data.zip", 1_001)
    error = refuse(lambda: add_dataset(settings, path))
    assert "holds 1,001 files; at most 1,000 are allowed" in error.problem
    assert "DLSTUDIO_MAX_FILES" in error.fix


@pytest.mark.slow
def test_two_hundred_thousand_members_do_not_take_ages(settings: Settings, tmp_path: Path) -> None:
    path = empty_archive(tmp_path / "data.zip", 200_000)
    start = time.process_time()
    error = refuse(lambda: add_dataset(settings, path))
    assert "None of the files of 'data.zip' can be read" in error.problem
    assert len(error.problems) == 102
    assert time.process_time() - start < 120
    assert list_datasets(settings) == []


def test_an_archive_of_pictures_inside_an_archive_is_refused(
    settings: Settings, tmp_path: Path
) -> None:
    inner = write_zip(tmp_path / "inner.zip", cats_and_dogs()).read_bytes()
    error = refuse(lambda: add_zip(settings, tmp_path, {"inner.zip": inner}))
    assert (
        error.problem == "'inner.zip' in 'data.zip' is another archive, with 6 files and no table."
    )
    assert error.fix == "Unpack the outer archive and add the inner one."
