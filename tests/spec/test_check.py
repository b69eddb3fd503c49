"""A spec that does not fit its dataset is answered with every problem at once."""

import pytest

from dlstudio.spec.check import check_spec
from dlstudio.spec.dataset import ColumnInfo
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.documents import read_spec, write_yaml
from dlstudio.spec.overrides import apply_overrides
from tests.spec.builders import PEOPLE, category, dataset, number, spec


def messages(**changes: object) -> dict[str, str]:
    return {problem.where: str(problem) for problem in check_spec(spec(**changes), PEOPLE)}


def test_a_fitting_spec_has_no_problems() -> None:
    assert check_spec(spec(), PEOPLE) == ()


def test_all_problems_come_together() -> None:
    found = messages(
        task={"kind": "regression", "inputs": ["agee", "code"], "targets": ["churned"]},
        split={"method": "group", "fractions": [0.5, 0.5, 0.5]},
        preprocessing={"plan": {"encodng": "one_hot"}, "ghost": {}},
    )

    assert set(found) == {
        "task.targets",
        "task.inputs",
        "split.fractions",
        "split.column",
        "preprocessing.plan.encodng",
        "preprocessing.ghost",
    }
    assert "Did you mean 'encoding'?" in found["preprocessing.plan.encodng"]


@pytest.mark.parametrize(
    ("task", "where", "words"),
    [
        ({"inputs": ["agee"]}, "task.inputs", "Did you mean 'age'?"),
        ({"inputs": []}, "task.inputs", "No input is chosen"),
        ({"inputs": ["code"]}, "task.inputs", "kind identifier"),
        ({"inputs": ["age", "age"]}, "task.inputs", "named 2 times"),
        ({"inputs": ["churned"]}, "task.inputs", "both input and target"),
        ({"targets": []}, "task.targets", "No target is chosen"),
        ({"targets": ["churn"]}, "task.targets", "Did you mean 'churned'?"),
        ({"targets": ["churned", "age"]}, "task.targets", "each must be yes or no"),
        ({"targets": ["churned", "churned"]}, "task.targets", "named 2 times"),
        ({"targets": ["joined"]}, "task.targets", "kind datetime, which is no class"),
        ({"kind": "regression"}, "task.targets", "Regression predicts numbers"),
        ({"label_separator": ""}, "task.label_separator", "separator is empty"),
        ({"empty_cells": "no_label"}, "task.empty_cells", "cells of the target list labels"),
    ],
)
def test_problems_of_the_task(task: dict, where: str, words: str) -> None:
    fields = {"kind": "classification", "inputs": ["plan"], "targets": ["churned"], **task}

    assert words in messages(task=fields)[where]


@pytest.mark.parametrize(
    ("target", "way_out"),
    [
        (category("kind", num_distinct=10_000), "choose another target"),
        (number("kind", num_distinct=10_000), "choose the task regression if it is a quantity"),
    ],
    ids=["names", "numbers"],
)
def test_a_target_of_ten_thousand_classes_is_refused_with_the_way_out_for_its_kind(
    target: ColumnInfo, way_out: str
) -> None:
    info = dataset(number("age"), target, num_rows=20_000)
    task = {"kind": "classification", "inputs": ["age"], "targets": ["kind"]}

    (problem,) = check_spec(spec(task=task), info)

    assert "'kind' has 10,000 classes; at most 2,000 can be learned" in problem.problem
    assert problem.fix == f"Join rare classes in the file, or {way_out}."


@pytest.mark.parametrize(
    ("split", "where", "words"),
    [
        ({"fractions": [0.7, 0.3, 0.3]}, "split.fractions", "add up to 1.3"),
        ({"fractions": [0.7, 0.3, 0.0]}, "split.fractions", "needs some rows"),
        ({"method": "group"}, "split.column", "needs a column"),
        ({"method": "group", "column": "plam"}, "split.column", "Did you mean 'plan'?"),
        ({"method": "time", "column": "plan"}, "split.column", "datetime or number"),
        ({"method": "given", "column": "plan"}, "task.inputs", "also an input"),
    ],
)
def test_problems_of_the_split(split: dict, where: str, words: str) -> None:
    assert words in messages(split=split)[where]


@pytest.mark.parametrize(
    ("training", "where", "words"),
    [
        ({"batch_size": 0}, "training.batch_size", "at least 1 is needed"),
        (
            {"early_stopping": {"monitor": "rmse"}},
            "training.early_stopping.monitor",
            "cannot be watched",
        ),
        (
            {"schedule": "reduce_on_plateau", "warmup_fraction": 0.1},
            "training.warmup_fraction",
            "cannot begin with a warm-up",
        ),
    ],
)
def test_problems_of_the_training(training: dict, where: str, words: str) -> None:
    assert words in messages(training=training)[where]


@pytest.mark.parametrize("field", ["class_weights", "label_smoothing"])
def test_settings_for_classes_are_refused_in_a_regression(field: str) -> None:
    value = "balanced" if field == "class_weights" else 0.1
    found = messages(
        task={"kind": "regression", "inputs": ["plan"], "targets": ["income"]},
        training={field: value},
    )

    assert "this is a regression" in found[f"training.{field}"]


def test_a_stratified_regression_is_refused() -> None:
    found = messages(
        task={"kind": "regression", "inputs": ["plan"], "targets": ["income"]},
        split={"method": "stratified"},
    )

    assert "Choose the method random" in found["split.method"]


def test_an_odd_glu_layer_is_refused() -> None:
    found = messages(architecture={"kind": "fnn", "layers": [{"units": 3, "activation": "glu"}]})

    assert "even number" in found["architecture.layers.0.units"]


def test_data_without_anything_to_learn_is_refused() -> None:
    info = dataset(number("age", num_distinct=0), category("churned", "no"), num_rows=3)

    found = [str(problem) for problem in check_spec(spec(), info)]

    assert any("has 3 rows" in message for message in found)
    assert any("at least 2 are needed" in message for message in found)
    assert any("has no values at all" in message for message in found)


def test_too_many_classes_are_refused() -> None:
    info = dataset(number("age"), category("plan", "a", "b"), number("churned", 9_999))

    assert any("9,999 classes" in str(problem) for problem in check_spec(spec(), info))


def test_class_numbers_that_float32_cannot_tell_apart_are_refused() -> None:
    codes = number("code", num_distinct=2, min=100_000_001.0, max=100_000_002.0)
    asked = spec(task={"kind": "classification", "inputs": ["age"], "targets": ["code"]})

    (problem,) = check_spec(asked, dataset(number("age"), codes))

    assert "numbers up to 100,000,002" in problem.problem
    assert "category" in problem.fix


def test_labels_that_may_be_unknown_are_refused() -> None:
    tags = category("tags", "red|round", "blue", num_distinct=3)
    task = {"kind": "classification", "inputs": ["age"], "targets": ["tags"]}
    asked = spec(task={**task, "label_separator": "|"}, split={"method": "random"})

    (problem,) = check_spec(asked, dataset(number("age"), tags))

    assert "2 of its 3 different cells are listed" in problem.problem


def test_a_constant_number_cannot_be_a_target() -> None:
    info = dataset(number("age"), category("plan", "a", "b"), number("price", num_distinct=1))
    asked = spec(task={"kind": "regression", "inputs": ["age"], "targets": ["price"]})

    assert any("nothing to learn" in str(problem) for problem in check_spec(asked, info))


def test_a_network_that_reads_in_order_needs_something_to_read() -> None:
    tables = default_spec(PEOPLE, ["churned"], architecture="cnn")

    (problem,) = (
        problem for problem in check_spec(tables, PEOPLE) if problem.where == "architecture.kind"
    )

    assert "convolutional network (CNN) needs an image" in problem.problem


def test_listed_labels_may_be_stratified() -> None:
    tags = category("tags", "red|round", "blue")
    task = {"kind": "classification", "inputs": ["age"], "targets": ["tags"]}
    asked = spec(task={**task, "label_separator": "|"}, split={"method": "stratified"})

    assert check_spec(asked, dataset(number("age"), tags)) == ()


@pytest.mark.parametrize(("empty_cells", "num_problems"), [("no_label", 0), ("unknown", 1)])
def test_one_label_is_enough_where_empty_cells_say_that_it_does_not_apply(
    empty_cells: str, num_problems: int
) -> None:
    tags = category("tags", "urgent").model_copy(update={"num_missing": 40})
    task = {"kind": "classification", "inputs": ["age"], "targets": ["tags"]}
    asked = spec(task={**task, "label_separator": "|", "empty_cells": empty_cells})

    assert len(check_spec(asked, dataset(number("age"), tags))) == num_problems


def test_empty_cells_are_written_only_where_cells_list_labels() -> None:
    plain = spec()
    listing = apply_overrides(plain, ["task.label_separator='|'", "task.empty_cells=no_label"])

    assert "empty_cells" not in write_yaml(plain)
    assert read_spec(write_yaml(plain)) == plain
    assert "empty_cells: no_label" in write_yaml(listing)
    assert read_spec(write_yaml(listing)) == listing
