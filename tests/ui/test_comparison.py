"""Runs side by side: deltas know which way is better, and unlike data is named."""

import pytest

from dlstudio.runs.records import RunRecord
from dlstudio.runs.store import Store
from dlstudio.spec.architectures.cnn import CnnSpec
from dlstudio.spec.architectures.fnn import FnnSpec
from dlstudio.spec.architectures.gan import GanSpec
from dlstudio.spec.architectures.rnn import RnnSpec
from dlstudio.spec.architectures.vae import VaeSpec
from dlstudio.ui.comparison import (
    BETTER,
    EQUAL,
    WORSE,
    difference_table,
    score_rows,
    setting_title,
)
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
