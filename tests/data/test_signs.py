"""Numbers with currency and percent signs."""

from pathlib import Path

import numpy as np
import pytest

from dlstudio.data.any_table import open_any_table
from dlstudio.data.catalog import edit_columns
from dlstudio.data.edit import ColumnChange
from dlstudio.data.options import GUESS_EVERYTHING
from dlstudio.data.raw import raw_from_table
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind
from tests.data.files import add, cells, kinds, warning_codes


@pytest.mark.parametrize(
    ("written", "values"),
    [
        (["12 %", "7.5%", "-3 %"], [12.0, 7.5, -3.0]),
        (["$1,234.50", "-$2", "$-3.25"], [1234.5, -2.0, -3.25]),
        (["1.234,50 €", "7,25 €", "+10 €"], [1234.5, 7.25, 10.0]),
        (["1\u202f234,50\u00a0€", "7,25\u00a0€", "12\u00a0345 €"], [1234.5, 7.25, 12345.0]),
        (["US$ 5.5", "US$ 6", "US$ 1e3"], [5.5, 6.0, 1000.0]),
        (["CHF 1'234.50", "CHF 8", "CHF 9"], [1234.5, 8.0, 9.0]),
        (["1 234,50 zł", "7,25 zł", "8 zł"], [1234.5, 7.25, 8.0]),
        (["£5", "6", "n/a"], [5.0, 6.0, None]),
    ],
)
def test_a_sign_beside_a_number_does_not_make_it_text(
    settings: Settings, tmp_path: Path, written: list[str], values: list[float | None]
) -> None:
    rows = "".join(f"{cell};{'ab'[place % 2]}\n" for place, cell in enumerate(written * 5))
    dataset = add(settings, tmp_path, f"price;y\n{rows}")

    assert kinds(dataset)["price"] == "number"
    assert cells(dataset)["price"] == values * 5
    assert dataset.info.column("price").num_unreadable == 0
    assert "signs-left-out" in warning_codes(dataset)


def test_whole_numbers_with_a_sign_stay_whole(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, "share,y\n" + "12%,a\n7 %,b\n9%,b\n" * 4)

    assert dataset.info.column("share").is_integer
    assert cells(dataset)["share"] == [12, 7, 9] * 4


@pytest.mark.parametrize("other", ["5 €", "5 %"])
def test_two_different_signs_are_not_one_quantity(
    settings: Settings, tmp_path: Path, other: str
) -> None:
    dataset = add(settings, tmp_path, f"price;y\n{f'$5;a{chr(10)}{other};b{chr(10)}' * 6}")

    assert kinds(dataset)["price"] == "category"
    assert "signs-left-out" not in warning_codes(dataset)


def test_the_guess_is_told_and_can_be_taken_back(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, "share,y\n" + "12 %,a\n7 %,b\n9 %,b\n" * 4)
    (warning,) = (one for one in dataset.info.warnings if one.code == "signs-left-out")
    assert "12 % is the number 12" in warning.problem
    assert "category" in warning.fix

    kept = edit_columns(settings, dataset.info.name, [ColumnChange(name="y", kind=ColumnKind.TEXT)])
    assert "signs-left-out" in warning_codes(kept)
    change = ColumnChange(name="share", kind=ColumnKind.CATEGORY)
    changed = edit_columns(settings, dataset.info.name, [change])

    assert cells(changed)["share"] == ["12 %", "7 %", "9 %"] * 4
    assert "signs-left-out" not in warning_codes(changed)


@pytest.mark.parametrize("cell", ["$", "%", "5 % 5", "$5%", "-$-5", "$5 each", "5kg", "E 5"])
def test_what_is_no_number_stays_unreadable(settings: Settings, tmp_path: Path, cell: str) -> None:
    rows = "".join(f"{number}.5,a\n" for number in range(30))
    dataset = add(settings, tmp_path, f"price,y\n{rows}{cell},b\n")

    assert cells(dataset)["price"][-1] is None
    assert dataset.info.column("price").num_unreadable == 1


def test_a_file_to_predict_is_read_the_same_way(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, "price,share\n" + "1234.5,12\n7.25,7\n" * 5)
    path = tmp_path / "new.csv"
    path.write_text("price;share\n1.234,50 €;12 %\n7,25 €;7%\n", encoding="utf-8")

    with open_any_table(path, GUESS_EVERYTHING, settings) as table:
        (batch,) = table.batches()
        raw = raw_from_table(batch, dataset.info, ["price", "share"])

    np.testing.assert_array_equal(raw["price"], np.array([1234.5, 7.25], np.float32))
    np.testing.assert_array_equal(raw["share"], np.array([12, 7], np.float32))
