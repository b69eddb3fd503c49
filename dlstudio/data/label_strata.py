"""Splits that keep the share of each label where a row may hold several of them.

Iterative stratification (Sechidis, Tsoumakas and Vlahavas 2011, "On the Stratification of
Multi-label Data"): the rarest label is divided first, and each row goes to the part that lacks most
rows of that label. That a row holds no label counts as a label too.
"""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dlstudio.spec.dataset import LabelList
from dlstudio.spec.labels import labels_in


def label_matrix(cells: pa.ChunkedArray, found: LabelList) -> np.ndarray:
    """Which labels each row holds.

    Args:
        cells: The column that lists labels; of any type, null where missing.
        found: Its labels and what stands between them.

    Returns:
        bool `(num_rows, num_labels)`; nothing is true for an empty cell.
    """
    place = {name: index for index, name in enumerate(found.names)}
    encoded = pc.dictionary_encode(pc.fill_null(pc.cast(cells, pa.string()), ""))
    encoded = encoded.combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = pa.concat_arrays(encoded.chunks)
    holds = np.zeros((len(encoded.dictionary), len(place)), bool)
    for row, text in enumerate(encoded.dictionary.to_pylist()):
        listed = (place.get(label) for label in labels_in(text, found.separator))
        holds[row, [index for index in listed if index is not None]] = True
    return holds[encoded.indices.to_numpy()]


def by_labels(
    labels: np.ndarray, fractions: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """Divide rows so that each part has its share of each label.

    Args:
        labels: Which labels each row holds; bool `(num_rows, num_labels)`.
        fractions: float64 `(3,)` that sum to 1.
        generator: Decides which rows go where.

    Returns:
        int8 `(num_rows,)`: 0 for training, 1 for validation, 2 for test.
    """
    labels = np.column_stack([labels, ~labels.any(axis=1)])
    parts = np.full(len(labels), -1, np.int8)
    order = generator.permutation(len(labels))
    lacking = fractions[:, None] * labels.sum(axis=0)
    lacking_rows = fractions * len(labels)
    while (left := np.rint(lacking.sum(axis=0))).any():
        rarest = int(np.argmin(np.where(left > 0, left, np.inf)))
        rows = order[labels[order, rarest] & (parts[order] < 0)]
        parts[rows] = _shared_out(len(rows), lacking[:, rarest], lacking_rows)
        for part in range(len(fractions)):
            given = rows[parts[rows] == part]
            lacking[part] -= labels[given].sum(axis=0)
            lacking_rows[part] -= len(given)
    return parts


def _shared_out(num_rows: int, lacking: np.ndarray, lacking_rows: np.ndarray) -> np.ndarray:
    """A part for each row, one after the other the one that lacks most; int8 `(num_rows,)`.

    Where two lack as many rows of a label, the one that lacks more rows of any kind comes first.
    """
    parts = np.repeat(np.arange(len(lacking), dtype=np.int8), num_rows)
    wish = np.round(lacking[:, None] - np.arange(num_rows), 9).ravel()
    return parts[np.lexsort((-lacking_rows[parts], -wish))[:num_rows]]
