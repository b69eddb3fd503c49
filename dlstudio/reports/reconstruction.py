"""How well an autoencoder rebuilds rows from its codes, beside PCA with as many components.

All errors are in the feature space, that is in units of the prepared (scaled, one-hot) inputs, and
PCA was fitted on the training rows alone. Both are scored on the same rows.
"""

from dlstudio.spec.frozen import Frozen


class Histogram(Frozen):
    """Counts between neighbouring edges; there is one more edge than counts, or neither.

    `is_log` says that the edges are equally far apart in their logarithm, so that the axis should
    be logarithmic: the largest value is far beyond the usual ones.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    is_log: bool = False


class ColumnError(Frozen):
    """The error of one column over all its features."""

    name: str
    rmse: float
    pca_rmse: float


class NeighbourAccuracy(Frozen):
    """How many rows get their class from their nearest training rows, by code and by PCA.

    `num_rows` rows were asked about, each of which took the commonest class of its `num_neighbours`
    nearest training rows. Where that means nothing `codes` and `pca` are None and `note` says why.
    """

    label: str
    codes: float | None
    pca: float | None
    num_neighbours: int
    num_rows: int
    note: str = ""


class ReconstructionDetails(Frozen):
    """The details behind the metrics of reconstructions on one split.

    `explained` is the share of the split's variance that reconstructions keep: 1 is everything, 0
    is no better than the mean of the split, below 0 is worse than that. It is None where all rows
    are the same. `num_components` is the size of the code; `pca_num_components` is smaller where
    the training rows do not vary in as many directions. `by_column` has the largest errors first,
    at most 200 of `num_columns`. `row_errors` counts the root mean squared errors of the rows.
    """

    num_components: int
    pca_num_components: int
    explained: float | None
    pca_explained: float | None
    rmse: float
    pca_rmse: float
    by_column: tuple[ColumnError, ...]
    num_columns: int
    row_errors: Histogram
    neighbours: NeighbourAccuracy | None = None


class CodesSample(Frozen):
    """Codes for a scatter plot: a fixed random sample of at most 2,000 rows.

    Each entry of `codes` and `pca` belongs to the row of the dataset at the same place in `rows`
    and has two numbers (for codes of one or two numbers) or three. Codes of at most three numbers
    are shown as they are, a single one with a 0 beside it; of longer ones (`is_projected`) these
    are the first three principal axes, so that two dimensions are the first two of them. `pca` are
    the first principal axes of the input, 0 where there are fewer.
    """

    rows: tuple[int, ...]
    codes: tuple[tuple[float, ...], ...]
    pca: tuple[tuple[float, ...], ...]
    num_codes: int
    is_projected: bool
