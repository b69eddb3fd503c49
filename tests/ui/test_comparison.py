"""Runs side by side: deltas know which way is better, and unlike data is named."""

from collections.abc import Mapping

import pytest

from dlstudio.runs.records import RunRecord
from dlstudio.runs.store import Store
from dlstudio.spec.architectures.cnn import CnnSpec
from dlstudio.spec.architectures.fnn import FnnSpec
from dlstudio.spec.architectures.gan import GanSpec
from dlstudio.spec.architectures.rnn import RnnSpec
from dlstudio.spec.architectures.vae import VaeSpec
from dlstudio.spec.layers import DenseLayer
from dlstudio.spec.run import RunSpec
from dlstudio.ui.comparison import (
    BETTER,
    EQUAL,
    WORSE,
    difference_table,
    score_rows,
    setting_title,
)
from dlstudio.ui.run_names import distinct_names
from dlstudio.ui.setting_words import value_words
from tests.ui.past_runs import finished_run, iris_spec


@pytest.fixture
def pair(store: Store) -> tuple[RunRecord, RunRecord]:
    first = finished_run(store, iris_spec(), "first", 0.8)
    second = finished_run(store, iris_spec(learning_rate=0.01), "second", 0.9)
    return first, second


def test_a_higher_accuracy_is_better_and_a_lower_loss_too(
    pair: tuple[RunRecord, RunRecord],
) -> None:
    rows = {row.name: row.cells for row in score_rows(pair, "test", pair[0])}

    assert rows["accuracy"][0].verdict is None
    assert rows["accuracy"][1].verdict == BETTER
    assert rows["accuracy"][1].delta == pytest.approx(0.1)
    assert rows["log_loss"][1].verdict == BETTER
    assert rows["log_loss"][1].delta == pytest.approx(-0.1)


def test_the_other_way_round_it_is_worse(pair: tuple[RunRecord, RunRecord]) -> None:
    rows = score_rows(pair, "test", pair[1])

    assert {row.cells[0].verdict for row in rows} == {WORSE}


def test_equal_scores_are_equal(store: Store) -> None:
    runs = [finished_run(store, iris_spec(), name, 0.8) for name in ("a", "b")]

    assert {row.cells[1].verdict for row in score_rows(runs, "test", runs[0])} == {EQUAL}


def test_a_split_without_scores_has_no_rows(pair: tuple[RunRecord, RunRecord]) -> None:
    assert score_rows(pair, "validation", pair[0]) == ()


def test_only_what_was_changed_is_listed(pair: tuple[RunRecord, RunRecord]) -> None:
    table = difference_table(pair)

    assert table == {"Setting": ["Learning rate"], "first": ["0.001"], "second": ["0.01"]}


def with_layers(*layers: Mapping[str, object]) -> RunSpec:
    network = FnnSpec.model_validate({"layers": layers})
    return iris_spec().model_copy(update={"architecture": network})


def test_layers_that_only_some_runs_have_are_described_in_plain_words(store: Store) -> None:
    small = {"units": 8, "activation": "relu"}
    large = {"units": 32, "activation": "leaky_relu", "dropout": 0.25, "skip": True}
    runs = [
        finished_run(store, with_layers(small), "short", 0.8),
        finished_run(store, with_layers(small | {"activation": "gelu"}, large), "long", 0.8),
    ]

    assert difference_table(runs) == {
        "Setting": ["Layer 1: Activation", "Layer 2"],
        "short": ["ReLU", "–"],
        "long": ["GELU", "Units 32, Activation Leaky ReLU, Dropout 0.25, Skip connection"],
    }


def test_layers_that_no_run_has_are_not_told(store: Store) -> None:
    plain = VaeSpec()
    own = VaeSpec(mirrored=False, decoder_layers=(DenseLayer(units=9),))
    runs = [
        finished_run(store, iris_spec().model_copy(update={"architecture": network}), name, 0.8)
        for name, network in (("plain", plain), ("own", own), ("game", GanSpec()))
    ]

    first = difference_table(runs[:2])
    assert first["Setting"] == [
        "Architecture: Mirrored decoder",
        "Architecture: Dense layers of the decoder 1",
    ]
    assert first["plain"] == ["yes", "–"]
    others = difference_table([runs[0], runs[2]])
    assert "Architecture: Dense layers of the decoder" not in others["Setting"]
    assert not any(cell == "" for column in others.values() for cell in column)


def test_rare_settings_of_a_layer_are_told_where_they_were_changed() -> None:
    spec = with_layers({"units": 8, "use_bias": False, "initializer": "he_normal"})

    assert value_words(spec, "architecture.layers.0", "") == (
        "Units 8, Activation ReLU, Initialiser He normal, Bias off"
    )


def test_values_without_words_of_their_own_stay_as_they_are() -> None:
    spec = iris_spec()

    assert value_words(spec, "training.learning_rate", "0.001") == "0.001"
    assert value_words(spec, "training.batch_size", "auto") == "Automatic"
    assert value_words(spec, "preprocessing.no.such.column", "told") == "told"


def test_a_run_named_like_a_heading_keeps_its_column(store: Store) -> None:
    runs = [
        finished_run(store, iris_spec(), "Setting", 0.8),
        finished_run(store, iris_spec(learning_rate=0.01), "Score", 0.9),
    ]

    assert difference_table(runs) == {
        "Setting": ["Learning rate"],
        f"Setting ({runs[0].id})": ["0.001"],
        "Score": ["0.01"],
    }


def test_runs_whose_names_look_alike_are_told_apart(store: Store) -> None:
    runs = [finished_run(store, iris_spec(), name, 0.8) for name in ("a twin", "a  twin", "other")]

    names = distinct_names(runs)
    assert names[runs[0].id] == f"a twin ({runs[0].id})"
    assert names[runs[1].id] == f"{runs[1].name} ({runs[1].id})"
    assert names[runs[2].id] == "other"


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("architecture.layers.1.units", "Layer 2: Units"),
        ("architecture.layers.1", "Layer 2"),
        ("training.early_stopping.patience", "Training: Early stopping: Patience"),
        ("training.batch_size", "Batch size"),
        ("preprocessing.a.b.scaling", "Preprocessing of a.b.scaling"),
        ("split.seed", "Split: Split seed"),
    ],
)
def test_settings_are_named_as_on_the_design_page(path: str, title: str) -> None:
    assert setting_title(path) == title


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("architecture.latent_size", "Architecture: Latent size"),
        ("architecture.blocks.1", "Architecture: Convolutions 2"),
        ("architecture.discriminator_rate", "Architecture: Discriminator's learning rate"),
    ],
)
def test_settings_of_every_architecture_have_titles(path: str, title: str) -> None:
    assert setting_title(path, (VaeSpec, GanSpec)).lower() == title.lower()


@pytest.mark.parametrize(
    ("name", "title"), [("kernel", "Layer 1: Kernel"), ("cell", "Layer 1: Cell")]
)
def test_layers_of_every_architecture_are_named_as_on_the_design_page(
    name: str, title: str
) -> None:
    kinds = (FnnSpec, CnnSpec, RnnSpec)

    assert setting_title(f"architecture.layers.0.{name}", kinds) == title
