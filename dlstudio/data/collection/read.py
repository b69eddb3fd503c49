"""A folder, or an archive of many files, becomes the stage of a dataset."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from dlstudio.data.collection.animations import settle_animations
from dlstudio.data.collection.class_folders import read_class_folders
from dlstudio.data.collection.file_kinds import kind_of
from dlstudio.data.collection.folder_source import open_folder
from dlstudio.data.collection.joined_manifests import join_manifests
from dlstudio.data.collection.layout import MEDIA_KINDS, ClassFolders, read_layout
from dlstudio.data.collection.listed_files import read_listed_files
from dlstudio.data.collection.listed_recordings import mark_recordings, may_list_recordings
from dlstudio.data.collection.manifest import (
    MANIFEST_ENDINGS,
    FoundTables,
    find_manifests,
    refuse_several,
)
from dlstudio.data.collection.members import Listing, Source
from dlstudio.data.collection.recordings import recordings_layout
from dlstudio.data.collection.zip_source import open_zip
from dlstudio.data.options import FileFormat
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.stage import Stage
from dlstudio.errors import DataError
from dlstudio.spec.dataset import ColumnKind

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# Documents that are ZIP archives inside, and hold pictures.
_DOCUMENT_MEMBERS = frozenset({"[content_types].xml", "mimetype", "content.xml", "meta-inf"})
_KNOWN = "an image, a sound, a video or a text"
MIN_CLASSES = 2
# Fewer texts beside a table are remarks about it.
MIN_LISTED_TEXTS = 3


def read_collection(request: ReadRequest, known_kind: object = None) -> Stage | None:
    """Read a folder or an archive of many files into the stage.

    Args:
        request: The folder or archive, the options and where the stage goes. Media are stored in
            `files/` beside the stage.
        known_kind: What the files of a dataset are that these go with, where the options leave it
            open: whether GIF files are images or videos, and whether tables are recordings.

    Returns:
        The stage; None if the path is a file of one table, plain or in an archive.

    Raises:
        DataError: A folder or archive holds nothing that can be read, or an archive is damaged or
            holds what must not be unpacked.
        BrokenFiles: Some files cannot be read, and the options do not say to leave them out.
    """
    chosen = request.options
    is_chosen = chosen.format is FileFormat.COLLECTION or chosen.file_kind is not None
    is_certain = request.path.is_dir() or is_chosen
    if not is_certain and (request.options.format or not _is_zip(request)):
        return None
    with open_source(request) as source:
        if is_certain or _may_be_collection(source.listing):
            return _read(request, source, is_certain, known_kind)
    return None


def _read(
    request: ReadRequest, source: Source, is_certain: bool, known_kind: object
) -> Stage | None:
    listing = settle_animations(source, request.options.file_kind or known_kind)
    counts = Counter(kind_of(member) for member in listing.members)
    num_media = sum(counts[kind] for kind in MEDIA_KINDS)
    if (is_certain or num_media) and listing.problem is not None:
        raise listing.problem
    may_be_listed = num_media or counts[ColumnKind.TEXT] >= MIN_LISTED_TEXTS
    tables = FoundTables()
    recorded = _with_recordings(request, source, listing, known_kind)
    if recorded is not None:
        listing, tables = recorded
    elif may_be_listed:
        tables = find_manifests(request, source, listing)
    if tables.manifests:
        manifest = join_manifests(request, listing, tables.manifests)
        if manifest is None:
            raise refuse_several(request, tables.manifests)
        return read_listed_files(request, source, listing, manifest)
    layout = _layout(listing, request.options.file_kind, num_media)
    is_table = not tables.remarks and _is_table_with_files(listing, layout)
    if not is_certain and (request.options.member or is_table):
        return None
    if listing.problem is not None:
        raise listing.problem
    if layout is None:
        raise _nothing_to_read(request, listing)
    stage = read_class_folders(request, source, layout)
    return replace(stage, remarks=(*tables.remarks, *stage.remarks))


def _with_recordings(
    request: ReadRequest, source: Source, listing: Listing, known_kind: object
) -> tuple[Listing, FoundTables] | None:
    """The tables that list recordings, and the files with the recordings marked.

    Beside media, tables may describe those; they are recordings only if that was chosen, or if one
    table lists both.
    """
    chosen = request.options.file_kind
    if chosen not in (None, ColumnKind.SEQUENCE):
        return None
    marked = mark_recordings(request, source, listing, chosen or known_kind)
    if marked is None:
        return None
    tables = find_manifests(request, source, marked)
    kinds = [{column.kind for column in manifest.columns} for manifest in tables.manifests]
    has_media = any(kind_of(member) in MEDIA_KINDS for member in listing.members)
    fewest = 2 if has_media and chosen is None else 1
    is_listed = any(ColumnKind.SEQUENCE in found and len(found) >= fewest for found in kinds)
    return (marked, tables) if is_listed else None


def _layout(listing: Listing, files: str | None, num_media: int) -> ClassFolders | None:
    """Where the files lie; media count before recordings, and those before texts."""
    chosen = ColumnKind(files) if files else None
    if chosen is ColumnKind.SEQUENCE or (chosen is None and not num_media):
        recordings = recordings_layout(listing)
        if recordings is not None or chosen:
            return recordings
    return read_layout(listing, chosen)


@contextmanager
def open_source(request: ReadRequest) -> Iterator[Source]:
    """Open a folder or an archive.

    Args:
        request: The folder or archive and the limits.

    Raises:
        DataError: It is neither, is damaged, or holds more than is allowed.
    """
    if request.path.is_dir():
        with open_folder(request) as folder:
            yield folder
        return
    if not _is_zip(request):
        raise DataError(
            f"{request.file_name!r} is neither a folder nor a ZIP archive.",
            "Leave Format open, or give a folder or a ZIP archive.",
            where="format",
        )
    with open_zip(request) as archive:
        yield archive


def _is_zip(request: ReadRequest) -> bool:
    with request.path.open("rb") as file:
        return file.read(4) in _ZIP


def _may_be_collection(listing: Listing) -> bool:
    """No office document, and no archive of tables and remarks."""
    paths = [member.path.lower() for member in listing.members]
    is_document = any(path.split("/")[0] in _DOCUMENT_MEMBERS for path in paths)
    has_files = any(kind_of(member) for member in listing.members)
    has_recordings = recordings_layout(listing) is not None or may_list_recordings(listing)
    return not is_document and (has_files or has_recordings)


def _is_table_with_files(listing: Listing, layout: ClassFolders | None) -> bool:
    """Whether the files only go with a table: they have no classes, or are texts beside it."""
    if layout is None:
        return True
    has_table = any(member.extension in MANIFEST_ENDINGS for member in listing.members)
    has_classes = layout.num_classes >= MIN_CLASSES and len(layout.files) > MIN_CLASSES
    if layout.kind is ColumnKind.SEQUENCE:
        return False
    if layout.kind in MEDIA_KINDS:
        return has_table and not has_classes
    return not has_classes or len(layout.files) < len(listing.members) // 2


def _nothing_to_read(request: ReadRequest, listing: Listing) -> DataError:
    counts = Counter(member.extension or "without an ending" for member in listing.members)
    endings = ", ".join(f"{count:,} {ending}" for ending, count in counts.most_common(5))
    wanted = f"of the kind {request.options.file_kind}" if request.options.file_kind else _KNOWN
    none = f"none of which is {wanted}"
    holds = f"{len(listing.members):,} files ({endings}), {none}" if counts else "no file"
    tables = [member.path for member in listing.members if member.extension in MANIFEST_ENDINGS]
    if tables:
        return DataError(
            f"{request.file_name!r} holds {holds}.",
            f"Give the path of the table itself, such as {tables[0]!r}.",
            where="file",
        )
    return DataError(
        f"{request.file_name!r} holds {holds}.",
        "Give a folder or ZIP archive with a folder of files for each class, such as cat/1.png; "
        "convert files of other formats first.",
        where="file",
    )
