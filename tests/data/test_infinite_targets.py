"""Infinite numbers in a column of classes."""

from pathlib import Path

from dlstudio.data.dataset import Dataset
from dlstudio.data.raw import read_raw
from dlstudio.data.splits import split_rows
from dlstudio.data.target import describe_target
from dlstudio.data.target_quality import target_warnings
from dlstudio.models.targets import codec_of, fit_codec, has_target
from dlstudio.settings import Settings
from dlstudio.spec.check import check_spec
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.task import TaskKind
from tests.data.files import add


def infinite_at_times(settings: Settings, folder: Path, others: str = "012") -> Dataset:
    values = [others[row % len(others)] for row in range(30)]
    values[4] = values[17] = "inf"
    values[9] = "-inf"
    rows = "".join(f"{row % 7}.5,{value}\n" for row, value in enumerate(values))
    return add(settings, folder, f"size,grade\n{rows}")


def test_an_infinite_number_is_no_class(settings: Settings, tmp_path: Path) -> None:
    dataset = infinite_at_times(settings, tmp_path)
    spec = default_spec(dataset.info, ("grade",), TaskKind.CLASSIFICATION)
    raw = read_raw(dataset, ["grade"])

    codec = codec_of(spec, dataset.info)

    assert check_spec(spec, dataset.info) == ()
    assert (codec.class_names, codec.num_outputs) == (("0", "1", "2"), 3)
    assert int((~has_target(codec, raw)).sum()) == 3
    split = split_rows(dataset, spec.split, ["grade"])
    assert len(split.train) + len(split.validation) + len(split.test) == 27
    assert fit_codec(codec, raw, split.train).class_names == ("0", "1", "2")


def test_infinite_targets_are_counted_as_missing(settings: Settings, tmp_path: Path) -> None:
    dataset = infinite_at_times(settings, tmp_path)

    described = describe_target(dataset, "grade")
    problems = {one.code: one.problem for one in target_warnings(dataset, "grade")}

    assert described.num_missing == 3
    assert "missing or infinite in 3 rows" in problems["target-missing"]


def test_one_number_beside_infinities_is_one_class(settings: Settings, tmp_path: Path) -> None:
    dataset = infinite_at_times(settings, tmp_path, "1")
    spec = default_spec(dataset.info, ("grade",), TaskKind.CLASSIFICATION)

    assert any("one class only" in one.problem for one in check_spec(spec, dataset.info))
    assert "one-class" in {one.code for one in target_warnings(dataset, "grade")}
