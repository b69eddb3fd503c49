"""Splits: complete, disjoint, deterministic, and true to what their method promises."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dlstudio.data.dataset import Dataset, read_table
from dlstudio.data.equal_files import group_codes
from dlstudio.data.splits import (
    Split,
    by_group,
    by_strata,
    by_time,
    split_rows,
)
from dlstudio.settings import Settings
from dlstudio.spec.split import SplitMethod, SplitSpec
from tests.data.files import add, refuse
from tests.fixtures.workspace import settings_in

METHODS = [
    SplitSpec(method=SplitMethod.RANDOM),
    SplitSpec(method=SplitMethod.STRATIFIED),
    SplitSpec(method=SplitMethod.GROUP, column="group"),
    SplitSpec(method=SplitMethod.TIME, column="day"),
    SplitSpec(method=SplitMethod.GIVEN, column="part"),
]


@cache
def _dataset() -> Dataset:
    folder = Path(mkdtemp(prefix="dlstudio-test-"))
    generator = np.random.default_rng(0)
    rows = [
        f"{generator.normal():.3f},{'aab'[n % 3] if n % 50 else ''},g{n % 23},"
        f"2020-{n % 12 + 1:02d}-{n % 28 + 1:02d},{('train', 'Test', 'val')[n % 3]},"
        f"{'once' if n == 7 else 'often'}"
        for n in range(400)
    ]
    text = "x,label,group,day,part,rare\n" + "\n".join(rows) + "\n"
    return add(settings_in(folder), folder, text)


def _parts(split: Split) -> list[np.ndarray]:
    return [split.train, split.validation, split.test]


def _column(name: str) -> np.ndarray:
    return np.array(read_table(_dataset(), [name]).column(0).to_pylist(), dtype=object)


@pytest.mark.parametrize("spec", METHODS, ids=lambda spec: spec.method.value)
def test_every_row_with_a_target_is_in_exactly_one_part(spec: SplitSpec) -> None:
    split = split_rows(_dataset(), spec, ["label"])
    together = np.concatenate(_parts(split))
    expected = np.flatnonzero(_column("label") != None)  # noqa: E711
    assert sorted(together.tolist()) == expected.tolist()
    assert all(part.dtype == np.int64 and np.all(np.diff(part) > 0) for part in _parts(split))
    assert all(len(part) for part in _parts(split))


@pytest.mark.parametrize("spec", METHODS, ids=lambda spec: spec.method.value)
def test_a_split_depends_on_nothing_but_data_and_spec(spec: SplitSpec) -> None:
    first = split_rows(_dataset(), spec, ["label"])
    again = split_rows(_dataset(), spec, ["label"])
    assert all(np.array_equal(a, b) for a, b in zip(_parts(first), _parts(again), strict=True))


def test_another_seed_gives_another_split() -> None:
    first = split_rows(_dataset(), SplitSpec(seed=1), [])
    other = split_rows(_dataset(), SplitSpec(seed=2), [])
    assert not np.array_equal(first.test, other.test)


def test_a_stratified_split_keeps_the_share_of_each_class() -> None:
    split = split_rows(_dataset(), METHODS[1], ["label"])
    labels = _column("label")
    shares = [np.mean(labels[part] == "b") for part in _parts(split)]
    assert max(shares) - min(shares) < 0.02


def test_a_class_of_one_row_trains() -> None:
    split = split_rows(_dataset(), METHODS[1], ["rare"])
    assert 7 in split.train


def test_classes_of_one_row_do_not_take_the_training_rows_of_the_next_class() -> None:
    codes = np.concatenate([np.arange(100), np.full(20, 100), np.full(20, 101)])
    parts = by_strata(codes, np.array([0.7, 0.15, 0.15]), np.random.default_rng(0))
    for code in (100, 101):
        counts = np.bincount(parts[codes == code], minlength=3)
        assert np.abs(counts - [14, 3, 3])[1:].max() <= 1


def test_many_classes_that_are_numbers_each_keep_their_share(
    settings: Settings, tmp_path: Path
) -> None:
    text = "x,letter\n" + "".join(f"{n},{n % 30}\n" for n in range(600))
    dataset = add(settings, tmp_path, text)
    split = split_rows(dataset, METHODS[1], ["letter"])
    letters = np.arange(600) % 30
    assert set(np.bincount(letters[split.train], minlength=30).tolist()) == {14}


def test_several_targets_and_numbers_can_be_stratified() -> None:
    for targets in (["x"], ["x", "label"], ["rare", "label"], []):
        split = split_rows(_dataset(), METHODS[1], targets)
        assert abs(len(split.train) - 0.7 * sum(map(len, _parts(split)))) < 10


def test_groups_never_straddle() -> None:
    split = split_rows(_dataset(), METHODS[2], [])
    groups = _column("group")
    found = [set(groups[part]) for part in _parts(split)]
    assert not found[0] & found[1] and not found[0] & found[2] and not found[1] & found[2]


def test_time_goes_forward_and_equal_times_stay_together() -> None:
    split = split_rows(_dataset(), METHODS[3], [])
    days = _column("day")
    assert max(days[split.train]) < min(days[split.validation])
    assert max(days[split.validation]) < min(days[split.test])


@pytest.mark.parametrize("sizes", [(80, 10, 10), (10, 80, 10), (10, 10, 80)])
def test_three_times_fill_three_parts(sizes: tuple[int, int, int]) -> None:
    times = pa.array(np.repeat([2021, 2022, 2023], sizes))
    parts = by_time(times, np.array([0.7, 0.15, 0.15]), "year")
    assert np.bincount(parts, minlength=3).tolist() == list(sizes)


def test_a_part_that_is_not_asked_for_gets_no_time() -> None:
    times = pa.array(np.repeat([2021, 2022, 2023], [10, 10, 80]))
    parts = by_time(times, np.array([0.7, 0.3, 0.0]), "year")
    assert np.bincount(parts, minlength=3).tolist() == [20, 80, 0]


def test_a_given_split_is_obeyed() -> None:
    split = split_rows(_dataset(), METHODS[4], [])
    parts = _column("part")
    assert set(parts[split.train]) == {"train"}
    assert set(parts[split.validation]) == {"val"}
    assert set(parts[split.test]) == {"Test"}


@pytest.mark.parametrize(
    ("spec", "targets", "problem"),
    [
        (SplitSpec(method=SplitMethod.GROUP), [], "no column is chosen"),
        (SplitSpec(method=SplitMethod.TIME, column="rare"), [], "only 2 different times"),
        (SplitSpec(method=SplitMethod.GIVEN, column="rare"), [], "holds 'often', 'once'"),
        (SplitSpec(method=SplitMethod.GROUP, column="grup"), [], "no column 'grup'"),
    ],
)
def test_an_unusable_column_is_refused(spec: SplitSpec, targets: list[str], problem: str) -> None:
    assert problem in refuse(lambda: split_rows(_dataset(), spec, targets)).problem


def test_a_constant_time_and_a_column_without_train_are_refused(
    settings: Settings, tmp_path: Path
) -> None:
    text = "day,part,y\n" + "2020-01-01,test,\n" * 5
    dataset = add(settings, tmp_path, text)
    time = SplitSpec(method=SplitMethod.TIME, column="day")
    assert "fewer than two different times" in refuse(lambda: split_rows(dataset, time, [])).problem
    given_parts = SplitSpec(method=SplitMethod.GIVEN, column="part")
    error = refuse(lambda: split_rows(dataset, given_parts, []))
    assert "marks no row as train" in error.problem
    error = refuse(lambda: split_rows(dataset, SplitSpec(), ["y"]))
    assert "lacks a value of y" in error.problem


def test_a_given_split_without_validation_takes_it_from_training(
    settings: Settings, tmp_path: Path
) -> None:
    text = "part,x\n" + "train,1\n" * 40 + "test,2\n" * 10
    dataset = add(settings, tmp_path, text)
    split = split_rows(dataset, SplitSpec(method=SplitMethod.GIVEN, column="part"), [])
    assert (len(split.train), len(split.validation), len(split.test)) == (33, 7, 10)


FRACTIONS = st.sampled_from(
    [(0.7, 0.15, 0.15), (0.8, 0.2, 0.0), (0.5, 0.0, 0.5), (0.98, 0.01, 0.01)]
)


@hypothesis_settings(max_examples=80)
@given(
    strata=st.lists(st.integers(0, 6), min_size=1, max_size=60),
    fractions=FRACTIONS,
    seed=st.integers(0, 99),
)
def test_strata_of_any_sizes_are_divided(
    strata: list[int], fractions: tuple[float, float, float], seed: int
) -> None:
    codes = np.array(strata)
    parts = by_strata(codes, np.array(fractions), np.random.default_rng(seed))
    for stratum in set(strata):
        assert np.any(parts[codes == stratum] == 0)
    for part in (1, 2):
        wanted = fractions[part] * len(strata)
        assert abs(np.sum(parts == part) - wanted) <= 1 + len(set(strata)) / 2
        assert fractions[part] > 0 or not np.any(parts == part)


@hypothesis_settings(max_examples=60)
@given(groups=st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=50), fractions=FRACTIONS)
def test_groups_of_any_sizes_stay_whole(
    groups: list[str], fractions: tuple[float, float, float]
) -> None:
    parts = by_group(group_codes(pa.array(groups)), np.array(fractions), np.random.default_rng(0))
    for group in set(groups):
        assert len({part for part, name in zip(parts, groups, strict=True) if name == group}) == 1
    num_wanted = sum(share > 0 for share in fractions)
    if len(set(groups)) >= num_wanted:
        assert len(set(parts.tolist())) == num_wanted


@hypothesis_settings(max_examples=60)
@given(
    times=st.lists(st.one_of(st.none(), st.integers(0, 30)), min_size=3, max_size=60).filter(
        lambda times: len({time for time in times if time is not None}) > 2
    )
)
def test_times_of_any_kind_are_never_divided(times: list[int | None]) -> None:
    parts = by_time(pa.array(times, pa.int64()), np.array([0.7, 0.15, 0.15]), "t")
    known = [(time, part) for time, part in zip(times, parts, strict=True) if time is not None]
    assert [part for _, part in sorted(known)] == sorted(part for _, part in known)
    assert len(set(known)) == len({time for time, _ in known})
    assert any(part == 0 for _, part in known)
