"""A folder, or an archive of many files, becomes the stage of a dataset."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from dlstudio.data.collection.class_folders import read_class_folders
from dlstudio.data.collection.file_kinds import kind_of
from dlstudio.data.collection.folder_source import open_folder
from dlstudio.data.collection.layout import MEDIA_KINDS, read_layout
from dlstudio.data.collection.members import Listing, Source
from dlstudio.data.collection.zip_source import open_zip
from dlstudio.data.options import FileFormat
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.stage import Stage
from dlstudio.errors import DataError

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# Documents that are ZIP archives inside, and hold pictures.
_DOCUMENT_MEMBERS = frozenset({"[content_types].xml", "mimetype", "content.xml", "meta-inf"})
MIN_CLASSES = 2


def is_collection(request: ReadRequest) -> bool:
    """Whether a path is a folder, or an archive of many files rather than of one table.

    Args:
        request: The path and the options; a format or a file in the archive that was chosen
            decides.

    Raises:
        DataError: It is an archive that is damaged or holds what must not be unpacked.
    """
    if request.path.is_dir() or request.options.format is FileFormat.COLLECTION:
        return True
    if request.options.format or request.options.member or not _is_zip(request):
        return False
    with open_zip(request) as source:
        return not _is_document(source.listing) and _has_many_files(source.listing)


def read_collection(request: ReadRequest) -> Stage:
    """Read a folder or an archive of many files into the stage.

    Args:
        request: The folder or archive, the options and where the stage goes. Media are stored in
            `files/` beside the stage.

    Raises:
        DataError: There is nothing in it that can be read.
        BrokenFiles: Some files cannot be read, and the options do not say to leave them out.
    """
    with open_source(request) as source:
        if source.listing.problem is not None:
            raise source.listing.problem
        layout = read_layout(source.listing)
        if layout is None:
            raise _nothing_to_read(request, source.listing)
        return read_class_folders(request, source, layout)


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


def _is_document(listing: Listing) -> bool:
    return any(member.path.split("/")[0].lower() in _DOCUMENT_MEMBERS for member in listing.members)


def _has_many_files(listing: Listing) -> bool:
    counts = Counter(kind_of(member) for member in listing.members)
    if any(counts[kind] for kind in MEDIA_KINDS):
        return True
    layout = read_layout(listing)
    return layout is not None and len(layout.files) > MIN_CLASSES <= layout.num_classes


def _nothing_to_read(request: ReadRequest, listing: Listing) -> DataError:
    counts = Counter(member.extension or "without an ending" for member in listing.members)
    endings = ", ".join(f"{count:,} {ending}" for ending, count in counts.most_common(5))
    none = "none of which is an image, a sound, a video or a text"
    holds = f"{len(listing.members):,} files ({endings}), {none}" if counts else "no file"
    return DataError(
        f"{request.file_name!r} holds {holds}.",
        "Give a folder or ZIP archive with a folder of files for each class, such as cat/1.png; "
        "convert files of other formats first.",
        where="file",
    )
