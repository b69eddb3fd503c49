"""Words that make a row hard to rebuild are found by leaving each of them out."""

from typing import Any, cast

import numpy as np
import pytest

from dlstudio.evaluation.word_weights import weigh_words, without
from dlstudio.models.names import asked_names
from dlstudio.models.rebuilding import EXAMPLE, RECONSTRUCTION
from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.task import TaskKind
from tests.spec.builders import dataset, number

pytestmark = pytest.mark.tensorflow

TEXT = ColumnInfo(name="said", kind=ColumnKind.TEXT, num_distinct=200)


KNOWN = ("penguin", "owl", "met", "ing")


def test_a_word_is_left_out_only_where_it_stands_alone() -> None:
    assert without("Art is a start, art!", "art").split() == ["is", "a", "start,", "!"]


def counts(batch: dict[str, Any], name: str) -> dict[str, np.ndarray]:
    """Rows of counts of four groups of letters, of which "met" comes back whole."""
    texts = np.asarray(batch[name]).reshape(-1).astype(str).tolist()
    example = np.asarray([[said.lower().count(one) for one in KNOWN] for said in texts], "float32")
    rebuilt = np.stack([np.zeros(len(texts)), example[:, 1] / 2, example[:, 2], example[:, 3] / 2])
    return {EXAMPLE: example, RECONSTRUCTION: rebuilt.T.astype("float32")}


def weighed(text: str, *columns: ColumnInfo) -> dict[str, float]:
    info = dataset(*columns)
    spec = default_spec(info, (), TaskKind.ANOMALY)
    given = asked_names(spec)["said"]

    def model(batch: dict[str, Any], training: bool) -> dict[str, np.ndarray]:
        assert not training
        return counts(batch, given)

    raw = {"said": np.asarray([text], object), "size": np.asarray([1.0], "float32")}
    raw = {name: raw[name] for name in spec.task.inputs}
    outputs = counts({given: raw["said"]}, given)
    found = weigh_words(cast("Any", model), raw, outputs, info, spec)
    assert {word.column for word in found} <= {"said"}
    return {word.word: round(word.weight, 3) for word in found}


@pytest.mark.parametrize("columns", [(TEXT,), (TEXT, number("size"))])
def test_a_word_is_to_blame_for_what_it_alone_brings(columns: tuple[ColumnInfo, ...]) -> None:
    assert weighed("A Penguin met an owl", *columns) == {"penguin": 0.8, "owl": 0.2}


def test_what_two_words_share_is_neither_ones() -> None:
    assert weighed("seeing and hearing an owl", TEXT) == {"owl": 0.2}


def test_a_single_word_and_no_error_tell_nothing() -> None:
    assert weighed("penguin", TEXT) == {}
    assert weighed("they met here", TEXT) == {}
