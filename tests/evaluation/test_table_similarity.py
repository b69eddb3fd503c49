"""Tables of samples beside real ones."""

import time
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats
from sklearn import datasets as typed_datasets

from dlstudio.evaluation.compared_tables import ComparedTables
from dlstudio.evaluation.synthetic_training import score_synthetic
from dlstudio.evaluation.table_similarity import (
    compare_tables,
    correlation_ratio,
    cramers_v,
    kolmogorov_smirnov,
    spearman,
    total_variation,
)

datasets: Any = typed_datasets  # the functions return less than their type hints say

NUMBERS = ("alcohol", "malic_acid", "flavanoids", "proline")


def _wine(seed: int, target: str | None = "cultivar") -> ComparedTables:
    """Honest samples (rows that are new), training and held-out rows."""
    data = datasets.load_wine(as_frame=True)
    order = np.random.default_rng(seed).permutation(len(data.frame))
    frame = data.frame.iloc[order]
    table = pa.table(
        {name: frame[name].to_numpy() for name in NUMBERS}
        | {"cultivar": [f"cultivar {label}" for label in frame["target"]]}
    )
    parts = [table.take(np.arange(start, 178, 3)) for start in range(3)]
    return ComparedTables(*parts, numbers=NUMBERS, categories=("cultivar",), target=target)


def _with_samples(tables: ComparedTables, samples: pa.Table) -> ComparedTables:
    return ComparedTables(
        samples, tables.train, tables.held_out, tables.numbers, tables.categories, tables.target
    )


def _columns_mixed(table: pa.Table) -> pa.Table:
    """Each column by itself is right; nothing goes together."""
    random = np.random.default_rng(7)
    return pa.table(
        {
            name: table.column(name).take(random.permutation(table.num_rows))
            for name in table.column_names
        }
    )


def test_distances_equal_scipy() -> None:
    random = np.random.default_rng(7)
    first, second = random.normal(size=80).round(1), random.normal(0.3, size=60).round(1)
    found: Any = stats.ks_2samp(first, second)
    assert kolmogorov_smirnov(first, second) == pytest.approx(found.statistic)
    other = random.normal(size=80).round(1) + first
    found = stats.spearmanr(first, other)
    assert spearman(first, other) == pytest.approx(found.statistic)
    codes, groups = random.integers(4, size=90), random.integers(3, size=90)
    table = np.zeros((4, 3), dtype=int)
    np.add.at(table, (codes, groups), 1)
    assert cramers_v(codes, groups) == pytest.approx(stats.contingency.association(table))


def test_distances_lie_between_none_and_no_overlap() -> None:
    assert kolmogorov_smirnov(np.array([1.0, 2.0]), np.array([3.0])) == 1.0
    assert kolmogorov_smirnov(np.array([1.0, np.nan]), np.array([1.0, 1.0])) == 0.5
    assert total_variation(np.array([0, 0, 1, 1]), np.array([0, 0, 0, -1])) == 0.5
    assert total_variation(np.array([0, -1]), np.array([-1, 0])) == 0.0


def test_a_number_that_follows_from_a_category_has_the_ratio_1() -> None:
    groups = np.array([0, 0, 1, 1, 2, 2])
    assert correlation_ratio(groups * 2.5, groups) == pytest.approx(1.0)
    assert correlation_ratio(np.array([1.0, 2.0] * 3), groups) == pytest.approx(0.0)
    assert correlation_ratio(np.ones(6), groups) == 0.0


def test_honest_samples_are_as_near_as_training_rows() -> None:
    found = compare_tables(_wine(7), seed=0)
    assert [column.column for column in found.columns] == [*NUMBERS, "cultivar"]
    assert found.columns[-1].measure == "total variation"
    assert len(found.pairs) == 10
    assert {pair.measure for pair in found.pairs} == {"Spearman's correlation", "correlation ratio"}
    assert found.column_distance == pytest.approx(found.column_distance_resampled, abs=0.1)
    assert found.pair_distance == pytest.approx(found.pair_distance_resampled, abs=0.1)
    score = found.synthetic_score
    assert score is not None and score.measure == "accuracy"
    assert score.synthetic > 0.8 and score.real > 0.8 > 0.6 > score.baseline


def test_columns_that_do_not_go_together_are_told_by_pairs_and_by_training() -> None:
    tables = _wine(7)
    honest = compare_tables(tables, seed=0)
    mixed = compare_tables(_with_samples(tables, _columns_mixed(tables.samples)), seed=0)
    assert mixed.column_distance == pytest.approx(honest.column_distance)
    assert mixed.pair_distance is not None and honest.pair_distance is not None
    assert mixed.pair_distance > 3 * honest.pair_distance
    assert mixed.synthetic_score is not None and mixed.synthetic_score.synthetic < 0.7


def test_a_number_is_scored_by_r2() -> None:
    tables = _wine(7)
    tables = ComparedTables(
        tables.samples, tables.train, tables.held_out, NUMBERS, ("cultivar",), "flavanoids"
    )
    score = score_synthetic(tables, seed=0)
    assert score is not None and score.measure == "r2"
    assert score.synthetic > 0.3 and score.real > 0.3
    assert score.baseline == pytest.approx(0.0, abs=0.1)


def test_missing_values_and_categories_of_one_side_are_taken() -> None:
    tables = _wine(7)
    names = ["new" if place % 2 else None for place in range(tables.samples.num_rows)]
    values = pa.array([None] * tables.samples.num_rows, pa.float64())
    samples = tables.samples.set_column(4, "cultivar", pa.array(names))
    samples = samples.set_column(0, "alcohol", values)
    found = compare_tables(_with_samples(tables, samples), seed=0)
    assert found.columns[0].model == 1.0
    assert found.columns[-1].model == 1.0
    assert found.synthetic_score is not None and found.synthetic_score.synthetic == 0.0


@pytest.mark.parametrize("num_rows", [0, 1])
def test_tables_without_rows_are_not_compared(num_rows: int) -> None:
    tables = _wine(7)
    found = compare_tables(_with_samples(tables, tables.samples.slice(0, num_rows)), seed=0)
    assert found.notes == ("Tables are not compared: one has fewer than two rows.",)
    assert found.columns == ()


def test_ten_rows_and_one_class_are_compared() -> None:
    tables = _wine(7)
    samples = tables.samples.slice(0, 10).set_column(4, "cultivar", pa.array(["cultivar 1"] * 10))
    score = compare_tables(_with_samples(tables, samples), seed=0).synthetic_score
    assert score is not None
    assert 0.0 < score.synthetic < 0.6


def test_there_is_no_score_without_a_target_that_varies() -> None:
    assert score_synthetic(_wine(7, target=None), seed=0) is None
    tables = _wine(7)
    constant = tables.held_out.set_column(4, "cultivar", pa.array(["x"] * tables.held_out.num_rows))
    sides = (tables.samples, tables.train, constant)
    assert score_synthetic(ComparedTables(*sides, NUMBERS, ("cultivar",), "cultivar"), 0) is None
    assert score_synthetic(ComparedTables(*sides, (), ("cultivar",), "cultivar"), 0) is None


def test_pairs_of_many_columns_are_limited_and_it_is_said() -> None:
    rows = np.random.default_rng(7).normal(size=(20, 42))
    table = pa.table({f"x{index}": rows[:, index] for index in range(42)})
    names = tuple(table.column_names)
    found = compare_tables(ComparedTables(table, table, table, names, ()), seed=0)
    assert len(found.pairs) == 40 * 39 / 2
    assert found.notes == ("Pairs are compared among the first 40 columns only.",)


@pytest.mark.slow
def test_a_target_of_many_classes_is_learned_in_seconds() -> None:
    random = np.random.default_rng(0)
    number = random.uniform(0, 40, 2_000)
    table = pa.table(
        {
            "number": number,
            "noise": random.normal(size=2_000),
            "class": [f"class {value}" for value in number.astype(int).tolist()],
        }
    )
    tables = ComparedTables(table, table, table, ("number", "noise"), ("class",), target="class")
    started = time.process_time()

    score = score_synthetic(tables, seed=0)

    assert score is not None
    assert min(score.synthetic, score.real) > 0.9
    assert time.process_time() - started < 20.0
