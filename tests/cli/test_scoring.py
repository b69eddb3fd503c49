"""What is left of a scoring job when it ends."""

import re
from pathlib import Path

import pytest

from dlstudio.cli.scoring import check_threshold
from dlstudio.errors import StudioError
from dlstudio.runs.store import open_store
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from dlstudio.spec.documents import write_yaml
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from tests.fixtures.training import run_dlstudio
from tests.ui.past_runs import finished, finished_run, iris_spec
from tests.ui.test_predict_page import info


@pytest.mark.slow
def test_the_details_of_a_mistake_are_where_the_message_says(
    settings: Settings, tmp_path: Path
) -> None:
    settings.home.mkdir(parents=True)
    store = open_store(settings)
    folder = store.folder(finished_run(store, iris_spec(), "odd", 0.9).id)
    folder.model.write_bytes(b"only its presence matters here")
    folder.spec.write_text(write_yaml(iris_spec()))
    folder.dataset.write_text("{}")  # no studio writes this
    rows = tmp_path / "rows.csv"
    rows.write_text("petal length\n1.4\n")

    result = run_dlstudio(settings, "predict", "odd", str(rows))

    assert (result.returncode, result.stdout) == (1, "")
    assert "This is a mistake in DL Studio: ValidationError" in result.stderr
    named = re.search(r"Report it with the details in (\S+)\.\n", result.stderr)
    assert named is not None
    assert "ValidationError" in Path(named[1]).read_text()
    store.close()


@pytest.mark.slow
def test_rebuilt_pictures_need_a_file_beside_them(settings: Settings, tmp_path: Path) -> None:
    settings.home.mkdir(parents=True)
    store = open_store(settings)
    photo = ColumnInfo(name="photo", kind=ColumnKind.IMAGE)
    fields = iris_spec().model_dump(mode="json")
    fields["task"] |= {"kind": "dimensionality_reduction", "inputs": ["photo"], "targets": []}
    folder = store.folder(finished_run(store, RunSpec.model_validate(fields), "faces", 0.9).id)
    folder.model.write_bytes(b"only its presence matters here")
    folder.dataset.write_text(info((photo,)).model_dump_json())

    result = run_dlstudio(settings, "predict", "faces", str(tmp_path), "--reconstructions")

    assert (result.returncode, result.stdout) == (1, "")
    assert "Name the table with -o, such as -o out.csv." in result.stderr
    store.close()


@pytest.mark.parametrize(
    ("task", "threshold", "problem"),
    [
        (TaskKind.CLASSIFICATION, 0.5, "does not look for anomalies"),
        (TaskKind.ANOMALY, 0.0, "The threshold 0 is not above 0"),
        (TaskKind.ANOMALY, float("inf"), "The threshold inf is not above 0"),
    ],
)
def test_a_threshold_that_means_nothing_is_refused_at_once(
    task: TaskKind, threshold: float, problem: str
) -> None:
    changes = {"kind": task, "targets": ()} if task is TaskKind.ANOMALY else {}
    spec = iris_spec()
    spec = spec.model_copy(update={"task": spec.task.model_copy(update=changes)})
    run = finished(task, spec_json=spec.model_dump_json())
    check_threshold(run, None)
    with pytest.raises(StudioError) as caught:
        check_threshold(run, threshold)
    assert problem in caught.value.problem
