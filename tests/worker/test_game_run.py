"""A GAN goes the whole road of a run: trained, judged, kept."""

from pathlib import Path

import pytest

from dlstudio.reports.evaluation import EvaluationReport
from dlstudio.runs.folders import RunFolder
from dlstudio.runs.records import RunStatus
from dlstudio.settings import read_settings
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.overrides import apply_overrides
from dlstudio.spec.task import TaskKind
from dlstudio.worker.training import train_model
from tests.fixtures.generators import add_table
from tests.worker.test_alarm_watcher import Hearing

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]


def test_a_gan_of_a_table_is_trained_judged_and_kept(tmp_path: Path) -> None:
    settings = read_settings({"DLSTUDIO_HOME": str(tmp_path / "home")})
    (tmp_path / "files").mkdir()
    dataset = add_table(settings, tmp_path / "files")
    spec = default_spec(dataset.info, ("kind",), TaskKind.GENERATION, "gan")
    spec = apply_overrides(spec, ["training.epochs=12"])
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()

    listener = Hearing()
    trained = train_model(dataset, spec, folder, listener)

    assert trained.status is RunStatus.FINISHED
    assert trained.message == "All epochs are done after 12 epochs; the last is kept."
    assert trained.outcome.best_epoch == 12
    report = EvaluationReport.model_validate_json(folder.report.read_text(encoding="utf-8"))
    assert report.generation is not None
    assert report.generation.tables is not None
    assert "generator.keras" in {artifact.name for artifact in trained.artifacts}
    assert len(listener.epochs) == 12
