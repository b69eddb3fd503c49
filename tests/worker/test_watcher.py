"""What the trainer says reaches the store, also where the log cannot be written."""

from contextlib import redirect_stdout, suppress
from pathlib import Path

import pytest

from dlstudio.runs.attempt import Attempt
from dlstudio.runs.heartbeat import Heartbeat
from dlstudio.runs.store import open_store
from dlstudio.settings import Settings
from dlstudio.worker.watcher import StoreWatcher
from tests.runs.specs import make_spec

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")
def test_a_log_on_a_full_disk_ends_no_training(settings: Settings) -> None:
    settings.home.mkdir(parents=True)
    store = open_store(settings)
    run = store.submit(make_spec())
    claimed = store.claim_next("here", num_slots=1)
    assert claimed is not None
    heartbeat = Heartbeat(Attempt(store.database, run.id, claimed.token))
    log = FULL.open("w")
    with heartbeat, redirect_stdout(log):
        StoreWatcher(heartbeat).on_log("Computes on CPU.")
    assert "Computes on CPU." in [event.text for event in store.list_events(run.id)]
    with suppress(OSError):  # what could not be written is tried once more
        log.close()
    store.close()
