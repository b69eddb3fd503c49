"""From an uploaded table to predictions and a model file, with choices made on the pages."""

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Position, expect
from sklearn.datasets import load_wine

from tests.browser.visitor import Visitor
from tests.fixtures.screens import open_screen, wait_for_screen, wait_until_idle
from tests.fixtures.server import StudioServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

FIRST_CELL = Position(x=12, y=52)  # below the header of a table that is drawn on a canvas
NAMES = ("barolo", "grignolino", "barbera")


def test_from_an_uploaded_table_to_predictions_and_a_model(
    studio: StudioServer, page: Page, tmp_path: Path
) -> None:
    table = _write_wines(tmp_path / "wines.csv")
    _upload(page, studio, table)
    page.get_by_role("button", name="Design a network").click()
    wait_for_screen(page, "design")
    _choose_target(page, "cultivar")
    _choose_activation(page, "Tanh")
    _choose_training(page, {"Learning rate": "0.02", "Epochs": "12"})

    page.get_by_role("button", name="Train this network").click()
    wait_for_screen(page, "train")
    visitor = Visitor(page, studio.url)
    run_id = visitor.run_id()
    visitor.wait_until("Finished")
    page.get_by_role("button", name="Full report").click()
    expect(page.get_by_text("What was taken for what")).to_be_visible()
    page.get_by_role("tab", name="Settings").click()
    expect(page.get_by_text("learning_rate: 0.02")).to_be_visible()

    rows = _score(page, studio.url, run_id, table)
    assert len(rows) == 178
    right = [row["prediction"] == row["cultivar"] for row in rows]
    assert sum(right) > 0.85 * len(rows)

    model = _download_model(page, tmp_path)
    found = _activations(model)
    assert found == {"layer_1_activation": "tanh", "layer_2_activation": "relu"}


def _write_wines(path: Path) -> Path:
    """Real wines from scikit-learn; the cultivar is not the last column, which is the usual one."""
    wines: Any = load_wine()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["cultivar", *wines.feature_names])
        for cultivar, measured in zip(wines.target, wines.data, strict=True):
            writer.writerow([NAMES[cultivar], *measured])
    return path


def _upload(page: Page, studio: StudioServer, table: Path) -> None:
    open_screen(page, studio.url, "data")
    page.get_by_test_id("upload-box").locator("input[type=file]").set_input_files(table)
    name = page.get_by_role("heading", level=1, name=table.stem)
    expect(name).to_be_visible(timeout=60_000)
    wait_until_idle(page)


def _choose_target(page: Page, target: str) -> None:
    """Take the proposed target out and type the name of the wanted one."""
    page.get_by_role("button", name="Remove proline").click()
    box = page.get_by_role("combobox", name="Target")
    expect(page.get_by_text("No target is chosen.").first).to_be_visible()
    wait_until_idle(page)
    expect(box).to_have_count(1)  # the list of the target before has left
    box.fill(target)
    box.press("Enter")
    expect(page.get_by_text("3 classes: grignolino (71)", exact=False)).to_be_visible()
    wait_until_idle(page)


def _choose_activation(page: Page, label: str) -> None:
    """Change the activation of the first layer in the table of layers; the drawing follows."""
    page.get_by_text("Network", exact=True).first.click()
    drawing = page.locator("svg[role=img]").first
    expect(drawing).to_contain_text("387 parameters")  # 3 classes: (128 + 1) × 3
    expect(drawing).not_to_contain_text(label)
    table = page.get_by_role("region", name="Layers")
    table.click(position=FIRST_CELL)
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    chosen = table.locator("canvas").get_by_test_id("glide-cell-2-0")
    expect(chosen).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.get_by_role("option", name=label, exact=True).click()
    expect(drawing).to_contain_text(label, timeout=60_000)
    wait_until_idle(page)


def _choose_training(page: Page, settings: dict[str, str]) -> None:
    page.get_by_text("Training", exact=True).first.click()
    for label, value in settings.items():
        field = page.get_by_label(label, exact=True)
        field.fill(value)
        field.press("Enter")
        wait_until_idle(page)
        expect(field).to_have_value(value)


def _score(page: Page, url: str, run_id: str, table: Path) -> list[dict[str, str]]:
    """Upload a table on Predict; the rows of the table that is taken away."""
    open_screen(page, url, "predict", run=run_id, tab="A file")
    box = page.get_by_test_id("upload-box").locator("input[type=file]")
    box.first.set_input_files(table)
    expect(page.get_by_text("178 rows scored.")).to_be_visible(timeout=90_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the table").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def _download_model(page: Page, folder: Path) -> Path:
    page.get_by_role("tab", name="Download the model").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download model.keras").click()
    path = folder / "model.keras"
    download.value.save_as(path)
    return path


def _activations(model: Path) -> dict[str, str]:
    """The activations in a model file, by the names of their layers."""
    found = {}

    def note(part: dict[str, Any]) -> dict[str, Any]:
        if part.get("class_name") == "Activation":
            found[part["config"]["name"]] = part["config"]["activation"]
        return part

    with zipfile.ZipFile(model) as file:
        json.loads(file.read("config.json"), object_hook=note)
    return found
