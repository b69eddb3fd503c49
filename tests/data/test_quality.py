"""Warnings: each appears when it should, and not on sound data."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dlstudio.data.catalog import edit_columns
from dlstudio.data.dataset import Dataset
from dlstudio.data.edit import ColumnChange
from dlstudio.data.target_quality import target_warnings
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind, ColumnRole
from tests.data.files import add, cells, warning_codes

NUM_ROWS = 200
RNG = np.random.default_rng(0)
LABEL = np.where(RNG.random(NUM_ROWS) < 0.4, "yes", "no")
NOISE = RNG.normal(size=NUM_ROWS).round(6)


def _table(**columns: object) -> str:
    values = {name: np.asarray(column, dtype=object) for name, column in columns.items()}
    rows = zip(*values.values(), strict=True)
    body = "".join(",".join(map(str, row)) + "\n" for row in rows)
    return ",".join(values) + "\n" + body


def _codes_of(dataset: Dataset, where: str) -> set[str]:
    return {warning.code for warning in dataset.info.warnings if warning.where == where}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (["same"] * NUM_ROWS, "constant"),
        ([""] * NUM_ROWS, "all-missing"),
        ([f"k{n}" for n in range(NUM_ROWS)], "identifier-like"),
        (["", *NOISE[1:]], "missing-values"),
        (["oops", *NOISE[1:]], "unreadable-cells"),
        (["inf", *NOISE[1:]], "infinite-values"),
        ([1e6, *NOISE[1:]], "extreme-outliers"),
        (["word", "text"] * 50 + list(range(100)), "mixed-types"),
        ([202001 + n % 12 for n in range(NUM_ROWS)], "dates-in-digits"),
        ([20200101 + n % 28 for n in range(NUM_ROWS)], "dates-in-digits"),
    ],
)
def test_a_column_is_warned_about(
    settings: Settings, tmp_path: Path, values: list[object], code: str
) -> None:
    dataset = add(settings, tmp_path, _table(x=NOISE, odd=values))
    assert code in _codes_of(dataset, "odd")
    assert _codes_of(dataset, "x") == set()
    (warning,) = [one for one in dataset.info.warnings if one.code == code]
    assert warning.problem.startswith("The column 'odd'") and warning.fix.endswith(".")


def test_large_outliers_are_written_without_powers_of_ten(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add(settings, tmp_path, _table(x=NOISE, odd=[2_746_720, *NOISE[1:]]))
    (warning,) = [one for one in dataset.info.warnings if one.code == "extreme-outliers"]
    assert "reaches 2,746,720, while" in warning.problem


def test_sound_data_gets_no_warning(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, _table(x=NOISE, label=LABEL))
    assert dataset.info.warnings == ()
    assert target_warnings(dataset, "label") == ()


def test_duplicate_rows_are_counted_without_identifiers(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, _table(id=range(NUM_ROWS), x=[*NOISE[:150], *NOISE[:50]]))
    (warning,) = [one for one in dataset.info.warnings if one.code == "duplicate-rows"]
    assert "50 rows (25.0 %)" in warning.problem


def test_what_holds_for_many_columns_is_said_once(settings: Settings, tmp_path: Path) -> None:
    columns = {f"c{n}": ["", *NOISE[1:]] for n in range(25)}
    dataset = add(settings, tmp_path, _table(**columns))
    (warning,) = [one for one in dataset.info.warnings if one.code == "missing-values"]
    assert warning.where == "" and "25 columns" in warning.problem
    assert "on Design, under Columns" in warning.fix


@pytest.mark.parametrize(
    "leak",
    [
        np.where(LABEL == "yes", "paid", "open"),
        np.where(LABEL == "yes", 5.0, 1.0) + NOISE / 100,
        np.where(LABEL == "yes", NOISE.astype(str), ""),
    ],
    ids=["category", "number", "only its gaps"],
)
def test_a_column_that_gives_the_class_away_is_found(
    settings: Settings, tmp_path: Path, leak: np.ndarray
) -> None:
    dataset = add(settings, tmp_path, _table(x=NOISE, leak=leak, label=LABEL))
    (found,) = target_warnings(dataset, "label")
    assert (found.code, found.where) == ("target-leak", "leak")


@pytest.mark.parametrize("leak", [NOISE * 3 + 1, -NOISE], ids=["rescaled", "negated"])
def test_a_column_that_gives_the_quantity_away_is_found(
    settings: Settings, tmp_path: Path, leak: np.ndarray
) -> None:
    other = RNG.normal(size=NUM_ROWS).round(3)
    dataset = add(settings, tmp_path, _table(x=other, leak=leak, y=NOISE))
    assert [found.where for found in target_warnings(dataset, "y")] == ["leak"]


def test_the_number_of_rows_of_a_class_is_no_leak(settings: Settings, tmp_path: Path) -> None:
    rare = np.where(np.arange(NUM_ROWS) == 3, "yes", "no")
    dataset = add(settings, tmp_path, _table(x=NOISE, colour=["red", "blue"] * 100, rare=rare))
    codes = {found.code for found in target_warnings(dataset, "rare")}
    assert codes == {"class-imbalance", "few-rows-per-class"}


def test_a_target_of_one_class_or_with_gaps_is_warned_about(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add(settings, tmp_path, _table(x=NOISE, one=["a"] * NUM_ROWS, gaps=["", *LABEL[1:]]))
    assert {found.code for found in target_warnings(dataset, "one")} == {"one-class"}
    assert {found.code for found in target_warnings(dataset, "gaps")} == {"target-missing"}


def test_na_among_numbered_classes_is_pointed_out_and_can_become_a_class(
    settings: Settings, tmp_path: Path
) -> None:
    content = "size,level\n" + "".join(
        f"{row}.5,{('1', '2', 'NA')[row % 3]}\n" for row in range(60)
    )
    dataset = add(settings, tmp_path, content)
    (warning,) = [w for w in target_warnings(dataset, "level") if w.code == "target-missing"]
    assert "missing in 20 rows, which are left out of training; some say 'NA'" in warning.problem
    assert "Set its kind to category if 'NA' is a class of its own; else fill" in warning.fix

    changed = edit_columns(settings, "data", [ColumnChange(name="level", kind=ColumnKind.CATEGORY)])
    assert changed.info.column("level").num_classes == 3
    assert cells(changed)["level"][:3] == ["1", "2", "NA"]


def test_the_role_of_a_target_brings_its_warnings(settings: Settings, tmp_path: Path) -> None:
    add(settings, tmp_path, _table(x=NOISE, y=NOISE * 2))
    edited = edit_columns(settings, "data", [ColumnChange(name="y", role=ColumnRole.TARGET)])
    assert "target-leak" in warning_codes(edited)


@pytest.mark.slow
def test_real_samples_have_no_leak(
    add_sample: Callable[[str], Dataset],
) -> None:
    for key in ("iris", "breast_cancer", "credit", "white_wine", "bike_rentals", "concrete"):
        assert "target-leak" not in warning_codes(add_sample(key)), key


def test_a_column_that_was_left_out_is_not_warned_about_as_constant(
    settings: Settings, tmp_path: Path
) -> None:
    add(settings, tmp_path, _table(x=NOISE, same=["a"] * NUM_ROWS))
    edited = edit_columns(settings, "data", [ColumnChange(name="same", role=ColumnRole.IGNORE)])
    assert "constant" not in warning_codes(edited)


def test_an_empty_column_is_left_out_and_says_so(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, _table(x=NOISE, none=[""] * NUM_ROWS))
    (warning,) = [one for one in dataset.info.warnings if one.code == "all-missing"]
    assert "so it is left out" in warning.problem
