"""The job the studio is for: from data to a model in hand, by clicks alone."""

import csv
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitor
from tests.fixtures.screens import open_screen, wait_for_screen, wait_until_idle
from tests.fixtures.server import StudioServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

# What a file holds that is no table, what is said of it and what helps.
NO_TABLES = (
    (
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        "is a PNG picture, not a table",
        "Put it with others into one folder a class, and add the folder or its ZIP.",
    ),
    (b"\r\n\r\n", "is empty", "Choose a file with a header and rows."),
    (
        b"a,b,c\n",
        "has column names but no rows",
        "Choose a file with at least one row below the header.",
    ),
)

# Plain Keras in a process that cannot import the studio; prints one class a row.
ASK_MODEL = """
import csv, sys
sys.modules["dlstudio"] = None
import keras, numpy
model = keras.models.load_model(sys.argv[1])
rows = list(csv.DictReader(open(sys.argv[2], encoding="utf-8")))
inputs = {
    layer.name: numpy.array([[float(row[layer.name])] for row in rows], "float32")
    for layer in model.inputs
}
for one in numpy.asarray(model(inputs)["prediction"]).reshape(-1):
    print(one.decode() if isinstance(one, bytes) else one)
"""


def test_from_a_sample_to_a_model_in_plain_keras(
    studio: StudioServer, page: Page, tmp_path: Path, sample_folder: Path
) -> None:
    visitor = Visitor(page, studio.url)
    first = visitor.train_sample("iris")
    visitor.wait_for_epoch(1)
    visitor.wait_until("Finished")
    expect(page.get_by_text("How good it is")).to_be_visible()

    second = _change_and_train_again(visitor)
    assert second != first

    _compare(visitor, first, second)
    model = _download(visitor, second, tmp_path)
    assert _accuracy(model, sample_folder / "iris.csv", "species") > 0.85


def test_the_model_answers_on_the_page(studio: StudioServer, page: Page) -> None:
    run_id = Visitor(page, studio.url).train_sample("iris")
    Visitor(page, studio.url).wait_until("Finished")
    open_screen(page, studio.url, "predict", run=run_id)
    page.get_by_role("button", name="A row of the dataset").click()
    wait_until_idle(page)
    page.get_by_role("button", name="Predict", exact=True).click()
    answer = page.get_by_test_id("stMetric").filter(has_text="Prediction")
    species = re.compile("setosa|versicolor|virginica")
    expect(answer).to_contain_text(species, timeout=60_000)
    expect(page.get_by_text("How sure it is, in percent")).to_be_visible()


def test_a_file_that_is_no_table_is_refused_with_the_way_out(
    studio: StudioServer, page: Page, tmp_path: Path
) -> None:
    for number, (content, problem, fix) in enumerate(NO_TABLES):
        junk = tmp_path / f"junk{number}.csv"
        junk.write_bytes(content)
        open_screen(page, studio.url, "data")
        page.get_by_test_id("upload-box").locator("input[type=file]").set_input_files(junk)
        told = page.get_by_test_id("stAlert").filter(has_text=problem)
        expect(told).to_contain_text(f"'junk{number}.csv' {problem}.", timeout=60_000)
        expect(told).to_contain_text(f"To fix it: {fix}")
        expect(page.get_by_text("Something went wrong")).to_have_count(0)


def test_a_file_without_a_byte_is_refused_in_the_upload_box(
    studio: StudioServer, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = new_page(expects_errors=True)  # the browser's console tells of every refusal
    nothing = tmp_path / "nothing.csv"
    nothing.touch()
    open_screen(page, studio.url, "data")
    box = page.get_by_test_id("upload-box")
    box.locator("input[type=file]").set_input_files(nothing)
    expect(box).to_contain_text("The file is empty (0 bytes).")
    expect(box).to_contain_text("Choose a file that has rows.")


def _change_and_train_again(visitor: Visitor) -> str:
    page = visitor.page
    page.get_by_role("button", name="Change and train again").click()
    wait_for_screen(page, "design")
    page.get_by_text("Network", exact=True).click()
    page.get_by_role("button", name="Small", exact=True).click()
    wait_until_idle(page)
    page.get_by_role("button", name="Train this network").click()
    wait_for_screen(page, "train")
    run_id = visitor.run_id()
    visitor.wait_until("Finished")
    return run_id


def _compare(visitor: Visitor, first: str, second: str) -> None:
    page = visitor.page
    open_screen(page, visitor.url, "compare", runs=f"{first},{second}")
    expect(page.get_by_text("Same data, same target, same split")).to_be_visible()
    expect(page.get_by_text("What you changed", exact=True)).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)


def _download(visitor: Visitor, run_id: str, folder: Path) -> Path:
    page = visitor.page
    open_screen(page, visitor.url, "predict", run=run_id, tab="Download the model")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download model.keras").click()
    path = folder / "model.keras"
    download.value.save_as(path)
    return path


def _accuracy(model: Path, table: Path, target: str) -> float:
    answer = subprocess.run(
        [sys.executable, "-c", ASK_MODEL, str(model), str(table)],
        cwd=model.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    with table.open(encoding="utf-8") as file:
        truth = [row[target] for row in csv.DictReader(file)]
    predictions = answer.stdout.split()
    assert len(predictions) == len(truth)
    hits = [one == other for one, other in zip(predictions, truth, strict=True)]
    return sum(hits) / len(hits)
