"""Examples of images by class on the Data page."""

from pathlib import Path

import numpy as np
import pytest

from dlstudio.data.catalog import add_dataset, open_dataset
from dlstudio.data.examples import rows_by_class
from dlstudio.settings import Settings
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.ui.data_examples import ALL, BY_CLASS
from dlstudio.ui.examples_images import GAP, image_strip
from tests.ui.opened import open_page, words_of
from tests.ui.structured_data import add_sequences, add_sounds, add_texts, add_videos
from tests.ui.test_data_adding import write_pictures

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("workspace")]


@pytest.fixture
def pets(settings: Settings, tmp_path: Path) -> DatasetInfo:
    return add_dataset(settings, write_pictures(tmp_path / "pets", num_files=12)).info


def test_images_are_shown_at_random_of_one_class_or_a_row_a_class(pets: DatasetInfo) -> None:
    app = open_page("data", dataset="pets", tab="Examples")
    assert not app.exception
    pills = app.button_group[-1]
    assert pills.options == ["All", "By class", "cat", "dog"]
    assert len(app.get("image")) == 24
    pills.set_value(BY_CLASS).run()
    assert not app.exception
    assert len(app.get("image")) == 2
    assert "**cat** · 12 images" in words_of(app)
    app.button_group[-1].set_value(0).run()
    assert len(app.get("image")) == 12


def test_each_class_gets_its_own_rows(settings: Settings, pets: DatasetInfo) -> None:
    dataset = open_dataset(settings, "pets")
    rows = rows_by_class(dataset, "label", 5)
    assert {name: len(found) for name, found in rows.items()} == {"cat": 5, "dog": 5}
    assert all(found.max() < 12 for found in [rows["cat"]])
    assert rows["dog"].min() >= 12
    again = rows_by_class(dataset, "label", 5)
    assert again["cat"].tolist() == rows["cat"].tolist()
    assert ALL != BY_CLASS


def test_a_strip_keeps_places_for_missing_images() -> None:
    image = np.full((4, 4, 3), 7, np.uint8)
    strip = image_strip([image, None], 3)
    assert strip.shape == (4, 3 * (4 + GAP) - GAP, 4)
    assert strip[:, :4, :3].tolist() == image.tolist()
    assert (strip[:, 4:, 3] == 0).all()


def test_sounds_have_a_player_a_waveform_and_a_spectrogram(
    settings: Settings, tmp_path: Path
) -> None:
    add_sounds(settings, tmp_path)
    app = open_page("data", dataset="tones", tab="Examples")
    assert not app.exception
    assert len(app.get("audio")) == 4
    assert len(app.get("plotly_chart")) == 8
    assert "1 s long" in words_of(app) and "12 WAV" in words_of(app)


def test_videos_show_frames(settings: Settings, tmp_path: Path) -> None:
    add_videos(settings, tmp_path)
    app = open_page("data", dataset="films", tab="Examples")
    assert not app.exception
    assert len(app.get("image")) >= 4
    assert "dark" in words_of(app) or "light" in words_of(app)


def test_sequences_are_drawn(settings: Settings, tmp_path: Path) -> None:
    add_sequences(settings, tmp_path)
    app = open_page("data", dataset="moves", tab="Examples")
    assert not app.exception
    assert len(app.get("plotly_chart")) == 6


def test_texts_stand_below_a_histogram_of_their_lengths(settings: Settings, tmp_path: Path) -> None:
    add_texts(settings, tmp_path)
    app = open_page("data", dataset="notes", tab="Examples")
    assert not app.exception
    assert len(app.get("plotly_chart")) == 1
    assert "16 words in the middle" in words_of(app)
    assert len(app.text) == 8 and app.text[0].value.startswith("it was day")
