"""Files that cannot be read: listed all at once, or left out and counted."""

from collections.abc import Sequence
from dataclasses import dataclass

from dlstudio.data.stage import MAX_LISTED
from dlstudio.errors import DataError, Problem
from dlstudio.spec.dataset import UnreadableEntry


@dataclass(frozen=True)
class BrokenFile:
    """A file that cannot be used.

    Attributes:
        path: Its path in the collection.
        reason: Why not, as the rest of a sentence.
        line: The line of the manifest that names it, if one does.
        own_fix: What helps with this file, as a sentence; None if only another file does.
    """

    path: str
    reason: str
    line: int | None = None
    own_fix: str | None = None


class BrokenFiles(DataError):
    """Some files of a collection cannot be read, and nobody agreed to leave them out."""

    def __init__(
        self,
        collection: str,
        num_files: int,
        broken: Sequence[BrokenFile],
        num_broken: int | None = None,
    ) -> None:
        """List what is wrong.

        Args:
            collection: The folder or archive as the user knows it.
            num_files: How many files were to be read.
            broken: Those that cannot be, or the first of them.
            num_broken: How many there are; as many as are given by default.
        """
        count = len(broken) if num_broken is None else num_broken
        self._arguments = (collection, num_files, tuple(broken), count)
        self._problems = (_summary(collection, num_files, count), *_listed(broken, count))
        first = self._problems[0]
        super().__init__(first.problem, first.fix, first.where)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """How many there are, then the first of them one by one."""
        return self._problems

    def __reduce__(
        self,
    ) -> tuple[type["BrokenFiles"], tuple[str, int, tuple[BrokenFile, ...], int]]:
        """Let the error cross a process border whole."""
        return (BrokenFiles, self._arguments)


def unreadable_entries(broken: Sequence[BrokenFile], column: str) -> tuple[UnreadableEntry, ...]:
    """Note the files that were left out, for the record of the dataset.

    Args:
        broken: All of them.
        column: The column whose files they are.
    """
    return tuple(
        UnreadableEntry(line=file.line, column=column, text=file.path, reason=file.reason)
        for file in broken[:MAX_LISTED]
    )


def _summary(collection: str, num_files: int, num_broken: int) -> Problem:
    if num_broken >= num_files:
        which = "None of the files" if num_files > 1 else "The only file"
        return Problem(
            f"{which} of {collection!r} {'can' if num_files > 1 else 'cannot'} be read.",
            "Look at the reasons below, mend the files and add them again.",
            "file",
        )
    return Problem(
        f"{num_broken:,} of {num_files:,} files of {collection!r} cannot be read.",
        "Choose Leave out broken files (--leave-out-broken), or mend them and add all again.",
        "leave_out_broken",
    )


def _listed(broken: Sequence[BrokenFile], num_broken: int) -> list[Problem]:
    listed = [
        Problem(f"{file.path!r} {file.reason}.", _fix(file), file.path)
        for file in broken[:MAX_LISTED]
    ]
    more = num_broken - len(listed)
    if more > 0:
        listed.append(
            Problem(f"{more:,} more files cannot be read.", "Mend the ones above first.", "file")
        )
    return listed


def _fix(file: BrokenFile) -> str:
    if file.line is None:
        return file.own_fix or "Replace the file."
    if file.own_fix is None:
        return f"Mend line {file.line:,} or the file."
    return f"{file.own_fix} Line {file.line:,} names it."
