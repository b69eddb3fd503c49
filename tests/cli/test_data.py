"""`dlstudio data` with real files, each command in a process of its own."""

import json
import shlex
from pathlib import Path

import pytest

from dlstudio.settings import Settings
from tests.fixtures.training import run_dlstudio

pytestmark = pytest.mark.slow  # every command starts a process

ROWS = "".join(f"{n},{n % 3},{'ab'[n % 2]},x{n}\n" for n in range(40))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text("amount,part.no,kind,id\n" + ROWS, encoding="utf-8")
    return path


def test_add_list_show_and_remove_as_json(settings: Settings, table: Path) -> None:
    added = json.loads(run_dlstudio(settings, "data", "add", str(table), "--json").stdout)
    assert added["name"] == "orders"
    assert added["num_rows"] == 40
    assert added["fingerprint"]
    assert [column["name"] for column in added["columns"]] == ["amount", "part.no", "kind", "id"]
    assert {"kind", "role", "num_missing"} <= set(added["columns"][0])
    for warning in added["warnings"]:
        assert {"code", "where", "problem", "fix"} <= set(warning)
    listed = json.loads(run_dlstudio(settings, "data", "list", "--json").stdout)
    assert [entry["name"] for entry in listed["datasets"]] == ["orders"]
    shown = json.loads(run_dlstudio(settings, "data", "show", "orders", "--json").stdout)
    assert shown == added
    removed = run_dlstudio(settings, "data", "remove", "orders", "--json")
    assert json.loads(removed.stdout) == {"removed": "orders"}
    assert json.loads(run_dlstudio(settings, "data", "list", "--json").stdout) == {"datasets": []}


def test_the_text_names_columns_and_the_next_step(settings: Settings, table: Path) -> None:
    result = run_dlstudio(settings, "data", "add", str(table), "--name", "my orders")
    assert "my orders: 40 rows, 4 columns" in result.stdout
    assert "part.no" in result.stdout
    assert "Next: dlstudio spec new 'my orders' --target COLUMN -o run.yaml" in result.stdout
    assert "my orders" in run_dlstudio(settings, "data", "list").stdout
    assert "Removed the dataset 'my orders'." in (
        run_dlstudio(settings, "data", "remove", "my orders").stdout
    )
    assert "There are no datasets yet." in run_dlstudio(settings, "data", "list").stdout


def test_the_next_command_can_be_pasted_whatever_the_file_is_called(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / 'it\'s $(touch x) "so".csv'
    path.write_text("a,b\n1,p\n2,q\n", encoding="utf-8")
    result = run_dlstudio(settings, "data", "add", str(path))
    command = result.stdout.rpartition("Next: ")[2]
    assert shlex.split(command)[3] == path.stem


def test_a_wrong_guess_is_corrected_with_set(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("".join(f"{n};{n * 2}\n" for n in range(30)), encoding="utf-8")
    result = run_dlstudio(
        settings,
        *("data", "add", str(path), "--json"),
        *("--set", "delimiter=semicolon", "--set", "has_header=no"),
    )
    assert json.loads(result.stdout)["num_rows"] == 30


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        ("delimeter=tab", "Did you mean 'delimiter'?"),
        ("delimiter", "'delimiter' has no '='."),
        ("decimal=;", "is not one of the allowed values"),
        ("delimiter=ab", "'ab' is not"),
    ],
)
def test_a_wrong_reading_option_is_named(
    settings: Settings, table: Path, option: str, problem: str
) -> None:
    result = run_dlstudio(settings, "data", "add", str(table), "--set", option)
    assert (result.returncode, result.stdout) == (1, "")
    assert problem in result.stderr


def test_rows_that_could_not_be_read_are_listed(settings: Settings, table: Path) -> None:
    text = table.read_text(encoding="utf-8")
    table.write_text(text + "1,2,3,4,5,6\n", encoding="utf-8")
    result = run_dlstudio(settings, "data", "add", str(table))
    assert "Not read: 1 rows and 0 cells" in result.stdout
    assert "line 42" in result.stdout


def test_kinds_and_roles_are_edited(settings: Settings, table: Path) -> None:
    before = json.loads(run_dlstudio(settings, "data", "add", str(table), "--json").stdout)
    result = run_dlstudio(
        settings,
        *("data", "edit", "orders", "--json"),
        *("--set", "part.no.kind=category", "--set", "kind.role=target"),
    )
    after = json.loads(result.stdout)
    columns = {column["name"]: column for column in after["columns"]}
    assert columns["part.no"]["kind"] == "category"
    assert columns["kind"]["role"] == "target"
    assert after["fingerprint"] != before["fingerprint"]


def test_every_wrong_edit_is_named_at_once(settings: Settings, table: Path) -> None:
    run_dlstudio(settings, "data", "add", str(table))
    result = run_dlstudio(
        settings,
        *("data", "edit", "orders", "--set", "amuont.kind=category"),
        *("--set", "amount.kind=categry", "--set", "amount.colour=red"),
        *("--set", "nothing.kind=text"),
    )
    assert result.returncode == 1
    assert "has no column 'amuont'." in result.stderr
    assert "Did you mean 'amount'?" in result.stderr
    assert "'categry' is no kind." in result.stderr
    assert "Did you mean 'category'? Allowed: number," in result.stderr
    assert "'colour' of a column cannot be set." in result.stderr
    assert "See `dlstudio data show` for the columns." in result.stderr


def test_an_edit_without_equals_sign_is_named(settings: Settings, table: Path) -> None:
    run_dlstudio(settings, "data", "add", str(table))
    result = run_dlstudio(settings, "data", "edit", "orders", "--set", "amount.kind")
    assert "'amount.kind' has no '='." in result.stderr


def test_repeated_rows_are_left_out(settings: Settings, table: Path) -> None:
    table.write_text("amount,kind\n" + "1,a\n2,b\n1,a\n3,a\n" * 20, encoding="utf-8")
    run_dlstudio(settings, "data", "add", str(table))
    edit = ("data", "edit", "orders", "--drop-repeated")
    edited = json.loads(run_dlstudio(settings, *edit, "--set", "kind.role=target", "--json").stdout)
    assert edited["num_rows"] == 3 and edited["source"]["num_rows_repeated"] == 77
    assert edited["columns"][1]["role"] == "target"
    again = run_dlstudio(settings, *edit)
    assert again.returncode == 0 and edited["fingerprint"][:12] in again.stdout
    assert "77 repeated rows were left out" in again.stdout


def test_an_edit_of_nothing_is_wrong_usage(settings: Settings, table: Path) -> None:
    run_dlstudio(settings, "data", "add", str(table))
    result = run_dlstudio(settings, "data", "edit", "orders")
    assert result.returncode == 2 and "Give --set or --drop-repeated." in result.stderr


def test_samples_are_listed_and_added(settings: Settings) -> None:
    listed = json.loads(run_dlstudio(settings, "data", "sample", "--json").stdout)
    assert "iris" in [entry["key"] for entry in listed["samples"]]
    assert "Iris flowers" in run_dlstudio(settings, "data", "sample").stdout
    added = json.loads(run_dlstudio(settings, "data", "sample", "iris", "--json").stdout)
    assert added["num_rows"] == 150


@pytest.mark.parametrize(
    ("content", "problem", "fix"),
    [
        (b"", "is empty", "Choose a file with a header and rows."),
        (
            b"a,b,c\n",
            "has column names but no rows",
            "Choose a file with at least one row below the header.",
        ),
        (
            b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
            "is a PNG picture, not a table",
            "Put it with others into one folder a class, and add the folder or its ZIP.",
        ),
        (
            bytes(range(256)) * 20,
            "does not hold text, so it is no table in CSV form",
            "Save the data as CSV, Excel, JSON or Parquet and choose that file.",
        ),
    ],
    ids=["empty", "header only", "picture", "binary junk"],
)
def test_a_file_that_is_no_table_is_refused_with_the_way_out(
    settings: Settings, tmp_path: Path, content: bytes, problem: str, fix: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    result = run_dlstudio(settings, "data", "add", str(path), "--json")
    assert result.returncode == 1
    assert result.stderr == f"Problem (file): 'bad.csv' {problem}.\n  Fix: {fix}\n"
    assert not list((settings.home / "datasets").glob("*/*"))


def test_one_column_and_one_row_are_a_table(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "small.csv"
    path.write_bytes(b"a\n1\n")
    result = run_dlstudio(settings, "data", "add", str(path), "--json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["num_rows"] == 1


def test_rows_of_sensors_are_joined_to_sequences(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "walks.csv"
    path.write_text("walk,s,x,y,kind\nw,1,5,6,a\nw,0,3,4,a\nv,0,1,2,b\n", encoding="utf-8")

    result = run_dlstudio(
        settings, "data", "add", str(path), "--sequence-id", "walk", "--time", "s"
    )

    assert "walks: 2 rows, 3 columns" in result.stdout
    assert "1 to 2 steps of 2 channels (x, y)" in result.stdout


def test_sequences_of_one_step_are_told_without_a_plural(
    settings: Settings, tmp_path: Path
) -> None:
    for label in ("sit", "walk"):
        (tmp_path / "moves" / label).mkdir(parents=True)
        for n in range(3):
            (tmp_path / "moves" / label / f"{n}.csv").write_text(f"x,y\n{n},{n + 1}\n")
    result = run_dlstudio(settings, "data", "add", str(tmp_path / "moves"))
    assert " 1 step of 2 channels (x, y)" in result.stdout


def test_columns_of_sensors_are_joined_to_sequences(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text("h_0,h_1,h_2,kind\n1,2,3,a\n4,5,6,b\n", encoding="utf-8")

    result = run_dlstudio(settings, "data", "add", str(path), "--sequence-columns", "h_*")

    assert "3 steps of 1 channel (value)" in result.stdout
