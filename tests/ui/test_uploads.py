"""Uploads on disk: whole or not there at all, with harmless names."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from dlstudio.errors import DataError, NotFoundError
from dlstudio.settings import Settings
from dlstudio.ui.uploads import (
    KEEP_S,
    Upload,
    check_room,
    find_upload,
    receive_upload,
    remove_old_uploads,
    remove_upload,
    safe_file_name,
    upload_of,
)


def receive(settings: Settings, pieces: list[bytes], name: str = "a.csv") -> Upload:
    async def stream() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    return asyncio.run(receive_upload(stream(), name, settings))


def test_an_upload_is_found_by_its_id(settings: Settings) -> None:
    upload = receive(settings, [b"a,b\n", b"1,2\n"])
    found = find_upload(settings, upload.id)
    assert found == upload
    assert found.path.read_bytes() == b"a,b\n1,2\n"
    assert found.size_bytes == 8


def test_a_large_upload_arrives_in_order(settings: Settings) -> None:
    pieces = [bytes([number % 251]) * 65_536 for number in range(200)]
    assert receive(settings, pieces).path.read_bytes() == b"".join(pieces)


def test_a_file_that_is_too_large_is_refused_while_it_arrives(settings: Settings) -> None:
    small = replace(settings, max_upload_bytes=10)
    with pytest.raises(DataError, match="larger than the 10 bytes") as caught:
        receive(small, [b"12345678", b"9012"])
    assert "DLSTUDIO_MAX_UPLOAD_MB" in caught.value.fix
    assert list(settings.uploads_folder.iterdir()) == []


def test_an_empty_file_is_refused(settings: Settings) -> None:
    with pytest.raises(DataError, match="empty"):
        receive(settings, [])
    assert list(settings.uploads_folder.iterdir()) == []


def test_a_sender_that_breaks_off_leaves_nothing(settings: Settings) -> None:
    async def stream() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        asyncio.run(receive_upload(stream(), "a.csv", settings))
    assert list(settings.uploads_folder.iterdir()) == []


def test_a_file_for_which_the_disk_has_no_room_is_refused(settings: Settings) -> None:
    check_room(settings, "a.csv", 1000)
    with pytest.raises(DataError, match="'a.csv' has 100000 TB; the disk of .* of room"):
        check_room(settings, "a.csv", 10**17)


def test_a_full_disk_is_told_in_plain_words(settings: Settings) -> None:
    full = os.path.exists("/dev/full")
    if not full:
        pytest.skip("no /dev/full here")

    async def stream() -> AsyncIterator[bytes]:
        # The half-written file turns into a disk that is full.
        part = next(settings.uploads_folder.glob("*.part"))
        part.unlink()
        part.symlink_to("/dev/full")
        raise OSError(28, "No space left on device")
        yield b""

    with pytest.raises(DataError, match="disk of .* is full"):
        asyncio.run(receive_upload(stream(), "a.csv", settings))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("data.csv", "data.csv"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("../..", "upload"),
        (".bashrc", "bashrc"),
        ("a<b>\n$(rm).csv", "a_b___(rm).csv"),
        ("Übersicht 2024 (2).xlsx", "Übersicht 2024 (2).xlsx"),
        ("", "upload"),
        ("x" * 300 + ".csv", "x" * 116 + ".csv"),
    ],
)
def test_only_the_harmless_part_of_a_name_is_kept(given: str, kept: str) -> None:
    assert safe_file_name(given) == kept


@pytest.mark.parametrize("upload_id", ["", "..", "../../etc", "0" * 31, "g" * 32])
def test_an_id_that_was_never_given_out_is_not_found(settings: Settings, upload_id: str) -> None:
    settings.uploads_folder.mkdir(parents=True)
    with pytest.raises(NotFoundError, match="not there any more"):
        find_upload(settings, upload_id)


def test_old_and_half_written_uploads_are_removed(settings: Settings) -> None:
    old, fresh = receive(settings, [b"1"]), receive(settings, [b"2"])
    half = settings.uploads_folder / "1234.part"
    half.write_bytes(b"x")
    long_ago = time.time() - KEEP_S - 10
    os.utime(old.path.parent, (long_ago, long_ago))
    remove_old_uploads(settings)
    assert [entry.name for entry in settings.uploads_folder.iterdir()] == [fresh.id]


def test_removing_an_upload_twice_is_fine(settings: Settings) -> None:
    upload = receive(settings, [b"1"])
    remove_upload(settings, upload.id)
    remove_upload(settings, upload.id)
    with pytest.raises(NotFoundError):
        find_upload(settings, upload.id)


def test_a_file_is_known_to_be_an_upload_by_its_place(settings: Settings) -> None:
    upload = receive(settings, [b"1"])
    assert upload_of(settings, upload.path) == upload.id
    assert upload_of(settings, settings.home / "data.csv") is None
    assert upload_of(settings, settings.uploads_folder / "jobs" / "job.json") is None
