"""Where a pretrained network joins in: after frozen epochs, fine-tuning begins."""

from collections.abc import Sequence

from dlstudio.runs.records import RunCurve, RunRecord
from dlstudio.spec.architectures.cnn import CnnSpec
from dlstudio.spec.dataset import ColumnKind, DatasetInfo
from dlstudio.ui import services

FINE_TUNING_BEGINS = "fine-tuning begins"
MOST_LETTERS = 20
"""Of a run's name beside a mark."""


def read_dataset_info(run: RunRecord) -> DatasetInfo | None:
    """Read the dataset as a run saw it; None until the run has begun."""
    described = services.store().folder(run.id).dataset
    if not described.is_file():
        return None
    return DatasetInfo.model_validate_json(described.read_text(encoding="utf-8"))


def last_frozen_epoch(run: RunRecord) -> int | None:
    """Tell after which epoch fine-tuning begins; None for a run that has no such place.

    Args:
        run: The run.
    """
    network = run.spec.architecture
    if not isinstance(network, CnnSpec) or not network.is_frozen_first:
        return None
    info = read_dataset_info(run)
    return None if info is None or not has_images(run, info) else network.frozen_epochs


def has_images(run: RunRecord, info: DatasetInfo) -> bool:
    """Whether a run learns from images: pretrained networks are used for nothing else."""
    columns = [info.column(name) for name in run.spec.task.inputs]
    return any(column.kind is ColumnKind.IMAGE for column in columns)


def fine_tuning_marks(
    runs: Sequence[RunRecord], curves: Sequence[RunCurve], axis: str
) -> list[tuple[float, str]]:
    """Find where curves may bend because fine-tuning begins.

    Args:
        runs: The runs whose curves are drawn.
        curves: One curve or more of each run.
        axis: "epoch" or "seconds".

    Returns:
        Places on the axis from left to right, each with what happens there; runs that begin at the
        same place share one.
    """
    names: dict[float, list[str]] = {}
    for run in runs:
        after = last_frozen_epoch(run)
        curve = next((curve for curve in curves if curve.run_id == run.id), None)
        if after is None or curve is None or max(curve.epochs, default=0) <= after:
            continue
        known = [place for place, epoch in enumerate(curve.epochs) if epoch <= after]
        if known:
            at = float(after) if axis == "epoch" else float(curve.times_s[known[-1]])
            names.setdefault(at, []).append(run.name)
    return [(at, _words(found)) for at, found in sorted(names.items())]


def _words(names: Sequence[str]) -> str:
    if len(names) > 1:
        return FINE_TUNING_BEGINS
    (name,) = names
    short = name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}…"
    return f"{short}: {FINE_TUNING_BEGINS}"
