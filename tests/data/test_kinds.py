"""Codes are told from texts, classes and quantities by all values of a column."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind, ColumnRole
from dlstudio.spec.defaults import usable_inputs
from tests.data.files import add

NUM_ROWS, NUM_VALUES = 4_000, 3_800


def column(write: Callable[[int], str]) -> list[str]:
    """Cells of which 3,800 differ in 4,000 rows."""
    generator = np.random.default_rng(4)
    numbers = [*range(NUM_VALUES), *generator.integers(0, NUM_VALUES, NUM_ROWS - NUM_VALUES)]
    return [write(int(number)) for number in generator.permutation(numbers)]


def base36(number: int) -> str:
    return np.base_repr(number * 7_919 + 60_466_176, 36)


@pytest.mark.parametrize(
    "write",
    [
        lambda n: f"A-{n:04d}-{n % 90 + 10}",
        lambda n: f"{base36(n)}-{n % 7}",
        lambda n: f"00{n:05d}",
        lambda n: f"IMG_{n:05d}.jpg",
        lambda n: f"{n * 2_654_435_761 % 2**32:08x}-0{n % 9}1{n % 7}",
    ],
)
def test_codes_that_sometimes_repeat_are_left_out(
    settings: Settings, tmp_path: Path, write: Callable[[int], str]
) -> None:
    rows = [f"{cell},{place % 7}.5" for place, cell in enumerate(column(write))]
    dataset = add(settings, tmp_path, "\n".join(["order,size", *rows]) + "\n")

    found = dataset.info.column("order")

    assert (found.kind, found.role) == (ColumnKind.IDENTIFIER, ColumnRole.IGNORE)
    assert usable_inputs(dataset.info, ()) == ("size",)
    (warning,) = (one for one in dataset.info.warnings if one.where == "order")
    assert warning.code == "identifier-like"
    assert "holds 3,800 different codes in 4,000 rows" in warning.problem


@pytest.mark.parametrize(
    "write",
    [
        lambda n: f"order {n} came late and was sent back",
        lambda n: f"{n // 100}.{n % 100}kg",
        lambda n: f"{n // 60}:{n % 60:02d}:30",
        lambda n: f"user{base36(n).lower()}name",
        lambda n: f"C{n}(=O)[N{n % 5}]CC",
        lambda n: f"第{n}号消息很长没有空格",
    ],
)
def test_texts_and_quantities_stay_what_they_were(
    settings: Settings, tmp_path: Path, write: Callable[[int], str]
) -> None:
    rows = [f"{cell},{place % 7}.5" for place, cell in enumerate(column(write))]
    dataset = add(settings, tmp_path, "\n".join(["said,size", *rows]) + "\n")

    assert dataset.info.column("said").kind is ColumnKind.TEXT


def test_few_codes_stay_texts(settings: Settings, tmp_path: Path) -> None:
    cells = [f"A-{n:03d}" for n in [*range(300), *range(60)]]
    dataset = add(settings, tmp_path, "code,x\n" + "".join(f"{c},1.5\n" for c in cells))

    assert dataset.info.column("code").kind is ColumnKind.TEXT
