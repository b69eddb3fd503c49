"""From data without a target to anomalies, and from pictures to new ones, by clicks."""

import io
import re
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pyarrow.csv as pv
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from dlstudio.data.samples import add_sample
from tests.browser.visitor import Visitor
from tests.fixtures.screens import open_screen, wait_for_screen, wait_until_idle
from tests.fixtures.server import StudioServer
from tests.fixtures.workspace import REPOSITORY

SAMPLES = REPOSITORY / "sample_data"
PLOT = ".js-plotly-plot"

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]


def choose_task(page: Page, title: str) -> None:
    page.get_by_role("radio", name=title).or_(page.get_by_role("button", name=title)).first.click()
    expect(page.get_by_text("What to learn", exact=True)).to_be_visible(timeout=30_000)
    wait_until_idle(page)


def set_epochs(page: Page, epochs: int) -> None:
    page.get_by_text("Training", exact=True).first.click()
    field = page.get_by_label("Epochs", exact=True)
    field.fill(str(epochs))
    field.press("Enter")
    wait_until_idle(page)


def train_to_the_end(page: Page, studio: StudioServer) -> None:
    page.get_by_role("button", name="Train this network").click()
    wait_for_screen(page, "train")
    Visitor(page, studio.url).wait_until("Finished")


def train(page: Page, studio: StudioServer, task: str, epochs: int) -> None:
    """From the Design page of a dataset to a finished run."""
    choose_task(page, task)
    set_epochs(page, epochs)
    train_to_the_end(page, studio)


def open_full_report(page: Page, offered: str) -> None:
    """From a finished run to its report, until a file of samples can be downloaded."""
    page.get_by_role("button", name="Full report").click()
    expect(page.get_by_role("button", name=f"Download {offered}")).to_be_visible(timeout=90_000)


def zip_of_strokes(folder: Path) -> Path:
    generator = np.random.default_rng(0)
    for number in range(60):
        kind = ("across", "down")[number % 2]
        path = folder / "strokes" / kind / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = generator.integers(0, 40, (12, 12)).astype("uint8")
        place = int(generator.integers(2, 10))
        pixels[(slice(None), place) if kind == "down" else place] = 230
        Image.fromarray(pixels).save(path)
    return Path(shutil.make_archive(str(folder / "strokes"), "zip", folder / "strokes"))


def downloaded(page: Page, name: str) -> io.BytesIO:
    """The content of the file that a button of the report downloads."""
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Download {name}").click()
    return io.BytesIO(Path(download.value.path()).read_bytes())


def outermost_point(plot: Locator) -> tuple[int, float, float]:
    """Scroll to a plane of points; the row of the one furthest to the right, and where it is."""
    plot.scroll_into_view_if_needed()
    row, x, y = plot.evaluate(
        """(plot) => {
            const places = plot._fullData.flatMap((trace) => Array.from(trace.x, (x, index) => ({
                x, y: trace.y[index], row: trace.customdata[index][0],
            })));
            const one = places.reduce((far, next) => (next.x > far.x ? next : far));
            const { xaxis, yaxis } = plot._fullLayout;
            const corner = plot.getBoundingClientRect();
            return [
                one.row,
                corner.left + xaxis._offset + xaxis.l2p(one.x),
                corner.top + yaxis._offset + yaxis.l2p(one.y),
            ];
        }"""
    )
    return row, x, y


def colour_by(page: Page, column: str) -> None:
    """Choose what colours the points of a report."""
    field = page.get_by_role("combobox", name="Coloured by")
    field.click()
    field.fill(column)
    page.get_by_role("option", name=column, exact=True).click()
    wait_until_idle(page)


def values_of_points(plot: Locator) -> dict[str, float]:
    """The number that colours each point, by its row in the dataset."""
    return plot.evaluate(
        """(plot) => Object.fromEntries(plot._fullData.flatMap((trace) => Array.from(
            trace.customdata, ([row], index) => [row, trace.marker.color[index]])))"""
    )


def choose_in_space(page: Page, row: int) -> Locator:
    """Turn the points into a space and choose the one of a row; the field that names it."""
    page.get_by_role("radio", name="3", exact=True).click()
    wait_until_idle(page)
    field = page.get_by_role("combobox", name="Row to look at")
    field.fill(f"{row + 1}: ")
    page.get_by_role("option", name=re.compile(rf"^{row + 1}: ")).first.click()
    wait_until_idle(page)
    return field


def test_tumours_are_found_by_a_network_that_learned_none(studio: StudioServer, page: Page) -> None:
    add_sample(studio.settings, "breast_cancer")
    open_screen(page, studio.url, "design", dataset="breast_cancer")
    choose_task(page, "Anomaly detection")
    expect(page.get_by_text("malignant", exact=True).first).to_be_visible()
    train_to_the_end(page, studio)
    expect(page.get_by_text("ROC AUC, test").first).to_be_visible()

    page.get_by_role("button", name="Full report").click()
    expect(page.get_by_text("isolation forest", exact=False).first).to_be_visible(timeout=30_000)
    wait_until_idle(page)
    plot = page.get_by_label("Codes of rows as points").locator(PLOT)
    expect(plot.locator(".legend").get_by_text("malignant")).to_be_attached()
    colour_by(page, "mean_area")
    expect(plot.locator(".infolayer").get_by_text("mean_area")).to_be_attached()
    expect(plot.locator(".legend")).to_have_count(0)
    table = pv.read_csv(SAMPLES / "breast_cancer.csv")
    shown = values_of_points(plot)
    assert len(shown) > 100
    assert shown == {str(row): table["mean_area"][int(row)].as_py() for row in map(int, shown)}
    colour_by(page, "diagnosis")
    expect(plot.locator(".legend").get_by_text("benign")).to_be_attached()
    expect(plot.locator(".infolayer").get_by_text("mean_area")).to_have_count(0)

    row, x, y = outermost_point(plot)
    page.mouse.move(x - 2, y)  # a plot hears a click on what it knows the pointer to be on
    page.mouse.move(x, y, steps=3)
    expect(page.locator(".hoverlayer").get_by_text(f"row {row + 1:,}")).to_be_visible()
    page.mouse.click(x, y)
    expect(page.get_by_text(f"Row {row + 1:,}", exact=True)).to_be_visible()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()

    field = choose_in_space(page, row)
    colour_by(page, "mean_area")
    said = f"{row + 1}: {table['mean_area'][row].as_py()}"
    expect(field).to_have_value(said)
    page.get_by_role("radio", name="PCA", exact=True).click()
    wait_until_idle(page)
    expect(field).to_have_value(said)
    expect(page.get_by_text(f"Row {row + 1:,}", exact=True)).to_be_visible()


def test_pictures_are_made_while_it_trains_and_downloaded_afterwards(
    studio: StudioServer, page: Page, tmp_path: Path
) -> None:
    open_screen(page, studio.url, "data")
    box = page.get_by_test_id("upload-box").locator("input[type=file]")
    box.set_input_files(zip_of_strokes(tmp_path))
    expect(page.get_by_role("heading", level=1, name="strokes")).to_be_visible(timeout=90_000)
    wait_until_idle(page)
    page.get_by_role("button", name="Design a network").click()
    wait_for_screen(page, "design")
    train(page, studio, "Generation", epochs=5)
    expect(page.get_by_text("Samples", exact=True)).to_be_visible()
    expect(page.get_by_text("Asked for in turn: across, down.")).to_be_visible()
    page.get_by_text("Filmstrip: the same examples, epoch by epoch").click()
    expect(page.get_by_text("Epoch 1", exact=True)).to_be_visible()

    open_full_report(page, "samples.zip")
    with Image.open(downloaded(page, "samples.png")) as picture:
        assert min(picture.size) > 12
    with zipfile.ZipFile(downloaded(page, "samples.zip")) as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {"across", "down"}
        with Image.open(io.BytesIO(archive.read(archive.namelist()[0]))) as picture:
            assert picture.size == (12, 12)

    wait_until_idle(page)
    page.get_by_text("Between two rows", exact=True).click()
    expect(
        page.get_by_text("From down to across:").or_(page.get_by_text("From across to down:"))
    ).to_be_visible(timeout=60_000)
    page.get_by_text("Stays: one line a class", exact=True).click()
    expect(page.get_by_text("Made as across:")).to_be_visible()
    expect(page.get_by_text("Made as down:")).to_be_visible()


def test_a_table_shows_what_it_makes_and_gives_it_away_as_csv(
    studio: StudioServer, page: Page
) -> None:
    add_sample(studio.settings, "iris")
    open_screen(page, studio.url, "design", dataset="iris")
    train(page, studio, "Generation", epochs=5)
    # For a moment the samples of the training and those of the report are both there.
    told = page.get_by_text("How often each value occurs among samples")
    expect(told.first).to_be_visible()

    open_full_report(page, "samples.csv")
    table = pv.read_csv(downloaded(page, "samples.csv"))
    assert table.num_rows == 72
    assert "species" in table.column_names
    expect(page.get_by_text("below each that row", exact=False).first).to_be_visible()
