"""What numbers of an example are called, and that padding does not count as an error."""

import numpy as np
import pytest

from dlstudio.evaluation.pca import fit_pca
from dlstudio.evaluation.place_names import place_names
from dlstudio.evaluation.reconstruction import ReconstructionErrors
from dlstudio.models.canvas import Canvas
from dlstudio.spec.canvas import CanvasKind

pytestmark = pytest.mark.tensorflow


def canvas(kind: CanvasKind, *shape: int, columns: tuple[str, ...] = ("thing",)) -> Canvas:
    return Canvas(kind, "feature", shape, "float32", shape, columns)


def test_a_table_has_its_columns() -> None:
    names = place_names(canvas(CanvasKind.TABLE, 3, columns=("a", "b", "b")))
    assert names == ("a", "b", "b")


def test_an_image_has_sixteen_regions() -> None:
    names = np.asarray(place_names(canvas(CanvasKind.IMAGE, 8, 12, 3)), object).reshape(8, 12, 3)
    assert len(set(names.ravel())) == 16
    assert set(names[0, 0]) == {"top, left"}
    assert set(names[3, 11]) == {"upper middle, right"}
    assert set(names[7, 5]) == {"bottom, centre left"}
    assert len(set(place_names(canvas(CanvasKind.IMAGE, 1, 2, 1)))) == 2


def test_a_sequence_has_channels_and_a_sound_pitches() -> None:
    assert place_names(canvas(CanvasKind.SERIES, 2, 2)) == (*("channel 1", "channel 2"),) * 2
    names = place_names(canvas(CanvasKind.SOUND, 3, 8, 1))
    assert len(names) == 24
    assert names[0] == "lowest pitches"
    assert names[7] == names[23] == "highest pitches"


def test_padding_counts_neither_as_error_nor_as_spread() -> None:
    random = np.random.default_rng(0)
    rows = random.normal(size=(40, 6))
    known = random.random((40, 6)) < 0.7
    known[:, 0] = True
    rows[~known] = 0.0
    rebuilt = np.where(known, rows * 0.8, 1e6)
    errors = ReconstructionErrors(tuple("aabbcc"), 2, fit_pca(rows, 2, seed=0))
    for part in (slice(0, 11), slice(11, 40)):
        errors.add(rows[part], rebuilt[part], known[part])
    found = errors.result()
    squares = np.where(known, (rows - rebuilt) ** 2, 0.0)
    assert found.metrics["rmse"] == pytest.approx(np.sqrt(squares.sum() / known.sum()))
    expected = np.sqrt(squares.sum(axis=1) / known.sum(axis=1))
    np.testing.assert_allclose(found.row_errors, expected)
    spread = sum(
        ((rows[there, column] - rows[there, column].mean()) ** 2).sum()
        for column, there in enumerate(known.T)
    )
    assert found.metrics["explained"] == pytest.approx(1.0 - squares.sum() / spread)
