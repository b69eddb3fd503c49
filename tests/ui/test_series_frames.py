"""Sequences that a network makes or rebuilds, as small charts."""

import numpy as np

from dlstudio.runs.samples import SampleFrame
from dlstudio.spec.canvas import CanvasKind
from dlstudio.ui.series_frames import film_figure, path_figure, sequences_figure, without_filling
from tests.ui.figures import traces

COLORS = ("#111111", "#222222")
VALUES = np.arange(2 * 6 * 3, dtype="float32").reshape(2, 6, 3) + 1.0


def frame(epoch: int, values: np.ndarray = VALUES) -> SampleFrame:
    return SampleFrame(epoch, CanvasKind.SERIES, values)


def test_zeros_in_front_of_short_sequences_are_left_out() -> None:
    original = VALUES[0].copy()
    original[:2] = 0.0
    steps, kept, num_filled = without_filling(VALUES[0], original)
    assert (len(steps), len(kept), num_filled) == (4, 4, 2)
    assert without_filling(VALUES[0], np.zeros((6, 3)))[2] == 0


def test_samples_that_are_shorter_are_drawn_shorter() -> None:
    values = VALUES.copy()
    values[0, :2] = 0.0
    lines = traces(sequences_figure(frame(2, values), None, 1, COLORS))
    assert [len(line.y) for line in lines] == [4, 4]


def test_a_channel_keeps_its_colour_from_what_went_in_to_what_came_out() -> None:
    lines = traces(sequences_figure(frame(2), frame(0), 1, COLORS))
    assert [trace.name for trace in lines] == ["given", "rebuilt"] * 2
    assert [trace.line.color for trace in lines] == [COLORS[0]] * 2 + [COLORS[1]] * 2


def test_a_film_has_a_line_of_charts_an_epoch() -> None:
    figure = film_figure([frame(1), frame(5), frame(9)], 2, COLORS)
    titles = [note.text for note in figure.layout.annotations]
    assert titles == ["epoch 1", "epoch 5", "epoch 9"]
    assert len(traces(figure)) == 3 * 2 * 2


def test_a_path_grows_stronger_towards_its_end() -> None:
    lines = traces(path_figure(VALUES, 2, COLORS[0]))
    assert lines[0].opacity < lines[-1].opacity == 1.0
    assert list(lines[1].y) == VALUES[1, :, 2].tolist()
