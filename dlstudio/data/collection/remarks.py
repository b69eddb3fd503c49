"""What is to be told about the files of a collection."""

from collections import Counter
from collections.abc import Sequence

from dlstudio.data.collection.file_kinds import kind_of
from dlstudio.data.collection.layout import ClassFolders
from dlstudio.data.collection.members import Member, Remark
from dlstudio.data.text_cells import LONG_TEXT

MAX_NAMED = 5
LEFT_OUT_CODES = frozenset(
    {"links-left-out", "repeated-names", "closed-folders", "other-files", "unlisted-files"}
    | {"lost-names", "other-tables"}
)
# What only reading the files can tell; later versions keep it.
COLLECTION_CODES = LEFT_OUT_CODES | frozenset(
    {
        "duplicate-files",
        "empty-texts",
        "long-texts",
        "empty-classes",
        "no-labels",
        "unlabelled-files",
    }
    | {"silent-sounds", "clipped-sounds", "deep-colors", "several-pages", "still-videos"}
)


def layout_remarks(layout: ClassFolders) -> list[Remark]:
    """Tell what the folders of a collection lack, and which files have no part.

    Args:
        layout: Its files in their places.
    """
    return [*_empty_classes(layout), *_unlabelled(layout), *others_remark(layout.others)]


def others_remark(others: Sequence[Member]) -> list[Remark]:
    """Tell which files were left out because they are of no kind, or of another.

    Args:
        others: Those files.
    """
    if not others:
        return []
    counts = Counter(member.extension or "without an ending" for member in others)
    endings = ", ".join(f"{count:,} {ending}" for ending, count in counts.most_common(MAX_NAMED))
    noun = "file was" if len(others) == 1 else "files were"
    kinds = sorted({kind.value for kind in map(kind_of, others) if kind is not None})
    fix = "Convert them if they belong to the data; else nothing needs to be done."
    if kinds:
        choices = " or ".join(kinds)
        fix = f"Choose {choices} under Kind of files (file_kind={kinds[0]}) if those are the data."
    return [
        (
            "other-files",
            f"{len(others):,} other {noun} left out ({endings}), the first is {others[0].path!r}.",
            fix,
        )
    ]


def other_tables_remark(
    tables: Sequence[Member], manifest: str, chosen: str | None
) -> list[Remark]:
    """Tell which tables were left out beside the one that lists the files.

    Args:
        tables: Those tables, which may be recordings.
        manifest: The path of the manifest in quotes, or the paths of several.
        chosen: The kind of files that was chosen; None if that was left open.
    """
    if not tables:
        return []
    noun = "table was" if len(tables) == 1 else "tables were"
    way = " and leave Kind of files open" if chosen else ""
    return [
        (
            "other-tables",
            f"{len(tables):,} other {noun} left out, the first is {tables[0].path!r}.",
            f"If recordings are the data, name each by its path, such as {tables[0].path!r}, in a "
            f"column of {manifest}{way}; else nothing needs to be done.",
        )
    ]


def unlisted_remark(unlisted: Sequence[Member], manifest: str) -> list[Remark]:
    """Tell which files a manifest does not list.

    Args:
        unlisted: Those files.
        manifest: The path of the manifest in quotes, or the paths of several.
    """
    if not unlisted:
        return []
    noun = "file is" if len(unlisted) == 1 else "files are"
    return [
        (
            "unlisted-files",
            f"{len(unlisted):,} {noun} not listed in {manifest}, the first is "
            f"{unlisted[0].path!r}; they were left out.",
            "Add them to the table if they belong to the data.",
        )
    ]


def lost_names_remark(
    table: str, column: str, lost: Sequence[str], num_names: int, known: str
) -> Remark:
    """Tell that a table was not used because the files that it names are not there.

    Args:
        table: The path of the table.
        column: The column that names files.
        lost: The names without a file, at least one.
        num_names: How many different names there are.
        known: The path of a file that is there.
    """
    number = (
        "none" if len(lost) == num_names else f"only {num_names - len(lost):,} of {num_names:,}"
    )
    return (
        "lost-names",
        f"The table {table!r} names files in its column {column!r}, but {number} of them are "
        f"there; the first that is not is {lost[0]!r}. The table was left out.",
        f"Write the names as the files are called, such as {known!r}, and add all again.",
    )


def repeated_files_remark(repeated: Sequence[tuple[str, str]]) -> list[Remark]:
    """Tell that files have the same content.

    Args:
        repeated: Pairs of a file and an earlier one with the same content.
    """
    if not repeated:
        return []
    noun = "file repeats" if len(repeated) == 1 else "files repeat"
    path, first = repeated[0]
    return [
        (
            "duplicate-files",
            f"{len(repeated):,} {noun} the content of an earlier one, as {path!r} does of "
            f"{first!r}; a split at random or by group keeps rows with equal files together.",
            "Remove the repetitions, unless they count for something.",
        )
    ]


def empty_texts_remark(empty: Sequence[str]) -> list[Remark]:
    """Tell that texts hold nothing.

    Args:
        empty: Their paths.
    """
    if not empty:
        return []
    noun = "text is" if len(empty) == 1 else "texts are"
    return [
        (
            "empty-texts",
            f"{len(empty):,} {noun} empty, the first is {empty[0]!r}; they count as missing.",
            "Remove these files, or fill them.",
        )
    ]


def long_texts_remark(long: Sequence[tuple[str, int]]) -> list[Remark]:
    """Tell that texts are as long as books.

    Args:
        long: Their paths and numbers of characters.
    """
    if not long:
        return []
    noun = "text is" if len(long) == 1 else "texts are"
    path, num_characters = long[0]
    return [
        (
            "long-texts",
            f"{len(long):,} {noun} longer than {LONG_TEXT:,} characters, the first is {path!r} "
            f"with {num_characters:,}; networks that read words in order see the beginning only.",
            "Divide them into texts of the length that you want judged, or check that they are "
            "single texts.",
        )
    ]


def _empty_classes(layout: ClassFolders) -> list[Remark]:
    empty = layout.empty_classes
    if not empty:
        return []
    noun = "folder" if len(empty) == 1 else "folders"
    verb = "holds" if len(empty) == 1 else "hold"
    named = ", ".join(repr(name) for name in empty[:MAX_NAMED])
    more = f" and {len(empty) - MAX_NAMED:,} more" if len(empty) > MAX_NAMED else ""
    return [
        (
            "empty-classes",
            f"The {noun} {named}{more} {verb} no {layout.kind.value}, so there is no such class.",
            "Put files into it, or remove the folder.",
        )
    ]


def _unlabelled(layout: ClassFolders) -> list[Remark]:
    loose = [placed for placed in layout.files if placed.label is None]
    if not loose:
        return []
    if len(loose) == len(layout.files):
        return [
            (
                "no-labels",
                "The files do not lie in folders of different names, so there is no label.",
                "Put the files of each class into a folder with its name, or add a table that "
                "lists the files and their labels.",
            )
        ]
    noun = "file lies" if len(loose) == 1 else "files lie"
    return [
        (
            "unlabelled-files",
            f"{len(loose):,} {noun} in no class folder, the first is {loose[0].member.path!r}; "
            "the label is missing.",
            "Move them into class folders if their class is known.",
        )
    ]
