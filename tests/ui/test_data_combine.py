"""Joining tables to sequences on the Data page."""

from pathlib import Path

import numpy as np
import pytest

from dlstudio.data.catalog import add_dataset, list_datasets, open_dataset
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind, DatasetInfo
from tests.ui.opened import open_page, words_of
from tests.ui.test_data_adding import press

# Each opens the page many times.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("workspace")]


@pytest.fixture
def readings(settings: Settings, tmp_path: Path) -> DatasetInfo:
    random = np.random.default_rng(0)
    rows = [
        f"rec{recording},{step},{'walk' if recording % 2 else 'run'},{random.normal():.4f}"
        for recording in range(12)
        for step in range(30)
    ]
    path = tmp_path / "readings.csv"
    path.write_text("\n".join(["recording,time,activity,x", *rows]))
    return add_dataset(settings, path).info


@pytest.fixture
def curves(settings: Settings, tmp_path: Path) -> DatasetInfo:
    random = np.random.default_rng(0)
    walks = random.normal(size=(40, 24)).cumsum(axis=1)
    rows = [",".join(f"{x:.4f}" for x in walk) + f",{'ab'[n % 2]}" for n, walk in enumerate(walks)]
    path = tmp_path / "curves.csv"
    path.write_text("\n".join([",".join(f"t_{n}" for n in range(24)) + ",label", *rows]))
    return add_dataset(settings, path).info


def test_rows_that_look_like_readings_are_joined_by_one_click(
    settings: Settings, readings: DatasetInfo
) -> None:
    app = open_page("data", dataset="readings")
    assert not app.exception
    assert "This looks like readings of sensors" in words_of(app)
    app = press(app, "Combine rows into sequences")
    assert not app.error
    assert app.query_params["dataset"] == "readings sequences"
    made = open_dataset(settings, "readings sequences").info
    assert made.num_rows == 12
    assert ColumnKind.SEQUENCE in [column.kind for column in made.columns]


def test_columns_that_look_like_steps_are_joined_by_one_click(
    settings: Settings, curves: DatasetInfo
) -> None:
    app = open_page("data", dataset="curves")
    app = press(app, "Combine columns into sequences")
    assert not app.error
    made = open_dataset(settings, "curves sequences").info
    (sequence,) = [column for column in made.columns if column.sequence]
    assert sequence.sequence
    assert sequence.sequence.length.min == 24


def test_any_table_can_be_joined_from_its_columns(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_text("\n".join(["who,x,y", *(f"p{n // 4},{n}.5,{n % 3}.25" for n in range(40))]))
    add_dataset(settings, path)
    assert "looks like readings" not in words_of(open_page("data", dataset="plain"))
    app = press(open_page("data", dataset="plain", tab="Columns"), "Combine rows into sequences")
    assert "No column names the sequence" in app.error[0].value
    next(box for box in app.multiselect if box.label.startswith("Columns that name")).set_value(
        ["who"]
    )
    app = press(app, "Combine rows into sequences")
    assert not app.error
    assert open_dataset(settings, "plain sequences").info.num_rows == 10


def test_a_pattern_that_fits_nothing_is_explained(settings: Settings, curves: DatasetInfo) -> None:
    app = open_page("data", dataset="curves")
    next(box for box in app.text_input if box.label == "Columns that are time steps").set_value(
        "z*"
    )
    app = press(app, "Combine columns into sequences")
    assert "fits 0 columns" in app.error[0].value
    assert [info.name for info in list_datasets(settings)] == ["curves"]
