"""The two nearest different rows are those that a search among all rows at once finds."""

import numpy as np

from dlstudio.evaluation.distinct_neighbours import TwoNearest
from dlstudio.evaluation.neighbours import nearest_rows


def test_parts_lead_to_what_all_rows_at_once_lead_to() -> None:
    random = np.random.default_rng(0)
    asked, rows = random.normal(size=(50, 5)), random.normal(size=(400, 5))
    rows[100:200] = rows[:100]
    search = TwoNearest(asked)
    for part in (rows[:3], rows[3:3], rows[3:150], rows[150:]):
        search.add(part)
    different = np.concatenate([np.arange(100), np.arange(200, 400)])
    expected = nearest_rows(asked, rows[different], 2)
    assert search.num_different == 300
    np.testing.assert_array_equal(search.places, different[expected.indices])
    np.testing.assert_allclose(search.distances, expected.distances)


def test_equal_rows_count_once_whatever_the_sign_of_their_zeros() -> None:
    search = TwoNearest(np.zeros((1, 2)))
    search.add(np.array([[0.0, 1.0], [-0.0, 1.0], [0.0, 1.0]]))
    assert search.num_different == 1
    assert search.places.tolist() == [[0, -1]]
    assert search.distances.tolist() == [[1.0, np.inf]]
    assert search.num_equal.tolist() == [3]
