"""A whole job, from the command or click to the finished report: 569 rows, 50 epochs.

The data is the breast cancer sample (UCI, 569 rows of 30 measurements); early stopping is off, so
that all 50 epochs are trained.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.history import sample_spec
from benchmarks.measurement import Measurement, median_of
from dlstudio.runs.records import RunStatus
from dlstudio.runs.store import Store, open_store
from dlstudio.runs.supervisor import Supervisor
from dlstudio.settings import Settings, read_settings
from dlstudio.spec.documents import write_yaml
from dlstudio.spec.run import RunSpec

NUM_EPOCHS = 50
ROUNDS = 5
PATIENCE_S = 120


def measure() -> list[Measurement]:
    """Measure the job with a warm worker and from the cold command line."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"DLSTUDIO_HOME": folder})
        store = open_store(settings)
        spec = _spec(store)
        cold = median_of(lambda: _cold(settings, spec), ROUNDS)
        supervisor = Supervisor(settings, store)
        supervisor.start()
        try:
            warm = median_of(lambda: _warm(supervisor, store, spec), ROUNDS)
        finally:
            supervisor.close()
            store.close()
    return [
        Measurement("569 rows × 50 epochs, warm worker", warm, "s", 2.5),
        Measurement("569 rows × 50 epochs, cold command line", cold, "s", 9),
    ]


def _spec(store: Store) -> RunSpec:
    spec = sample_spec(store, "breast_cancer", "diagnosis", NUM_EPOCHS)
    training = spec.training.model_copy(update={"early_stopping": None})
    return spec.model_copy(update={"training": training})


def _warm(supervisor: Supervisor, store: Store, spec: RunSpec) -> float:
    _wait(lambda: supervisor.is_warm)
    time.sleep(3)
    start = time.monotonic()
    run = supervisor.submit(spec)
    _wait(lambda: store.get_run(run.id).status.is_over)
    seconds = time.monotonic() - start
    assert store.get_run(run.id).status is RunStatus.FINISHED
    print(f"warm {seconds:.2f} s", flush=True)
    return seconds


def _cold(settings: Settings, spec: RunSpec) -> float:
    path = Path(settings.home) / "job.yaml"
    path.write_text(write_yaml(spec), encoding="utf-8")
    environment = {**os.environ, "DLSTUDIO_HOME": str(settings.home)}
    start = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "dlstudio", "train", str(path), "--json"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    seconds = time.monotonic() - start
    print(f"cold {seconds:.2f} s", flush=True)
    return seconds


def _wait(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_true():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.01)
