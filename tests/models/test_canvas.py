"""What a network sees of a table: numbers as they are scaled, texts at a length that is learned."""

from itertools import count

import numpy as np
import pytest

from dlstudio.models.canvas import TEXT_LENGTH, Canvas, Place, PlaceKind, to_canvas
from dlstudio.models.likelihood import table_places
from dlstudio.models.tensors import new_input
from dlstudio.spec.canvas import CanvasKind

pytestmark = pytest.mark.tensorflow

PLACES = (
    Place("a", PlaceKind.NUMBER),
    Place("day", PlaceKind.OTHER),
    Place("text", PlaceKind.WORD),
    Place("text", PlaceKind.WORD),
)
CANVAS = Canvas(
    CanvasKind.TABLE,
    "dense",
    (4,),
    "float32",
    (4,),
    tuple(place.column for place in PLACES),
    places=PLACES,
)


def test_texts_weigh_as_many_numbers_and_the_rest_stays() -> None:
    import keras

    feature = new_input((4,), name="dense", dtype="float32")
    model = keras.Model(feature, to_canvas(CANVAS, feature, count(1)))
    row = np.asarray([[2.0, -1.0, 0.6, 0.8]], "float32")

    seen = np.asarray(model(row))

    np.testing.assert_allclose(seen[0, :2], [2.0, -1.0])
    assert float(np.linalg.norm(seen[0, 2:])) == pytest.approx(TEXT_LENGTH)


def test_dates_and_words_are_normal_around_their_reconstruction() -> None:
    places = table_places(CANVAS)

    assert places.normal == ((0, 1), (1, 4))
