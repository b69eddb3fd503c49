"""Forms come from the fields of a spec, whatever the fields are."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError
from streamlit.testing.v1 import AppTest

from dlstudio.spec.architectures.table import ARCHITECTURES
from dlstudio.spec.fields import form_hints
from dlstudio.spec.layers import Activation, DenseLayer
from dlstudio.spec.preprocessing import PREPROCESSING_BY_KIND
from dlstudio.spec.split import SplitSpec
from dlstudio.spec.training import TrainingSpec
from dlstudio.ui.forms_fields import Sort, form_fields, is_shown
from dlstudio.ui.forms_labels import choice_label
from dlstudio.ui.forms_rows import RowAction, act_on_row, frame_of, records_of, table_fields
from dlstudio.ui.forms_widgets import read_number

pytestmark = pytest.mark.slow  # each opens a page


class Flavour(StrEnum):
    SWEET = "sweet"
    SOUR = "sour"


class Ice(BaseModel):
    kind: Literal["ice"] = "ice"
    balls: int = 2


class Cake(BaseModel):
    kind: Literal["cake"] = "cake"
    layers: int = 3


class Order(BaseModel):
    kind: Literal["order"] = "order"
    flavour: Flavour = Flavour.SWEET
    hurry: bool = False
    guests: int | Literal["auto"] = "auto"
    limit: Annotated[float, Field(gt=0, le=5)] | None = None
    note: str = Field(default="", json_schema_extra=form_hints(shown_if={"flavour": ("sour",)}))
    names: tuple[str, ...] = ()
    dessert: Ice | None = None
    courses: tuple[Ice | Cake, ...] = ()
    shares: tuple[float, float] = (0.5, 0.5)


def by_name(record: type[BaseModel]) -> dict[str, Any]:
    return {field.about.name: field for field in form_fields(record)}


def test_every_type_of_field_has_its_sort_of_widget() -> None:
    sorts = {name: field.sort for name, field in by_name(Order).items()}

    assert sorts == {
        "kind": Sort.FIXED,
        "flavour": Sort.CHOICE,
        "hurry": Sort.FLAG,
        "guests": Sort.WHOLE,
        "limit": Sort.NUMBER,
        "note": Sort.TEXT,
        "names": Sort.SEVERAL,
        "dessert": Sort.RECORD,
        "courses": Sort.TABLE,
        "shares": Sort.OTHER,
    }


def test_an_empty_widget_stands_for_auto_or_none() -> None:
    fields = by_name(Order)

    assert fields["guests"].empty == "auto"
    assert fields["limit"].empty is None
    assert fields["limit"].may_be_empty
    assert not fields["flavour"].may_be_empty


def test_a_field_is_shown_only_with_the_values_that_it_needs() -> None:
    note = by_name(Order)["note"]

    assert is_shown(note, {"flavour": Flavour.SOUR})
    assert not is_shown(note, {"flavour": Flavour.SWEET})


@pytest.mark.parametrize(
    "record",
    [TrainingSpec, DenseLayer, *ARCHITECTURES.values(), *PREPROCESSING_BY_KIND.values()],
)
def test_every_field_of_the_spec_can_be_edited(record: type[BaseModel]) -> None:
    assert Sort.OTHER not in {field.sort for field in form_fields(record)}


def test_only_the_shares_of_a_split_need_a_widget_of_their_own() -> None:
    others = [f.about.name for f in form_fields(SplitSpec) if f.sort is Sort.OTHER]

    assert others == ["fractions"]


@pytest.mark.parametrize(
    ("choice", "label"),
    [("relu", "ReLU"), ("one_cycle", "One cycle"), (None, "Automatic"), (Flavour.SOUR, "Sour")],
)
def test_choices_read_like_words(choice: object, label: str) -> None:
    assert choice_label(choice) == label


@pytest.mark.parametrize(
    ("text", "number"), [("32", 32), ("x", None), ("0", None), ("70000", None)]
)
def test_a_typed_number_must_be_one_within_the_limits(text: str, number: int | None) -> None:
    units = by_name(DenseLayer)["units"]

    assert read_number(text, units) == number


def test_rows_of_a_table_come_back_as_they_went_in() -> None:
    layers = (DenseLayer(units=3, activation=Activation.TANH), DenseLayer(dropout=0.25, skip=True))

    assert records_of(frame_of(layers, [DenseLayer]), [DenseLayer]) == layers


def test_rows_of_several_kinds_share_a_table() -> None:
    rows = (Ice(balls=5), Cake())
    frame = frame_of(rows, [Ice, Cake])

    assert list(frame.columns) == ["kind", "balls", "layers"]
    assert records_of(frame, [Ice, Cake]) == rows
    assert [field.about.name for field in table_fields([Ice, Cake])] == ["balls", "layers"]


def test_an_empty_cell_becomes_the_default() -> None:
    frame = frame_of((DenseLayer(units=3),), [DenseLayer]).astype(object)
    frame.loc[0, "units"] = None

    assert records_of(frame, [DenseLayer]) == (DenseLayer(),)


def test_a_cell_that_its_field_forbids_is_refused() -> None:
    frame = frame_of((DenseLayer(),), [DenseLayer])
    frame.loc[0, "units"] = -4

    with pytest.raises(ValidationError):
        records_of(frame, [DenseLayer])


@pytest.mark.parametrize(
    ("action", "after"),
    [
        (RowAction.UP, "bac"),
        (RowAction.DOWN, "acb"),
        (RowAction.COPY, "abbc"),
        (RowAction.DELETE, "ac"),
    ],
)
def test_rows_can_be_moved_copied_and_deleted(action: RowAction, after: str) -> None:
    assert "".join(act_on_row("abc", 1, action)) == after


def test_a_row_stays_where_it_is_at_an_end() -> None:
    assert act_on_row("abc", 0, RowAction.UP) == ("a", "b", "c")
    assert act_on_row("abc", 2, RowAction.DOWN) == ("a", "b", "c")
    assert act_on_row("abc", 9, RowAction.DELETE) == ("a", "b", "c")


def show_form(problems: tuple[tuple[str, str, str], ...]) -> None:
    import streamlit as st

    from dlstudio.errors import Problem
    from dlstudio.spec.training import TrainingSpec
    from dlstudio.ui.forms import FormPlace, record_form

    place = FormPlace("training", "form", tuple(Problem(*entry) for entry in problems))
    st.session_state["result"] = record_form(TrainingSpec(), place)


def form_with(*problems: tuple[str, str, str]) -> AppTest:
    kwargs = {"problems": problems}
    app = AppTest.from_function(show_form, default_timeout=60, kwargs=kwargs).run()
    assert not app.exception
    return app


def test_a_form_nobody_touched_gives_back_the_record() -> None:
    assert form_with().session_state["result"] == TrainingSpec()


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        (lambda app: app.number_input("form.learning_rate").set_value(0.02), "learning_rate", 0.02),
        (lambda app: app.number_input("form.epochs").set_value(7), "epochs", 7),
        (lambda app: app.selectbox("form.optimizer").select("sgd"), "optimizer", "sgd"),
        (lambda app: app.selectbox("form.batch_size").select(64), "batch_size", 64),
        (
            lambda app: app.toggle("form.early_stopping.is_on").set_value(False),
            "early_stopping",
            None,
        ),
        (lambda app: app.selectbox("form.device").select("cpu"), "device", "cpu"),
    ],
)
def test_a_widget_changes_its_field_alone(
    change: Callable[[AppTest], Any], field: str, value: object
) -> None:
    app = form_with()
    change(app)
    app.run()

    assert app.session_state["result"] == TrainingSpec().model_copy(update={field: value})


def test_a_setting_appears_when_another_one_needs_it() -> None:
    app = form_with()
    assert "form.momentum" not in {widget.key for widget in app.number_input}

    app.selectbox("form.optimizer").select("sgd").run()

    assert "form.momentum" in {widget.key for widget in app.number_input}


def test_a_problem_stands_beside_its_field_only() -> None:
    app = form_with(("It is far too large.", "Make it smaller.", "training.learning_rate"))

    assert len(app.error) == 1
    assert "far too large" in app.error[0].value
    assert not form_with(("Elsewhere.", "Look there.", "split.seed")).error


def test_every_widget_has_help() -> None:
    app = form_with()

    assert all(widget.help for widget in [*app.number_input, *app.selectbox, *app.toggle])


def test_what_is_left_empty_says_what_it_stands_for() -> None:
    def page() -> None:
        from dlstudio.spec.task import TaskKind, TaskSpec
        from dlstudio.ui.forms import FormPlace, record_form

        task = TaskSpec(kind=TaskKind.FORECASTING, inputs=(), targets=("sales",))
        place = FormPlace("task", "form", skip=frozenset({"kind", "inputs", "targets"}))
        record_form(task, place.offering({"time": ["day"], "series": [], "known": []}))

    app = AppTest.from_function(page, default_timeout=60).run()

    placeholders = {box.label: box.proto.placeholder for box in app.selectbox}
    assert placeholders["Series"] == placeholders["Time"] == "None"
    assert placeholders["Window"] == placeholders["Season"] == "Automatic"
