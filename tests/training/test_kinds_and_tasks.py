"""Every kind of data is classified, given several labels and measured, from file to saved model."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import soundfile
from PIL import Image

from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.evaluation.evaluate import evaluate_splits
from dlstudio.models.assemble import assemble
from dlstudio.models.preview import preview
from dlstudio.settings import Settings
from dlstudio.spec.architectures.cnn import CnnSpec, ConvBlock
from dlstudio.spec.check import check_spec
from dlstudio.spec.dataset import ColumnKind
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.run import RunSpec
from dlstudio.spec.split import SplitMethod, SplitSpec
from dlstudio.training.compile import compile_model
from dlstudio.training.prepare import prepare

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]
NUM_ROWS = 40
SMALL = CnnSpec(layers=(ConvBlock(filters=4, stride=2),), dense_layers=())
TASKS = {
    "classes": ("label", {}, "accuracy"),
    "labels": ("tags", {"label_separator": ";"}, "f1"),
    "value": ("size", {}, "rmse"),
}


@pytest.fixture(autouse=True)
def home(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decoded files go where the test's datasets are."""
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))


def answers(number: int) -> dict[str, object]:
    """What is known of a row: a class, labels of which there may be several, and a quantity."""
    tags = ["loud", "röt"] if number % 4 == 0 else [("loud", "röt")[number % 2]]
    return {"label": ("a", "b")[number % 2], "tags": tags, "size": number * 0.25}


def write_image(path: Path, number: int) -> None:
    pixels = np.full((12, 12, 3), 5 * number, "uint8")
    pixels[number % 12] = 255
    Image.fromarray(pixels).save(path.with_suffix(".png"))


def write_sound(path: Path, number: int) -> None:
    waves = np.sin((0.1 + 0.2 * (number % 2)) * np.arange(4_000)) * (0.1 + number / 80)
    soundfile.write(path.with_suffix(".wav"), waves, 8_000)


def write_video(path: Path, number: int) -> None:
    name, codec = str(path.with_suffix(".avi")), cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(name, cv2.CAP_FFMPEG, codec, 10.0, (16, 16))
    for step in range(5):
        writer.write(np.full((16, 16, 3), 5 * number + step, "uint8"))
    writer.release()


def files(write: Callable[[Path, int], None], folder: Path) -> Path:
    """A folder of files with a table of JSON lines that lists them."""
    (folder / "ünits").mkdir(parents=True)
    rows = []
    for number in range(NUM_ROWS):
        write(folder / "ünits" / f"{number}", number)
    for path in sorted((folder / "ünits").iterdir()):
        rows.append({"thing": f"ünits/{path.name}", **answers(int(path.stem))})
    (folder / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return folder


def images(folder: Path) -> Path:
    return files(write_image, folder)


def sounds(folder: Path) -> Path:
    return files(write_sound, folder)


def videos(folder: Path) -> Path:
    return files(write_video, folder)


def texts(folder: Path) -> Path:
    folder.mkdir()
    rows = [
        {
            "thing": f"{('quiet', 'ünruly')[n % 2]} day {n} of a year, and nobody said anything",
            **answers(n),
        }
        for n in range(NUM_ROWS)
    ]
    path = folder / "texts.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return path


def sequences(folder: Path) -> Path:
    folder.mkdir()
    rows = [
        {"thing": np.sin((0.2 + n % 2) * np.arange(20 + n % 3)).tolist(), **answers(n)}
        for n in range(NUM_ROWS)
    ]
    pq.write_table(pa.Table.from_pylist(rows), folder / "sequences.parquet")
    return folder / "sequences.parquet"


def spec_of(dataset: Dataset, task: str) -> RunSpec:
    target, more, _ = TASKS[task]
    spec = default_spec(dataset.info, [target], architecture="cnn")
    asked = spec.task.model_copy(update={"inputs": ("thing",), **more})
    small = {"video": {"num_frames": 3, "width": 8, "height": 8}}
    kind = dataset.info.column("thing").kind.value
    return spec.model_copy(
        update={
            "task": asked,
            "architecture": SMALL,
            "split": SplitSpec(method=SplitMethod.RANDOM),
            "preprocessing": {"thing": small.get(kind, {})},
        }
    )


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        (ColumnKind.IMAGE, images),
        (ColumnKind.TEXT, texts),
        (ColumnKind.AUDIO, sounds),
        (ColumnKind.SEQUENCE, sequences),
        (ColumnKind.VIDEO, videos),
    ],
)
def test_a_kind_is_learned_for_every_task_and_answers_after_a_reload(
    kind: ColumnKind, make: Callable[[Path], Path], settings: Settings, tmp_path: Path
) -> None:
    dataset = add_dataset(settings, make(tmp_path / "data"), "things")
    assert dataset.info.column("thing").kind is kind
    for task, (_, _, metric) in TASKS.items():
        spec = spec_of(dataset, task)
        assert check_spec(spec, dataset.info) == ()
        found = prepare(dataset, spec)
        shown = preview(spec, dataset.info)
        assert shown.num_parameters == found.network.count_params()
        assert shown.memory_bytes > 0 and shown.layers[0].output_shape
        assert shown.epoch_s is not None and shown.epoch_s > 0
        compile_model(found.network, spec.task, spec.training, 4, found.target_scale)
        train = found.data.train
        found.network.fit(train.features, train.targets, epochs=1, verbose=0)
        path = tmp_path / f"{task}.keras"
        assemble(found.preprocessor, found.network, found.codec).save(path)
        model: Any = keras.saving.load_model(path)
        report = evaluate_splits(model, dataset, spec, found.split, tmp_path / "predicted.parquet")
        assert sum(part.num_rows for part in report.splits.values()) == NUM_ROWS
        assert np.isfinite(report.splits["test"].metrics[metric])
