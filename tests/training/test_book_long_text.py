"""A text of five megabytes in a cell: learned from and asked about like any other."""

import csv
from pathlib import Path

import numpy as np
import pytest

from dlstudio.data.catalog import add_dataset
from dlstudio.settings import Settings
from dlstudio.spec.defaults import default_spec
from dlstudio.training.prepare import prepare

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

BOOK = "some words of a very good book " * 170_000
NUM_ROWS = 60
MOST_BYTES_A_ROW = 100_000  # 20,000 words are counted; the text itself has 5 million letters


@pytest.mark.parametrize("architecture", ["fnn", "rnn"])
def test_a_text_of_five_megabytes_becomes_features_of_the_usual_size(
    settings: Settings, tmp_path: Path, architecture: str
) -> None:
    path = tmp_path / "books.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        for n in range(NUM_ROWS):
            text = BOOK if n == 7 else f"a {'good' if n % 2 else 'bad'} short text, number {n}"
            writer.writerow([text, "yes" if n % 2 else "no"])
    dataset = add_dataset(settings, path)
    spec = default_spec(dataset.info, ["label"], architecture=architecture)

    preparation = prepare(dataset, spec)

    parts = (preparation.data.train, preparation.data.validation)
    split = (preparation.split.train, preparation.split.validation, preparation.split.test)
    assert sum(map(len, split)) == NUM_ROWS
    for part in parts:
        for values in part.features.values():
            assert len(values) == len(part)
            assert values.nbytes <= MOST_BYTES_A_ROW * len(part)
        answers = np.asarray(preparation.network(part.features))
        assert len(answers) == len(part)
        assert np.isfinite(answers).all()
