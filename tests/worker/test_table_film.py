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
from dlstudio.worker.film_words import ColumnWords
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


def test_the_heaviest_words_of_a_row_are_written() -> None:
    words = np.asarray([f"word{number}" for number in range(12)])
    column = ColumnWords("note", words, np.arange(12) + 1)
    rows = np.zeros((3, 14))
    rows[:, [0, 13]] = 9.0  # other columns
    rows[0, [3, 5]] = [0.2, 0.7]
    rows[1, 1:13] = np.arange(12)
    rows[2, 4] = -1.0
    cells = column.cells(rows).tolist()

    assert cells[0] == "word4, word2"
    assert cells[1] == ", ".join(f"word{number}" for number in range(11, 3, -1))
    assert cells[2] == ""
    few = ColumnWords("note", words[:3], np.arange(3) + 2)
    assert few.cells(rows).tolist() == ["word1", "word2, word1, word0", ""]


def test_words_that_are_expected_of_every_text_are_left_out() -> None:
    column = ColumnWords("note", np.asarray(["the", "good", "bad"]), np.arange(3))
    rows = np.asarray([[2.0, 0.5, 0.1], [2.0, 0.1, 0.6]])

    assert column.expected(rows).tolist() == ["good", "bad"]
    assert column.expected(rows[:1]).tolist() == ["the, good, bad"]


TOPICS = (
    "warm summer sun beach",
    "cold winter snow ice",
    "fast red car road",
    "old book quiet room",
)


def trained_on_texts(settings: Settings, folder: Path, header: str, *changes: str) -> RebuildingRun:
    """Forty short texts of four topics, and a number beside them where the header names one."""
    folder.mkdir(parents=True, exist_ok=True)
    said = [f"on day {number} of a year it was {TOPICS[number % 4]}" for number in range(40)]
    lines = [f'"{text}",{n}.5' if "," in header else f'"{text}"' for n, text in enumerate(said)]
    (folder / "table.csv").write_text("\n".join([header, *lines]))
    dataset = add_dataset(settings, folder / "table.csv")
    return run_of(settings, dataset, TaskKind.REDUCTION, None, *changes)


def words_of(frame: SampleFrame | None) -> list[set[str]]:
    """The words of topics in the last column, row by row."""
    assert frame is not None
    every = set(" ".join(TOPICS).split())
    return [set(cell.split(", ")) & every for cell in frame.values[:, -1].tolist()]


@pytest.mark.slow
@pytest.mark.parametrize("header", ["note", "note,size"])
def test_texts_are_kept_as_the_words_that_are_expected_of_them(
    settings: Settings, tmp_path: Path, header: str
) -> None:
    run = trained_on_texts(settings, tmp_path, header, "training.epochs=150")
    real = read_frame(run.folder, ORIGINALS)
    last = read_frame(run.folder, list_frames(run.folder)[-1])

    assert real is not None and last is not None
    assert real.columns == last.columns == tuple(reversed(header.split(",")))
    assert (last.texts, last.numbers) == (("note",), ("size",) if "size" in header else ())
    given, expected = words_of(real), words_of(last)
    assert all(len(words) == 4 for words in given)
    found = [len(words & told) for words, told in zip(given, expected, strict=True)]
    assert sum(found) >= 3 * len(found)


@pytest.mark.slow
def test_texts_that_are_cut_into_letters_have_no_frames(settings: Settings, tmp_path: Path) -> None:
    changes = ("preprocessing.note.unit=character", "training.epochs=1")
    run = trained_on_texts(settings, tmp_path, "note", *changes)

    assert run.spec.task.inputs == ("note",)
    assert read_frame(run.folder, ORIGINALS) is None
