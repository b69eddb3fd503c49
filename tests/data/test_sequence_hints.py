"""Tables that look like readings of sensors are told, others are left in peace."""

import math
import random
from pathlib import Path

import pytest

from dlstudio.data.samples import SAMPLES, add_sample
from dlstudio.data.sequence_hints import SequenceHint, suggest_sequences
from dlstudio.settings import Settings
from tests.data.files import add, warning_codes


def _long(num_steps: int = 12) -> str:
    generator = random.Random(3)
    rows = [
        f"r{number},{step / 10},{generator.random():.3f},{'ab'[number % 2]},p{number % 4}"
        for number in range(20)
        for step in range(num_steps)
    ]
    return "recording,time,x,activity,subject\n" + "\n".join(rows)


def _wide(names: list[str]) -> str:
    generator = random.Random(3)
    rows = []
    for _ in range(40):
        phase = generator.random() * 6
        rows.append(",".join(f"{math.sin(phase + step / 9):.4f}" for step in range(len(names))))
    return (
        ",".join([*names, "kind"]) + "\n" + "\n".join(f"{row},{'ab'[len(row) % 2]}" for row in rows)
    )


def test_rows_that_are_time_steps_are_told(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, _long())

    expected = SequenceHint(by="recording", time="time", label="activity")
    assert suggest_sequences(dataset) == expected
    warning = next(w for w in dataset.info.warnings if w.code == "looks-like-sequences")
    assert "--sequence-id 'recording' --time 'time'" in warning.fix


def test_columns_that_are_time_steps_are_told(settings: Settings, tmp_path: Path) -> None:
    names = [f"t_{step}" for step in range(24)]
    dataset = add(settings, tmp_path, _wide(names))

    assert suggest_sequences(dataset) == SequenceHint(columns=tuple(names))
    warning = next(w for w in dataset.info.warnings if w.code == "looks-like-sequences")
    assert warning.problem == "The 24 columns 't_0' to 't_23' look like time steps."


@pytest.mark.parametrize(
    "names",
    [
        [f"pixel{step}" for step in range(24)],
        [f"t_{step}" for step in range(8)],
        [f"t_{3 * step}" for step in range(24)],
    ],
)
def test_other_numbered_columns_are_none(
    settings: Settings, tmp_path: Path, names: list[str]
) -> None:
    assert suggest_sequences(add(settings, tmp_path, _wide(names))) is None


def test_numbered_columns_without_likeness_are_none(settings: Settings, tmp_path: Path) -> None:
    generator = random.Random(5)
    names = ",".join(f"v{step}" for step in range(24))
    rows = [",".join(f"{generator.random():.4f}" for _ in range(24)) for _ in range(60)]

    assert suggest_sequences(add(settings, tmp_path, names + "\n" + "\n".join(rows))) is None


@pytest.mark.parametrize("sample", [entry.key for entry in SAMPLES])
def test_sample_tables_are_no_sequences(settings: Settings, sample: str) -> None:
    assert "looks-like-sequences" not in warning_codes(add_sample(settings, sample))
