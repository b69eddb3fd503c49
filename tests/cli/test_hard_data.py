"""From a file with hard content to predictions, through the real command line."""

import csv
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dlstudio.settings import Settings
from tests.fixtures.training import run_dlstudio
from tests.fixtures.workspace import REPOSITORY, environment_of, settings_in

pytestmark = pytest.mark.slow

ODD_CLASSES = ("NA", "__proto__", "constructor")


def succeed(settings: Settings, *arguments: str, timeout_s: float = 600) -> str:
    """Run a command that must succeed; the wide table takes its time on a busy machine."""
    result = subprocess.run(
        [sys.executable, "-m", "dlstudio", *arguments],
        cwd=REPOSITORY,
        env=environment_of(settings),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    assert result.returncode == 0, f"{arguments}\n{result.stdout[-2000:]}\n{result.stderr[-2000:]}"
    return result.stdout


def draft(settings: Settings, path: Path, target: str) -> Path:
    """Make a dataset of a file and a spec for it."""
    succeed(settings, "data", "add", str(path), "--json")
    spec = path.with_suffix(".yaml")
    succeed(settings, "spec", "new", path.stem, "--target", target, "-o", str(spec))
    return spec


def train(settings: Settings, spec: Path, *changes: str) -> dict[str, Any]:
    sets = [part for change in changes for part in ("--set", change)]
    return json.loads(succeed(settings, "train", str(spec), *sets, "--json"))


def predict(settings: Settings, run_id: str, path: Path) -> list[dict[str, str]]:
    output = path.with_name("predicted.csv")
    succeed(settings, "predict", run_id, str(path), "-o", str(output))
    with output.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def odd_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Path, dict[str, Any]]:
    """A run on a table with odd class names, a class of one row, gaps in the target and NUL."""
    folder = tmp_path_factory.mktemp("odd")
    settings = settings_in(folder / "home")
    lines = ["size,note,kind"]
    for row in range(120):
        place = row % 3
        note = ("reddish plain", "green", "a blue thing")[place]
        note = note.replace("e", "\0e", 1) if row < 9 else note
        lines.append(f"{place * 10 + row % 4}.5,{note} {row % 5},{ODD_CLASSES[place]}")
    lines += ["99.5,alone,only one row", "5.5,no answer,", "15.5,no answer,", "1.5,none,"]
    path = folder / "odd.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    spec = draft(settings, path, "kind")
    return settings, path, train(settings, spec, "training.epochs=40", "split.method=random")


def test_na_proto_and_constructor_are_classes_like_any_other(
    odd_run: tuple[Settings, Path, dict[str, Any]],
) -> None:
    settings, path, summary = odd_run
    assert summary["status"] == "finished"
    named = [entry["name"] for entry in summary["per_class"]["train"]]
    assert named == ["NA", "__proto__", "constructor", "only one row"]

    rows = predict(settings, summary["id"], path)

    assert len(rows) == 124
    for name in named:
        assert all(0 <= float(row[f"probability_{name}"]) <= 1 for row in rows)
    right = sum(row["prediction"] == row["kind"] for row in rows[:120])
    assert right >= 115
    assert {row["prediction"] for row in rows[:120]} >= set(ODD_CLASSES)
    shown = succeed(settings, "runs", "show", summary["id"])
    assert all(name in shown for name in named)


def test_rows_without_a_target_are_counted_and_left_out(
    odd_run: tuple[Settings, Path, dict[str, Any]],
) -> None:
    settings, path, summary = odd_run
    log = next((settings.home / "runs").glob(f"{summary['id']}/worker.log")).read_text()
    assert "3 rows have no target and were left out." in log

    result = run_dlstudio(settings, "evaluate", summary["id"], str(path), "--json")

    found = json.loads(result.stdout)
    assert found["num_rows"] == 121
    assert any("3 rows without a target" in note for note in found["notes"])


def test_a_late_nan_keeps_the_weights_of_the_best_epoch(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    rows = "".join(f"{row / 10:.1f},{row * 3 + row % 2}\n" for row in range(200))
    path.write_text(f"x,y\n{rows}")
    spec = draft(settings, path, "y")
    # The rate rises: small enough at first, then far too large, and the loss grows to infinity.
    changes = (
        *("training.optimizer=sgd", "training.learning_rate=2", "training.schedule=constant"),
        *("training.warmup_fraction=0.5", "training.epochs=150", "training.early_stopping=null"),
        *("training.batch_size=1000", "training.gradient_clipping=none"),
        *("training.momentum=0", "architecture.ensemble_size=1"),
    )
    sets = [part for change in changes for part in ("--set", change)]

    result = run_dlstudio(settings, "train", str(spec), *sets, "--json")

    assert result.returncode == 1, result.stderr
    summary = json.loads(result.stdout)
    assert summary["status"] == "failed"
    assert "Fix" in result.stderr
    assert 1 < summary["best_epoch"] < summary["epochs"] - 5
    predicted = [float(row["prediction"]) for row in predict(settings, summary["id"], path)]
    assert all(math.isfinite(value) for value in predicted)
    assert predicted[-1] > predicted[0] + 100


def test_cells_that_list_labels_are_learned_although_nearly_all_differ(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "tags.csv"
    lines = ["size,tags"]
    for row in range(2_400):
        listed = [f"tag{row % 24:02}", f"tag{row // 24 % 24:02}", f"x{row // 600}{row % 7}"]
        lines.append(f"{row % 24}.5,{'|'.join(listed)}")
    path.write_text("\n".join(lines) + "\n")
    spec = draft(settings, path, "tags")
    several = ("task.label_separator='|'", "split.method=random")

    summary = train(settings, spec, *several, "training.epochs=3")

    assert summary["status"] == "finished"
    rows = predict(settings, summary["id"], path)
    labels = [name.removeprefix("probability_") for name in rows[0] if "probability_" in name]
    assert labels == sorted({label for row in rows for label in row["tags"].split("|")})
    scored = succeed(settings, "evaluate", summary["id"], str(path), "--json")
    assert json.loads(scored)["num_rows"] == 2_400


def test_a_table_damaged_on_disk_fails_the_run_with_the_way_out(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "plain.csv"
    path.write_text("x,y\n" + "1.5,a\n2.5,b\n3.5,a\n" * 20)
    spec = draft(settings, path, "y")
    (table,) = settings.datasets_folder.glob("plain*/*/table.parquet")
    table.write_bytes(table.read_bytes()[:200])

    result = run_dlstudio(settings, "train", str(spec), "--json")

    assert result.returncode == 1
    assert json.loads(result.stdout)["status"] == "failed"
    assert "stored table of the dataset 'plain' is damaged" in result.stderr
    assert "remove the dataset and add its file again" in " ".join(result.stderr.split())
    succeed(settings, "data", "remove", "plain")
    succeed(settings, "data", "add", str(path))
    assert train(settings, spec, "training.epochs=1")["status"] == "finished"


def test_ten_thousand_categories_are_learned_and_predicted(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "codes.csv"
    rows = "".join(f"k{row % 10_000},{row % 10_000 % 2}\n" for row in range(20_000))
    path.write_text(f"code,even\n{rows}")
    spec = draft(settings, path, "even")
    shown = json.loads(succeed(settings, "data", "show", "codes", "--json"))
    assert shown["columns"][0]["kind"] == "category"
    assert shown["columns"][0]["num_distinct"] == 10_000

    summary = train(settings, spec, "training.epochs=4", "training.batch_size=512")

    assert summary["status"] == "finished"
    few = tmp_path / "few.csv"
    few.write_text('code\nk1\nnever seen\n""\n')
    assert len(predict(settings, summary["id"], few)) == 3


@pytest.mark.timeout(1500)
def test_five_thousand_columns_are_learned_and_predicted(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "wide.csv"
    names = [f"c{place}" for place in range(5_000)]
    with path.open("w") as file:
        file.write(",".join(names) + ",y\n")
        for row in range(60):
            cells = (f"{(row * 7 + place * 13) % 97 / 10:.1f}" for place in range(5_000))
            file.write(",".join(cells) + f",{'ab'[row % 2]}\n")
    spec = draft(settings, path, "y")

    summary = train(settings, spec, "training.epochs=2")

    assert summary["status"] == "finished"
    assert len(predict(settings, summary["id"], path)) == 60


def test_no_label_is_learned_scored_and_predicted(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "things.jsonl"
    labels = ([], ["red"], ["red", "round"], None)
    with path.open("w") as file:
        for row in range(480):
            known = row % 4 < 3 or row % 8 == 3
            line = {"size": row % 4 + row / 1e4, "tags": labels[row % 4] if known else []}
            file.write(json.dumps(line) + "\n")
    spec = draft(settings, path, "tags")
    several = ("task.label_separator=;", "training.epochs=60")

    left_out = train(settings, spec, *several, "training.epochs=2")
    summary = train(settings, spec, *several, "task.empty_cells=no_label")

    found = json.loads(succeed(settings, "evaluate", left_out["id"], str(path), "--json"))
    assert found["num_rows"] == 420
    found = json.loads(succeed(settings, "evaluate", summary["id"], str(path), "--json"))
    assert found["num_rows"] == 480
    assert found["metrics"]["accuracy"] > 0.9
    assert any("240 rows hold none of the labels" in note for note in found["notes"])
    rows = predict(settings, summary["id"], path)
    assert {rows[0]["prediction"], rows[3]["prediction"]} == {"[]"}
    assert rows[2]["prediction"] == "red;round"
    assert rows[0]["tags"] == "[]"
