"""Autoencoders on data that is odd: they train and say what is wrong, or refuse with the reason."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.data.raw import read_raw
from dlstudio.errors import DataError
from dlstudio.evaluation.predict import predict_raw
from dlstudio.export.load import load_model
from dlstudio.models.canvas import Canvas
from dlstudio.models.code_notes import code_notes
from dlstudio.models.preview import preview
from dlstudio.runs.alarms import read_alarms
from dlstudio.runs.records import RunStatus
from dlstudio.settings import Settings
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.check import check_spec
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.overrides import apply_overrides
from dlstudio.spec.task import TaskKind, ThresholdRule
from tests.fixtures.generators import add_pictures, add_sequences
from tests.fixtures.rebuilding import RebuildingRun, add_sensors, run_of
from tests.fixtures.workspace import REPOSITORY, settings_in
from tests.models.tables import spec_for

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

Row = Callable[[int, np.random.Generator], str]


def add_rows(
    settings: Settings, folder: Path, header: str, row: Row, num_rows: int = 60
) -> Dataset:
    random = np.random.default_rng(0)
    lines = [header, *(row(number, random) for number in range(num_rows))]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "table.csv"
    path.write_text("\n".join(lines))
    return add_dataset(settings, path)


def check_finite(run: RebuildingRun, kept: Path | None = None) -> None:
    assert run.trained.status is RunStatus.FINISHED
    for split in run.report.splits.values():
        assert all(np.isfinite(value) for value in split.metrics.values())
    assert (kept or run.folder.model).is_file()


def test_constant_columns_are_rebuilt(settings: Settings, tmp_path: Path) -> None:
    dataset = add_rows(settings, tmp_path, "a,b,c", lambda _n, random: f"{random.random()},5,same")
    assert default_spec(dataset.info, (), TaskKind.ANOMALY).task.inputs == ("a",)
    asked = ("task.inputs=[b,c]", "training.epochs=3")
    run = run_of(settings, dataset, TaskKind.ANOMALY, None, *asked)
    check_finite(run)
    test = run.report.splits["test"]
    assert "Explained is left out: all rows of this part are the same." in test.notes
    assert "All rows have the same score, so nothing tells them apart." in test.notes
    same = "All training examples are the same, so there is nothing to learn from them."
    assert same in run.log


def test_a_column_that_never_changes_is_named(settings: Settings, tmp_path: Path) -> None:
    dataset = add_rows(settings, tmp_path, "a,b,c", lambda _n, random: f"{random.random()},5,same")
    for architecture in ("autoencoder", "vae", "gan"):
        kind = TaskKind.REDUCTION if architecture == "autoencoder" else TaskKind.GENERATION
        asked = ("task.inputs=[a,b,c]", "training.epochs=2")
        home = settings_in(tmp_path / architecture)
        run = run_of(home, dataset, kind, None, *asked, architecture=architecture)
        check_finite(run, None if architecture == "autoencoder" else run.folder.generator)
        note = "Nothing can be learned from 'b', 'c': the same value stands in every row."
        assert note in run.log


def add_grey_images(settings: Settings, folder: Path, levels: list[int]) -> Dataset:
    """One image a level: all pixels are the same but the first."""
    images = folder / "grey" / "all"
    images.mkdir(parents=True)
    for number, level in enumerate(levels):
        pixels = np.full((8, 8), 90, "uint8")
        pixels[0, 0] = level
        Image.fromarray(pixels).save(images / f"{number}.png")
    return add_dataset(settings, folder / "grey")


def test_images_that_are_all_the_same_are_refused(settings: Settings, tmp_path: Path) -> None:
    dataset = add_grey_images(settings, tmp_path, [90] * 20)
    (problem,) = check_spec(default_spec(dataset.info, (), TaskKind.REDUCTION), dataset.info)
    assert problem.problem.startswith("No input is chosen: 'image' holds the same value in every")


@pytest.mark.parametrize("architecture", ["autoencoder", "vae", "gan"])
def test_pixels_that_never_change_are_rebuilt_and_made(
    architecture: str, settings: Settings, tmp_path: Path
) -> None:
    dataset = add_grey_images(settings, tmp_path, [*range(0, 240, 8)])
    kind = TaskKind.REDUCTION if architecture == "autoencoder" else TaskKind.GENERATION
    run = run_of(settings, dataset, kind, None, "training.epochs=2", architecture=architecture)
    check_finite(run, None if architecture == "autoencoder" else run.folder.generator)


@pytest.mark.parametrize("kind", [TaskKind.REDUCTION, TaskKind.ANOMALY])
def test_a_vae_describes_and_judges_rows_as_an_autoencoder_does(
    settings: Settings, tmp_path: Path, kind: TaskKind
) -> None:
    dataset = add_sensors(settings, tmp_path)
    run = run_of(settings, dataset, kind, "state", architecture="vae")
    check_finite(run)
    raw = read_raw(dataset, run.spec.task.inputs)
    said = predict_raw(load_model(run.folder.model), raw, dataset.info, run.spec)
    assert {"reconstruction_error", "code_0"} <= set(said.column_names)
    assert ("is_anomaly" in said.column_names) == (kind is TaskKind.ANOMALY)
    test = run.report.splits["test"]
    assert test.reconstruction is not None
    assert ("roc_auc" in test.metrics) == (kind is TaskKind.ANOMALY)


def test_a_vae_whose_codes_say_nothing_is_told_whatever_its_task(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add_sensors(settings, tmp_path)
    pressed = ("architecture.beta=1000", "architecture.warm_up=0")
    run = run_of(settings, dataset, TaskKind.REDUCTION, "state", *pressed, architecture="vae")
    assert [alarm.code for alarm in run.report.alarms] == ["posterior_collapse"]
    (told,) = [line for line in run.log if "latent numbers say anything" in line]
    assert told.startswith("Epoch 2: Only 0 of ")
    assert [noted.alarm.code for noted in read_alarms(run.folder)] == ["posterior_collapse"]


def test_an_autoencoder_of_texts_learns_more_than_the_mean(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add_dataset(settings, REPOSITORY / "sample_data" / "reviews.csv")
    run = run_of(
        settings, dataset, TaskKind.REDUCTION, None, "task.inputs=[review]", "training.epochs=20"
    )
    metrics = run.report.metrics["test"]
    assert metrics["explained"] > 0.5 * metrics["pca_explained"] > 0.0


def test_ten_rows_are_enough_to_train_on(settings: Settings, tmp_path: Path) -> None:
    dataset = add_sensors(settings, tmp_path / "few", num_rows=10)
    run = run_of(settings, dataset, TaskKind.ANOMALY, None, "training.epochs=3")
    check_finite(run)
    details = run.report.splits["test"].anomaly
    assert details is not None
    assert details.rule is ThresholdRule.QUANTILE
    for architecture in ("vae", "gan"):
        home = settings_in(tmp_path / architecture)
        made = run_of(
            home, dataset, TaskKind.GENERATION, None, "training.epochs=3", architecture=architecture
        )
        check_finite(made, made.folder.generator)


ARCHITECTURES = ("autoencoder", "vae", "gan")


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("add", [add_pictures, add_sequences])
def test_ten_pictures_and_ten_series_are_enough_to_train_on(
    architecture: str,
    add: Callable[[Settings, Path, int], Dataset],
    settings: Settings,
    tmp_path: Path,
) -> None:
    dataset = add(settings, tmp_path / "few", 10)
    assert dataset.info.num_rows == 10
    kind = TaskKind.REDUCTION if architecture == "autoencoder" else TaskKind.GENERATION
    label = "label" if "label" in dataset.info.column_names else None
    run = run_of(settings, dataset, kind, label, "training.epochs=2", architecture=architecture)
    check_finite(run, None if architecture == "autoencoder" else run.folder.generator)
    assert run.trained.outcome.num_epochs == 2
    assert (run.report.generation is None) == (architecture == "autoencoder")


def test_a_code_of_a_vae_wider_than_its_input_is_warned_of(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add_sensors(settings, tmp_path / "wide")
    wide, few = "architecture.latent_size=64", "training.epochs=2"
    run = run_of(settings, dataset, TaskKind.GENERATION, None, wide, few, architecture="vae")
    check_finite(run, run.folder.generator)
    (note,) = [text for text in run.log if text.startswith("The code has 64 numbers")]
    # The noise in its codes keeps a VAE from copying.
    assert note.endswith("nothing is squeezed. Choose a smaller latent size.")
    assert preview(run.spec, dataset.info).notes == (note,)
    assert run.report.generation is not None and note in run.report.generation.notes
    narrow = apply_overrides(run.spec, ["architecture.latent_size=2"])
    assert preview(narrow, dataset.info).notes == ()


def test_a_single_number_to_learn_from_needs_more_inputs_and_no_smaller_code() -> None:
    single = Canvas(CanvasKind.TABLE, "dense", (1,), "float32", (1,), ("length",))
    draft = spec_for(["length"], [], TaskKind.GENERATION, architecture={"kind": "vae"})
    spec = apply_overrides(draft, ["architecture.latent_size=1"])
    (note,) = code_notes(spec, single)
    assert note == (
        "The code has 1 number, and an example only 1: nothing is squeezed. Choose more inputs."
    )


def test_a_code_wider_than_its_input_is_warned_of(settings: Settings, tmp_path: Path) -> None:
    dataset = add_sensors(settings, tmp_path / "wide")
    wide = "architecture.latent_size=64"
    run = run_of(settings, dataset, TaskKind.REDUCTION, "machine", wide, "training.epochs=2")
    (note,) = [text for text in run.log if text.startswith("The code has 64 numbers")]
    assert note.endswith(
        "nothing is squeezed, so that the network can copy examples without learning anything. "
        "Choose a smaller latent size."
    )
    assert preview(run.spec, dataset.info).notes == (note,)
    assert all(note in split.notes for split in run.report.splits.values())
    denoising = apply_overrides(run.spec, ["architecture.masked_share=0.3"])
    (milder,) = preview(denoising, dataset.info).notes
    assert "nothing is squeezed. Choose" in milder
    narrow = apply_overrides(run.spec, ["architecture.latent_size=2"])
    assert preview(narrow, dataset.info).notes == ()


def test_a_table_of_anomalies_alone_is_refused(settings: Settings, tmp_path: Path) -> None:
    dataset = add_sensors(settings, tmp_path / "odd")
    with pytest.raises(DataError) as caught:
        run_of(settings, dataset, TaskKind.ANOMALY, "state", "task.anomalies=[broken, fine]")
    assert re.search(r"training: all \d+ count as anomalies", caught.value.problems[0].problem)


def test_a_label_with_one_class_says_nothing_of_anomalies(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add_rows(
        settings, tmp_path, "a,b,state", lambda n, random: f"{random.random()},{n % 7},fine"
    )
    run = run_of(settings, dataset, TaskKind.ANOMALY, "state", "training.epochs=3")
    check_finite(run)
    test = run.report.splits["test"]
    assert "roc_auc" not in test.metrics
    assert any("no row counts as an anomaly" in note for note in test.notes)


def test_labels_and_numbers_may_be_missing(settings: Settings, tmp_path: Path) -> None:
    def row(number: int, random: np.random.Generator) -> str:
        cell = "" if number % 4 == 0 else f"{random.random():.3f}"
        state = ("", "broken", "fine", "fine", "fine")[number % 5]
        return f"{cell},{random.random():.3f},{random.random():.3f},{state}"

    dataset = add_rows(settings, tmp_path, "a,b,c,state", row, num_rows=100)
    run = run_of(settings, dataset, TaskKind.ANOMALY, "state", "training.epochs=3")
    check_finite(run)
    assert "roc_auc" in run.report.metrics["test"]
    assert any("without a value in 'state' count as normal" in text for text in run.log)


def test_a_loss_that_is_no_number_ends_the_run_with_the_reason(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add_sensors(settings, tmp_path / "wild")
    run = run_of(
        settings,
        dataset,
        TaskKind.ANOMALY,
        "state",
        "training.learning_rate=100",
        "training.optimizer=sgd",
    )
    assert run.trained.status is RunStatus.FAILED
    assert run.trained.message.startswith("The loss became NaN in epoch 1")
