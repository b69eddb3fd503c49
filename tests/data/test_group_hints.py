"""Columns and folders that say whose a row is are told, and one click keeps rows together."""

import time
from pathlib import Path

import pytest

from dlstudio.data.catalog import edit_columns
from dlstudio.data.dataset import Dataset
from dlstudio.data.fixes import column_fix
from dlstudio.data.group_hints import LOOKS_LIKE_GROUPS
from dlstudio.data.quality import columns_with
from dlstudio.data.splits import split_rows
from dlstudio.settings import Settings
from dlstudio.spec.dataset import QualityWarning
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.split import SplitMethod
from tests.data.collection.files import add_folder, picture
from tests.data.files import add, cells
from tests.spec.builders import dataset, number


def hints(dataset: Dataset) -> list[QualityWarning]:
    return [one for one in dataset.info.warnings if one.code == LOOKS_LIKE_GROUPS]


@pytest.mark.parametrize(
    ("name", "num_groups", "num_hints"),
    [
        ("speaker", 5, 1),
        ("Patient ID", 20, 1),
        ("subject", 2, 0),
        ("person", 60, 0),
        ("wind", 5, 0),
    ],
)
def test_columns_that_name_where_rows_come_from_are_told(
    settings: Settings, tmp_path: Path, name: str, num_groups: int, num_hints: int
) -> None:
    rows = "".join(f"p{n % num_groups},{n % 7}.5,{'ab'[n % 2]}\n" for n in range(60))
    found = hints(add(settings, tmp_path, f"{name},x,y\n{rows}"))
    assert [one.where for one in found] == [name] * num_hints


def test_thousands_of_columns_are_asked_for_a_hint_in_no_time() -> None:
    info = dataset(*(number(f"c{place}") for place in range(10_000)))
    begun = time.process_time()
    assert columns_with(info, LOOKS_LIKE_GROUPS) == []
    assert time.process_time() - begun < 1.0


def test_five_speakers_in_folders_are_told_and_kept_together_by_the_fix(
    settings: Settings, tmp_path: Path
) -> None:
    files = {
        f"{label}/anna-{group}/{number}.png": picture(1_000 * place + 10 * group + number)
        for place, label in enumerate(("yes", "no"))
        for group in range(5)
        for number in range(4)
    }
    dataset = add_folder(settings, tmp_path, files)
    (hint,) = hints(dataset)
    assert "5 of them in 40 rows" in hint.problem
    fix = column_fix(dataset.info, hint)
    assert fix is not None and fix.label == "Keep rows of one together"

    kept = edit_columns(settings, dataset.info.name, fix.changes)

    assert not hints(kept)
    split = default_spec(kept.info).split
    assert (split.method, split.column) == (SplitMethod.GROUP, "group")
    parts = split_rows(kept, split, ["label"])
    groups = cells(kept)["group"]
    train, test = ({groups[row] for row in rows} for rows in (parts.train, parts.test))
    assert train and test and not train & test
