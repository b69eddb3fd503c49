"""A manifest: the table of a collection that lists its files and what is known of each."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.parquet as pq

from dlstudio.data.collection.file_finder import FileFinder
from dlstudio.data.collection.file_kinds import kind_of
from dlstudio.data.collection.members import Listing, Member, Source, UnreadableMember
from dlstudio.data.collection.storing import copy_member
from dlstudio.data.progress import ignore_progress
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.source import read_source
from dlstudio.data.stage import Stage
from dlstudio.errors import DataError
from dlstudio.spec.dataset import ColumnKind

MANIFEST_ENDINGS = frozenset(
    {".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson", ".parquet", ".pq"}
    | {".xlsx", ".xls", ".ods"}
)
MAX_CANDIDATES = 20
# A column names files if this share of its different values are files.
MIN_SHARE_FOUND = 0.5
_PATH_NAMES = frozenset(
    {"path", "file", "filename", "file_name", "filepath", "file_path", "image", "img", "photo"}
    | {"picture", "audio", "sound", "wav", "clip", "video", "text_file", "document", "image_path"}
)
Find = Callable[[str], Member | None]


@dataclass(frozen=True)
class FileColumn:
    """A column of a manifest whose cells name files.

    Attributes:
        place: Its place.
        kind: What the files are.
        find: Finds the file of a cell.
    """

    place: int
    kind: ColumnKind
    find: Find


@dataclass(frozen=True)
class Manifest:
    """A table that lists files.

    Attributes:
        member: The file that holds it.
        stage: Its cells.
        columns: The columns that name files, at least one.
    """

    member: Member
    stage: Stage
    columns: tuple[FileColumn, ...]


def find_manifest(request: ReadRequest, source: Source, listing: Listing) -> Manifest | None:
    """Find the table that lists the files of a collection.

    Args:
        request: The collection; its options may name the table.
        source: Gives the files.
        listing: The files, as they are to be named.

    Returns:
        The table; None if no table of the collection names files of it.

    Raises:
        DataError: Several tables do, or the one that was chosen does not exist or cannot be read.
    """
    candidates = _candidates(request, listing)
    found: list[Manifest] = []
    for number, member in enumerate(candidates):
        manifest = _read(request, source, listing, member, number)
        found += [manifest] if manifest else []
    if len(found) <= 1:
        return found[0] if found else None
    names = ", ".join(repr(manifest.member.path) for manifest in found[:10])
    raise DataError(
        f"{request.file_name!r} holds {len(found):,} tables that list files.",
        f"Choose one under File in the archive: {names}.",
        where="member",
    )


def _candidates(request: ReadRequest, listing: Listing) -> list[Member]:
    """Tables at the top, or else in the highest folder that has any."""
    tables = [member for member in listing.members if member.extension in MANIFEST_ENDINGS]
    wanted = request.options.member
    if wanted is not None:
        chosen = [member for member in tables if f"/{wanted}".endswith(f"/{member.path}")]
        if not chosen:
            raise DataError(
                f"{request.file_name!r} holds no table {wanted!r}.",
                f"Choose one of: {', '.join(repr(member.path) for member in tables[:10])}."
                if tables
                else "Leave File in the archive empty.",
                where="member",
            )
        return chosen[:1]
    depths = [member.path.count("/") for member in tables]
    return [m for m, depth in zip(tables, depths, strict=True) if depth == min(depths)][
        :MAX_CANDIDATES
    ]


def _read(
    request: ReadRequest, source: Source, listing: Listing, member: Member, number: int
) -> Manifest | None:
    """Read a table; one that nobody chose and that cannot be read is no manifest."""
    unpacked = request.stage_path.with_name(f"unpacked-manifest-{number}")
    order = replace(
        request,
        path=unpacked,
        file_name=member.path,
        stage_path=request.stage_path.with_name(f"unpacked-manifest-{number}.parquet"),
        options=request.options.model_copy(update={"member": None, "format": None}),
        progress=ignore_progress,
    )
    try:
        copy_member(source, member, unpacked)
        stage = read_source(order)
    except UnreadableMember as error:
        raise DataError(f"{member.path!r} {error}.", "Pack it again.", where="file") from error
    except DataError:
        if request.options.member is not None:
            raise
        return None
    folder = member.path.rpartition("/")[0]
    columns = _file_columns(stage, FileFinder(listing.members, folder))
    return Manifest(member, stage, columns) if columns else None


def _file_columns(stage: Stage, finder: FileFinder) -> tuple[FileColumn, ...]:
    found: list[FileColumn] = []
    best_stems: tuple[int, FileColumn] | None = None
    for place, name in enumerate(stage.names):
        values = _distinct_texts(stage, place)
        column = _column(place, values, finder.find, name)
        found += [column] if column else []
        by_stem = _column(place, values, finder.find_by_stem, "")
        if by_stem and (best_stems is None or len(values) > best_stems[0]):
            best_stems = (len(values), by_stem)
    if not found and best_stems:
        return (best_stems[1],)
    return tuple(found)


def _column(place: int, values: Sequence[str], find: Find, name: str) -> FileColumn | None:
    members = [member for member in map(find, values) if member is not None]
    kinds = Counter(kind for kind in map(kind_of, members) if kind is not None)
    if not kinds:
        return None
    is_named = name.strip().lower() in _PATH_NAMES
    if not is_named and kinds.total() < MIN_SHARE_FOUND * len(values):
        return None
    return FileColumn(place, kinds.most_common(1)[0][0], find)


def _distinct_texts(stage: Stage, place: int) -> list[str]:
    """The different cells of a column of text; nothing for other columns."""
    distinct: dict[str, None] = {}
    for cells in stage_columns(stage, [place]):
        if pa.types.is_string(cells[0].type):
            distinct.update(dict.fromkeys(text for text in cells[0].unique().to_pylist() if text))
    return [text for text in distinct if text.strip()]


def stage_columns(stage: Stage, places: Sequence[int]) -> Iterator[list[pa.Array]]:
    """Read columns of a stage, one row group at a time.

    Args:
        stage: The stage.
        places: Places of the columns.
    """
    with pq.ParquetFile(stage.path) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group, [f"c{place}" for place in places])
            yield [_whole(column) for column in table.columns]


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
