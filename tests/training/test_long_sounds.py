"""Recordings longer than the window: heard everywhere, answered by the mean over windows."""

import base64
import io
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import soundfile
from PIL import Image

from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.evaluation.predict import predict_raw
from dlstudio.models.assemble import assemble
from dlstudio.models.rows import DatasetRows
from dlstudio.settings import Settings
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.preprocessing import resolve_preprocessing
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from dlstudio.spec.training import Engine
from dlstudio.training.compile import compile_model, num_training_steps
from dlstudio.training.first_batch import first_batch
from dlstudio.training.outcome import TrainingOutcome
from dlstudio.training.prepare import Preparation, prepare
from dlstudio.training.trainer import train
from dlstudio.ui.design_sight import describe_sight
from tests.training.oracle import Listener

pytestmark = pytest.mark.tensorflow
RATE, WINDOW_S, LENGTH_S = 8_000, 1.0, 6.0
NUM_FILES = 60


@pytest.fixture(autouse=True)
def home(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decoded files go where the test's datasets are."""
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))


@pytest.fixture
def late(settings: Settings, tmp_path: Path) -> Dataset:
    """Recordings of faint noise; a low or a high tone begins a second and a half before the end."""
    generator = np.random.default_rng(0)
    for number in range(NUM_FILES):
        num_samples = round(generator.uniform(0.8, 1.0) * LENGTH_S * RATE)
        times = np.arange(num_samples) / RATE
        pitch = generator.uniform(250, 400) * (1 + 4 * (number % 2))
        is_late = times >= times[-1] - 1.5
        sound = generator.normal(0, 0.01, num_samples) + np.where(
            is_late, 0.4 * np.sin(2 * np.pi * pitch * times), 0.0
        )
        folder = tmp_path / "late" / ("low", "high")[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        soundfile.write(folder / f"{number}.wav", sound, RATE)
    return add_dataset(settings, tmp_path / "late")


def _spec(
    dataset: Dataset, epochs: int, engine: Engine = Engine.GRAPH, **fields: object
) -> RunSpec:
    spec = default_spec(dataset.info)
    sound = {"duration_s": WINDOW_S, "sample_rate": RATE, "num_mels": 24, **fields}
    changes = {"epochs": epochs, "engine": engine, "batch_size": 16}
    training = spec.training.model_copy(update=changes)
    return spec.model_copy(update={"preprocessing": {"audio": sound}, "training": training})


def _trained(
    dataset: Dataset,
    spec: RunSpec,
    folder: Path,
    listener: Listener | None = None,
    resume: bool = False,
) -> tuple[Preparation, TrainingOutcome]:
    keras.utils.set_random_seed(spec.training.seed)
    found = prepare(dataset, spec)
    steps = num_training_steps(len(found.data.train), found.batch_size, spec.training.epochs)
    compile_model(found.network, spec.task, spec.training, steps, found.target_scale)
    listener = listener or Listener()
    return found, train(found.network, found.data, spec.training, listener, folder, resume=resume)


def _test_accuracy(dataset: Dataset, spec: RunSpec, found: Preparation) -> float:
    model = assemble(found.preprocessor, found.network, found.codec)
    rows = DatasetRows(dataset, ["audio", "label"], found.preprocessor.blocks)
    test = np.concatenate([found.split.test, found.split.validation])
    table = predict_raw(model, rows.take(["audio"], test), dataset.info, spec)
    predicted = np.asarray(table.column("prediction").to_pylist())
    return float(np.mean(predicted == rows.raw["label"][test]))


@pytest.mark.slow
def test_what_is_heard_late_in_a_recording_is_learned(late: Dataset, tmp_path: Path) -> None:
    everywhere = _spec(late, 30)
    found, outcome = _trained(late, everywhere, tmp_path / "everywhere")
    (block,) = found.preprocessor.blocks
    assert (
        block.num_windows == 6
        and block.long_shape == (found.data.train.features["audio_1"].shape[1:])
    )
    assert _test_accuracy(late, everywhere, found) >= 0.95
    best = outcome.history[outcome.best_epoch - 1]
    assert best.metrics["validation"]["accuracy"] >= 0.95

    beginning = _spec(late, 30, long_sounds="beginning")
    found, _ = _trained(late, beginning, tmp_path / "beginning")
    assert found.preprocessor.blocks[0].long_shape is None
    assert _test_accuracy(late, beginning, found) < 0.8


@pytest.mark.slow
@pytest.mark.parametrize("features", ["log_mel", "waveform"])
def test_the_saved_model_gives_the_mean_over_windows(
    features: str, late: Dataset, tmp_path: Path
) -> None:
    spec = _spec(late, 2, features=features, time_shift=0.0)
    found, outcome = _trained(late, spec, tmp_path / "run")
    model = assemble(found.preprocessor, found.network, found.codec)
    (block,) = found.preprocessor.blocks
    rows = found.split.validation
    raw = DatasetRows(late, ["audio"], [block]).take(["audio"], rows)
    given = predict_raw(model, raw, late.info, spec)

    model.save(tmp_path / "model.keras")
    loaded: Any = keras.saving.load_model(tmp_path / "model.keras")
    answer = loaded({"audio": raw["audio"]})
    np.testing.assert_allclose(
        given.column("probability_low").to_numpy(),
        np.asarray(answer["probabilities"])[:, list(found.codec.names).index("low")],
        atol=1e-5,
    )

    # By hand: each window as a sound of its own, whose other steps are silence.
    (long,) = found.data.validation.features.values()
    steps, probabilities = block.shape[0], []
    for share in np.linspace(0.0, 1.0, block.num_windows):
        each = np.zeros_like(long)
        for number, feature in enumerate(long):
            spare = max(int(np.flatnonzero(feature.any(axis=1))[-1]) + 1 - steps, 0)
            start = int(np.round(np.float32(spare) * np.float32(share)))
            each[number, :steps] = feature[start : start + steps]
        logits = found.network({"audio_1": each}, training=False)
        probabilities.append(np.asarray(keras.ops.softmax(logits)))
    np.testing.assert_allclose(
        np.asarray(answer["probabilities"]), np.mean(probabilities, axis=0), atol=1e-4
    )

    # A sound that a program gives as it is, or with silence behind it, is the same sound.
    padded = np.pad(raw["audio"], ((0, 0), (0, 3 * RATE)))
    again = loaded({"audio": padded})["probabilities"]
    np.testing.assert_allclose(again, answer["probabilities"], atol=1e-5)
    # What the epochs were judged by is what the saved model answers.
    best = outcome.history[outcome.best_epoch - 1].metrics["validation"]
    truth = found.data.validation.targets.astype(int).reshape(-1)
    right = np.asarray(answer["probabilities"])[np.arange(len(rows)), truth]
    assert best["loss"] == pytest.approx(-np.log(right).mean(), abs=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("engine", [Engine.GRAPH, Engine.XLA, Engine.FIT])
def test_a_stopped_run_hears_the_same_windows_as_one_never_stopped(
    engine: Engine, late: Dataset, tmp_path: Path
) -> None:
    spec = _spec(late, 4, engine)
    _, expected = _trained(late, spec, tmp_path / "whole")
    assert expected.engine.mode == engine

    listener = Listener(stops=lambda listener: len(listener.epochs) >= 2)
    hear = listener.on_epoch

    def on_epoch(report: Any) -> None:  # noqa: ANN401
        hear(report)
        time.sleep(0.25)

    listener.on_epoch = on_epoch
    _, stopped = _trained(late, spec, tmp_path / "parts", listener)
    assert stopped.stopped_because == "asked"
    _, resumed = _trained(late, spec, tmp_path / "parts", resume=True)
    assert [report.metrics for report in resumed.history] == [
        report.metrics for report in expected.history
    ]


def test_windows_are_drawn_anew_in_every_epoch_and_in_training_only(late: Dataset) -> None:
    spec = _spec(late, 1, time_shift=0.0, time_mask=0.0, frequency_mask=0.0)
    found = prepare(late, spec)
    (block,) = found.preprocessor.blocks
    window = keras.Model(found.network.input, found.network.get_layer("audio_1_window").output)
    (long,) = found.data.train.features.values()
    first, second = (np.asarray(window({"audio_1": long}, training=True)) for _ in range(2))
    assert (first != second).any(axis=(1, 2)).mean() > 0.8
    places = [_place(row, feature) for row, feature in zip(first, long, strict=True)]
    lengths = [int(np.flatnonzero(feature.any(axis=1))[-1]) + 1 for feature in long]
    latest = [length - block.shape[0] for length in lengths]
    assert all(0 <= place <= last for place, last in zip(places, latest, strict=True))
    assert min(places) < 0.2 * max(latest) and max(places) > 0.7 * max(latest)
    middle = np.asarray(window({"audio_1": long}, training=False))
    for row, feature, last in zip(middle, long, latest, strict=True):
        assert abs(_place(row, feature) - last / 2) <= 1


def _place(window: np.ndarray, feature: np.ndarray) -> int:
    steps = len(window)
    (found,) = [
        start
        for start in range(len(feature) - steps + 1)
        if np.array_equal(feature[start : start + steps], window)
    ]
    return found


def test_silence_behind_a_sound_has_no_part_in_the_scale(late: Dataset) -> None:
    found = prepare(late, _spec(late, 1))
    (long,) = found.data.train.features.values()
    is_sound = long.any(axis=2)
    assert 0.7 < is_sound.mean() < 0.99
    np.testing.assert_allclose(long[is_sound].mean(axis=0), 0.0, atol=0.01)
    np.testing.assert_allclose(long[is_sound].std(axis=0), 1.0, atol=0.01)


def test_the_first_batch_shows_windows(late: Dataset) -> None:
    spec = _spec(late, 1, time_shift=0.0, time_mask=0.0, frequency_mask=0.0)
    batch = first_batch(late, spec)
    assert "audio: changed at random" in " ".join(batch.notes).replace("'", "")
    (pictures,) = batch.pictures
    (block,) = prepare(late, spec).preprocessor.blocks
    frame = Image.open(io.BytesIO(base64.b64decode(pictures.frames[0][0])))
    assert frame.size == block.shape
    assert pictures.meaning.startswith(f"{block.shape[0]} moments")


def test_a_run_says_what_becomes_of_long_sounds(late: Dataset) -> None:
    (note,) = prepare(late, _spec(late, 1, kept_s=3.0)).notes
    assert "the mean over 3 windows" in note and "what follows 3 s is left out" in note
    (note,) = prepare(late, _spec(late, 1, long_sounds="beginning")).notes
    assert note.endswith("only the first 1 s of each are heard.")
    assert not prepare(late, _spec(late, 1, duration_s=LENGTH_S)).notes


def test_design_says_what_becomes_of_long_sounds(late: Dataset) -> None:
    asked = _spec(late, 1, kept_s=3.0)
    sight = describe_sight(asked, late.info, "audio")
    assert sight.startswith("The network hears 1 s of each sound")
    assert "another place in every epoch" in sight and "what follows 3 s is left out" in sight
    whole = describe_sight(_spec(late, 1, duration_s=LENGTH_S), late.info, "audio")
    assert "longer" not in whole and "only the first" not in whole


@pytest.mark.parametrize("choice", ["auto", "everywhere"])
def test_what_is_rebuilt_is_always_the_beginning(choice: str, late: Dataset) -> None:
    spec = default_spec(late.info, (), TaskKind.REDUCTION)
    sound = {"duration_s": WINDOW_S, "long_sounds": choice}
    changed = spec.model_copy(update={"preprocessing": {"audio": sound}})
    settings: Any = resolve_preprocessing(changed, late.info)["audio"]
    assert settings.kept_s is None and settings.kept_shape == settings.shape


def test_sounds_that_fit_the_window_are_read_as_before(late: Dataset) -> None:
    whole = prepare(late, _spec(late, 1, duration_s=LENGTH_S))
    (block,) = whole.preprocessor.blocks
    assert block.long_shape is None and block.num_windows == 1
    assert type(whole.network).__name__ == "Functional"
    assert not any("window" in layer.name for layer in whole.network.layers)
