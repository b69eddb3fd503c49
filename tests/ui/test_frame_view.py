"""What networks make is shown for every kind of data, one epoch and all of them."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlstudio.runs.folders import RunFolder
from dlstudio.runs.samples import ORIGINALS, SampleFrame, write_frame
from dlstudio.spec.canvas import CanvasKind
from dlstudio.ui.sample_pictures import SPECTROGRAMS

pytestmark = pytest.mark.slow  # each opens a page


def page(path: str, task: str) -> None:
    from pathlib import Path

    from dlstudio.runs.folders import RunFolder
    from dlstudio.runs.samples import ORIGINALS, list_frames, read_frame
    from dlstudio.spec.task import TaskKind
    from dlstudio.ui.frame_view import choose_column, show_film, show_frame

    folder = RunFolder(Path(path))
    frame = read_frame(folder, list_frames(folder)[-1])
    assert frame is not None
    column = choose_column(frame, "column")
    show_frame(frame, read_frame(folder, ORIGINALS), "key", column, TaskKind(task))
    show_film(folder, read_frame(folder, ORIGINALS), column, TaskKind(task))


def values_of(kind: CanvasKind) -> dict[str, object]:
    if kind is CanvasKind.TABLE:
        cells = np.asarray([["rent", "20"], ["own", ""], ["own", "40"]])
        return {"values": cells, "columns": ("home", "age"), "numbers": ("age",)}
    shape = {CanvasKind.IMAGE: (3, 8, 8, 1), CanvasKind.SERIES: (3, 9, 2)}.get(kind, (3, 6, 8, 1))
    dtype = "uint8" if kind is CanvasKind.IMAGE else "float32"
    return {"values": np.arange(np.prod(shape)).reshape(shape).astype(dtype)}


def fill(folder: RunFolder, kind: CanvasKind, epochs: tuple[int, ...]) -> None:
    for epoch in epochs:
        write_frame(folder, SampleFrame(epoch, kind, **values_of(kind)))  # type: ignore[arg-type]


@pytest.mark.parametrize("task", ["generation", "dimensionality_reduction"])
@pytest.mark.parametrize("kind", list(CanvasKind))
def test_an_epoch_and_the_film_are_shown(tmp_path: Path, kind: CanvasKind, task: str) -> None:
    fill(RunFolder(tmp_path), kind, (ORIGINALS, 1, 2, 7))
    app = AppTest.from_function(page, default_timeout=60, args=(str(tmp_path), task)).run()

    assert not app.exception
    is_charted = kind in (CanvasKind.TABLE, CanvasKind.SERIES)
    assert len(app.get("plotly_chart")) == (2 if is_charted else 0)
    told = [caption.value for caption in app.caption if caption.value.startswith("Epoch")]
    assert told == ([] if is_charted else ["Epoch 1", "Epoch 2", "Epoch 7"])


def test_only_the_classes_of_the_sequences_that_are_drawn_are_named(tmp_path: Path) -> None:
    values = np.ones((6, 9, 2), "float32")
    frame = SampleFrame(1, CanvasKind.SERIES, values, captions=("a", "b", "c", "d", "e", "f"))
    write_frame(RunFolder(tmp_path), frame)
    app = AppTest.from_function(page, default_timeout=60, args=(str(tmp_path), "generation")).run()
    assert "Asked for in turn: a, b, c, d." in [caption.value for caption in app.caption]


@pytest.mark.parametrize("kind", [CanvasKind.IMAGE, CanvasKind.SOUND])
def test_sounds_say_that_they_are_spectrograms(tmp_path: Path, kind: CanvasKind) -> None:
    fill(RunFolder(tmp_path), kind, (ORIGINALS, 1))
    app = AppTest.from_function(page, default_timeout=60, args=(str(tmp_path), "generation")).run()
    is_told = SPECTROGRAMS in [caption.value for caption in app.caption]
    assert is_told == (kind is CanvasKind.SOUND)


def test_another_column_of_a_table_can_be_chosen(tmp_path: Path) -> None:
    fill(RunFolder(tmp_path), CanvasKind.TABLE, (ORIGINALS, 1))
    asked = (str(tmp_path), "dimensionality_reduction")
    app = AppTest.from_function(page, default_timeout=60, args=asked).run()
    assert app.selectbox[0].value == "age"
    assert app.dataframe[0].value["age"].tolist()[0] == "20 → 20"

    app = app.selectbox[0].select("home").run()
    assert not app.exception
    assert app.caption[0].value == "3 of 3 rows come back with the same value."


def test_texts_are_shown_as_words_and_numbers_beside_them_as_ever(tmp_path: Path) -> None:
    cells = np.asarray([["20", "good, film"], ["30", "bad, story"]])
    named = {"columns": ("age", "note"), "numbers": ("age",), "texts": ("note",)}
    for epoch in (ORIGINALS, 1, 2, 7):
        write_frame(RunFolder(tmp_path), SampleFrame(epoch, CanvasKind.TABLE, cells, **named))
    asked = (str(tmp_path), "dimensionality_reduction")
    app = AppTest.from_function(page, default_timeout=60, args=asked).run()
    assert len(app.get("plotly_chart")) == 2

    app = app.selectbox[0].select("note").run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 0
    assert app.caption[0].value.startswith("Of the words that weigh most in a text")
    rows, *films = (table.value for table in app.table)
    assert rows["Words the network expects of it"].tolist() == ["good, film", "bad, story"]
    assert [film["Epoch"].tolist() for film in films] == 2 * [["1", "2", "7", "text"]]


def test_a_single_column_is_not_asked_for(tmp_path: Path) -> None:
    cells = np.asarray([["good, film"], ["bad, story"]])
    for epoch in (ORIGINALS, 1):
        frame = SampleFrame(epoch, CanvasKind.TABLE, cells, columns=("note",), texts=("note",))
        write_frame(RunFolder(tmp_path), frame)
    asked = (str(tmp_path), "dimensionality_reduction")
    app = AppTest.from_function(page, default_timeout=60, args=asked).run()
    assert not app.exception
    assert (len(app.selectbox), len(app.table)) == (0, 1)


def test_fewer_than_three_epochs_make_no_film(tmp_path: Path) -> None:
    fill(RunFolder(tmp_path), CanvasKind.SERIES, (1, 2))
    app = AppTest.from_function(page, default_timeout=60, args=(str(tmp_path), "generation")).run()
    assert len(app.get("plotly_chart")) == 1
