"""The help beside every setting says what each choice means and which way a number may be wrong."""

import re

import pytest
from pydantic import BaseModel
from streamlit.testing.v1 import AppTest

from dlstudio.spec.architectures.cnn import ConvBlock
from dlstudio.spec.architectures.decoder import DecoderBlock
from dlstudio.spec.architectures.rnn import RecurrentLayer
from dlstudio.spec.architectures.table import ARCHITECTURES
from dlstudio.spec.architectures.transformer import AttentionBlock
from dlstudio.spec.layers import DenseLayer
from dlstudio.spec.split import SplitSpec
from dlstudio.spec.task import TaskKind, TaskSpec
from dlstudio.spec.training import EarlyStopping, TrainingSpec
from dlstudio.ui.design_overrides import preprocessing_records
from dlstudio.ui.forms_fields import FormField, Sort, form_fields
from dlstudio.ui.forms_labels import choice_label

RECORDS: tuple[type[BaseModel], ...] = (
    TaskSpec,
    SplitSpec,
    TrainingSpec,
    EarlyStopping,
    DenseLayer,
    ConvBlock,
    DecoderBlock,
    RecurrentLayer,
    AttentionBlock,
    *ARCHITECTURES.values(),
    *dict.fromkeys(record for kind in TaskKind for record in preprocessing_records(kind).values()),
)
FIELDS = [
    pytest.param(field, id=f"{record.__name__}.{field.about.name}")
    for record in RECORDS
    for field in form_fields(record)
]
# Longer sets, such as all activations of Keras, are explained by their usual members.
MOST_EXPLAINED = 8
# A seed has no size, and what cannot be rebuilt is never shown.
WITHOUT_SIZE = ("seed", "; not used here")
TOO_MUCH = r"\b(more|larger?|higher|longer|above|raise|closer?|too (large|much|many|long|good))\b"
TOO_LITTLE = (
    r"\b(fewer|fewest|less|smaller|lower|shorter|below|off|too (small|few|short|little)|"
    r"[01] (is|turns|counts|keeps|sees|looks|trains|fine-tunes))\b"
)


def _plain(text: str) -> str:
    return re.sub(r"[-–_]", " ", text).lower()


@pytest.mark.parametrize("field", FIELDS)
def test_the_help_of_a_choice_names_every_choice_as_the_form_shows_it(field: FormField) -> None:
    is_closed = field.sort is Sort.CHOICE and len(field.about.choices) <= MOST_EXPLAINED
    labels = [choice_label(choice) for choice in field.about.choices] if is_closed else []

    assert [label for label in labels if _plain(label) not in _plain(field.about.help)] == []


@pytest.mark.parametrize("field", FIELDS)
def test_the_help_of_a_number_says_what_too_much_and_too_little_do(field: FormField) -> None:
    is_number = field.sort in (Sort.WHOLE, Sort.NUMBER)
    if is_number and not any(word in field.about.help for word in WITHOUT_SIZE):
        assert re.search(TOO_MUCH, field.about.help, re.IGNORECASE), field.about.help
        assert re.search(TOO_LITTLE, field.about.help, re.IGNORECASE), field.about.help


def test_what_the_columns_of_a_table_mean_is_offered_beside_it() -> None:
    def page() -> None:
        from dlstudio.spec.architectures.fnn import FnnSpec
        from dlstudio.ui.forms_fields import form_fields
        from dlstudio.ui.forms_table import records_table

        layers = next(field for field in form_fields(FnnSpec) if field.about.name == "layers")
        records_table(layers, FnnSpec().layers, "layers")

    app = AppTest.from_function(page, default_timeout=60).run()

    said = "\n".join(block.value for block in app.markdown)
    assert "**Units**: Neurons of this layer." in said
    assert "L1 penalty" not in said
    app.toggle(key="layers.more").set_value(True).run()
    assert "**L1 penalty**: " in "\n".join(block.value for block in app.markdown)
