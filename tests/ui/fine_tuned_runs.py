"""Runs of images whose pretrained network is fine-tuned after some epochs."""

from dlstudio.runs.records import RunRecord
from dlstudio.runs.store import Store
from dlstudio.spec.architectures.cnn import Backbone, CnnSpec
from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from dlstudio.spec.run import RunSpec
from tests.spec.builders import category, dataset

INFO = dataset(
    ColumnInfo(name="photo", kind=ColumnKind.IMAGE, num_distinct=90), category("y", "a", "b")
)


def fine_tuned(spec: RunSpec, frozen_epochs: int) -> RunSpec:
    """The same, with photos and a network that is frozen at first."""
    network = CnnSpec(backbone=Backbone.MOBILENET_V2, trained_layers=8, frozen_epochs=frozen_epochs)
    task = spec.task.model_copy(update={"inputs": ("photo",), "targets": ("y",)})
    return spec.model_copy(update={"task": task, "architecture": network})


def describe_photos(store: Store, *runs: RunRecord) -> None:
    """Write what a worker writes of the dataset when it begins."""
    for run in runs:
        folder = store.folder(run.id).dataset
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.write_text(INFO.model_dump_json(), encoding="utf-8")
