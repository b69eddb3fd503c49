"""Which rows an autoencoder, VAE or GAN learns from: all, normal ones only, or those of a class."""

import numpy as np
import pytest

from dlstudio.data.splits import Split
from dlstudio.errors import DataError
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.overrides import apply_overrides
from dlstudio.spec.task import TaskKind
from dlstudio.training.prepare_unsupervised import Labels, labels_of, learned_rows
from tests.spec.builders import category, dataset, number

pytestmark = pytest.mark.tensorflow

INFO = dataset(number("amount"), category("state", "fine", "broken"))
TEXTS = np.asarray(["fine", "broken", "fine", "", "broken", "fine", "fine", "broken"], object)
SPLIT = Split(train=np.arange(4), validation=np.arange(4, 6), test=np.arange(6, 8))


def learned(kind: TaskKind, *changes: str, architecture: str = "autoencoder") -> Split:
    spec = default_spec(INFO, ("state",), kind, architecture)
    spec = apply_overrides(spec, list(changes))
    return learned_rows(spec, SPLIT, labels_of(spec, INFO, {"state": TEXTS}))


def rows_of(split: Split) -> list[list[int]]:
    return [part.tolist() for part in (split.train, split.validation, split.test)]


def test_known_anomalies_are_not_learned_from_but_judged() -> None:
    found = learned(TaskKind.ANOMALY, "task.anomalies=[broken]")
    # A row without a value counts as normal.
    assert rows_of(found) == [[0, 2, 3], [5], [6, 7]]


def test_all_rows_are_learned_from_where_so_chosen() -> None:
    found = learned(TaskKind.ANOMALY, "task.anomalies=[broken]", "task.normal_only=false")
    assert rows_of(found) == [[0, 1, 2, 3], [4, 5], [6, 7]]


def test_a_network_that_is_told_the_class_learns_from_rows_that_have_one() -> None:
    for architecture in ("vae", "gan"):
        asked = (TaskKind.GENERATION, "architecture.conditional=true")
        assert rows_of(learned(*asked, architecture=architecture))[0] == [0, 1, 2]
        free = (TaskKind.GENERATION, "architecture.conditional=false")
        assert rows_of(learned(*free, architecture=architecture))[0] == [0, 1, 2, 3]


def test_labels_that_only_judge_leave_no_row_out() -> None:
    assert rows_of(learned(TaskKind.REDUCTION))[0] == [0, 1, 2, 3]


def test_a_part_without_normal_rows_is_refused_with_the_way_out() -> None:
    spec = default_spec(INFO, ("state",), TaskKind.ANOMALY)
    is_anomaly = np.ones(8, bool)
    is_anomaly[6:] = False
    labels = Labels("state", TEXTS, is_anomaly, ("broken", "fine"))
    with pytest.raises(DataError, match="training: all 4 count as anomalies") as refused:
        learned_rows(spec, SPLIT, labels)
    assert "turn off learning from normal rows only" in refused.value.problems[0].fix


def test_a_part_without_rows_of_a_class_is_refused_with_the_way_out() -> None:
    asked = (TaskKind.GENERATION, "architecture.conditional=true")
    spec = apply_overrides(default_spec(INFO, ("state",), asked[0], "gan"), [asked[1]])
    texts = np.where(np.arange(8) < 4, TEXTS, "").astype(object)
    with pytest.raises(DataError, match="validation: none of its 2 has a class") as refused:
        learned_rows(spec, SPLIT, labels_of(spec, INFO, {"state": texts}))
    assert refused.value.problems[0].where == "architecture.conditional"


@pytest.mark.parametrize("target", [(), ("state",)])
def test_a_part_that_the_split_leaves_empty_is_not_called_anomalous(
    target: tuple[str, ...],
) -> None:
    spec = default_spec(INFO, target, TaskKind.ANOMALY)
    split = Split(train=np.arange(6), validation=np.arange(0), test=np.arange(6, 8))
    with pytest.raises(DataError, match="validation: the split gives it none") as refused:
        learned_rows(spec, split, labels_of(spec, INFO, {"state": TEXTS}))
    assert refused.value.problems[0].where == "split"
