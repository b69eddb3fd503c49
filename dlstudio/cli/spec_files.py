"""Reads the spec file that a command was given, and writes drafts."""

from collections.abc import Sequence
from pathlib import Path

from dlstudio.data.label_lists import open_for_spec
from dlstudio.errors import NotFoundError, Problem, SpecError, StudioError
from dlstudio.evaluation.whole_file import written_whole
from dlstudio.settings import Settings
from dlstudio.spec.check import check_spec
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.documents import MAX_DOCUMENT_CHARACTERS, read_spec
from dlstudio.spec.mended import FieldsError
from dlstudio.spec.overrides import apply_overrides
from dlstudio.spec.run import RunSpec


def load_spec(path: Path, overrides: Sequence[str]) -> RunSpec:
    """Read a spec and apply overrides.

    Args:
        path: A YAML or JSON file.
        overrides: Texts such as "training.epochs=5".

    Raises:
        NotFoundError: There is no such file.
        FieldsError: Fields are wrong; carries every problem.
        SpecError: The file or an override cannot be read.
    """
    spec = read_spec(_read_text(path))
    return apply_overrides(spec, overrides) if overrides else spec


def with_dataset_problems(settings: Settings, error: FieldsError) -> SpecError:
    """Add what the right fields of a spec have against its dataset, so that all is told at once.

    Args:
        settings: The workspace.
        error: What is wrong with the other fields.
    """
    if error.rest is None:
        return error
    try:
        found = check_spec(error.rest, open_for_spec(settings, error.rest).info)
    except StudioError as dataset_error:
        return SpecError([*error.problems, *dataset_error.problems])
    known = {problem.where for problem in error.problems}
    return SpecError([*error.problems, *(one for one in found if one.where not in known)])


def write_spec_file(path: Path, text: str) -> None:
    """Write a spec whole, or leave what was there.

    Args:
        path: The file; missing folders above it are made.
        text: Its content.

    Raises:
        StudioError: It cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as partial:
            partial.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StudioError(
            f"{path} cannot be written: {error.strerror or error}.",
            "Give the name of a file after -o, in a folder that may be written and has space.",
            where=str(path),
        ) from error


def require_trainable(spec: RunSpec, info: DatasetInfo) -> None:
    """Raise every problem that keeps a spec from being trained on a dataset.

    Raises:
        SpecError: There are problems.
    """
    problems = check_spec(spec, info)
    if problems:
        raise SpecError(problems)


def _read_text(path: Path) -> str:
    if not path.is_file():
        raise NotFoundError(
            f"There is no file {str(path)!r}.",
            "Write a spec with `dlstudio spec new DATASET --target COLUMN -o run.yaml`.",
            where=str(path),
        )
    try:
        with path.open(encoding="utf-8-sig") as file:
            return file.read(MAX_DOCUMENT_CHARACTERS + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(
            [Problem(f"{path} cannot be read: {error}.", "Save it as UTF-8 text.", str(path))]
        ) from error
