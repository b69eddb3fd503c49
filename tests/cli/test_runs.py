"""What `dlstudio runs` does with runs that nobody watches, and with those that go."""

import json
import subprocess

import pytest

from dlstudio.export.ahead_job import ahead_job
from dlstudio.runs.attempt import Attempt
from dlstudio.runs.machine import host_name
from dlstudio.runs.store import open_store
from dlstudio.settings import Settings
from tests.fixtures.training import run_dlstudio
from tests.ui.past_runs import finished_run, iris_spec


@pytest.mark.slow
def test_a_run_whose_worker_is_gone_is_told_so_without_a_studio(settings: Settings) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    store = open_store(settings)
    store.submit(iris_spec(), "lost")
    claim = store.claim_next(host_name(), num_slots=1)
    assert claim is not None
    with subprocess.Popen(["sleep", "60"]) as worker:
        Attempt(store.database, claim.run_id, claim.token).introduce(worker.pid)
        worker.kill()

    shown = json.loads(run_dlstudio(settings, "runs", "show", "lost", "--json").stdout)

    assert shown["status"] == "interrupted"
    assert shown["problem"]["problem"] == "The worker process ended without a word."
    store.close()


@pytest.mark.slow
def test_what_a_removed_run_scored_is_gone(settings: Settings) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    store = open_store(settings)
    gone, kept = (finished_run(store, iris_spec(), name, 0.9) for name in ("gone", "kept"))
    for run in (gone, kept):
        store.folder(run.id).model.write_bytes(b"only its presence matters here")
    lost, other = (ahead_job(settings, store.folder(run.id)) for run in (gone, kept))

    assert run_dlstudio(settings, "runs", "remove", "gone").returncode == 0

    assert not lost.folder.exists() and other.folder.exists()
    assert not store.folder(gone.id).path.exists() and store.folder(kept.id).path.exists()
    store.close()
