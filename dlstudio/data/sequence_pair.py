"""Archives with the training and the test sequences of a problem, as the UCR archive has them."""

import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from dlstudio.data.options import FileFormat
from dlstudio.data.readers.arff import open_arff
from dlstudio.data.readers.labelled_sequences import stage_sequences
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.readers.ts import open_ts
from dlstudio.data.stage import Stage
from dlstudio.data.unpack import unpack_zip
from dlstudio.errors import DataError

_PART = re.compile(r"(?P<problem>.*)_(?P<part>TRAIN|TEST)\.(?P<ending>ts|arff)", re.IGNORECASE)
_ENDINGS = ("ts", "arff")  # the first one that an archive holds is read
_OPENERS = {"ts": open_ts, "arff": open_arff}

Pair = Mapping[str, str]


def find_pair(path: Path) -> Pair | None:
    """Find `NAME_TRAIN.ts` and `NAME_TEST.ts`, or the same as `.arff`, in a ZIP archive.

    Args:
        path: The archive.

    Returns:
        The members by their part, "train" and "test"; None if there are no such two.

    Raises:
        DataError: The archive holds several problems.
    """
    with zipfile.ZipFile(path) as archive:
        matches = [match for name in archive.namelist() if (match := _PART.fullmatch(name))]
    for ending in _ENDINGS:
        pairs: dict[str, dict[str, str]] = {}
        for match in matches:
            if match["ending"].lower() == ending and not match["problem"].startswith("__MACOSX/"):
                pairs.setdefault(match["problem"], {})[match["part"].lower()] = match[0]
        whole = {problem: pair for problem, pair in pairs.items() if len(pair) == 2}
        if len(whole) > 1:
            raise DataError(
                f"The archive holds several problems: {', '.join(sorted(whole)[:10])}.",
                "Pack the files of one problem into an archive of their own.",
                where="file",
            )
        if whole:
            return next(iter(whole.values()))
    return None


def read_pair(request: ReadRequest, pair: Pair) -> Stage:
    """Read both files into one stage, with a column that says which row belongs to which.

    Args:
        request: The archive, and where the stage goes.
        pair: From `find_pair`.

    Raises:
        DataError: A file cannot be read, or the two do not go together.
    """
    files = []
    ending = pair["train"].rpartition(".")[2].lower()
    for part in ("train", "test"):
        target = request.stage_path.with_name(f"unpacked-{part}")
        chosen = request.options.model_copy(update={"member": pair[part]})
        unpack_zip(replace(request, options=chosen), target)
        files.append(_OPENERS[ending](target, Path(pair[part]).name, part))
    return stage_sequences(request, files, FileFormat(ending).value)
