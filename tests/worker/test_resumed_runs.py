"""A run of any kind that was cut off ends, resumed, like one that was never interrupted."""

import csv
import math
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.reports.progress import EpochReport
from dlstudio.runs.folders import RunFolder
from dlstudio.settings import Settings
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.overrides import apply_overrides
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from dlstudio.training import session
from dlstudio.training.checkpoint import read_checkpoint
from dlstudio.worker.training import TrainedRun, train_model
from tests.fixtures.generators import add_pictures, add_table
from tests.fixtures.rebuilding import Hearing

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

NUM_EPOCHS = 4


class Keeping(Hearing):
    """A listener that puts aside what a kill in the third epoch would have left."""

    def __init__(self, checkpoint: Path, kept: Path) -> None:  # noqa: D107
        super().__init__()
        self._checkpoint, self._kept = checkpoint, kept

    def on_epoch(self, report: EpochReport) -> None:
        super().on_epoch(report)
        if report.epoch == 3:
            shutil.copytree(self._checkpoint, self._kept)


def pictures(settings: Settings, folder: Path) -> tuple[Dataset, RunSpec]:
    dataset = add_pictures(settings, folder / "pictures")
    changes = [
        "preprocessing.image.rotation=0.1",
        "preprocessing.image.zoom=0.2",
        "preprocessing.image.brightness=0.2",
        "preprocessing.image.flip=both",
        "preprocessing.image.shift=0.1",
    ]
    spec = default_spec(dataset.info, ("label",), TaskKind.CLASSIFICATION, "cnn")
    return dataset, apply_overrides(spec, changes)


def texts(settings: Settings, folder: Path) -> tuple[Dataset, RunSpec]:
    random = np.random.default_rng(0)
    words = [["good", "fine", "great", "lovely"], ["bad", "poor", "dull", "awful"]]
    rows = [
        (" ".join(random.choice(words[i % 2] + ["the", "it", "was"], 6 + i % 9)), "np"[i % 2])
        for i in range(80)
    ]
    path = folder / "texts.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("opinion", "mood"), *rows])
    dataset = add_dataset(settings, path)
    spec = default_spec(dataset.info, ("mood",), TaskKind.CLASSIFICATION, "rnn")
    return dataset, spec


def halves(settings: Settings, folder: Path) -> tuple[Dataset, RunSpec]:
    dataset = add_table(settings, folder / "table")
    spec = default_spec(dataset.info, ("kind",), TaskKind.CLASSIFICATION, "fnn")
    return dataset, apply_overrides(spec, ["training.mixed_precision=on"])


def series(settings: Settings, folder: Path) -> tuple[Dataset, RunSpec]:
    path = folder / "series.csv"
    lines = [
        f"{2000 + i // 12}-{i % 12 + 1:02}-01,{100 + i + 20 * math.sin(i * math.pi / 6):.2f}"
        for i in range(120)
    ]
    path.write_text("\n".join(["month,sales", *lines]))
    dataset = add_dataset(settings, path)
    return dataset, default_spec(dataset.info, ("sales",), TaskKind.FORECASTING)


def codes(settings: Settings, folder: Path) -> tuple[Dataset, RunSpec]:
    dataset = add_table(settings, folder / "table")
    return dataset, default_spec(dataset.info, ("kind",), TaskKind.REDUCTION, "autoencoder")


@pytest.fixture(autouse=True)
def _full_precision() -> Iterator[None]:
    yield
    keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize("make", [pictures, texts, halves, series, codes])
def test_a_run_that_was_cut_off_ends_like_one_never_interrupted(
    make: Callable[[Settings, Path], tuple[Dataset, RunSpec]],
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))
    monkeypatch.setattr(session, "CHECKPOINT_SHARE", 1e6)  # write one each epoch
    dataset, spec = make(settings, tmp_path)
    changes = [f"training.epochs={NUM_EPOCHS}", "training.early_stopping=null"]
    # The engine is named: by measured time two runs might choose different ones.
    spec = apply_overrides(spec, [*changes, "training.engine=graph", "training.batch_size=16"])
    whole, cut = run_folder(tmp_path / "whole"), run_folder(tmp_path / "cut")
    keeping = Keeping(whole.checkpoint, cut.checkpoint)
    expected = train_model(dataset, spec, whole, keeping, checkpoint_s=0)
    kept = read_checkpoint(cut.checkpoint)
    assert kept is not None
    assert 0 < kept.state.epoch < NUM_EPOCHS

    found = train_model(dataset, spec, cut, Hearing())

    assert_same(found, expected)
    models: list[Any] = [keras.saving.load_model(f.model, compile=False) for f in (cut, whole)]
    for one, other in zip(*(model.weights for model in models), strict=True):
        if one.dtype != "string":
            np.testing.assert_allclose(one.numpy(), other.numpy(), atol=1e-5, err_msg=one.path)


def run_folder(path: Path) -> RunFolder:
    path.mkdir()
    return RunFolder(path)


def assert_same(found: TrainedRun, expected: TrainedRun) -> None:
    assert found.outcome.best_epoch == expected.outcome.best_epoch
    assert len(found.outcome.history) == len(expected.outcome.history) == NUM_EPOCHS
    for one, other in zip(found.outcome.history, expected.outcome.history, strict=True):
        assert one.metrics.keys() == other.metrics.keys()
        assert one.learning_rate == pytest.approx(other.learning_rate, rel=1e-6)
        for split, metrics in other.metrics.items():
            assert one.metrics[split] == pytest.approx(metrics, abs=1e-5)
    assert found.metrics.keys() == expected.metrics.keys()
    for split, metrics in expected.metrics.items():
        assert found.metrics[split] == pytest.approx(metrics, abs=1e-5, nan_ok=True)
