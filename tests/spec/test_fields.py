"""Every setting is explained: forms are made from the fields."""

import pytest

from dlstudio.spec.architectures.cnn import ConvBlock
from dlstudio.spec.architectures.decoder import DecoderBlock
from dlstudio.spec.architectures.rnn import RecurrentLayer
from dlstudio.spec.architectures.table import ARCHITECTURE_PRESETS, ARCHITECTURES
from dlstudio.spec.fields import describe_fields
from dlstudio.spec.layers import DenseLayer
from dlstudio.spec.preprocessing import PREPROCESSING_BY_KIND
from dlstudio.spec.split import SplitSpec
from dlstudio.spec.training import EarlyStopping, TrainingSpec

RECORDS = [
    ConvBlock,
    DecoderBlock,
    RecurrentLayer,
    DenseLayer,
    SplitSpec,
    TrainingSpec,
    EarlyStopping,
    *ARCHITECTURES.values(),
    *PREPROCESSING_BY_KIND.values(),
]


@pytest.mark.parametrize("record", RECORDS)
def test_every_field_has_a_title_and_a_full_sentence_of_help(record: type) -> None:
    for field in describe_fields(record):
        if field.name != "kind":
            assert field.title, field.name
            assert len(field.help) > 15, field.name
            assert field.help.endswith((".", "?")), field.name


def test_limits_choices_and_flags_are_read_from_the_field() -> None:
    fields = {field.name: field for field in describe_fields(TrainingSpec)}

    assert fields["learning_rate"].minimum == 0.0
    assert fields["learning_rate"].excludes_minimum
    assert fields["epochs"].minimum == 1
    assert "adamw" in fields["optimizer"].choices
    assert fields["batch_size"].choices == ("auto",)
    assert fields["early_stopping"].is_optional
    assert fields["momentum"].is_advanced
    assert not fields["epochs"].is_advanced


def test_hints_say_how_a_form_shows_a_field() -> None:
    fields = {field.name: field for field in describe_fields(TrainingSpec)}

    assert fields["momentum"].shown_if == {"optimizer": ("sgd", "rmsprop")}
    assert fields["optimizer"].group == fields["learning_rate"].group != ""
    assert "cpu" in fields["device"].examples
    assert {field.name: field.max_length for field in describe_fields(ARCHITECTURES["fnn"])}[
        "layers"
    ] == 100


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_every_architecture_has_presets_of_its_own_kind(kind: str) -> None:
    assert all(preset.kind == kind for preset in ARCHITECTURE_PRESETS[kind].values())
