"""One file or folder becomes one dataset version."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from dlstudio.data.assemble import Draft, draft_from_stage, finish
from dlstudio.data.collection.read import read_collection
from dlstudio.data.combining.stage import combine_stage
from dlstudio.data.dataset import Dataset
from dlstudio.data.options import GUESS_EVERYTHING, ReadOptions
from dlstudio.data.progress import ProgressCallback, ignore_progress
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.source import read_source
from dlstudio.data.versions import build_folder, folder_bytes
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnRole, SourceInfo


@dataclass(frozen=True)
class FileImport:
    """What is to be imported.

    Attributes:
        path: The file or folder, which was checked.
        file_name: Its name as the user knows it.
        name: Name of the dataset.
        options: What is known about the file.
        targets: Columns that get the role of a target.
        progress: Is told how far the work is.
    """

    path: Path
    file_name: str
    name: str
    options: ReadOptions = GUESS_EVERYTHING
    targets: tuple[str, ...] = ()
    progress: ProgressCallback = ignore_progress


def import_file(settings: Settings, order: FileImport) -> Dataset:
    """Read, type, profile, check and publish a file or a folder.

    Args:
        settings: Where datasets live, and the limits.
        order: What is to be imported.

    Raises:
        DataError: The file cannot be read, or the disk is full; nothing is left behind.
    """
    with build_folder(settings) as folder:
        request = ReadRequest(
            path=order.path,
            file_name=order.file_name,
            stage_path=folder / "stage.parquet",
            options=order.options,
            settings=settings,
            progress=order.progress,
        )
        stage = read_collection(request) or read_source(request)
        stage = combine_stage(request, stage)
        source = SourceInfo(
            file_name=order.file_name,
            size_bytes=folder_bytes(order.path),
            format=stage.format,
        )
        draft = draft_from_stage(stage, order.name, folder, source, order.progress)
        for leftover in [stage.path, *folder.glob("unpacked*")]:
            leftover.unlink()
        return finish(settings, _with_targets(draft, order.targets))


def _with_targets(draft: Draft, targets: Iterable[str]) -> Draft:
    wanted = set(targets)
    roles = tuple(
        ColumnRole.TARGET if plan.name in wanted else role
        for plan, role in zip(draft.plans, draft.roles, strict=True)
    )
    return replace(draft, roles=roles)
