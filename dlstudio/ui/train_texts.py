"""How a run's state reads: badges, progress, speed and resources in words. No Streamlit here."""

from dlstudio.reports.progress import Progress
from dlstudio.runs.lost_workers import START_PATIENCE_S
from dlstudio.runs.records import RunRecord, RunStatus
from dlstudio.runs.room import waits_for_room
from dlstudio.spec.architectures.cnn import CnnSpec
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.task import TaskKind
from dlstudio.spec.training import AUTO_IMBALANCE, ClassWeights, KeptWeights
from dlstudio.ui.fine_tuning import has_images
from dlstudio.ui.formats import count, duration, number, size

_BADGES = {
    RunStatus.QUEUED: ("gray", "schedule", "Queued"),
    RunStatus.RUNNING: ("blue", "play_arrow", "Training"),
    RunStatus.STOPPING: ("orange", "stop_circle", "Stopping"),
    RunStatus.FINISHED: ("green", "check", "Finished"),
    RunStatus.STOPPED: ("green", "stop", "Stopped"),
    RunStatus.FAILED: ("red", "error", "Failed"),
    RunStatus.INTERRUPTED: ("orange", "power_off", "Interrupted"),
}

QUIET_AFTER_S = 5.0


def status_badge(status: RunStatus) -> str:
    """Write a status as a coloured Markdown badge."""
    color, icon, title = _BADGES[status]
    return f":{color}-badge[:material/{icon}: {title}]"


def share_done(run: RunRecord) -> float:
    """How much of the epochs asked for is done, from 0 to 1."""
    if run.status is RunStatus.FINISHED or run.is_being_scored or waits_for_room(run):
        return 1.0
    progress = run.progress
    if progress is None or progress.num_epochs < 1:
        return min(1.0, run.epoch / max(1, run.num_epochs))
    part = progress.step / progress.steps_per_epoch if progress.steps_per_epoch else 0.0
    return min(1.0, max(0.0, (progress.epoch - 1 + part) / progress.num_epochs))


def step_text(run: RunRecord) -> str:
    """Say which step of the epoch is done, such as "step 3 of 7"; empty where that is no news."""
    progress = run.progress
    is_past_steps = run.status.is_over or run.is_being_scored or waits_for_room(run)
    if is_past_steps or progress is None or progress.steps_per_epoch < 2:
        return ""
    return f"step {progress.step:,} of {progress.steps_per_epoch:,}"


def progress_text(run: RunRecord) -> str:
    """Say in a few words where a run is, such as "Epoch 12 of 50"."""
    if run.status is RunStatus.QUEUED:
        return "Next in the queue" if run.queue_position == 1 else f"Place {run.queue_position}"
    if run.status.is_over:
        return epochs_text(run)
    if waits_for_room(run):
        return f"{count(run.epoch, 'epoch')} done, waits for room on the disk"
    if run.is_being_scored:
        return f"{count(run.epoch, 'epoch')} done, now scored"
    progress = run.progress
    if progress is None:
        is_new = run.epoch == 0
        return "Preparing the data" if is_new else f"Epoch {run.epoch:,} of {run.num_epochs:,}"
    return f"Epoch {progress.epoch:,} of {progress.num_epochs:,}"


def epochs_text(run: RunRecord) -> str:
    """Say how many epochs a run did and which is kept, such as "12 epochs, best was 9"."""
    epochs = count(run.epoch, "epoch")
    if run.status is RunStatus.FINISHED and run.epoch < run.num_epochs:
        epochs += f" of at most {run.num_epochs:,}"
    if run.spec.training.keep is KeptWeights.LAST:
        return f"{epochs}, the last is kept"
    best = f", best was {run.best_epoch:,}" if run.best_epoch else ""
    return f"{epochs}{best}"


def heartbeat_text(run: RunRecord, now: float) -> str:
    """Say when the worker was last heard; empty where no worker is expected.

    Args:
        run: The run.
        now: The present, in seconds since 1970-01-01 UTC.
    """
    if not run.status.is_active or run.heartbeat_at is None:
        return ""
    age_s = max(0.0, now - run.heartbeat_at)
    if age_s < QUIET_AFTER_S:
        return "The worker is alive."
    if run.resources is None:  # the first that a worker tells
        return (
            f"The worker was started {duration(age_s)} ago and has said nothing yet; after "
            f"{START_PATIENCE_S / 60:g} minutes the run counts as interrupted and can be resumed."
        )
    return f"The worker was last heard {duration(age_s)} ago."


def speed_text(progress: Progress | None) -> str:
    """Write how many rows a second are trained on; a dash before it is known."""
    if progress is None or progress.samples_per_s is None:
        return "–"
    return f"{number(progress.samples_per_s, 3)} rows/s"


def processors_text(run: RunRecord) -> str:
    """Say how busy the worker keeps CPU and GPU; empty before it is known."""
    use = run.resources
    if use is None:
        return ""
    text = f"It uses {use.cpu_percent:.0f} % of a CPU core"
    if use.gpu_percent is None:
        return f"{text}."
    memory = f" and {size(use.gpu_memory_bytes)}" if use.gpu_memory_bytes is not None else ""
    return f"{text}, {use.gpu_percent:.0f} %{memory} of the GPU."


def weights_text(run: RunRecord, info: DatasetInfo | None) -> str:
    """Say what makes the curves look odd: class weights, or a kept last epoch; else empty.

    Args:
        run: The run.
        info: Its dataset, if that is known yet.
    """
    if run.spec.architecture.kind == "vae" and run.spec.training.keep is KeptWeights.LAST:
        return (
            "The last epoch is kept: samples go on getting better after the validation loss, which "
            "asks how well unseen examples are rebuilt, has turned."
        )
    task, chosen = run.spec.task, run.spec.training.class_weights
    is_one_class = task.kind is TaskKind.CLASSIFICATION and len(task.targets) == 1
    if chosen is ClassWeights.NONE or not is_one_class or task.is_multi_label:
        return ""
    if chosen is ClassWeights.AUTO and not _is_uneven(info, task.targets[0]):
        return ""
    return (
        "Rare classes count more here, and only in the training loss: look at the shape of that "
        "curve, not at its height beside the validation's."
    )


def fine_tuning_text(run: RunRecord, info: DatasetInfo | None) -> str:
    """Say where the curves may bend because a pretrained network joins in; else empty.

    Args:
        run: The run.
        info: Its dataset, if that is known yet.
    """
    network = run.spec.architecture
    if info is None or not isinstance(network, CnnSpec) or not network.is_frozen_first:
        return ""
    if not has_images(run, info):
        return ""
    return (
        f"Fine-tuning begins after epoch {network.frozen_epochs:,}: from there on the last layers "
        "of the pretrained network learn too, in smaller steps, so the curves may bend there."
    )


def _is_uneven(info: DatasetInfo | None, target: str) -> bool:
    """Whether "auto" weighs the classes; told from all rows, so nearly always as training does."""
    if info is None:
        return False
    counts = [entry.num_rows for entry in info.column(target).top_values]
    return bool(counts) and max(counts) > AUTO_IMBALANCE * min(counts)


def engine_text(run: RunRecord) -> str:
    """Say how the epochs are run and why; empty before it is decided."""
    if run.engine is None:
        return ""
    titles = {"graph": "compiled epochs", "xla": "XLA-compiled epochs", "fit": "Keras fit"}
    return f"Engine: {titles.get(run.engine.mode, run.engine.mode)}. {run.engine.reason}"
