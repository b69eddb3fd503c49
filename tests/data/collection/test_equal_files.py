"""Equal files under several names: kept once, never in two parts, and told if they disagree."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dlstudio.data.dataset import Dataset, read_table
from dlstudio.data.equal_files import groups_of_equal_files, join_groups
from dlstudio.data.splits import split_rows
from dlstudio.settings import Settings
from dlstudio.spec.split import SplitMethod, SplitSpec
from tests.data.collection.files import add_folder, add_zip, cats_and_dogs, picture

COPIES = {
    f"{label}/copy{n}.png": picture(place * 1_000 + n // 2)
    for place, label in enumerate(("cat", "dog"))
    for n in range(24)
}


def parts_of(dataset: Dataset, split: SplitSpec) -> np.ndarray:
    found = split_rows(dataset, split, ["label"])
    parts = np.full(dataset.info.num_rows, -1)
    for number, rows in enumerate((found.train, found.validation, found.test)):
        parts[rows] = number
    return parts


def warning_of(dataset: Dataset, code: str) -> str:
    return next(w.problem for w in dataset.info.warnings if w.code == code)


@pytest.mark.parametrize("method", [SplitMethod.RANDOM, SplitMethod.STRATIFIED])
@pytest.mark.parametrize("seed", range(5))
def test_equal_files_are_in_one_part(
    settings: Settings, tmp_path: Path, method: SplitMethod, seed: int
) -> None:
    dataset = add_folder(settings, tmp_path, cats_and_dogs(20) | COPIES)
    images = read_table(dataset, ["image"]).column(0).to_pylist()
    assert len(set(images)) == 40 and len(images) == 88
    parts = parts_of(dataset, SplitSpec(method=method, seed=seed))
    parts_of_image = {image: set() for image in images}
    for image, part in zip(images, parts, strict=True):
        parts_of_image[image].add(int(part))
    assert all(len(found) == 1 for found in parts_of_image.values())
    assert np.bincount(parts, minlength=3).min() >= 4


def test_equal_files_are_kept_once(settings: Settings, tmp_path: Path) -> None:
    dataset = add_zip(settings, tmp_path, cats_and_dogs() | {"dog/x.png": picture(0)})
    files = [path for path in (dataset.folder / "files").rglob("*") if path.is_file()]
    assert len(files) == 6 and dataset.info.num_rows == 7
    names = read_table(dataset, ["file"]).column(0).to_pylist()
    assert "dog/x.png" in names


def test_a_group_takes_its_copies_from_other_groups_along(
    settings: Settings, tmp_path: Path
) -> None:
    files = {
        f"{label}/p{person:02}/{n}.png": picture(100 * person + n + 50 * (label == "dog"))
        for label in ("cat", "dog")
        for person in range(12)
        for n in range(3)
    }
    files["dog/p11/copy.png"] = files["cat/p00/0.png"]
    dataset = add_folder(settings, tmp_path, files)
    table = read_table(dataset, ["group"]).column(0).to_pylist()
    for seed in range(6):
        parts = parts_of(dataset, SplitSpec(method=SplitMethod.GROUP, column="group", seed=seed))
        joined = {int(p) for p, g in zip(parts, table, strict=True) if g in ("p00", "p11")}
        assert len(joined) == 1


def test_equal_files_of_two_classes_are_named(settings: Settings, tmp_path: Path) -> None:
    dataset = add_folder(settings, tmp_path, cats_and_dogs() | {"dog/x.png": picture(0)})
    problem = warning_of(dataset, "equal-files-disagree")
    assert "2 rows share their file with a row of another 'label'" in problem
    assert "rows 1 (cat) and 7 (dog)" in problem


def test_equal_files_of_one_class_do_not_disagree(settings: Settings, tmp_path: Path) -> None:
    dataset = add_folder(settings, tmp_path, cats_and_dogs() | {"cat/x.png": picture(0)})
    codes = {warning.code for warning in dataset.info.warnings}
    assert "duplicate-files" in codes and "equal-files-disagree" not in codes
    problem = warning_of(dataset, "duplicate-rows")
    assert "1 row (14.3 %) repeats an earlier row; a split at random or by group keeps" in problem


def test_equal_files_in_given_parts_are_named(settings: Settings, tmp_path: Path) -> None:
    files = {f"train/{name}": content for name, content in cats_and_dogs(4).items()}
    files |= {"test/cat/a.png": picture(0), "test/dog/b.png": picture(9)}
    dataset = add_folder(settings, tmp_path, files)
    problem = warning_of(dataset, "equal-files-in-parts")
    assert "files are learned from and judged by at once" in problem and "(test)" in problem


def test_rows_without_a_file_stand_alone(settings: Settings, tmp_path: Path) -> None:
    listed = "image,label\n1.png,a\n,b\n,a\n1.png,b\n"
    dataset = add_zip(settings, tmp_path, {"1.png": picture(1), "list.csv": listed})
    groups = groups_of_equal_files(dataset, np.arange(4))
    assert groups is not None and groups.tolist() == [0, 1, 2, 0]


GROUPS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=30)


@hypothesis_settings(max_examples=80)
@given(pairs=GROUPS)
def test_joined_groups_are_what_chains_of_shared_rows_connect(pairs: list[tuple[int, int]]) -> None:
    first, second = (np.unique([pair[n] for pair in pairs], return_inverse=True)[1] for n in (0, 1))
    joined = join_groups(first, second)
    expected = np.arange(len(pairs))
    for _ in pairs:  # spread the smallest number along shared groups until it settles
        for codes in (first, second):
            for code in set(codes.tolist()):
                expected[codes == code] = expected[codes == code].min()
    assert len(np.unique(joined)) == len(np.unique(expected))
    assert len(np.unique(np.stack([joined, expected]), axis=1).T) == len(np.unique(expected))


def test_no_rows_have_no_groups() -> None:
    assert join_groups(np.zeros(0, np.int64), np.zeros(0, np.int64)).tolist() == []
