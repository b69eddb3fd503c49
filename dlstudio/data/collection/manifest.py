"""A manifest: the table of a collection that lists its files and what is known of each."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.parquet as pq

from dlstudio.data.collection.file_finder import FileFinder
from dlstudio.data.collection.file_kinds import kind_of
from dlstudio.data.collection.members import Listing, Member, Remark, Source, UnreadableMember
from dlstudio.data.collection.remarks import lost_names_remark
from dlstudio.data.collection.storing import copy_member
from dlstudio.data.progress import ignore_progress
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.source import read_source
from dlstudio.data.stage import Stage
from dlstudio.errors import DataError
from dlstudio.spec.dataset import ColumnKind

MANIFEST_ENDINGS = frozenset(
    {".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson", ".parquet", ".pq"}
    | {".xlsx", ".xls", ".xlsb", ".ods"}
)
MAX_CANDIDATES = 20
MOST_NAMED = 10
# A column names files if this share of its different values are files.
MIN_SHARE_FOUND = 0.5
_PATH_NAMES = frozenset(
    {"path", "file", "filename", "file_name", "filepath", "file_path", "image", "img", "photo"}
    | {
        "recording",
        "sequence",
        "signal",
        "series",
        "picture",
        "audio",
        "sound",
        "wav",
        "clip",
        "video",
        "text_file",
        "document",
        "image_path",
    }
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
        members: The files that hold it: one, or several that are read as one table.
        stage: Its cells.
        columns: The columns that name files, at least one.
    """

    members: tuple[Member, ...]
    stage: Stage
    columns: tuple[FileColumn, ...]

    @property
    def name(self) -> str:
        """The paths of its files, as they are told."""
        return ", ".join(repr(member.path) for member in self.members[:MOST_NAMED])


@dataclass(frozen=True)
class FoundTables:
    """The tables of a collection that name files.

    Attributes:
        manifests: Those that name files of the collection.
        remarks: Which ones only name files that are not there, to be told.
    """

    manifests: tuple[Manifest, ...] = ()
    remarks: tuple[Remark, ...] = ()


def find_manifests(request: ReadRequest, source: Source, listing: Listing) -> FoundTables:
    """Find the tables that list the files of a collection, in the highest folders that have any.

    Args:
        request: The collection; its options may name the table.
        source: Gives the files.
        listing: The files, as they are to be named.

    Raises:
        DataError: The table that was chosen does not exist or cannot be read.
    """
    found: list[Manifest] = []
    remarks: list[Remark] = []
    depth = 0
    for number, member in enumerate(_candidates(request, listing)):
        if found and member.path.count("/") > depth:
            break
        table = _read(request, source, member, number)
        if table is not None:
            columns = _file_columns(table, listing, member, request.options.file_kind)
            found += [Manifest((member,), table, columns)] if columns else []
            remarks += _lost_names(table, listing, member) if not columns else ()
        depth = member.path.count("/")
    return FoundTables(tuple(found), tuple(remarks))


def chosen_tables(wanted: str, tables: Sequence[Member]) -> list[Member]:
    """The tables that a path means, which may begin with the folder of the collection.

    Args:
        wanted: The path as chosen.
        tables: Where to look.
    """
    return [member for member in tables if f"/{wanted}".endswith(f"/{member.path}")]


def refuse_several(request: ReadRequest, manifests: Sequence[Manifest]) -> DataError:
    """Ask for one of several tables that do not go together."""
    names = ", ".join(manifest.name for manifest in manifests[:MOST_NAMED])
    return DataError(
        f"{request.file_name!r} holds {len(manifests):,} tables that list files, and they do not "
        "go together: they name the same files, or have other columns.",
        f"Choose one under File in the archive: {names}.",
        where="member",
    )


def _candidates(request: ReadRequest, listing: Listing) -> list[Member]:
    """Tables, those in higher folders first."""
    tables = [
        member
        for member in listing.members
        if member.extension in MANIFEST_ENDINGS and kind_of(member) is None
    ]
    wanted = request.options.member
    if wanted is not None:
        chosen = chosen_tables(wanted, tables)
        if not chosen:
            raise DataError(
                f"{request.file_name!r} holds no table {wanted!r}.",
                f"Choose one of: {', '.join(repr(member.path) for member in tables[:10])}."
                if tables
                else "Leave File in the archive empty.",
                where="member",
            )
        return chosen[:1]
    return sorted(tables, key=lambda member: member.path.count("/"))[:MAX_CANDIDATES]


def _read(request: ReadRequest, source: Source, member: Member, number: int) -> Stage | None:
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
        return read_source(order)
    except UnreadableMember as error:
        raise DataError(f"{member.path!r} {error}.", "Pack it again.", where="file") from error
    except DataError:
        if request.options.member is not None:
            raise
        return None


def _file_columns(
    stage: Stage, listing: Listing, table: Member, file_kind: str | None
) -> tuple[FileColumn, ...]:
    """The columns that name files, of the chosen kind if one was chosen."""
    chosen = ColumnKind(file_kind) if file_kind else None
    folder = table.path.rpartition("/")[0]
    find = FileFinder(listing.members, folder).find
    # An identifier may name a picture and a sound; the chosen kind says which is meant.
    wanted = [member for member in listing.members if chosen in (None, kind_of(member))]
    find_by_stem = FileFinder(wanted, folder).find_by_stem
    found: list[FileColumn] = []
    best_stems: tuple[int, FileColumn] | None = None
    for place, name in enumerate(stage.names):
        values = _distinct_texts(stage, place)
        column = _column(place, values, find, name, chosen)
        found += [column] if column else []
        by_stem = _column(place, values, find_by_stem, "", chosen)
        if by_stem and (best_stems is None or len(values) > best_stems[0]):
            best_stems = (len(values), by_stem)
    if not found and best_stems:
        return (best_stems[1],)
    return tuple(found)


def _lost_names(stage: Stage, listing: Listing, table: Member) -> list[Remark]:
    """Tell that a table names files, as their endings say, of which hardly any are there."""
    find = FileFinder(listing.members, table.path.rpartition("/")[0]).find
    known = next(member.path for member in listing.members if kind_of(member))
    for place, name in enumerate(stage.names):
        values = _distinct_texts(stage, place)
        num_files = sum(kind_of(Member(text.strip(), 0, 0)) is not None for text in values)
        lost = [text for text in values if find(text) is None]
        if lost and num_files > MIN_SHARE_FOUND * len(values):
            return [lost_names_remark(table.path, name, lost, len(values), known)]
    return []


def _column(
    place: int, values: Sequence[str], find: Find, name: str, chosen: ColumnKind | None
) -> FileColumn | None:
    members = [member for member in map(find, values) if member is not None]
    kinds = Counter(kind for kind in map(kind_of, members) if kind is not None)
    if not kinds or chosen not in (None, *kinds):
        return None
    is_named = name.strip().lower() in _PATH_NAMES
    if not is_named and kinds.total() < MIN_SHARE_FOUND * len(values):
        return None
    return FileColumn(place, chosen or kinds.most_common(1)[0][0], find)


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
