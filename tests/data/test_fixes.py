"""Fixes of warnings: each does what the warning asks for, and the warning is gone."""

from pathlib import Path

import numpy as np
import pytest

from dlstudio.data.catalog import edit_columns
from dlstudio.data.dataset import Dataset
from dlstudio.data.fixes import column_fix, joint_fix, joint_setting, setting_fix
from dlstudio.data.label_lists import with_labels
from dlstudio.data.target_quality import target_warnings
from dlstudio.settings import Settings
from dlstudio.spec.check import check_spec
from dlstudio.spec.dataset import ColumnKind, ColumnRole, QualityWarning
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.training import ClassWeights
from tests.data.files import add, warning_codes

NUM_ROWS = 200
RNG = np.random.default_rng(0)
NOISE = RNG.normal(size=NUM_ROWS).round(6)
LABEL = np.where(RNG.random(NUM_ROWS) < 0.4, "yes", "no")


def _add(settings: Settings, folder: Path, **columns: object) -> Dataset:
    values = {name: np.asarray(column, dtype=object) for name, column in columns.items()}
    rows = zip(*values.values(), strict=True)
    body = "".join(",".join(map(str, row)) + "\n" for row in rows)
    return add(settings, folder, ",".join(values) + "\n" + body)


def _warning(dataset: Dataset, code: str) -> QualityWarning:
    return next(warning for warning in dataset.info.warnings if warning.code == code)


def _mend(settings: Settings, dataset: Dataset, code: str) -> Dataset:
    fix = column_fix(dataset.info, _warning(dataset, code))
    assert fix is not None
    return edit_columns(settings, "data", fix.changes)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (["same"] * NUM_ROWS, "constant"),
        (["oops", *NOISE[1:]], "unreadable-cells"),
        (["word", "text"] * 50 + list(range(100)), "mixed-types"),
        ([202001 + n % 12 for n in range(NUM_ROWS)], "dates-in-digits"),
        ([f"k{n}" for n in range(NUM_ROWS)], "identifier-like"),
    ],
)
def test_the_edit_that_a_warning_offers_answers_it(
    settings: Settings, tmp_path: Path, values: list[object], code: str
) -> None:
    dataset = _add(settings, tmp_path, x=NOISE, odd=values)
    assert code not in warning_codes(_mend(settings, dataset, code))


def test_one_button_answers_a_warning_about_many_columns(
    settings: Settings, tmp_path: Path
) -> None:
    columns = {f"c{n}": ["same"] * NUM_ROWS for n in range(25)}
    dataset = _add(settings, tmp_path, x=NOISE, **columns)
    fix = column_fix(dataset.info, _warning(dataset, "constant"))
    assert fix is not None and fix.label == "Leave the column out: 25 columns"
    edited = edit_columns(settings, "data", fix.changes)
    assert edited.info.with_role(ColumnRole.INPUT) == ("x",)


def test_a_counter_can_be_used_as_a_number_after_all(settings: Settings, tmp_path: Path) -> None:
    dataset = _add(settings, tmp_path, row_id=range(NUM_ROWS), x=NOISE)
    column = _mend(settings, dataset, "identifier-like").info.column("row_id")
    assert (column.kind, column.role) == (ColumnKind.NUMBER, ColumnRole.INPUT)


def test_a_column_that_gives_the_answer_away_is_left_out(
    settings: Settings, tmp_path: Path
) -> None:
    leak = np.where(LABEL == "yes", "paid", "open")
    dataset = _add(settings, tmp_path, x=NOISE, leak=leak, label=LABEL)
    (warning,) = target_warnings(dataset, "label")
    fix = column_fix(dataset.info, warning)
    assert fix is not None
    edited = edit_columns(settings, "data", fix.changes)
    assert target_warnings(edited, "label") == ()


def test_all_columns_that_give_the_answer_away_are_left_out_at_once(
    settings: Settings, tmp_path: Path
) -> None:
    leaks = {f"leak{n}": np.where(LABEL == "yes", f"a{n}", f"b{n}") for n in range(3)}
    dataset = _add(settings, tmp_path, x=NOISE, **leaks, label=LABEL)
    warnings = target_warnings(dataset, "label")
    fix = joint_fix(dataset.info, warnings)
    assert fix is not None and fix.label == "For all 3 columns: leave the column out"
    edited = edit_columns(settings, "data", fix.changes)
    assert target_warnings(edited, "label") == ()
    assert joint_fix(dataset.info, warnings[:1]) is None  # its own button does that


def test_hints_that_name_rivals_for_one_role_are_not_answered_at_once(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = _add(settings, tmp_path, x=NOISE, y=NOISE, label=LABEL)
    warnings = [
        QualityWarning(code="looks-like-groups", problem="", fix="", where=name)
        for name in ("x", "y")
    ]
    assert all(column_fix(dataset.info, warning) for warning in warnings)
    assert joint_fix(dataset.info, warnings) is None


def test_a_rare_class_is_answered_by_balanced_weights(settings: Settings, tmp_path: Path) -> None:
    rare = np.where(np.arange(NUM_ROWS) < 15, "yes", "no")
    dataset = _add(settings, tmp_path, x=NOISE, rare=rare)
    (warning,) = target_warnings(dataset, "rare")
    found = setting_fix(dataset.info, default_spec(dataset.info, ["rare"]), warning)
    assert found is not None
    label, spec = found
    assert label == "Design with balanced class weights"
    assert spec.training.class_weights is ClassWeights.BALANCED


@pytest.mark.parametrize("separator", ["; ", "|", ","])
def test_cells_that_list_labels_are_answered_by_their_separator(
    settings: Settings, tmp_path: Path, separator: str
) -> None:
    tags = [["red"], ["round"], ["red", "round"], ["big", "red"], ["big", "round"], []]
    cells = [f'"{separator.join(tags[row % 6])}"' for row in range(NUM_ROWS)]
    dataset = _add(settings, tmp_path, x=NOISE, tags=cells)
    spec = default_spec(dataset.info, ["tags"])

    warning = target_warnings(dataset, "tags")[-1]

    assert warning.code == "lists-labels" and f"to {separator.strip()!r}" in warning.fix
    found = setting_fix(dataset.info, spec, warning)
    assert found is not None and found[0] == "Design with several labels a row"
    assert found[1].task.label_separator == separator.strip()
    assert check_spec(found[1], with_labels(dataset, found[1]).info) == ()


@pytest.mark.parametrize(
    "cells",
    [
        ["yes", "no"],
        ["Smith, Ann", "Miller, Ann", "Jones, Bob", "Young, Bob"],
        ["Bern, CH", "Basel, CH", "Paris, F", "Lyon, F"],
        ["low (1,2)", "high (3,4)"],
    ],
)
def test_commas_within_classes_list_no_labels(
    settings: Settings, tmp_path: Path, cells: list[str]
) -> None:
    column = [f'"{cells[row % len(cells)]}"' for row in range(NUM_ROWS)]
    dataset = _add(settings, tmp_path, x=NOISE, name=column)
    assert "lists-labels" not in {found.code for found in target_warnings(dataset, "name")}


def test_outliers_and_gaps_are_answered_in_the_design(settings: Settings, tmp_path: Path) -> None:
    dataset = _add(settings, tmp_path, far=[1e6, "", *NOISE[2:]], label=LABEL)
    spec = default_spec(dataset.info, ["label"])
    outliers = setting_fix(dataset.info, spec, _warning(dataset, "extreme-outliers"))
    assert outliers is not None
    assert outliers[1].preprocessing["far"] == {"scaling": "quantile"}
    gaps = setting_fix(dataset.info, spec, _warning(dataset, "missing-values"))
    assert gaps == ("Choose in Design how gaps are filled", spec)


def test_outliers_of_all_columns_are_answered_at_once(settings: Settings, tmp_path: Path) -> None:
    far = {name: [1e6, "", *NOISE[2:]] for name in ("a", "b")}
    dataset = _add(settings, tmp_path, **far, label=LABEL)
    spec = default_spec(dataset.info, ["label"])
    warnings = {
        code: [one for one in dataset.info.warnings if one.code == code]
        for code in ("extreme-outliers", "missing-values")
    }
    answered = joint_setting(dataset.info, spec, warnings["extreme-outliers"])
    assert answered is not None and answered[0] == "For all 2 columns: design with quantile scaling"
    settings_of = answered[1].preprocessing
    assert settings_of["a"] == settings_of["b"] == {"scaling": "quantile"}
    # One way to Design answers all gaps: nothing is set.
    assert joint_setting(dataset.info, spec, warnings["missing-values"]) is None


def test_what_only_the_file_can_mend_offers_nothing(settings: Settings, tmp_path: Path) -> None:
    dataset = _add(settings, tmp_path, x=["inf", *NOISE[1:]], label=LABEL)
    warning = _warning(dataset, "infinite-values")
    assert column_fix(dataset.info, warning) is None
    assert setting_fix(dataset.info, default_spec(dataset.info, ["label"]), warning) is None
