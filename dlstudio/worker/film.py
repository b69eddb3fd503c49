"""Frames of reconstructions or samples, made between the epochs of a training."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

from dlstudio.models.canvas import Canvas, to_pixels
from dlstudio.models.rebuilding import EXAMPLE, RECONSTRUCTION
from dlstudio.models.sampling import Sampler, sampler_of
from dlstudio.reports.progress import EpochReport, Progress
from dlstudio.runs.folders import RunFolder, left_out_if_full
from dlstudio.runs.samples import ORIGINALS, SampleFrame, write_frame
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from dlstudio.training.prepare_unsupervised import CONDITION, CanvasPreparation
from dlstudio.worker.run_watcher import RunWatcher
from dlstudio.worker.table_film import TableFilm

NUM_EXAMPLES = 40
NUM_SERIES = 8
# Tables train within seconds, of which a frame takes one hundredth.
MOST_FRAMES, MOST_TABLE_FRAMES = 30, 15
# Frames of the first epochs show most of what is learned.
FIRST_EPOCHS = 3

MakeFrame = Callable[[int], SampleFrame]


class FilmWatcher:
    """A watcher that also keeps a frame every few epochs."""

    def __init__(
        self, watcher: RunWatcher, preparation: CanvasPreparation, spec: RunSpec, folder: RunFolder
    ) -> None:
        """Keep what frames are made of.

        Args:
            watcher: Is told everything.
            preparation: The network, and the rows that are rebuilt.
            spec: The run's spec.
            folder: Where frames are kept.
        """
        self._watcher = watcher
        self._folder = folder
        is_table = preparation.canvas.kind is CanvasKind.TABLE
        most = MOST_TABLE_FRAMES if is_table else MOST_FRAMES
        self._every = max(1, math.ceil(spec.training.epochs / most))
        self._make: MakeFrame | None = None
        if is_table:
            table = TableFilm(preparation, spec)
            if table.has_columns:
                self._make = table.make
                self._keep(table.originals())
            return
        self._make = _frame_maker(preparation, spec)
        if spec.task.kind is not TaskKind.GENERATION:
            self._keep(_originals(preparation))

    def begin(
        self, num_parameters: int, steps_per_epoch: int, history: Sequence[EpochReport]
    ) -> None:
        """Hear about the network, and the epochs of earlier attempts."""
        self._watcher.begin(num_parameters, steps_per_epoch, history)

    def on_progress(self, progress: Progress) -> None:
        """Hear where training is."""
        self._watcher.on_progress(progress)

    def on_epoch(self, report: EpochReport) -> None:
        """Hear what a finished epoch brought, and keep a frame if it is time."""
        is_time = report.epoch <= FIRST_EPOCHS or report.epoch % self._every == 0
        if self._make is not None and is_time:
            self._keep(self._make(report.epoch))
        self._watcher.on_epoch(report)

    def on_log(self, text: str) -> None:
        """Hear a sentence for the run's log."""
        self._watcher.on_log(text)

    def should_stop(self) -> bool:
        """Whether someone asked to stop."""
        return self._watcher.should_stop()

    def _keep(self, frame: SampleFrame) -> None:
        with left_out_if_full():  # nothing to end a training for
            write_frame(self._folder, frame)


def shown_values(canvas: Canvas, values: np.ndarray) -> np.ndarray:
    """Examples of a canvas as frames keep them: images as pixels."""
    if canvas.kind is CanvasKind.IMAGE:
        return to_pixels(values)
    return np.asarray(values, "float32")


def _frame_maker(preparation: CanvasPreparation, spec: RunSpec) -> MakeFrame:
    canvas = preparation.canvas
    if spec.task.kind is TaskKind.GENERATION:
        sampler = sampler_of(preparation.network, spec, canvas)
        return _samples(preparation, sampler, spec.training.seed)
    rows = _fixed_rows(preparation)

    def rebuild(epoch: int) -> SampleFrame:
        outputs: Any = preparation.network(rows, training=False)
        values = np.asarray(keras.ops.convert_to_numpy(outputs[RECONSTRUCTION]))
        return SampleFrame(epoch, canvas.kind, shown_values(canvas, values))

    return rebuild


def _samples(preparation: CanvasPreparation, sampler: Sampler, seed: int) -> MakeFrame:
    """Samples from the same noise every time, so that one can be followed through the epochs."""
    canvas = preparation.canvas
    count = _num_shown(canvas)
    noise = np.random.default_rng(seed).standard_normal((count, sampler.latent_size))
    classes, captions = None, ()
    if sampler.num_classes and preparation.labels is not None:
        classes = (np.arange(count) % sampler.num_classes).astype("int32")
        captions = tuple(preparation.labels.classes[index] for index in classes)

    def draw(epoch: int) -> SampleFrame:
        values = sampler.sample(noise.astype("float32"), classes)
        return SampleFrame(epoch, canvas.kind, shown_values(canvas, values), captions)

    return draw


def _originals(preparation: CanvasPreparation) -> SampleFrame:
    outputs: Any = preparation.network(_fixed_rows(preparation), training=False)
    values = np.asarray(keras.ops.convert_to_numpy(outputs[EXAMPLE]))
    canvas = preparation.canvas
    return SampleFrame(ORIGINALS, canvas.kind, shown_values(canvas, values))


def _fixed_rows(preparation: CanvasPreparation) -> dict[str, np.ndarray]:
    """Validation rows, evenly taken."""
    features = preparation.data.validation.features
    num_rows = len(preparation.data.validation)
    places = np.unique(np.linspace(0, num_rows - 1, _num_shown(preparation.canvas)).astype(int))
    names = [preparation.canvas.feature, *([CONDITION] if CONDITION in features else [])]
    return {name: np.asarray(features[name][places]) for name in names}


def _num_shown(canvas: Canvas) -> int:
    return NUM_EXAMPLES if canvas.kind is CanvasKind.IMAGE else NUM_SERIES
