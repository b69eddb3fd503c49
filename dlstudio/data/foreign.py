"""What a file is, told by its first bytes, for messages about files that are something else."""

# First bytes of files that people pick by mistake.
_BEGINNINGS = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a Windows program"),
    (b"SQLite format 3", "an SQLite database"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"(\xb5/\xfd", "a Zstandard archive"),
    (b"\x89HDF", "an HDF5 file"),
    (b"ARROW1", "an Arrow or Feather file"),
    (b"\x93NUMPY", "a NumPy file"),
    (b"RIFF", "a sound or video"),
    (b"OggS", "a sound or video"),
    (b"fLaC", "a sound"),
    (b"ID3", "a sound"),
)
_WEB_PAGES = (b"<!doctype html", b"<html")
_ARCHIVES = ((b"PK\x03\x04", "a ZIP archive"), (b"\x1f\x8b", "a gzip archive"))
_TAR_MARK, _TAR_PLACE = b"ustar", 257


def name_foreign(head: bytes) -> str | None:
    """Name a file that is neither text nor a table by its beginning.

    Args:
        head: Its first bytes, 300 or more if it has them.

    Returns:
        Such as "a PDF document"; None if nothing is recognised.
    """
    for mark, what in _BEGINNINGS:
        # Short marks, such as MZ, also begin texts; a text has no zero bytes.
        if head.startswith(mark) and (len(mark) > 3 or b"\0" in head):
            return what
    return "a tar archive" if head[_TAR_PLACE:].startswith(_TAR_MARK) else None


def name_content(head: bytes) -> str | None:
    """Name any file by its beginning, texts and archives too.

    Args:
        head: Its first bytes, 300 or more if it has them.

    Returns:
        Such as "a web page"; None if nothing is recognised.
    """
    for mark, what in _ARCHIVES:
        if head.startswith(mark):
            return what
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].lower().startswith(_WEB_PAGES):
        return "a web page"
    return name_foreign(head) or ("a text" if _is_text(head) else None)


def _is_text(head: bytes) -> bool:
    try:
        head[:-4].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return bool(head) and b"\0" not in head
