"""Versions: immutable, named by content, published at once, safe for two at a time."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from dlstudio.data.catalog import (
    add_dataset,
    edit_columns,
    list_datasets,
    list_versions,
    open_dataset,
    remove_dataset,
    rename_dataset,
    versions_only_here,
)
from dlstudio.data.dataset import read_table
from dlstudio.data.edit import ColumnChange
from dlstudio.data.versions import clear_disk_errors, slug
from dlstudio.errors import ConflictError, DataError, NotFoundError
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind, ColumnRole
from tests.data.files import add, cells, refuse
from tests.fixtures.workspace import environment_of

CONTENT = "price,plan,when\n" + "".join(
    f"{n}.50,{'abc'[n % 3]},2020-01-{n % 28 + 1:02d}\n" for n in range(60)
)


def test_equal_content_has_an_equal_fingerprint(settings: Settings, tmp_path: Path) -> None:
    first = add(settings, tmp_path, CONTENT)
    again = add(settings, tmp_path, CONTENT)
    semicolons = add(settings, tmp_path, CONTENT.replace(",", ";"), file_name="other.csv")
    changed = add(settings, tmp_path, CONTENT.replace("7.50", "7.51"))
    assert first.info.fingerprint == again.info.fingerprint == semicolons.info.fingerprint
    assert changed.info.fingerprint != first.info.fingerprint
    assert len(list_versions(settings, "data")) == 2
    assert open_dataset(settings, "data").info.fingerprint == changed.info.fingerprint


def test_an_edit_makes_a_new_version_and_can_be_taken_back(
    settings: Settings, tmp_path: Path
) -> None:
    first = add(settings, tmp_path, CONTENT)
    text = edit_columns(settings, "data", [ColumnChange(name="price", kind=ColumnKind.CATEGORY)])
    assert cells(text)["price"][:2] == ["0.50", "1.50"]
    assert cells(open_dataset(settings, "data", first.info.fingerprint))["price"][0] == 0.5
    back = edit_columns(settings, "data", [ColumnChange(name="price", kind=ColumnKind.NUMBER)])
    assert back.info.fingerprint == first.info.fingerprint
    assert back.info.columns == first.info.columns


def test_a_change_of_kind_reads_the_source_s_text_again(settings: Settings, tmp_path: Path) -> None:
    rows = "".join(f"{n if n % 4 else 'none of it'},{n}\n" for n in range(40))
    first = add(settings, tmp_path, "mixed,x\n" + rows)
    assert first.info.column("mixed").kind is ColumnKind.CATEGORY
    number = edit_columns(settings, "data", [ColumnChange(name="mixed", kind=ColumnKind.NUMBER)])
    assert number.info.column("mixed").num_unreadable == 10
    assert number.info.source.num_cells_unreadable == 10
    back = edit_columns(settings, "data", [ColumnChange(name="mixed", kind=ColumnKind.CATEGORY)])
    assert cells(back)["mixed"][0] == "none of it"
    assert back.info.fingerprint == first.info.fingerprint


def test_a_role_is_part_of_the_version(settings: Settings, tmp_path: Path) -> None:
    first = add(settings, tmp_path, CONTENT)
    edited = edit_columns(settings, "data", [ColumnChange(name="plan", role=ColumnRole.TARGET)])
    assert edited.info.with_role(ColumnRole.TARGET) == ("plan",)
    assert edited.info.fingerprint != first.info.fingerprint
    assert cells(edited) == cells(first)


def test_an_edit_of_an_unknown_column_or_kind_is_refused(
    settings: Settings, tmp_path: Path
) -> None:
    add(settings, tmp_path, CONTENT)
    missing = [ColumnChange(name="plam", role=ColumnRole.IGNORE)]
    assert "no column 'plam'" in refuse(lambda: edit_columns(settings, "data", missing)).problem
    image = [ColumnChange(name="plan", kind=ColumnKind.IMAGE)]
    error = refuse(lambda: edit_columns(settings, "data", image))
    assert "cannot be of the kind 'image'" in error.problem


def test_an_unknown_dataset_is_answered_with_the_nearest(
    settings: Settings, tmp_path: Path
) -> None:
    assert "data add" in refuse(lambda: open_dataset(settings, "churn")).fix
    add(settings, tmp_path, CONTENT, file_name="churn.csv")
    assert "'churn'" in refuse(lambda: open_dataset(settings, "chrun")).fix
    with pytest.raises(NotFoundError, match="no version"):
        open_dataset(settings, "churn", "0" * 32)
    for act in (list_versions, remove_dataset):
        with pytest.raises(NotFoundError, match="no dataset 'x'"):
            act(settings, "x")


def test_a_removed_dataset_is_gone(settings: Settings, tmp_path: Path) -> None:
    add(settings, tmp_path, CONTENT)
    remove_dataset(settings, "data")
    assert list_datasets(settings) == []
    assert list(settings.datasets_folder.iterdir()) == []


def test_a_renamed_dataset_is_found_by_both(settings: Settings, tmp_path: Path) -> None:
    first = add(settings, tmp_path, CONTENT)
    rename_dataset(settings, "data", "Kunden 2020")
    assert [info.name for info in list_datasets(settings)] == ["Kunden 2020"]
    # A run that was trained before knows the old name and the fingerprint.
    found = open_dataset(settings, "data", first.info.fingerprint)
    assert found.info.name == "Kunden 2020" and cells(found)["plan"][0] == "a"
    add(settings, tmp_path, CONTENT)
    with pytest.raises(ConflictError, match="'Kunden 2020' already"):
        rename_dataset(settings, "data", "Kunden 2020")


def test_versions_that_another_dataset_has_too_are_told(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("a,b\n1,x\n2,y\n3,z\n", encoding="utf-8")
    shared = add_dataset(settings, path, "one").info.fingerprint
    assert versions_only_here(settings, "one") == {shared}
    add_dataset(settings, path, "two")
    assert versions_only_here(settings, "one") == set()


def test_different_names_never_share_a_folder() -> None:
    names = ["a b", "a-b", "A-b", "a_b", "ä-b", "a/b", "..", "☃", "☂"]
    assert len({slug(name).lower() for name in names}) == len(names)


def test_two_at_once_both_succeed(settings: Settings, tmp_path: Path) -> None:
    paths = []
    for number in range(4):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "data.csv").write_text(CONTENT + f"{number % 2},a,2020-02-02\n")
        paths.append(folder / "data.csv")
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda path: add_dataset(settings, path), paths))
    assert len({dataset.info.fingerprint for dataset in made}) == 2
    assert len(list_versions(settings, "data")) == 2
    current = open_dataset(settings, "data").info.fingerprint
    assert current in {dataset.info.fingerprint for dataset in made}


def test_adding_editing_renaming_and_removing_at_once_never_break_a_dataset(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "same.csv"
    path.write_text("a,b\n1,p\n2,q\n", encoding="utf-8")
    as_text = [ColumnChange(name="b", kind=ColumnKind.TEXT)]
    actions: list[Callable[[], object]] = [
        lambda: add_dataset(settings, path),
        lambda: read_table(open_dataset(settings, "same")),
        lambda: edit_columns(settings, "same", as_text),
        lambda: rename_dataset(settings, "same", "other"),
        lambda: remove_dataset(settings, "same"),
        lambda: remove_dataset(settings, "other"),
    ]

    def visit(number: int) -> None:
        for step in range(30):
            with suppress(NotFoundError, ConflictError):
                actions[(step + number) % len(actions)]()

    with ThreadPoolExecutor(3) as visitors:
        list(visitors.map(visit, range(3)))

    for info in list_datasets(settings):
        assert read_table(open_dataset(settings, info.name)).num_rows == 2


def test_a_damaged_dataset_hides_no_other_and_is_mended_by_its_file(
    settings: Settings, tmp_path: Path
) -> None:
    add(settings, tmp_path, "a,b\n1,p\n2,q\n", file_name="whole.csv")
    damaged = add(settings, tmp_path, CONTENT, file_name="damaged.csv")
    (damaged.folder / "dataset.json").write_bytes(b"\0\0\0")
    assert [info.name for info in list_datasets(settings)] == ["whole"]

    again = add(settings, tmp_path, CONTENT, file_name="damaged.csv")
    assert again.folder == damaged.folder
    assert open_dataset(settings, "damaged").info.num_rows == 60


def test_what_a_killed_process_left_is_cleaned_up(settings: Settings, tmp_path: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        text=True,
        check=True,
    )
    left = settings.datasets_folder / f".build-{process.stdout.strip()}-12345678"
    left.mkdir(parents=True)
    (left / "stage.parquet").write_bytes(b"half")
    assert list_datasets(settings) == []
    add(settings, tmp_path, CONTENT)
    assert not left.exists()


def test_a_full_disk_leaves_nothing_behind(settings: Settings, tmp_path: Path) -> None:
    # A limit on the size of files stands for the full disk: the system refuses to write on.
    path = tmp_path / "data.csv"
    path.write_text("a,b\n" + "".join(f"{n * 7919 % 10007},{n / 7}\n" for n in range(40_000)))
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from dlstudio.data.catalog import add_dataset\n"
        "from dlstudio.errors import DataError\n"
        "from dlstudio.settings import read_settings\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try:\n"
        "    add_dataset(read_settings(), Path(sys.argv[1]))\n"
        "except DataError as error:\n"
        "    print(error.problem, error.where)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        env=environment_of(settings),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "is full; nothing was changed." in result.stdout and "disk" in result.stdout
    assert list(settings.datasets_folder.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "problem"),
    [(OSError(28, "No space"), "is full"), (PermissionError(13, "no"), "may not be written")],
)
def test_errors_of_the_disk_are_put_into_words(
    tmp_path: Path, error: OSError, problem: str
) -> None:
    with pytest.raises(DataError, match=problem), clear_disk_errors(tmp_path):
        raise error
