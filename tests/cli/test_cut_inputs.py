"""Inputs that are longer than the network takes are told by `predict` and `evaluate`."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dlstudio.settings import Settings
from tests.data.collection.files import write_folder
from tests.fixtures.training import run_dlstudio

pytestmark = [pytest.mark.slow, pytest.mark.tensorflow]


def tone(number: int, seconds: float) -> bytes:
    """A low or a high tone as WAV."""
    file = io.BytesIO()
    times = np.arange(round(8_000 * seconds)) / 8_000
    soundfile.write(
        file, 0.3 * np.sin((2_000 * (1 + number % 2) + number) * times), 8_000, format="WAV"
    )
    return file.getvalue()


def write_tones(folder: Path, num_rows: int, seconds: float, num_words: int) -> Path:
    """A table that lists a sound, a note and a label a row."""
    kinds = [number % 2 for number in range(num_rows)]
    rows = [f"{n}.wav,{n}.txt,{'ab'[kind]}\n" for n, kind in enumerate(kinds)]
    files: dict[str, bytes | str] = {"tones.csv": "voice,note,label\n" + "".join(rows)}
    for number, kind in enumerate(kinds):
        files[f"{number}.wav"] = tone(number, seconds)
        files[f"{number}.txt"] = f"{('low', 'high')[kind]} n{number}" + " loud" * (num_words - 2)
    return write_folder(folder, files)


def test_texts_and_sounds_that_are_cut_are_told(settings: Settings, tmp_path: Path) -> None:
    folder = write_tones(tmp_path / "tones", 40, 0.2, 4)
    added = run_dlstudio(settings, "data", "add", str(folder), "--json")
    assert added.returncode == 0, added.stderr
    path = str(tmp_path / "run.yaml")
    run_dlstudio(settings, "spec", "new", "tones", "--target", "label", "-o", path)
    changes = ("training.epochs=2", "task.inputs=[voice,note]", "preprocessing.note.length=6")
    changes += ("preprocessing.note.encoding=tokens", "preprocessing.voice.duration_s=0.25")
    options = [part for change in changes for part in ("--set", change)]
    trained = run_dlstudio(settings, "train", path, *options, "--json")
    assert trained.returncode == 0, trained.stderr
    run = json.loads(trained.stdout)["id"]

    longer = str(write_tones(tmp_path / "longer", 6, 0.5, 9))
    texts = "6 of 6 texts in 'note' are longer than the 6 words that the network takes (up to 9)"
    sounds = "6 of 6 sounds in 'voice' are longer than the 0.25 seconds that the network takes"
    output = str(tmp_path / "out.csv")
    predicted = run_dlstudio(settings, "predict", run, longer, "-o", output)
    assert texts in predicted.stderr and sounds in predicted.stderr
    evaluated = run_dlstudio(settings, "evaluate", run, longer, "--json")
    told = json.loads(evaluated.stdout)["notes"]
    assert any(note.startswith(texts) for note in told)
    assert any(note.startswith(sounds) for note in told)
    fitting = str(write_tones(tmp_path / "fitting", 6, 0.2, 6))
    predicted = run_dlstudio(settings, "predict", run, fitting, "-o", output)
    assert predicted.returncode == 0 and "longer than" not in predicted.stderr
