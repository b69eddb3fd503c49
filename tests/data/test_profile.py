"""Profiles, kinds and samples: equal to plain NumPy, in memory and out of it."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dlstudio.data.dataset import Dataset, read_page, read_table
from dlstudio.data.profile import profile_columns
from dlstudio.data.profile_limits import QUANTILES, ProfileLimits
from dlstudio.data.samples import SAMPLES, find_sample
from dlstudio.data.target import describe_target, suggest_target
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind
from dlstudio.spec.task import TaskKind
from tests.data.files import add, kinds, refuse

SMALL_MEMORY = 200 * 1024**2


def test_the_numbers_of_a_profile_are_numpy_s(add_sample: Callable[[str], Dataset]) -> None:
    dataset = add_sample("white_wine")
    values = read_table(dataset, ["alcohol"]).column(0).to_numpy()
    column = dataset.info.column("alcohol")
    assert (column.min, column.max) == (values.min(), values.max())
    assert column.mean == pytest.approx(values.mean()) and column.std == pytest.approx(values.std())
    assert column.quantiles == pytest.approx(np.quantile(values, QUANTILES))
    assert column.num_distinct == len(np.unique(values))
    assert sum(column.histogram_counts) == len(values)


def test_the_classes_of_a_category_are_counted(add_sample: Callable[[str], Dataset]) -> None:
    column = add_sample("credit").info.column("home")
    assert column.num_missing == 6
    assert sum(entry.num_rows for entry in column.top_values) == 4454 - 6
    counts = [entry.num_rows for entry in column.top_values]
    assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize("key", ["credit", "bike_rentals"])
def test_the_profile_out_of_memory_is_the_same(
    add_sample: Callable[[str], Dataset], tmp_path: Path, key: str
) -> None:
    dataset = add_sample(key)
    limits = ProfileLimits(column_bytes=0, duckdb_bytes=SMALL_MEMORY, spill_folder=tmp_path)
    wanted = [column.kind for column in dataset.info.columns]
    for column, large in zip(
        dataset.info.columns, profile_columns(dataset.table_path, wanted, limits), strict=True
    ):
        assert large.model_dump(exclude=_APPROXIMATE) == column.model_dump(exclude=_APPROXIMATE)
        assert large.mean == pytest.approx(column.mean) and large.std == pytest.approx(column.std)
        assert sum(large.histogram_counts) == sum(column.histogram_counts)
        spread = (column.max or 0) - (column.min or 0)
        assert large.quantiles == pytest.approx(column.quantiles, abs=0.02 * spread)


_APPROXIMATE = {
    "role", "mean", "std", "quantiles", "histogram_counts", "histogram_edges", "mean_length",
}  # fmt: skip


def test_pages_and_columns_are_read_in_order(add_sample: Callable[[str], Dataset]) -> None:
    dataset = add_sample("iris")
    page = read_page(dataset, 148, 10)
    assert page.num_rows == 2 and page.column("species").to_pylist() == ["virginica"] * 2
    table = read_table(dataset, ["species", "sepal_width"], np.array([149, 0]))
    assert table.to_pydict() == {"species": ["virginica", "setosa"], "sepal_width": [3.0, 3.5]}
    assert "no column 'x'" in refuse(lambda: read_table(dataset, ["x"])).problem


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([n % 2 for n in range(60)], "number"),
        ([n * 1.5 for n in range(60)], "number"),
        (list(range(1, 61)), "identifier"),
        ([f"A{n:04d}" for n in range(60)], "identifier"),
        ([f"0{n % 5}{n % 4}" for n in range(60)], "category"),
        (["red", "green", "blue"] * 20, "category"),
        ([f"Review number {n} says that all of it was rather good." for n in range(60)], "text"),
        ([f"Braund, Mr. Owen {n}" for n in range(60)], "text"),
        ([f"2020-01-{n % 28 + 1:02d}" for n in range(60)], "datetime"),
    ],
)
def test_kinds_follow_from_all_values(
    settings: Settings, tmp_path: Path, values: list[object], kind: str
) -> None:
    body = "".join(f'"{value}",{n % 11 / 4}\n' for n, value in enumerate(values))
    assert kinds(add(settings, tmp_path, "col,x\n" + body))["col"] == kind


def test_a_key_by_name_and_a_split_column_get_their_roles(
    settings: Settings, tmp_path: Path
) -> None:
    body = "".join(f"{n * 37},{('train', 'test')[n % 2]},{n % 7}\n" for n in range(40))
    dataset = add(settings, tmp_path, "customer_id,fold,x\n" + body)
    assert dataset.info.column("customer_id").role == "ignore"
    assert dataset.info.column("fold").role == "split"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.key)
def test_every_sample_is_read_without_loss(
    add_sample: Callable[[str], Dataset], sample_folder: Path, sample: object
) -> None:
    known = find_sample(sample.key)  # type: ignore[attr-defined]
    dataset = add_sample(known.key)
    info = dataset.info
    num_rows = {"digits": 2_000, "japanese_vowels": 640}.get(known.key)
    if num_rows is None:
        with (sample_folder / known.file).open(encoding="utf-8", newline="") as file:
            num_rows = sum(1 for _ in csv.reader(file)) - 1
    assert (info.name, info.num_rows) == (known.key, num_rows)
    assert known.kind is ColumnKind.NUMBER or known.kind in {one.kind for one in info.columns}
    assert info.source.num_cells_unreadable == info.source.num_rows_rejected == 0
    if known.task is not TaskKind.FORECASTING:
        assert describe_target(dataset, known.target).task is known.task
    assert suggest_target(info) in (known.target, *known.other_targets)
    assert add_sample(known.key) == dataset


def test_an_unknown_sample_is_refused() -> None:
    assert "iris" in refuse(lambda: find_sample("irish")).fix


def test_a_target_is_suggested_and_described(settings: Settings, tmp_path: Path) -> None:
    body = "".join(f"{n / 7},{'ab'[n % 2]},{n % 5 / 3}\n" for n in range(40))
    dataset = add(settings, tmp_path, "x,Outcome,z\n" + body)
    assert suggest_target(dataset.info) == "Outcome"
    described = describe_target(dataset, "Outcome")
    assert [entry.num_rows for entry in described.classes] == [20, 20]
    assert "2 different values: classes" in described.reason
    assert "a quantity" in describe_target(dataset, "x").reason
