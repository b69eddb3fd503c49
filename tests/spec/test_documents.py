"""Specs as text: what is read is what was written, and every mistake is named at once."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlstudio.errors import SpecError
from dlstudio.spec.architectures.fnn import FnnSpec
from dlstudio.spec.documents import read_spec, read_value, write_json, write_yaml
from dlstudio.spec.layers import Activation, DenseLayer
from dlstudio.spec.run import RunSpec
from tests.spec.builders import spec

layers = st.lists(
    st.builds(
        DenseLayer,
        units=st.integers(1, 65_536),
        activation=st.sampled_from(Activation),
        dropout=st.floats(0, 0.99),
        skip=st.booleans(),
    ),
    max_size=5,
)


@settings(max_examples=40, deadline=None)
@given(layers=layers, name=st.text(max_size=50), inputs=st.lists(st.text(min_size=1), max_size=3))
def test_a_spec_survives_yaml_and_json(layers: list, name: str, inputs: list[str]) -> None:
    original = spec(
        name=name,
        architecture={"kind": "fnn", "layers": layers},
        task={"kind": "classification", "inputs": inputs, "targets": ["NA"]},
    )

    assert read_spec(write_yaml(original)) == original
    assert read_spec(write_json(original)) == original


def test_every_mistake_is_reported_at_once_with_its_field() -> None:
    document = json.loads(write_json(spec()))
    document["training"]["optimizer"] = "adm"
    document["training"]["early_stopping"]["patience"] = 0
    document["training"]["batch_size"] = "big"
    document["architecture"]["layers"][0]["activation"] = "rleu"
    document["architecture"]["layers"][1]["dropot"] = 0.1
    document["trainig"] = {}

    with pytest.raises(SpecError) as caught:
        read_spec(json.dumps(document))

    problems = {problem.where: str(problem) for problem in caught.value.problems}
    assert set(problems) == {
        "training.optimizer",
        "training.early_stopping.patience",
        "training.batch_size",
        "architecture.layers.0.activation",
        "architecture.layers.1.dropot",
        "trainig",
    }
    assert "Did you mean 'adam'?" in problems["training.optimizer"]
    assert "Did you mean 'relu'?" in problems["architecture.layers.0.activation"]
    assert "Did you mean 'dropout'?" in problems["architecture.layers.1.dropot"]
    assert "Did you mean 'training'?" in problems["trainig"]
    assert "at least 1" in problems["training.early_stopping.patience"]
    assert "auto" in problems["training.batch_size"]


BEGINNING = "dataset: {name: d}\ntask: {kind: classification, inputs: [a], targets: [b]}\n"


@pytest.mark.parametrize(
    ("text", "where", "problem", "fix"),
    [
        ("task: {inputs: [2019]}", "task.inputs.0", "2019 is not a text", "in quotes: '2019'"),
        ("task: {inputs: [true]}", "task.inputs.0", "true is not a text", "in quotes: 'true'"),
        ("task: {inputs: a}", "task.inputs", "'a' is not a list", "square brackets: [a]"),
        ("task: 5", "task", "5 is not a group of fields", "such as {kind: ...}"),
        ("preprocessing: {3: {}}", "preprocessing.3", "3 is not a text", "in quotes: '3'"),
        ("preprocessing: {a: 5}", "preprocessing.a", "5 is not a group", "curly brackets"),
        ("architecture: [1]", "architecture", "[1] is not a group", "such as {kind: ...}"),
        (
            "architecture: {kind: cnn, layers: [7]}",
            "architecture.layers.0",
            "7 is not a group",
            "such as {",
        ),
        (
            "training: {early_stopping: off}",
            "training.early_stopping",
            "'off' is not a group",
            "such as {patience: ...}. Or write null to do without.",
        ),
        ("split: {fractions: [0.7, 0.3]}", "split.fractions.2", "Value 3 of this list", "Add it"),
    ],
)
def test_a_value_of_the_wrong_shape_is_answered_in_words_of_the_spec(
    text: str, where: str, problem: str, fix: str
) -> None:
    beginning = BEGINNING.splitlines()[0] if text.startswith("task") else BEGINNING
    with pytest.raises(SpecError) as caught:
        read_spec(f"{beginning}\n{text}\n")
    found = {one.where: one for one in caught.value.problems}
    assert problem in found[where].problem and fix in found[where].fix


def test_a_list_of_wrong_entries_is_not_also_called_too_short() -> None:
    layers = "[{units: 8, activation: taanh}]"
    with pytest.raises(SpecError) as caught:
        read_spec(f"{BEGINNING}architecture: {{kind: rnn, layers: {layers}}}")
    assert [one.where for one in caught.value.problems] == ["architecture.layers.0.activation"]
    with pytest.raises(SpecError, match="architecture.layers: "):
        read_spec(f"{BEGINNING}architecture: {{kind: rnn, layers: []}}")


@pytest.mark.parametrize("name", ["2024-01-31", "2024-02-30", "2024-01-01 25:00:00"])
def test_what_looks_like_a_date_is_a_name(name: str) -> None:
    assert read_spec(f"{BEGINNING}name: {name}\n").name == name


@pytest.mark.parametrize("value", ["9" * 5_000, "!!int abc", "!!timestamp 2024-02-30"])
def test_a_number_or_date_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(SpecError, match="The spec cannot be read: a value in it"):
        read_spec(f"{BEGINNING}training: {{epochs: {value}}}\n")
    assert read_value(value) == value


def test_a_number_of_thousands_of_digits_is_refused_in_json() -> None:
    with pytest.raises(SpecError, match="too many digits"):
        read_spec(f'{{"training": {{"epochs": {"9" * 5_000}}}}}')


def test_a_missing_field_is_named() -> None:
    with pytest.raises(SpecError, match="task: This field is required"):
        read_spec("dataset: {name: people}")


@pytest.mark.parametrize("text", ["", "just words", "- a\n- list", "a: [1", "\x00", "{"])
def test_text_that_is_no_spec_is_refused_politely(text: str) -> None:
    with pytest.raises(SpecError, match="The spec cannot be read"):
        read_spec(text)


def test_aliases_are_refused_so_that_a_small_text_cannot_grow() -> None:
    with pytest.raises(SpecError, match="aliases"):
        read_spec("a: &x [1, 2]\nb: *x\n")


@pytest.mark.parametrize(
    "text",
    ["task: {}\nname: a\ntask: {}\n", '{"task": {}, "name": "a", "task": {}}'],
)
def test_a_field_that_stands_twice_is_refused_rather_than_overridden(text: str) -> None:
    with pytest.raises(SpecError, match="the field 'task' stands 2 times in the same place"):
        read_spec(text)


@pytest.mark.parametrize("text", ['{"a":' * 5_000, "a: " + "[" * 1_000_000])
def test_a_text_nested_without_end_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match="nested far deeper than a spec is"):
        read_spec(text)


def test_a_huge_text_is_refused() -> None:
    with pytest.raises(SpecError, match="too much for a spec"):
        read_spec("#" * 5_000_001)


def test_a_newer_version_is_refused_with_the_way_out() -> None:
    with pytest.raises(SpecError, match="Set spec_version to 1"):
        read_spec("spec_version: 2\ndataset: {name: a}")


def test_infinite_numbers_are_refused() -> None:
    document = json.loads(write_json(spec()))
    document["training"]["learning_rate"] = float("inf")

    with pytest.raises(SpecError, match="training.learning_rate"):
        RunSpec.model_validate(read_spec(json.dumps(document)))


@pytest.mark.parametrize("word", ["on", "off"])
def test_on_and_off_are_settings_as_they_are_written(word: str) -> None:
    text = "dataset: {name: d}\ntask: {kind: classification, inputs: [a], targets: [b]}\n"
    spec = read_spec(text + f"training: {{mixed_precision: {word}}}\n")
    assert spec.training.mixed_precision == word


def test_columns_may_be_called_yes_and_no() -> None:
    text = "dataset: {name: d}\ntask: {kind: classification, inputs: [yes, on], targets: [no]}\n"
    task = read_spec(text).task
    assert (task.inputs, task.targets) == (("yes", "on"), ("no",))


def test_true_and_false_are_truth_values() -> None:
    text = "dataset: {name: d}\ntask: {kind: classification, inputs: [a], targets: [b]}\n"
    spec = read_spec(text + "architecture: {kind: fnn, layers: [{units: 8, skip: true}]}\n")
    assert isinstance(spec.architecture, FnnSpec) and spec.architecture.layers[0].skip is True


def test_a_value_nested_without_end_stands_for_itself() -> None:
    text = "[" * 10_000
    assert read_value(text) == text


@pytest.mark.parametrize("word", ["true", "True", "false", "yes"])
def test_a_truth_value_is_no_number(word: str) -> None:
    text = f"""
    dataset: {{name: churn, fingerprint: 3f9a1c}}
    task: {{kind: classification, inputs: [age], targets: [churned]}}
    split: {{fractions: [{word}, 0, 0]}}
    architecture: {{kind: fnn, layers: [{{units: {word}, skip: true}}]}}
    training: {{epochs: {word}, learning_rate: {word}, batch_size: {word}}}
    """
    with pytest.raises(SpecError) as caught:
        read_spec(text)
    problems = {problem.where: problem.problem for problem in caught.value.problems}
    shown = "'yes'" if word == "yes" else word.lower()
    assert problems["training.epochs"] == f"{shown} is not a whole number."
    assert problems["training.learning_rate"] == f"{shown} is not a number."
    assert problems["architecture.layers.0.units"] == f"{shown} is not a whole number."
    assert any(where.startswith("split.fractions") for where in problems)
    assert "training.batch_size" in problems
    assert not any(where.endswith("skip") for where in problems)


def test_a_truth_value_is_no_number_in_json_either() -> None:
    document = spec().model_dump(mode="json")
    document["training"]["early_stopping"] = {"patience": True}
    with pytest.raises(SpecError, match="true is not a whole number"):
        read_spec(json.dumps(document))
