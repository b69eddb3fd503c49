"""A worker without TensorFlow: same shell, same line, epochs of sleep instead of training.

`python -m tests.runs.fake_worker train RUN_ID TOKEN` or `warm`, as the real one. The run's
name says how it behaves: "crash", "fail", "full-disk", "slow", "mute".
"""

import errno
import json
import os
import signal
import sys
import time

from dlstudio.errors import TrainingError
from dlstudio.reports.progress import EpochReport, MetricPoint, Progress
from dlstudio.runs.attempt import Ending, WorkerReport
from dlstudio.runs.folders import make_run_folder, write_text_atomically
from dlstudio.runs.points import points_of
from dlstudio.runs.records import RunStatus
from dlstudio.runs.store import open_store
from dlstudio.runs.warm_server import Line, print_to, serve
from dlstudio.runs.work import Job, work_on_run
from dlstudio.settings import read_settings

EPOCH_S = 0.1
PREVIEW = {
    "layers": [],
    "num_parameters": 7,
    "num_trainable": 7,
    "memory_bytes": 1,
    "batch_size": 1,
    "steps_per_epoch": 1,
}


def train(job: Job) -> Ending:
    print("fake training of", job.run.name, flush=True)
    name = job.run.name
    if name.startswith("fail"):
        raise TrainingError("It cannot work.", "Do it differently.")
    if name.startswith("full-disk"):
        raise OSError(errno.ENOSPC, "No space left on device", "model.keras")
    if name.startswith("bug"):
        raise KeyError("surprise")
    if name.startswith("mute"):
        os.kill(os.getpid(), signal.SIGSTOP)
    checkpoint = job.folder.checkpoint / "epoch.json"
    first = json.loads(checkpoint.read_text())["epoch"] + 1 if job.folder.has_checkpoint else 1
    num_epochs = 1000 if name.startswith("slow") else job.run.num_epochs
    earlier = tuple(point for epoch in range(1, first) for point in _points(epoch))
    job.heartbeat.tell(WorkerReport(points=earlier, drop_from_epoch=1))
    for epoch in range(first, num_epochs + 1):
        time.sleep(EPOCH_S)
        _tell(job, epoch, num_epochs)
        job.folder.checkpoint.mkdir(exist_ok=True)
        write_text_atomically(checkpoint, json.dumps({"epoch": epoch}))
        if name.startswith("crash") and epoch == 2 and job.run.attempt == 1:
            os.kill(os.getpid(), signal.SIGSEGV)
        if job.heartbeat.should_stop:
            return Ending(RunStatus.STOPPED, epoch=epoch, best_epoch=epoch)
    return Ending(RunStatus.FINISHED, epoch=num_epochs, best_epoch=num_epochs)


def _points(epoch: int) -> tuple[MetricPoint, ...]:
    report = EpochReport(
        epoch=epoch,
        metrics={"train": {"loss": 1 / epoch}},
        duration_s=EPOCH_S,
        samples_per_s=1.0,
        learning_rate=0.1,
    )
    return points_of(report, step=epoch, time_s=epoch * EPOCH_S)


def _tell(job: Job, epoch: int, num_epochs: int) -> None:
    job.heartbeat.tell(
        WorkerReport(
            progress=Progress(epoch=epoch, num_epochs=num_epochs, step=1, steps_per_epoch=1),
            epoch=epoch,
            metrics={"train": {"loss": 1 / epoch}},
            points=_points(epoch),
        )
    )


def main(arguments: list[str]) -> None:
    settings = read_settings()
    if arguments[0] == "warm":
        line = Line()
        time.sleep(0.2)
        claim = serve(
            line,
            {
                "preview": lambda request: PREVIEW,
                "predict": lambda request: [{"prediction": row["a"]} for row in request["rows"]],
                "die": lambda request: os._exit(3),
            },
        )
        if claim is None:
            return
        run_id, token = claim
        print_to(make_run_folder(settings, run_id).log)
        print("was warm", flush=True)
    else:
        run_id, token = arguments[1], int(arguments[2])
    work_on_run(open_store(settings), run_id, token, train)


if __name__ == "__main__":
    main(sys.argv[1:])
