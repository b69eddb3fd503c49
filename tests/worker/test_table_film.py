"""What a table's network makes is kept epoch by epoch, as values of its columns."""

from pathlib import Path

import numpy as np
import pytest

from dlstudio.data.catalog import add_dataset
from dlstudio.models.table_values import CategoryValues, NumberValues, TableValues
from dlstudio.runs.samples import ORIGINALS, SampleFrame, list_frames, read_frame
from dlstudio.settings import Settings
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.task import TaskKind
from dlstudio.worker.table_film import TableFilm, cells_of, raw_cells
from tests.fixtures.generators import add_table, trained_vae
from tests.fixtures.rebuilding import RebuildingRun, add_sensors, run_of
from tests.fixtures.workspace import settings_in

pytestmark = pytest.mark.tensorflow

VALUES = TableValues(
    names=("age", "colour"),
    numbers=(
        NumberValues("age", 0, 1, np.asarray([-1.0, 1.0], "float32"), np.asarray([10.0, 30.0]), 0),
    ),
    categories=(CategoryValues("colour", 2, ("red", None, "")),),
)


def numbers_of(frame: SampleFrame | None, name: str) -> np.ndarray:
    assert frame is not None
    assert name in frame.numbers
    texts = frame.values[:, frame.columns.index(name)]
    return np.asarray([float(text) if text else np.nan for text in texts])


def test_rows_come_back_as_texts() -> None:
    rows = np.asarray([[0.0, 0.1, 0.2, 9.0, 0.1], [5.0, 0.0, 0.1, 0.0, 0.8], [0.0, 0.9, 1, 0, 0]])
    cells = cells_of(VALUES, ("age", "colour"), rows)

    assert cells["age"].tolist() == ["20", "30", ""]
    assert cells["colour"].tolist() == ["red", "", "red"]


def test_raw_values_are_written_alike() -> None:
    raw = {
        "age": np.asarray([12.0, np.nan], "float32"),
        "colour": np.asarray(["", "red"], object),
    }
    cells = raw_cells(VALUES, raw)

    assert cells["age"].tolist() == ["12", ""]
    assert cells["colour"].tolist() == ["", "red"]


@pytest.mark.slow
def test_samples_of_a_table_are_kept_beside_training_rows(tmp_path: Path) -> None:
    dataset = add_table(settings_in(tmp_path / "home"), tmp_path / "files")
    spec, preparation = trained_vae(dataset, tmp_path / "checkpoint", ("kind",), num_epochs=30)
    film = TableFilm(preparation, spec)
    made, real = film.make(30), film.originals()

    assert made.columns == real.columns == ("height", "children", "colour", "kind")
    assert made.numbers == ("height", "children")
    assert set(made.values[:, 3]) == {"a", "b"}
    assert set(made.values[:, 2]) <= {"red", "green", "blue"}
    assert abs(np.nanmean(numbers_of(made, "height")) - np.nanmean(numbers_of(real, "height"))) < 2
    np.testing.assert_array_equal(film.make(31).values, made.values)


@pytest.mark.slow
def test_rebuilt_rows_of_a_table_come_nearer_to_what_they_were(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add_sensors(settings, tmp_path)
    run = run_of(settings, dataset, TaskKind.ANOMALY, "state", "training.epochs=40")
    real = read_frame(run.folder, ORIGINALS)
    frames = [read_frame(run.folder, epoch) for epoch in list_frames(run.folder)]

    assert len(frames) > 5
    first, last = (
        np.nanmean(np.abs(numbers_of(frame, "speed") - numbers_of(real, "speed")))
        for frame in (frames[0], frames[-1])
    )
    assert last < first
    assert frames[-1] is not None
    assert frames[-1].kind is CanvasKind.TABLE
    assert frames[-1].columns == ("speed", "power", "heat", "noise", "machine")


def trained_on(settings: Settings, folder: Path, rows: list[str]) -> RebuildingRun:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "table.csv").write_text("\n".join(rows))
    dataset = add_dataset(settings, folder / "table.csv")
    return run_of(settings, dataset, TaskKind.REDUCTION, None, "training.epochs=2")


@pytest.mark.slow
@pytest.mark.parametrize("has_number", [True, False])
def test_texts_are_left_out_of_frames(settings: Settings, tmp_path: Path, has_number: bool) -> None:
    words = ("warm", "cold", "good", "bad", "long", "short", "old", "new")
    said = [
        f"it was day {n} of a {words[n % 8]} year and all was {words[n % 5]}" for n in range(40)
    ]
    lines = [f"{text},{n}.5" if has_number else text for n, text in enumerate(said)]
    run = trained_on(settings, tmp_path, ["note,size" if has_number else "note", *lines])

    assert run.spec.task.inputs == (("note", "size") if has_number else ("note",))
    frame = read_frame(run.folder, 2)
    assert (frame.columns if frame else None) == (("size",) if has_number else None)
