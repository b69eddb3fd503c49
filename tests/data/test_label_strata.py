"""Stratified splits of rows that may hold several labels, or none."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlstudio.data.label_lists import with_labels
from dlstudio.data.label_strata import by_labels, label_matrix
from dlstudio.data.splits import split_rows
from dlstudio.settings import Settings
from dlstudio.spec.dataset import LabelList
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.overrides import apply_overrides
from dlstudio.spec.split import SplitMethod, SplitSpec
from tests.data.files import add

FRACTIONS = np.asarray([0.7, 0.15, 0.15])


def test_cells_become_a_column_a_label() -> None:
    cells = pa.chunked_array([["red| round", None], ["[]", "round|tall", ""]])
    found = LabelList(column="tags", separator="|", names=("red", "round"))
    assert label_matrix(cells, found).tolist() == [
        [True, True],
        [False, False],
        [False, False],
        [False, True],
        [False, False],
    ]


@given(
    hnp.arrays(np.bool_, st.tuples(st.integers(0, 60), st.integers(0, 5))),
    st.sampled_from([(0.7, 0.15, 0.15), (0.5, 0.5, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)]),
)
def test_every_row_is_in_one_part_that_was_asked_for(
    labels: np.ndarray, fractions: tuple[float, ...]
) -> None:
    parts = by_labels(labels, np.asarray(fractions), np.random.default_rng(3))
    assert set(parts.tolist()) <= {place for place in range(3) if fractions[place]}
    again = by_labels(labels, np.asarray(fractions), np.random.default_rng(3))
    assert np.array_equal(parts, again)


def test_rare_labels_keep_their_share_better_than_at_random() -> None:
    generator = np.random.default_rng(1)
    labels = generator.random((400, 12)) < np.linspace(0.03, 0.4, 12)
    wanted = FRACTIONS[:, None] * labels.sum(axis=0)

    parts = by_labels(labels, FRACTIONS, generator)

    off = np.stack([labels[parts == part].sum(axis=0) for part in range(3)]) - wanted
    assert np.abs(off).max() < 3
    assert np.abs(off[:, labels.sum(axis=0) < 30]).max() <= 1
    assert np.abs(np.bincount(parts) - 400 * FRACTIONS).max() < 6
    without = ~labels.any(axis=1)
    assert np.abs(np.bincount(parts[without]) - FRACTIONS * without.sum()).max() < 2


def test_listed_labels_are_stratified_by_label_not_by_cell(
    settings: Settings, tmp_path: Path
) -> None:
    generator = np.random.default_rng(2)
    rows = []
    for row in range(600):
        listed = [f"tag{place}" for place in range(8) if generator.random() < 0.25]
        listed += ["rare"] if row % 60 == 0 else []
        rows.append(f"{row},{'|'.join(listed) or '[]'}")
    dataset = add(settings, tmp_path, "size,tags\n" + "\n".join(rows) + "\n", delimiter=",")
    spec = apply_overrides(default_spec(dataset.info, ("tags",)), ["task.label_separator='|'"])
    assert spec.split.method is SplitMethod.STRATIFIED

    split = split_rows(with_labels(dataset, spec), spec.split, ["tags"])

    is_rare = np.arange(600) % 60 == 0
    counts = [int(is_rare[part].sum()) for part in (split.train, split.validation, split.test)]
    assert counts[0] == 7
    assert sorted(counts[1:]) == [1, 2]


@pytest.mark.parametrize("seed", [1, 2])
def test_several_yes_no_columns_each_keep_their_share(
    settings: Settings, tmp_path: Path, seed: int
) -> None:
    yes = np.random.default_rng(0).random((400, 6)) < 0.1
    rows = [",".join("yes" if one else "no" for one in row) for row in yes]
    names = [f"c{place}" for place in range(6)]
    dataset = add(settings, tmp_path, "\n".join([",".join(names), *rows]) + "\n")

    split = split_rows(dataset, SplitSpec(method=SplitMethod.STRATIFIED, seed=seed), names)

    wanted = 0.7 * yes.sum(axis=0)
    assert np.abs(yes[split.train].sum(axis=0) - wanted).max() < 2
