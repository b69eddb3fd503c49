"""The first batch is what the network gets: decoded, scaled, augmented, from few files."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlstudio.data.catalog import add_dataset, open_dataset
from dlstudio.errors import DataError
from dlstudio.reports.first_batch import FirstBatch
from dlstudio.settings import Settings
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from dlstudio.training.first_batch import first_batch
from dlstudio.training.first_forecast_batch import first_forecast_batch
from dlstudio.training.order import epoch_order
from dlstudio.training.prepare import prepare
from tests.ui.structured_data import (
    add_images,
    add_months,
    add_sequences,
    add_sounds,
    add_texts,
    add_videos,
)

pytestmark = pytest.mark.tensorflow

UNCHANGED = {"shift": 0.0, "rotation": 0.0, "zoom": 0.0}


@pytest.fixture(autouse=True)
def _home(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))


def batch_of(settings: Settings, info: DatasetInfo, spec: RunSpec) -> FirstBatch:
    return first_batch(open_dataset(settings, info.name), spec)


def with_settings(spec: RunSpec, name: str, **fields: object) -> RunSpec:
    return spec.model_copy(update={"preprocessing": {name: fields}})


def picture(text: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(text))))


def test_images_are_those_of_the_first_rows_that_training_visits(
    settings: Settings, tmp_path: Path
) -> None:
    info = add_images(settings, tmp_path)
    spec = with_settings(default_spec(info, ["label"]), "image", **UNCHANGED)
    batch = batch_of(settings, info, spec)

    dataset = open_dataset(settings, info.name)
    preparation = prepare(dataset, spec)
    order = epoch_order(spec.training.seed, 0, len(preparation.split.train))
    expected = preparation.split.train[order[: len(batch.rows)]]
    assert batch.rows == tuple(expected.tolist())
    pixels = preparation.data.train.features["image_1"][order[0]]
    assert np.array_equal(picture(batch.pictures[0].frames[0][0]), pixels)
    assert set(batch.labels) <= {"dark", "light"}
    assert batch.pictures[0].meaning == "24 × 20 pixels, colour"


def test_images_are_augmented_as_in_training(settings: Settings, tmp_path: Path) -> None:
    info = add_images(settings, tmp_path)
    plain = default_spec(info, ["label"])
    plain = with_settings(plain, "image", **UNCHANGED)
    changed = with_settings(plain, "image", **UNCHANGED | {"rotation": 45.0})

    before, after = (batch_of(settings, info, spec) for spec in (plain, changed))

    assert before.pictures[0].frames != after.pictures[0].frames
    assert before.notes == ()
    assert "changed at random" in after.notes[0]


def test_only_the_files_that_are_shown_are_read(settings: Settings, tmp_path: Path) -> None:
    info = add_images(settings, tmp_path)
    spec = default_spec(info, ["label"])
    shown = set(batch_of(settings, info, spec).rows)
    dataset = open_dataset(settings, info.name)
    paths = sorted((dataset.folder / "files").rglob("*.png"))
    from dlstudio.data.dataset import read_table

    cells = read_table(dataset, ["image"]).column(0).to_pylist()
    for row, cell in enumerate(cells):
        if row not in shown:
            (dataset.folder / cell).unlink()
    assert len(paths) > len(shown)

    assert set(batch_of(settings, info, spec).rows) == shown
    (dataset.folder / cells[min(shown)]).unlink()
    with pytest.raises(DataError, match="cannot be opened"):
        batch_of(settings, info, spec)


def test_sounds_are_spectrograms(settings: Settings, tmp_path: Path) -> None:
    info = add_sounds(settings, tmp_path)

    seen = batch_of(settings, info, default_spec(info, ["label"])).pictures[0]

    assert "64 pitches" in seen.meaning
    assert picture(seen.frames[0][0]).shape[0] == 64


def test_waveforms_are_lines(settings: Settings, tmp_path: Path) -> None:
    info = add_sounds(settings, tmp_path)
    spec = with_settings(default_spec(info, ["label"]), "audio", features="waveform")

    batch = batch_of(settings, info, spec)

    assert not batch.pictures and len(batch.lines[0].values) == len(batch.rows)


def test_videos_are_their_frames_as_training_takes_them(settings: Settings, tmp_path: Path) -> None:
    info = add_videos(settings, tmp_path)
    small = {"num_frames": 3, "width": 16, "height": 12}
    spec = with_settings(default_spec(info, ["label"]), "video", **small)

    batch = batch_of(settings, info, spec)

    seen, preparation = batch.pictures[0], prepare(open_dataset(settings, info.name), spec)
    assert seen.meaning == "3 frames of 16 × 12 pixels, colour"
    order = epoch_order(spec.training.seed, 0, len(preparation.split.train))
    frames = preparation.data.train.features["video_1"][order[: len(batch.rows)]]
    assert np.array_equal([[picture(frame) for frame in one] for one in seen.frames], frames)
    changed = with_settings(spec, "video", **small, brightness=0.8)
    assert batch_of(settings, info, changed).pictures[0].frames != seen.frames


def test_plain_columns_are_numbers_beside_the_rest(settings: Settings, tmp_path: Path) -> None:
    rows = "".join(
        f"{n % 9}.5,{'rgb'[n % 3]},2024-01-{1 + n % 28:02d},a long day {n} of rain and {n % 5} "
        f"more hours of wind,{'ab'[n % 2]}\n"
        for n in range(60)
    )
    (tmp_path / "mixed.csv").write_text("size,color,day,note,label\n" + rows)
    info = add_dataset(settings, tmp_path / "mixed.csv").info
    spec = default_spec(info, ["label"], architecture="rnn")

    batch = batch_of(settings, info, spec)

    assert batch.numbers is not None and batch.words[0].column == "note"
    names = " ".join(batch.numbers.names)
    assert all(column in names for column in ("size", "color", "day"))
    prepared = prepare(open_dataset(settings, info.name), spec)
    order = epoch_order(spec.training.seed, 0, len(prepared.split.train))
    expected = prepared.data.train.features["dense"][order[0]]
    shown = np.asarray(batch.numbers.values[0])
    assert np.allclose(shown[: len(expected)], expected[: len(shown)], atol=1e-3)


def test_sequences_are_lines_on_their_scale(settings: Settings, tmp_path: Path) -> None:
    info = add_sequences(settings, tmp_path)
    spec = default_spec(info, ["label"])
    lines = batch_of(settings, info, spec).lines[0]

    assert len(lines.values[0]) == 1
    assert len(lines.values[0][0]) == 30
    prepared = prepare(open_dataset(settings, info.name), spec)
    order = epoch_order(spec.training.seed, 0, len(prepared.split.train))
    expected = prepared.data.train.features["sequence_1"][order[0], :, 0]
    assert np.allclose(lines.values[0][0], expected, atol=1e-3)


def test_texts_are_words_with_unknown_ones_marked(settings: Settings, tmp_path: Path) -> None:
    info = add_texts(settings, tmp_path)
    spec = default_spec(info, ["label"], architecture="rnn")
    known = batch_of(settings, info, spec).words[0]
    few = batch_of(settings, info, with_settings(spec, "text", max_tokens=10)).words[0]

    assert known.words[0][-4:] in [(w, "things", "about", "it") for w in ("good", "bad")]
    assert known.words[0][0] == ""
    assert few.unknown in few.words[0]


def test_texts_without_their_order_are_numbers(settings: Settings, tmp_path: Path) -> None:
    info = add_texts(settings, tmp_path)
    batch = batch_of(settings, info, default_spec(info, ["label"], architecture="fnn"))

    assert batch.numbers is not None
    assert batch.numbers.names[0].startswith("text (")
    assert len(batch.numbers.values) == len(batch.labels)


def test_windows_of_a_forecast_are_lines(settings: Settings, tmp_path: Path) -> None:
    info = add_months(settings, tmp_path)
    spec = default_spec(info, ["sales"], TaskKind.FORECASTING)
    batch = first_forecast_batch(open_dataset(settings, info.name), spec)

    assert batch.lines[0].channels[0] == "sales"
    assert np.mean(batch.lines[0].values[0][0]) == pytest.approx(0.0, abs=1e-3)
    assert batch.labels[0].startswith("Window ")
