"""The main job in a real browser, by clicks alone, on files that are uploaded.

`python -m benchmarks.main_job --browser` uploads the CSV, chooses the target, designs, trains,
watches live, changes something, trains again, compares, downloads the model and asks it in plain
Keras, in a process that cannot import the studio, about the raw rows of the test split.
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from playwright.sync_api import Page

from benchmarks.pages import CLOCKS
from tests.browser.visitor import Visitor
from tests.fixtures.screens import open_screen, wait_for_screen, wait_until_idle
from tests.fixtures.server import StudioServer

PATIENCE_MS = 180_000

# Reads a CSV of raw rows, prints one prediction a line. Empty cells are missing values.
PLAIN_KERAS = """
import csv, json, sys
sys.modules["dlstudio"] = None
import keras, numpy
model = keras.saving.load_model(sys.argv[1])
rows = list(csv.DictReader(open(sys.argv[2], encoding="utf-8")))
def values(tensor):
    cells = [[row[tensor.name]] for row in rows]
    if tensor.dtype != "string":
        cells = [[float(cell or "nan")] for (cell,) in cells]
    return keras.ops.convert_to_tensor(cells, dtype=tensor.dtype)
answer = model({tensor.name: values(tensor) for tensor in model.inputs})["prediction"]
found = numpy.asarray(answer).reshape(-1).tolist()
print(json.dumps([one.decode() if isinstance(one, bytes) else one for one in found]))
"""


@dataclass(frozen=True)
class BrowserJob:
    """What one job came to.

    Attributes:
        first: Id of the first run.
        second: Id of the run after the change.
        answers: What the downloaded model says about the test rows of the second run, by row.
    """

    first: str
    second: str
    answers: dict[int, object]


def do_main_job(page: Page, server: StudioServer, path: Path, target: str) -> BrowserJob:
    """Do the whole job on one file and print what is seen.

    Args:
        page: A page of the browser.
        server: A running studio.
        path: The CSV to upload.
        target: The column to predict.
    """
    page.set_default_timeout(PATIENCE_MS)
    page.add_init_script(CLOCKS)
    visitor = Visitor(page, server.url)
    print(f"\n### {path.name}, in the browser\n", flush=True)
    _upload(visitor, path)
    _choose_target(visitor, target)
    first = _train(visitor)
    _make_smaller(visitor)
    second = _train(visitor)
    _compare(visitor, first, second)
    model = _download(visitor, second, server.settings.home / f"{second}.keras")
    rows = _test_rows(server.settings.home / "runs" / second / "predictions.parquet")
    answers = _ask_plain_keras(model, path, rows)
    _say(f"plain Keras answers {len(answers)} raw test rows, such as {answers[0]!r}")
    return BrowserJob(first, second, dict(zip(rows, answers, strict=True)))


def _upload(visitor: Visitor, path: Path) -> None:
    page = visitor.page
    open_screen(page, visitor.url, "data")
    page.get_by_test_id("upload-box").locator("input[type=file]").set_input_files(path)
    page.get_by_role("heading", level=1, name=path.stem, exact=True).wait_for()
    wait_until_idle(page)
    page.get_by_test_id("stMetric").first.wait_for()
    seen = [text for text in page.get_by_test_id("stMetric").all_inner_texts() if text]
    _say(f"upload {path.name}: the page shows " + "; ".join(_flat(text) for text in seen[:4]))


def _choose_target(visitor: Visitor, target: str) -> None:
    page = visitor.page
    box = page.get_by_role("combobox", name=re.compile("predict", re.I)).first
    box.click()
    box.fill(target)
    page.get_by_role("option", name=target, exact=True).first.click()
    wait_until_idle(page)
    page.get_by_role("button", name="Design a network").click()
    wait_for_screen(page, "design")
    _say(f"choose the target {target!r} and open Design")


def _train(visitor: Visitor) -> str:
    page = visitor.page
    page.get_by_role("button", name="Train this network").click()
    wait_for_screen(page, "train")
    run_id = visitor.run_id()
    seen = _watch(visitor)
    visitor.wait_until("Finished")
    progress = page.get_by_test_id("stProgress").first.inner_text()
    _say(f"train {run_id}: live curves at epochs {seen}; then: {_flat(progress)}")
    tiles = page.get_by_test_id("stMetric").all_inner_texts()
    _say("the page shows " + "; ".join(_flat(text) for text in tiles[:3]))
    return run_id


def _watch(visitor: Visitor) -> str:
    """The epochs that were drawn while the run went on, a look every 0.2 s."""
    seen: list[int] = []
    visitor.wait_for_epoch(1)
    progress = visitor.page.get_by_test_id("stProgress").first
    while "Finished" not in progress.inner_text():
        epoch = visitor.last_epoch()
        if not seen or epoch > seen[-1]:
            seen.append(epoch)
        visitor.page.wait_for_timeout(200)
    return ", ".join(map(str, seen[:8])) + (" …" if len(seen) > 8 else "")


def _make_smaller(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_role("button", name="Change and train again").click()
    wait_for_screen(page, "design")
    page.get_by_text("Network", exact=True).click()
    page.get_by_role("button", name="Small", exact=True).click()
    wait_until_idle(page)
    _say("change: the small network")


def _compare(visitor: Visitor, first: str, second: str) -> None:
    page = visitor.page
    open_screen(page, visitor.url, "compare", runs=f"{first},{second}")
    page.get_by_text("Same data, same target, same split").wait_for()
    page.get_by_text("What you changed", exact=True).wait_for()
    _say("compare: same data, same target, same split; scores, curves and the changed settings")


def _download(visitor: Visitor, run_id: str, path: Path) -> Path:
    page = visitor.page
    open_screen(page, visitor.url, "predict", run=run_id, tab="Download the model")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download model.keras").click()
    download.value.save_as(path)
    _say(f"download model.keras: {path.stat().st_size / 1024:.0f} kB")
    return path


def _test_rows(predictions: Path) -> list[int]:
    split = pd.read_parquet(predictions, columns=["row", "split"])
    return split.loc[split["split"] == "test", "row"].tolist()


def _ask_plain_keras(model: Path, table: Path, rows: list[int]) -> list[object]:
    raw = pd.read_csv(table, sep=None, engine="python", dtype=str, keep_default_na=False)
    asked = model.with_suffix(".csv")
    raw.iloc[rows].to_csv(asked, index=False)
    command = [sys.executable, "-c", PLAIN_KERAS, str(model), str(asked)]
    done = subprocess.run(command, cwd=model.parent, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def score_of(
    truth: Sequence[object], answers: dict[int, object], kind: type[float] | type[str]
) -> float:
    """Accuracy of classes, or the root mean squared error of numbers.

    Args:
        truth: The target of every row of the table.
        answers: What the model says, by row.
        kind: `float` for numbers, `str` for classes.
    """
    if kind is float:
        errors = [float(str(truth[row])) - float(str(answer)) for row, answer in answers.items()]
        return (sum(error**2 for error in errors) / len(errors)) ** 0.5
    hits = [str(truth[row]) == answer for row, answer in answers.items()]
    return sum(hits) / len(hits)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _say(text: str) -> None:
    print(f"- {text}", flush=True)
