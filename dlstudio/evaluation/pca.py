"""Principal component analysis in plain NumPy and bounded memory: the rival of autoencoders.

Up to 2,048 features the covariance matrix of all rows is decomposed. Wider rows go by the products
of rows with each other (Gram matrix) where there are at most 2,000. Beyond, 1,000 random rows give
a start that passes over all rows improve (subspace iteration; Halko, Martinsson and Tropp 2011,
"Finding structure with randomness"), for the rival should not be weaker than it is.

scikit-learn's PCA, the reference in the tests, would need all rows in float64 at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

MOST_COVARIANCE_WIDTH = 2_048
MOST_GRAM_ROWS = 2_000
NUM_START_ROWS = 1_000
NUM_PASSES = 4
EXTRA_COMPONENTS = 30
CHUNK_CELLS = 4_000_000
# Directions with less than this part of the largest variance are rounding errors.
LEAST_VARIANCE = 1e-12


@dataclass(frozen=True)
class Pca:
    """A fitted PCA.

    Attributes:
        mean: Mean of the training rows; float64 `(d,)`.
        components: Orthogonal directions of length 1, the one with the largest variance first;
            float64 `(num_components, d)`.
        variances: Variance of the training rows along each; float64 `(num_components,)`.
        total_variance: Variance of the training rows, summed over the features.
    """

    mean: np.ndarray
    components: np.ndarray
    variances: np.ndarray
    total_variance: float

    @property
    def num_components(self) -> int:
        """How many components there are: fewer than asked for if the rows vary in fewer ways."""
        return len(self.components)

    def encode(self, rows: np.ndarray) -> np.ndarray:
        """Rows `(n, d)` to their codes, float64 `(n, num_components)`."""
        codes = np.empty((len(rows), self.num_components))
        for part in row_chunks(rows):
            codes[part] = (rows[part] - self.mean) @ self.components.T
        return codes

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Codes `(n, num_components)` to rows, float64 `(n, d)`; all at once, so hand in parts."""
        return codes @ self.components + self.mean


def fit_pca(train: np.ndarray, num_components: int, seed: int) -> Pca:
    """Find the directions in which rows vary most.

    Args:
        train: Training rows; float `(n, d)`, finite, n and d at least 1.
        num_components: How many directions; at least 1.
        seed: What rows are drawn with where there are too many to take all.

    Returns:
        The PCA, with fewer components if the rows vary in fewer directions.
    """
    num_rows, width = train.shape
    mean = train.mean(axis=0, dtype=np.float64)
    total = sum(float((chunk**2).sum()) for chunk in _centred(train, mean))
    is_narrow = width <= MOST_COVARIANCE_WIDTH
    if is_narrow and num_rows > min(width, MOST_GRAM_ROWS):
        squares, directions = _from_covariance(train, mean, num_components)
    elif num_rows <= MOST_GRAM_ROWS:
        squares, directions = _from_gram(train, mean, num_components)
    else:
        start = _start(train, mean, min(num_components, width) + EXTRA_COMPONENTS, seed)
        squares, directions = _improved(train, mean, start)
    kept = squares[:num_components] > LEAST_VARIANCE * squares.max(initial=0.0)
    degrees = max(1, num_rows - 1)
    return Pca(
        mean=mean,
        components=_with_fixed_signs(directions[:, :num_components][:, kept].T),
        variances=squares[:num_components][kept] / degrees,
        total_variance=total / degrees,
    )


def row_chunks(rows: np.ndarray) -> Iterator[slice]:
    """Parts of rows `(n, d)` with at most four million cells each, or one row."""
    size = max(1, CHUNK_CELLS // max(1, rows.shape[1]))
    for start in range(0, len(rows), size):
        yield slice(start, start + size)


def _centred(rows: np.ndarray, mean: np.ndarray) -> Iterator[np.ndarray]:
    for part in row_chunks(rows):
        yield rows[part] - mean


def _from_covariance(
    rows: np.ndarray, mean: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """The largest sums of squares `(k,)`, falling, and their directions `(d, k)`."""
    products = np.zeros((len(mean), len(mean)))
    for chunk in _centred(rows, mean):
        products += chunk.T @ chunk
    return _largest(products, count)


def _from_gram(rows: np.ndarray, mean: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The same from the products of rows with each other, a few columns at a time."""
    num_rows, width = rows.shape
    size = max(1, CHUNK_CELLS // num_rows)
    columns = [slice(start, start + size) for start in range(0, width, size)]
    products = np.zeros((num_rows, num_rows))
    for part in columns:
        chunk = rows[:, part] - mean[part]
        products += chunk @ chunk.T
    squares, weights = _largest(products, min(count, width))
    known = squares > LEAST_VARIANCE * squares.max(initial=0.0)
    spanned = np.concatenate(
        [(rows[:, part] - mean[part]).T @ weights[:, known] for part in columns]
    )
    # Directions of small variance are not quite orthogonal: division would enlarge the rounding.
    return squares[known], np.linalg.qr(spanned)[0]


def _start(rows: np.ndarray, mean: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Directions `(d, count)` in which some rows vary, and random ones if these are too few."""
    random = np.random.default_rng(seed)
    drawn = np.sort(random.choice(len(rows), NUM_START_ROWS, replace=False))
    _, directions = _from_gram(rows[drawn], mean, count)
    missing = count - directions.shape[1]
    return np.hstack([directions, random.normal(size=(len(mean), missing))])


def _improved(
    rows: np.ndarray, mean: np.ndarray, directions: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Directions that were found from some rows, turned to where all rows vary most."""
    for _ in range(NUM_PASSES):
        pulled = np.zeros_like(directions)
        for chunk in _centred(rows, mean):
            pulled += chunk.T @ (chunk @ directions)
        directions = np.linalg.qr(pulled)[0]
    products = np.zeros((directions.shape[1], directions.shape[1]))
    for chunk in _centred(rows, mean):
        codes = chunk @ directions
        products += codes.T @ codes
    squares, turns = _largest(products, len(products))
    return squares, directions @ turns


def _largest(products: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The largest eigenvalues of a symmetric matrix, falling, at least 0; and their vectors."""
    values, vectors = np.linalg.eigh(products)
    order = np.argsort(-values, kind="stable")[:count]
    return values[order].clip(min=0.0), vectors[:, order]


def _with_fixed_signs(components: np.ndarray) -> np.ndarray:
    """A direction and its opposite say the same: the largest entry of each is made positive."""
    largest = np.abs(components).argmax(axis=1)
    signs = np.sign(components[np.arange(len(components)), largest])
    return components * signs[:, None]
