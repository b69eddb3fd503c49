"""Texts of languages without spaces between the words, read in order."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.models.preview import preview
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.inputs.text import TextPreprocessing, TextUnit
from dlstudio.spec.preprocessing import resolve_preprocessing
from dlstudio.training.prepare import prepare

pytestmark = pytest.mark.tensorflow

CHINESE = ("天气很好我们去公园散步", "下雨了今天只能待在家里")
JAPANESE = ("とても良い映画でした", "退屈で途中で寝てしまった")
THAI = ("อาหารอร่อยมากบริการดี", "อาหารไม่อร่อยและแพงเกินไป")
ENGLISH = ("it was a very good day", "nothing went well at all")


def add(settings: Settings, tmp_path: Path, sentences: tuple[str, str]) -> Dataset:
    rows = [f"{sentences[n % 2]}{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{n}" for n in range(60)]
    path = tmp_path / "said.csv"
    pd.DataFrame({"said": rows, "is": [f"class {n % 2}" for n in range(60)]}).to_csv(
        path, index=False
    )
    return add_dataset(settings, path, "said")


@pytest.mark.parametrize("architecture", ["rnn", "cnn", "transformer"])
@pytest.mark.parametrize("sentences", [CHINESE, JAPANESE, THAI])
def test_they_are_read_by_characters(
    settings: Settings, tmp_path: Path, sentences: tuple[str, str], architecture: str
) -> None:
    dataset = add(settings, tmp_path, sentences)
    assert dataset.info.column("said").kind is ColumnKind.TEXT  # not names of rows

    spec = default_spec(dataset.info, ["is"], architecture=architecture)
    text = resolve_preprocessing(spec, dataset.info)["said"]

    assert isinstance(text, TextPreprocessing)
    assert text.unit is TextUnit.CHARACTER
    assert text.length is not None
    assert text.length >= len(sentences[0])


def test_their_pieces_are_known_in_rows_that_were_not_trained_on(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add(settings, tmp_path, CHINESE)
    spec = default_spec(dataset.info, ["is"], architecture="rnn")
    preparation = prepare(dataset, spec)

    (tokens,) = preparation.data.validation.features.values()

    unknown = 1
    assert np.mean(np.asarray(tokens) == unknown) < 0.1
    assert preview(spec, dataset.info).num_parameters == preparation.network.count_params()


def test_words_with_spaces_between_them_stay_words(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, ENGLISH)
    spec = default_spec(dataset.info, ["is"], architecture="rnn")

    text = resolve_preprocessing(spec, dataset.info)["said"]

    assert isinstance(text, TextPreprocessing)
    assert text.unit is TextUnit.WORD
