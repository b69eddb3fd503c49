"""Labels of columns whose profile does not list every cell."""

from pathlib import Path

import pytest

from dlstudio.data.dataset import Dataset
from dlstudio.data.label_lists import open_for_spec, with_labels
from dlstudio.data.splits import split_rows
from dlstudio.models.targets import codec_of
from dlstudio.settings import Settings
from dlstudio.spec.check import check_spec
from dlstudio.spec.dataset import ColumnKind
from dlstudio.spec.labels import label_text, labels_in
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import EmptyCells
from tests.data.files import add

NAMES = [f"tag{number:02}" for number in range(40)]


def wide_labels(settings: Settings, folder: Path, num_rows: int = 3_000) -> Dataset:
    """A table whose cells list three of forty labels each, nearly all of them different."""
    lines = ["size,tags"]
    for row in range(num_rows):
        listed = {NAMES[row % 40], NAMES[row // 40 % 40], NAMES[row // 7 % 40]}
        lines.append(f"{row % 11}.5,{'| '.join(sorted(listed))}")
    return add(settings, folder, "\n".join(lines) + "\n")


def spec_of(dataset: Dataset, separator: str = "|") -> RunSpec:
    return RunSpec.model_validate(
        {
            "dataset": {"name": dataset.info.name, "fingerprint": dataset.info.fingerprint},
            "task": {
                "kind": "classification",
                "inputs": ["size"],
                "targets": ["tags"],
                "label_separator": separator,
            },
            "split": {"method": "random"},
        }
    )


def test_labels_are_read_from_the_column_where_its_profile_is_short(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = wide_labels(settings, tmp_path)
    column = dataset.info.column("tags")
    assert len(column.top_values) < column.num_distinct
    spec = spec_of(dataset)

    info = open_for_spec(settings, spec).info

    assert codec_of(spec, info).label_names == tuple(NAMES)
    assert check_spec(spec, info) == ()


def test_the_labels_of_texts_are_read_although_examples_are_shortened(
    settings: Settings, tmp_path: Path
) -> None:
    words = " ".join(f"word{number}" for number in range(200))
    rows = "".join(f"{row},{words} end{row}\n" for row in range(4) for _ in range(3))
    dataset = add(settings, tmp_path, f"size,tags\n{rows}")
    spec = spec_of(dataset, " ")
    assert dataset.info.column("tags").kind is ColumnKind.CATEGORY
    as_text = dataset.info.column("tags").model_copy(update={"kind": ColumnKind.TEXT})
    info = dataset.info.model_copy(update={"columns": (dataset.info.columns[0], as_text)})

    found = with_labels(Dataset(dataset.folder, info), spec).info

    assert {"word0", "word199", "end0", "end3"} <= set(codec_of(spec, found).label_names)


def test_too_many_labels_are_refused_with_the_way_out(settings: Settings, tmp_path: Path) -> None:
    rows = "".join(f"{row % 7},a{row} b{row}\n" for row in range(2_500))
    dataset = add(settings, tmp_path, f"size,tags\n{rows}")
    spec = spec_of(dataset, " ")

    (problem,) = check_spec(spec, open_for_spec(settings, spec).info)

    assert "more than 2,000 different labels" in problem.problem
    assert "separator" in problem.fix


def test_cells_without_a_label_are_refused(settings: Settings, tmp_path: Path) -> None:
    rows = "".join(f"{row % 7},{'|' * (row % 2 + 1)}\n" for row in range(20))
    dataset = add(settings, tmp_path, f"size,tags\n{rows}", delimiter=",")
    spec = spec_of(dataset)

    (problem,) = check_spec(spec, open_for_spec(settings, spec).info)

    assert "holds more than the label separator" in problem.problem


@pytest.mark.parametrize("targets", [(), ("tags", "size"), ("nothing",)])
def test_a_spec_that_lists_no_labels_leaves_the_dataset_as_it_is(
    settings: Settings, tmp_path: Path, targets: tuple[str, ...]
) -> None:
    dataset = wide_labels(settings, tmp_path, 50)
    task = spec_of(dataset).task.model_copy(update={"targets": targets})

    assert with_labels(dataset, spec_of(dataset).model_copy(update={"task": task})) is dataset


def test_an_empty_list_is_no_label_and_an_empty_cell_what_the_spec_says(
    settings: Settings, tmp_path: Path
) -> None:
    cells = ("red|round", "[]", "", "round")
    rows = "".join(f"{row % 7},{cells[row % 4]}\n" for row in range(40))
    dataset = add(settings, tmp_path, f"size,tags\n{rows}", delimiter=",")
    spec = spec_of(dataset)
    task = spec.task.model_copy(update={"empty_cells": EmptyCells.NO_LABEL})
    said = spec.model_copy(update={"task": task})

    (unknown,) = with_labels(dataset, spec).info.labels
    (known,) = with_labels(dataset, said).info.labels

    assert unknown.names == known.names == ("red", "round")
    assert (unknown.empty_is_no_label, known.empty_is_no_label) == (False, True)
    for read, num_rows in ((spec, 30), (said, 40)):
        opened = open_for_spec(settings, read)
        assert check_spec(read, opened.info) == ()
        split = split_rows(opened, read.split, ["tags"])
        assert len(split.train) + len(split.validation) + len(split.test) == num_rows


@pytest.mark.parametrize("labels", [[], ["red"], ["red", "[]x"]])
def test_labels_written_as_a_cell_are_read_back(labels: list[str]) -> None:
    assert labels_in(label_text(labels, "|"), "|") == labels
