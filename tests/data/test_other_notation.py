"""Columns whose numbers are written with the other decimal sign than the rest of the file."""

from pathlib import Path

import pytest

from dlstudio.data.any_table import open_any_table
from dlstudio.data.dataset import Dataset
from dlstudio.data.drop_repeated import drop_repeated_rows
from dlstudio.data.edit import ColumnChange, edit_version
from dlstudio.data.options import GUESS_EVERYTHING
from dlstudio.data.raw import raw_from_table
from dlstudio.settings import Settings, read_settings
from dlstudio.spec.dataset import ColumnKind
from tests.data.files import add, cells, kinds, refuse, warning_codes

GERMAN = "name;preis;weight\n" + "".join(f"p{n};{n},5;{n}.75\n" for n in range(30))


def test_a_column_with_a_point_is_read_beside_one_with_a_comma(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add(settings, tmp_path, GERMAN)
    assert cells(dataset)["preis"] == [n + 0.5 for n in range(30)]
    assert cells(dataset)["weight"] == [n + 0.75 for n in range(30)]
    assert dataset.info.source.options["decimal"] == ","
    assert dataset.info.source.options["other_decimal"] == "weight"
    warning = next(each for each in dataset.info.warnings if each.where == "weight")
    assert "'weight' are written with a decimal point" in warning.problem
    assert "'Columns with the other decimal sign'" in warning.fix


def test_a_column_with_a_comma_is_read_where_groups_speak_for_the_point(
    settings: Settings, tmp_path: Path
) -> None:
    rows = "".join(f'"{n},234,567.5","{n},5"\n"1,234","2,25"\n' for n in range(1, 20))
    dataset = add(settings, tmp_path, f"price,peso\n{rows}")
    assert cells(dataset)["price"][:2] == [1_234_567.5, 1234]
    assert cells(dataset)["peso"][:2] == [1.5, 2.25]


@pytest.mark.parametrize("weight", ["1.234", "01.12", "2.75 kg of 3", "1.2.3"])
def test_what_is_no_sure_number_in_the_other_notation_stays(
    settings: Settings, tmp_path: Path, weight: str
) -> None:
    rows = "".join(f"{n},5;{weight}\n" for n in range(30))
    dataset = add(settings, tmp_path, f"preis;weight\n{rows}")
    assert cells(dataset)["weight"] == [weight] * 30
    assert "other_decimal" not in dataset.info.source.options


def test_a_column_that_mixes_both_is_left_as_it_is(settings: Settings, tmp_path: Path) -> None:
    rows = "".join(f"{n},5;{n}.75\n" for n in range(30)) + "1,5;2,5\n"
    assert kinds(add(settings, tmp_path, f"preis;weight\n{rows}"))["weight"] != "number"


def test_the_columns_can_be_chosen_and_the_guess_refused(
    settings: Settings, tmp_path: Path
) -> None:
    content = "preis;a,b;c\n" + "".join(f"{n},5;1.234;{n}.75\n" for n in range(30))
    chosen = add(settings, tmp_path, content, other_decimal="a,b, c")
    assert cells(chosen)["a,b"] == [1.234] * 30
    assert cells(chosen)["c"][1] == 1.75
    none = add(settings, tmp_path, content, other_decimal="none")
    assert kinds(none)["c"] != "number"
    assert none.info.source.options["other_decimal"] == "none"
    fixed = add(settings, tmp_path, content, decimal=",")
    assert kinds(fixed)["c"] != "number" and "other_decimal" not in fixed.info.source.options
    error = refuse(lambda: add(settings, tmp_path, content, other_decimal="d"))
    assert "no column 'd'" in error.problem


def test_the_notation_stays_through_edits(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, GERMAN + "p1;1,5;1.75\n")
    as_text = _change(settings, dataset, ColumnKind.CATEGORY)
    assert cells(as_text)["weight"][3] == "3.75"
    back = _change(settings, as_text, ColumnKind.NUMBER)
    assert cells(back)["weight"] == cells(dataset)["weight"]
    once = drop_repeated_rows(settings, dataset)
    assert cells(once)["weight"] == [n + 0.75 for n in range(30)]
    assert "other-decimal-sign" in warning_codes(once)


@pytest.mark.parametrize(
    ("rows", "weights"),
    [
        ("x;1,5;2.75\n", [2.75]),
        ("x;1,5;1.234\n", [1.234]),  # read as a thousand or text but for the dataset
        ("x;7;2.75\n", [2.75]),
    ],
)
def test_a_file_to_predict_is_read_as_what_was_learned(
    settings: Settings, tmp_path: Path, rows: str, weights: list[float]
) -> None:
    info = add(settings, tmp_path, GERMAN).info
    path = tmp_path / "new.csv"
    path.write_text(f"name;preis;weight\n{rows}")
    with open_any_table(path, GUESS_EVERYTHING, read_settings(), like=info.source) as table:
        (batch,) = table.batches()
    assert raw_from_table(batch, info, ["weight"])["weight"].tolist() == pytest.approx(weights)


def test_a_file_with_one_notation_is_read_by_its_own(settings: Settings, tmp_path: Path) -> None:
    info = add(settings, tmp_path, GERMAN).info
    path = tmp_path / "new.csv"
    path.write_text('preis,weight\n1.5,2.75\n"2.25",3.5\n')
    with open_any_table(path, GUESS_EVERYTHING, read_settings(), like=info.source) as table:
        (batch,) = table.batches()
    raw = raw_from_table(batch, info, ["preis", "weight"])
    assert raw["weight"].tolist() == [2.75, 3.5]
    assert raw["preis"].tolist() == [1.5, 2.25]


def _change(settings: Settings, dataset: Dataset, kind: ColumnKind) -> Dataset:
    return edit_version(settings, dataset, [ColumnChange(name="weight", kind=kind)])
