"""From a real dataset and its default spec to features, targets and a network."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_linnerud

from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.errors import DataError
from dlstudio.models.assemble import assemble
from dlstudio.models.layout import features_of
from dlstudio.models.preview import preview
from dlstudio.settings import Settings
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.run import RunSpec
from dlstudio.spec.split import SplitMethod, SplitSpec
from dlstudio.training.prepare import prepare

pytestmark = pytest.mark.tensorflow


def dataset_of(table: pd.DataFrame, settings: Settings, tmp_path: Path) -> Dataset:
    path = tmp_path / "table.csv"
    table.to_csv(path, index=False)
    return add_dataset(settings, path, "table")


def cancer() -> pd.DataFrame:
    bunch: Any = load_breast_cancer(as_frame=True)
    return bunch.frame


def split_as_given(dataset: Dataset) -> RunSpec:
    """Learn "y" from "x", split by the column "part"."""
    spec = default_spec(dataset.info, ["y"])
    task = spec.task.model_copy(update={"inputs": ("x",)})
    split = SplitSpec(method=SplitMethod.GIVEN, column="part")
    return spec.model_copy(update={"split": split, "task": task})


def test_a_table_of_numbers_becomes_features_and_class_numbers(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = dataset_of(cancer(), settings, tmp_path)
    spec = default_spec(dataset.info, ["target"])
    preparation = prepare(dataset, spec)
    train = preparation.data.train
    assert len(train) + len(preparation.split.validation) + len(preparation.split.test) == 569
    assert train.features["dense"].shape == (len(train), features_of(spec, dataset.info).num_dense)
    assert train.weights is None
    assert preparation.codec.class_names == ("0", "1")
    assert np.array_equal(train.targets, cancer()["target"].to_numpy()[preparation.split.train])
    assert preparation.notes == ()
    shown = preview(spec, dataset.info)
    assert shown.num_parameters == preparation.network.count_params()
    assert shown.batch_size == preparation.batch_size


def test_the_same_spec_prepares_the_same_run(settings: Settings, tmp_path: Path) -> None:
    dataset = dataset_of(cancer(), settings, tmp_path)
    spec = default_spec(dataset.info, ["target"])
    first, second = prepare(dataset, spec), prepare(dataset, spec)
    one, other = first.data.validation, second.data.validation
    assert np.array_equal(one.features["dense"], other.features["dense"])
    for mine, yours in zip(first.network.get_weights(), second.network.get_weights(), strict=True):
        assert np.array_equal(mine, yours)


def test_only_training_rows_decide_the_preprocessing(settings: Settings, tmp_path: Path) -> None:
    table = pd.DataFrame({"x": np.sqrt(np.arange(100.0)), "y": ["a", "b"] * 50})
    table["part"] = ["train"] * 60 + ["validation"] * 20 + ["test"] * 20
    dataset = dataset_of(table, settings, tmp_path)
    spec = split_as_given(dataset)
    min_max = {"x": {"scaling": "min_max", "embedding": "none"}}
    data = prepare(dataset, spec.model_copy(update={"preprocessing": min_max})).data
    assert data.train.features["dense"].max() == pytest.approx(1.0)
    assert data.validation.features["dense"].min() > 1.0


@pytest.mark.parametrize("architecture", ["fnn", "rnn"])
def test_only_words_of_training_rows_are_learned(
    settings: Settings, tmp_path: Path, architecture: str
) -> None:
    texts = [f"the long day number {n} of many rainy days in town" for n in range(100)]
    table = pd.DataFrame({"x": texts, "y": ["a", "b"] * 50})
    table["part"] = ["train"] * 60 + ["validation"] * 20 + ["test"] * 20
    table.loc[80:, "x"] = "unheard melody"
    dataset = dataset_of(table, settings, tmp_path)
    base = split_as_given(dataset)
    drafted = default_spec(dataset.info, ["y"], architecture=architecture)
    words = {"x": {"unit": "word"}}
    spec = base.model_copy(update={"architecture": drafted.architecture, "preprocessing": words})
    found = prepare(dataset, spec)
    core = found.preprocessor.core
    known = {
        word
        for layer in core.layers
        if hasattr(layer, "get_vocabulary")
        for word in layer.get_vocabulary()
    }
    assert "rainy" in known and not {"unheard", "melody"} & known


def test_rows_without_a_target_are_left_out_and_counted(settings: Settings, tmp_path: Path) -> None:
    table = cancer().astype({"target": str})
    table.loc[:9, "target"] = ""
    dataset = dataset_of(table, settings, tmp_path)
    preparation = prepare(dataset, default_spec(dataset.info, ["target"]))
    split = preparation.split
    assert len(split.train) + len(split.validation) + len(split.test) == 559
    assert preparation.notes == ("10 rows have no target and were left out.",)


def test_several_targets_are_standardised_and_come_back_in_their_units(
    settings: Settings, tmp_path: Path
) -> None:
    bunch: Any = load_linnerud(as_frame=True)
    dataset = dataset_of(bunch.frame, settings, tmp_path)
    targets = ["Weight", "Waist", "Pulse"]
    preparation = prepare(dataset, default_spec(dataset.info, targets))
    train = preparation.data.train.targets
    assert train.shape[1] == 3
    assert train.mean(axis=0) == pytest.approx(0.0, abs=1e-5)
    assert train.std(axis=0) == pytest.approx(1.0, abs=1e-5)
    assert preparation.target_scale is not None
    model = assemble(preparation.preprocessor, preparation.network, preparation.codec)
    assert list(model.output) == [f"prediction_{target}" for target in targets]


def test_a_class_that_no_training_row_has_is_named(settings: Settings, tmp_path: Path) -> None:
    table = pd.DataFrame({"x": np.sqrt(np.arange(40.0)), "y": ["a", "b"] * 19 + ["rare"] * 2})
    table["part"] = ["train"] * 30 + ["validation"] * 5 + ["test"] * 5
    dataset = dataset_of(table, settings, tmp_path)
    preparation = prepare(dataset, split_as_given(dataset))
    assert preparation.notes == ("No training row has the class 'rare'; it cannot be learned.",)


def test_a_split_without_validation_rows_is_refused(settings: Settings, tmp_path: Path) -> None:
    table = pd.DataFrame({"x": np.sqrt(np.arange(40.0)), "y": ["a", "b"] * 20, "part": "clinic"})
    dataset = dataset_of(table, settings, tmp_path)
    spec = split_as_given(dataset)
    by_group = SplitSpec(method=SplitMethod.GROUP, column="part")
    with pytest.raises(DataError) as caught:
        prepare(dataset, spec.model_copy(update={"split": by_group}))
    assert caught.value.problem == "The split leaves no rows with a target for validation."
    assert "Change the split's shares" in caught.value.fix


def test_rows_without_a_part_in_the_split_are_counted(settings: Settings, tmp_path: Path) -> None:
    parts = ["train"] * 60 + ["validation"] * 20 + ["test"] * 15 + [None] * 5
    numbers = np.random.default_rng(0).normal(size=100)
    table = pd.DataFrame({"x": numbers, "y": np.where(numbers > 0, "up", "down"), "part": parts})
    dataset = dataset_of(table, settings, tmp_path)

    preparation = prepare(dataset, split_as_given(dataset))

    assert preparation.notes == ("5 rows have no part in the split and were left out.",)


def test_a_run_says_what_of_long_texts_is_not_read(settings: Settings, tmp_path: Path) -> None:
    rows = [
        f"day {n} was a {word} day and we said so" for n in range(30) for word in ("good", "bad")
    ]
    table = pd.DataFrame({"text": rows, "label": ["good", "bad"] * 30})
    dataset = dataset_of(table, settings, tmp_path)
    spec = default_spec(dataset.info, ["label"], architecture="rnn")

    short = spec.model_copy(update={"preprocessing": {"text": {"length": 3}}})

    (note,) = prepare(dataset, short).notes
    assert note.startswith("text: Texts have up to 36 characters; what follows the first 3 words")
    assert prepare(dataset, spec).notes == ()
