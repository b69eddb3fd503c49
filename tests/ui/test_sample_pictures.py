"""Examples as pictures, and pictures in a grid."""

import numpy as np

from dlstudio.spec.canvas import CanvasKind
from dlstudio.ui.sample_pictures import GAP, SMALLEST_SIDE, as_grid, as_images, as_lines


def test_small_grey_images_become_larger_and_stay_sharp() -> None:
    values = np.zeros((2, 8, 8, 1), "uint8")
    values[0, 0, 0] = 200
    first, second = as_images(CanvasKind.IMAGE, values)

    assert first.shape == (SMALLEST_SIDE, SMALLEST_SIDE, 3)
    assert set(np.unique(first)) == {0, 200}
    assert second.max() == 0


def test_a_spectrogram_has_time_to_the_right_and_low_pitches_at_the_bottom() -> None:
    values = np.zeros((1, 60, 80, 1), "float32")
    values[0, -1, 0] = values[0, -2, 0] = 5.0
    values[0, :, 40] = 1.0
    (picture,) = as_images(CanvasKind.SOUND, values)

    assert picture.shape == (80, 60, 3)
    assert picture[-1, -1].sum() > picture[0, 0].sum()


def test_a_grid_has_transparent_gaps_and_places() -> None:
    pictures = [np.full((10, 10, 3), value, "uint8") for value in (10, 20, 30)]
    grid = as_grid(pictures, 2)

    assert grid.shape == (20 + GAP, 20 + GAP, 4)
    assert grid[0, 0].tolist() == [10, 10, 10, 255]
    assert grid[-1, 0].tolist() == [30, 30, 30, 255]
    assert grid[-1, -1, 3] == 0
    assert grid[0, 10, 3] == 0


def test_short_lines_are_all_of_one_width() -> None:
    pictures = [np.full((10, 8, 3), value, "uint8") for value in range(1, 8)]
    lines = as_lines(pictures, 5)

    assert [line.shape for line in lines] == [(10, 5 * (8 + GAP) - GAP, 4)] * 2
    assert lines[1][0, 8 + GAP].tolist() == [7, 7, 7, 255]
    assert lines[1][:, 2 * (8 + GAP) :, 3].max() == 0


def test_a_line_has_below_each_picture_the_one_that_belongs_to_it() -> None:
    above, below = (
        [np.full((4, 4, 3), value, "uint8") for value in row] for row in ((1, 2), (3, 4))
    )
    (line,) = as_lines(above, 3, below)

    assert line.shape == (8 + GAP, 12 + 2 * GAP, 4)
    assert [line[top, left, 0] for top in (0, 4 + GAP) for left in (0, 4 + GAP)] == [1, 2, 3, 4]
    assert as_lines([], 3) == []
