"""Text files of a collection, in whatever encoding they are."""

from collections.abc import Iterator, Sequence

from dlstudio.data.collection.members import Member, Source, UnreadableMember
from dlstudio.data.encoding import (
    SAMPLE_BYTES,
    check_encoding_name,
    guess_encoding,
    guess_legacy_encoding,
)
from dlstudio.data.foreign import name_foreign
from dlstudio.settings import MEGABYTE

MAX_TEXT_BYTES = 64 * MEGABYTE
MAX_SHARE_OF_CONTROLS = 0.01


def read_texts(
    source: Source, members: Sequence[Member], encoding: str | None
) -> Iterator[str | UnreadableMember]:
    """Read text files one by one.

    A file that is not Unicode is too short to tell its encoding, so that all of those together
    decide it.

    Args:
        source: Gives the members.
        members: The text files.
        encoding: The encoding of all of them if it is known.

    Yields:
        For each member its text, or why it has none.
    """
    chosen = check_encoding_name(encoding) if encoding else None
    legacy: str | None = None
    for place, member in enumerate(members):
        try:
            content = _content(source, member)
            known = chosen or guess_encoding(content[:SAMPLE_BYTES], len(content) <= SAMPLE_BYTES)
            if chosen is None and not known.startswith("utf"):
                legacy = legacy or _legacy_encoding(source, members[place:])
                known = legacy
            yield _decoded(content, known)
        except UnreadableMember as error:
            yield error


def _content(source: Source, member: Member) -> bytes:
    if member.size_bytes > MAX_TEXT_BYTES:
        raise UnreadableMember(
            f"has {member.size_bytes / MEGABYTE:,.0f} MB; a text has at most "
            f"{MAX_TEXT_BYTES // MEGABYTE} MB"
        )
    with source.open(member) as file:
        content = file.read(MAX_TEXT_BYTES + 1)
    what = name_foreign(content[:512])
    if what is not None:
        raise UnreadableMember(f"is {what}, not a text")
    return content


def _legacy_encoding(source: Source, members: Sequence[Member]) -> str:
    """Guess from the files that are not Unicode, from this one on."""
    sample = b""
    for member in members:
        if len(sample) >= SAMPLE_BYTES:
            break
        try:
            content = _content(source, member)[:SAMPLE_BYTES]
        except UnreadableMember:
            continue
        if not guess_encoding(content, is_whole=True).startswith("utf"):
            sample += content + b"\n"
    return guess_legacy_encoding(sample[:SAMPLE_BYTES])


def _decoded(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("latin_1" if not encoding.startswith("utf") else "utf-8", "replace")
    num_controls = sum(text.count(chr(code)) for code in range(32) if chr(code) not in "\t\n\r\f")
    if num_controls > max(2, MAX_SHARE_OF_CONTROLS * len(text)):
        raise UnreadableMember("does not hold text")
    return text.removeprefix("\ufeff")
