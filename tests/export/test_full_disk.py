"""Files that are scored and written on disks that are full: what is said and what is left."""

import io
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from dlstudio.errors import DataError, StudioError
from dlstudio.export.files import copy_file, write_text_file
from dlstudio.export.generating import GenerateRequest, GenerateResult
from dlstudio.export.own_process import answer
from dlstudio.export.samples_writer import write_drawn
from dlstudio.export.scoring import (
    JOBS_FOLDER,
    ROOM_FILE,
    ScoringResult,
    ScoringStatus,
    start_scoring,
    write_result,
)
from dlstudio.settings import Settings
from dlstudio.spec.canvas import CanvasKind
from tests.export.test_scoring import wait
from tests.fixtures.small_disk import MountDisk, fill_disk
from tests.fixtures.untrained import UntrainedRun, mixed_rows, write_csv

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

SMALL = 65_536
FULL = [("The disk is full.", "Free some space and try again.")]


def said(result: ScoringResult | None) -> list[tuple[str, str]]:
    assert result is not None
    return [(problem.problem, problem.fix) for problem in result.problems]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_predictions_for_which_there_is_no_room_leave_the_older_ones(
    untrained_runs: dict[str, UntrainedRun], tmp_path: Path, mount_disk: MountDisk, name: str
) -> None:
    run = untrained_runs["classes"]
    source = write_csv(tmp_path / "rows.csv", mixed_rows() * 20)
    disk = mount_disk(tmp_path / "small", SMALL)
    (disk / name).write_text("older")
    filler = fill_disk(disk)

    state = wait(start_scoring(run.settings, run.folder, source, disk / name))

    assert state.status is ScoringStatus.FAILED
    assert said(state.result) == FULL
    assert names_in(disk) == sorted([name, filler.name])
    assert (disk / name).read_text() == "older"


def test_a_job_for_which_there_is_no_room_does_not_begin(
    untrained_runs: dict[str, UntrainedRun],
    settings: Settings,
    tmp_path: Path,
    mount_disk: MountDisk,
) -> None:
    disk = mount_disk(settings.home / JOBS_FOLDER, SMALL)
    filler = fill_disk(disk)
    source = write_csv(tmp_path / "rows.csv", mixed_rows())

    with pytest.raises(DataError, match="The disk is full"):
        start_scoring(settings, untrained_runs["classes"].folder, source, tmp_path / "out.csv")

    assert names_in(disk) == [filler.name]


def test_a_disk_that_fills_up_meanwhile_is_told_in_the_room_that_was_kept(
    untrained_runs: dict[str, UntrainedRun],
    settings: Settings,
    tmp_path: Path,
    mount_disk: MountDisk,
) -> None:
    disk = mount_disk(settings.home / JOBS_FOLDER, 2 * SMALL)
    source = write_csv(tmp_path / "rows.csv", mixed_rows())
    folder = untrained_runs["classes"].folder

    here = start_scoring(settings, folder, source, disk / "out.csv")
    filler = fill_disk(disk)
    state = wait(here)
    assert (state.status, said(state.result)) == (ScoringStatus.FAILED, FULL)
    assert names_in(disk) == sorted([here.id, filler.name])

    filler.unlink()
    elsewhere = start_scoring(settings, folder, source, tmp_path / "out.csv")
    fill_disk(disk)
    state = wait(elsewhere)
    assert (state.status, state.problems) == (ScoringStatus.DONE, ())
    assert (tmp_path / "out.csv").is_file()


def test_a_result_that_is_too_long_for_the_disk_is_told_as_a_full_disk(
    tmp_path: Path, mount_disk: MountDisk
) -> None:
    disk = mount_disk(tmp_path / "small", SMALL)
    (disk / ROOM_FILE).write_bytes(bytes(SMALL // 4))
    fill_disk(disk)

    write_result(disk, ScoringResult(notes=("long" * SMALL,)))

    text = (disk / "result.json").read_text()
    assert said(ScoringResult.model_validate_json(text)) == FULL
    assert names_in(disk) == ["filler", "result.json"]


def test_an_exported_file_for_which_there_is_no_room_leaves_the_older_one(
    tmp_path: Path, mount_disk: MountDisk
) -> None:
    source, disk = tmp_path / "model.keras", mount_disk(tmp_path / "small", SMALL)
    source.write_bytes(b"weights" * 1_000)
    (disk / "model-usage.txt").write_text("older")
    fill_disk(disk)

    with pytest.raises(StudioError, match=r"model.keras cannot be written: the disk is full"):
        copy_file(source, disk / "model.keras")
    with pytest.raises(StudioError, match=r"model-usage.txt cannot be written: the disk is full"):
        write_text_file(disk / "model-usage.txt", "newer")

    assert names_in(disk) == ["filler", "model-usage.txt"]
    assert (disk / "model-usage.txt").read_text() == "older"


@pytest.mark.parametrize("ending", ["csv", "parquet", "npz", "png", "zip"])
def test_samples_for_which_there_is_no_room_are_told_in_words(
    tmp_path: Path,
    mount_disk: MountDisk,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ending: str,
) -> None:
    disk = mount_disk(tmp_path / "small", SMALL)
    fill_disk(disk)
    output, values = disk / f"drawn.{ending}", np.random.default_rng(1).random(9_000)
    is_table = ending in ("csv", "parquet")
    images = (values[:8_100].reshape(9, 30, 30, 1) * 255).astype("uint8")
    request = GenerateRequest(folder="unused", output=str(output), num_samples=9)
    monkeypatch.setattr(sys, "stdin", io.StringIO(request.model_dump_json()))

    def draw(asked: GenerateRequest) -> GenerateResult:
        kind = CanvasKind.TABLE if is_table else CanvasKind.IMAGE
        write_drawn(kind, pa.table({"a": values}) if is_table else images, [], Path(asked.output))
        return GenerateResult()

    assert answer(GenerateRequest, draw) == 1
    [problem] = GenerateResult.model_validate_json(capsys.readouterr().out).problems
    assert str(problem) == (
        "-o: The file cannot be written: the disk is full. Free some space there, or choose "
        "another place."
    )
    assert names_in(disk) == ["filler"]
