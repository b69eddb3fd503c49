"""Files of an autoencoder's run: its text runs in plain Keras, and files are scored with it."""

import csv
import zipfile
from pathlib import Path

import numpy as np
import pytest

from dlstudio.data.dataset import read_table
from dlstudio.data.raw import read_raw
from dlstudio.evaluation.predict import predict_raw
from dlstudio.evaluation.rebuilt_answer import explain_row
from dlstudio.export.load import load_model
from dlstudio.export.score_file import score_file
from dlstudio.export.scoring import ScoringRequest, ScoringResult
from tests.export.test_keras_file import code_of, run_alone
from tests.fixtures.rebuilding import KINDS, RebuildingRun, rebuilding_run

pytestmark = pytest.mark.tensorflow


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, RebuildingRun]:
    home = tmp_path_factory.getbasetemp() / "rebuilding"
    return {kind: rebuilding_run(home / kind, kind) for kind in KINDS}


def scored(run: RebuildingRun, source: Path, output: Path | None, codes: bool) -> ScoringResult:
    request = ScoringRequest(
        run_folder=str(run.folder.path),
        input_path=str(source),
        output_path=str(output) if output else None,
        with_codes=codes,
    )
    return score_file(request, lambda _progress: None)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_the_texts_run_in_plain_keras(runs: dict[str, RebuildingRun], tmp_path: Path) -> None:
    codes = []
    for kind in KINDS:
        run = runs[kind]
        text = run.folder.usage.read_text(encoding="utf-8")
        codes.append(code_of(text).replace("model.keras", str(run.folder.model)))
    printed = run_alone("\nprint('next')\n".join(codes), tmp_path)
    table, pictures = printed.split("next")
    for name in ("codes", "example", "reconstruction", "reconstruction_error"):
        assert f"{name} [" in table
        assert f"{name} [" in pictures
    assert "is_anomaly [" in table
    assert "anomaly_score" not in pictures


def test_the_text_says_what_the_answers_mean(runs: dict[str, RebuildingRun]) -> None:
    text = " ".join(runs["table"].folder.usage.read_text(encoding="utf-8").split())
    assert "answer['is_anomaly'] is 1 where the score is above 1." in text
    text = " ".join(runs["pictures"].folder.usage.read_text(encoding="utf-8").split())
    assert "answer['codes'] holds the numbers that describe each row." in text
    assert "is_anomaly" not in text


def test_scores_are_written_beside_the_rows_of_a_file(
    runs: dict[str, RebuildingRun], tmp_path: Path
) -> None:
    run = runs["table"]
    source = run.settings.home / "sensors.csv"
    result = scored(run, source, tmp_path / "out.csv", codes=False)
    rows = rows_of(tmp_path / "out.csv")
    assert result.num_rows == len(rows) == 200
    assert list(rows[0])[-3:] == ["reconstruction_error", "anomaly_score", "is_anomaly"]
    raw = read_raw(run.dataset, run.spec.task.inputs)
    said = predict_raw(load_model(run.folder.model), raw, run.dataset.info, run.spec)
    np.testing.assert_allclose(
        [float(row["anomaly_score"]) for row in rows], said.column("anomaly_score"), rtol=1e-4
    )


def test_codes_are_written_if_asked(runs: dict[str, RebuildingRun], tmp_path: Path) -> None:
    run = runs["table"]
    scored(run, run.settings.home / "sensors.csv", tmp_path / "out.csv", codes=True)
    assert list(rows_of(tmp_path / "out.csv")[0])[-2:] == ["code_0", "code_1"]


def test_what_is_rebuilt_is_written_as_values_if_asked(
    runs: dict[str, RebuildingRun], tmp_path: Path
) -> None:
    run = runs["table"]
    output = tmp_path / "out.csv"
    request = ScoringRequest(
        run_folder=str(run.folder.path),
        input_path=str(run.settings.home / "sensors.csv"),
        output_path=str(output),
        with_values=True,
    )
    score_file(request, lambda _progress: None)
    rows = rows_of(output)
    added = ["rebuilt_speed", "rebuilt_power", "rebuilt_heat", "rebuilt_noise", "rebuilt_machine"]
    assert list(rows[0])[-6:] == ["is_anomaly", *added]
    fine = [row for row in rows if row["state"] == "fine"]
    powers = np.array([[float(row["power"]), float(row["rebuilt_power"])] for row in fine])
    assert np.corrcoef(powers.T)[0, 1] > 0.9
    assert {row["rebuilt_machine"] for row in rows} <= {"old", "new"}
    model, info, spec = load_model(run.folder.model), run.dataset.info, run.spec
    raw = {name: values[:1] for name, values in read_raw(run.dataset, spec.task.inputs).items()}
    (told,) = [one for one in explain_row(model, raw, info, spec).values if one.column == "power"]
    assert float(told.rebuilt) == pytest.approx(float(rows[0]["rebuilt_power"]), rel=1e-3)


def test_an_archive_of_images_is_scored(runs: dict[str, RebuildingRun], tmp_path: Path) -> None:
    run = runs["pictures"]
    cells = read_table(run.dataset, [run.spec.task.inputs[0]]).column(0).to_pylist()[:3]
    with zipfile.ZipFile(tmp_path / "new.zip", "w") as archive:
        for number, cell in enumerate(cells):
            archive.write(run.dataset.folder / cell, f"{number}.png")
        archive.writestr("empty.png", b"")
    result = scored(run, tmp_path / "new.zip", tmp_path / "out.csv", codes=True)
    rows = rows_of(tmp_path / "out.csv")
    assert result.num_rows == 3
    assert list(rows[0])[0] == "file"
    assert result.notes[-1] == "1 row could not be read ('empty.png' is empty (0 bytes))."
    assert {"reconstruction_error", "code_3"} <= set(rows[0])
    checked = scored(run, tmp_path / "new.zip", None, codes=False)
    assert set(checked.metrics) == {"rmse"}


def test_a_file_is_evaluated_with_and_without_the_label(
    runs: dict[str, RebuildingRun], tmp_path: Path
) -> None:
    run = runs["table"]
    source = run.settings.home / "sensors.csv"
    found = scored(run, source, None, codes=False)
    assert found.metrics["roc_auc"] > 0.9
    assert {"rmse", "f1", "precision", "recall"} <= set(found.metrics)

    blind = tmp_path / "blind.csv"
    lines = source.read_text(encoding="utf-8").splitlines()
    blind.write_text("\n".join(line.rpartition(",")[0] for line in lines))
    found = scored(run, blind, None, codes=False)
    assert set(found.metrics) == {"rmse"}
    assert "The file has no column 'state'" in found.notes[0]
    assert len(found.notes) == 1


@pytest.mark.parametrize("state", ["", ",fine"])
def test_a_file_of_which_nearly_all_is_flagged_is_told_so(
    runs: dict[str, RebuildingRun], tmp_path: Path, state: str
) -> None:
    lines = [f"{100 + number},-900,900,5,old{state}" for number in range(12)]
    header = f"speed,power,heat,noise,machine{',state' if state else ''}"
    source = tmp_path / "other.csv"
    source.write_text("\n".join([header, *lines]))
    notes = scored(runs["table"], source, None, codes=False).notes
    (note,) = [note for note in notes if "The threshold flags" in note]
    which = "normal rows" if state else "rows"
    assert note.startswith(f"The threshold flags 100 % of the {which}, so a flag says next to")
    assert "Check that these rows are like those it was trained on." in note
