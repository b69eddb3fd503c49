"""Cells of text columns that are empty or as long as a book are named by their lines."""

from pathlib import Path

import pytest

from dlstudio.data.dataset import Dataset
from dlstudio.settings import Settings
from dlstudio.spec.dataset import QualityWarning
from tests.data.files import add, kinds

TEXTS = [f"a text of several words, number {n}, which is not like another" for n in range(60)]
BOOK = "many words of a book " * 250_000


def _table(texts: list[str]) -> str:
    rows = [f'"{text}",{"yes" if n % 2 else "no"}' for n, text in enumerate(texts)]
    return "\n".join(["text,label", *rows]) + "\n"


def _warning(dataset: Dataset, code: str) -> QualityWarning:
    assert kinds(dataset)["text"] == "text"
    (found,) = [one for one in dataset.info.warnings if one.code == code]
    assert found.where == "text"
    return found


@pytest.mark.parametrize("blank", ["", "  ", "\t"])
@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([3], "has no value in 1 row (1.7 %): in line 5."),
        ([3, 40], "has no value in 2 rows (3.3 %): in lines 5, 42."),
        ([3, 9, 40, 50], "has no value in 4 rows (6.7 %): the first in lines 5, 11, 42."),
    ],
)
def test_lines_without_a_text_are_named(
    settings: Settings, tmp_path: Path, blank: str, rows: list[int], said: str
) -> None:
    texts = [blank if n in rows else text for n, text in enumerate(TEXTS)]
    dataset = add(settings, tmp_path, _table(texts))
    assert _warning(dataset, "missing-values").problem == f"The column 'text' {said}"


def test_a_text_of_five_megabytes_is_named_with_its_line(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add(settings, tmp_path, _table([*TEXTS[:7], BOOK, *TEXTS[7:]]))
    warning = _warning(dataset, "long-cells")
    assert "of up to 5,250,000 characters, the first in line 9;" in warning.problem
    assert warning.fix.startswith("Divide them")


def test_texts_of_the_usual_length_are_taken_without_a_word(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add(settings, tmp_path, _table([*TEXTS, "word " * 100_000]))
    assert "long-cells" not in {warning.code for warning in dataset.info.warnings}
