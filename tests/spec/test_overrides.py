"""Single changes to a spec, as the command line gives them, and what two specs differ in."""

import pytest

from dlstudio.errors import SpecError
from dlstudio.spec.architectures.fnn import FnnSpec
from dlstudio.spec.differences import spec_differences
from dlstudio.spec.overrides import apply_overrides
from tests.spec.builders import spec


def test_values_are_changed_by_path() -> None:
    changed = apply_overrides(
        spec(),
        [
            "training.epochs=5",
            "architecture.layers.1.units=7",
            "training.early_stopping=null",
            "preprocessing.age.scaling=quantile",
            "preprocessing.petal width (cm. approx).fill=mean",
            "split.fractions=[0.6, 0.2, 0.2]",
        ],
    )

    assert changed.training.epochs == 5
    assert isinstance(changed.architecture, FnnSpec)
    assert changed.architecture.layers[1].units == 7
    assert changed.training.early_stopping is None
    assert changed.preprocessing == {
        "age": {"scaling": "quantile"},
        "petal width (cm. approx)": {"fill": "mean"},
    }
    assert changed.split.fractions == (0.6, 0.2, 0.2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("training.epochs", "path=value"),
        ("training.epochs=true", "true is not a whole number"),
        ("split.fractions=[true, 0, 0]", "is not a number"),
        ("training.epoch=5", "Did you mean 'epochs'?"),
        ("training.epochs.x=5", "single value"),
        ("architecture.layers.9.units=5", "Count from 0 to 1"),
        ("training.epochs=many", "not a whole number"),
        ("training.epochs=[", "not a whole number"),
    ],
)
def test_wrong_overrides_say_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(SpecError) as caught:
        apply_overrides(spec(), [text])

    assert words in str(caught.value)


@pytest.mark.parametrize("separator", ["|", ">", ";", ","])
def test_a_sign_is_taken_as_it_stands(separator: str) -> None:
    changed = apply_overrides(spec(), [f"task.label_separator={separator}"])
    assert changed.task.label_separator == separator


def test_an_empty_value_is_nothing_and_a_quoted_one_is_empty() -> None:
    assert apply_overrides(spec(), ["task.label_separator="]).task.label_separator is None
    assert apply_overrides(spec(), ["name=''"]).name == ""


def test_only_differences_are_listed() -> None:
    first = spec(name="a")
    second = apply_overrides(
        first, ["name=b", "training.epochs=5", "architecture.layers=[{units: 128}]"]
    )

    differences = {entry.path: entry.values for entry in spec_differences([first, second])}

    assert differences["training.epochs"] == ("100", "5")
    assert differences["architecture.layers.1"] == ("units 128, activation relu, dropout 0.1", None)
    assert "architecture.layers.1.units" not in differences
    assert "name" not in differences
    assert "training.seed" not in differences


def test_equal_specs_have_no_differences() -> None:
    assert spec_differences([spec(), spec()]) == ()
