"""Says in the log and on the page, while a VAE or GAN trains, what looks wrong and what to try."""

from collections.abc import Sequence, Set
from functools import cached_property

import numpy as np

from dlstudio.evaluation.code_activity import code_activity, collapse_alarms
from dlstudio.evaluation.loss_alarms import GanLosses, gan_alarms
from dlstudio.evaluation.mode_coverage import PARTIAL_COLLAPSE
from dlstudio.models.adversarial import GanNetwork
from dlstudio.models.adversarial_losses import guessing_loss
from dlstudio.models.architectures.vae import VaeNetwork
from dlstudio.reports.generation import Alarm
from dlstudio.reports.progress import EpochReport, Progress
from dlstudio.runs.alarms import NotedAlarm, alarms_after, read_alarms, write_alarms
from dlstudio.runs.folders import RunFolder, left_out_if_full
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from dlstudio.training.prepare_unsupervised import CanvasPreparation
from dlstudio.worker.run_watcher import RunWatcher
from dlstudio.worker.sample_look import RealRows, real_rows, sample_alarms

NUM_CODES = 128
# A generator begins with samples that are all alike.
FIRST_LOOK = 0.2
NUM_LOOKS = 10
# A generator learns the usual examples first: on 1,400 digits it looks like a partial collapse.
FIRST_PARTIAL = 0.5
SAMPLE_ALARMS = frozenset({"low_diversity", PARTIAL_COLLAPSE})


class AlarmWatcher:
    """A watcher that also looks at losses and at the variety of samples or at codes.

    Each alarm is told once in the log; what holds at present is kept for the page.

    What it costs: a look at a GAN's losses each epoch, and ten times a training at some samples of
    it, or some codes of a VAE.
    """

    def __init__(
        self, watcher: RunWatcher, preparation: CanvasPreparation, spec: RunSpec, folder: RunFolder
    ) -> None:
        """Keep what to look at.

        Args:
            watcher: Is told everything, and the alarms as sentences for the log.
            preparation: The network, and the rows that samples are compared with.
            spec: The run's spec.
            folder: Where alarms are kept for the page.
        """
        self._folder = folder
        self._watcher = watcher
        self._preparation = preparation
        self._spec = spec
        self._losses: list[dict[str, float]] = []
        self._told: set[str] = set()
        self._noted: dict[str, NotedAlarm] = {}
        epochs = spec.training.epochs
        first = max(1, round(FIRST_LOOK * epochs))
        self._looks = set(np.linspace(first, epochs, NUM_LOOKS).round().astype(int).tolist())

    def begin(
        self, num_parameters: int, steps_per_epoch: int, history: Sequence[EpochReport]
    ) -> None:
        """Hear about the network, and the epochs of earlier attempts, whose alarms go on."""
        self._losses = [report.metrics["train"] for report in history]
        noted = alarms_after(read_alarms(self._folder), len(history))
        self._noted = {one.alarm.code: one for one in noted}
        self._told = set(self._noted)
        with left_out_if_full():
            write_alarms(self._folder, noted)
        self._watcher.begin(num_parameters, steps_per_epoch, history)

    def on_progress(self, progress: Progress) -> None:
        """Hear where training is."""
        self._watcher.on_progress(progress)

    def on_epoch(self, report: EpochReport) -> None:
        """Hear what a finished epoch brought, and say what looks wrong."""
        self._watcher.on_epoch(report)
        self._losses = [*self._losses[: report.epoch - 1], report.metrics["train"]]
        before = dict(self._noted)
        is_game, is_time = self._is_game, report.epoch in self._looks
        if is_game or is_time:
            found = self._of_losses() if is_game else self._of_codes()
            self._note(report.epoch, found, SAMPLE_ALARMS)
        if is_game and is_time:
            found = self._of_samples(report.epoch)
            self._note(report.epoch, found, self._noted.keys() - SAMPLE_ALARMS)
        if self._noted != before:
            with left_out_if_full():
                write_alarms(self._folder, tuple(self._noted.values()))

    def _note(self, epoch: int, found: Sequence[Alarm], others: Set[str]) -> None:
        """Keep what was found; alarms that were not found have passed, but for the others."""
        for alarm in found:
            held = self._noted.get(alarm.code)
            first = epoch if held is None or held.passed else held.epoch
            self._noted[alarm.code] = NotedAlarm(epoch=first, alarm=alarm)
            if alarm.code not in self._told:
                self._told.add(alarm.code)
                self._watcher.on_log(f"Epoch {epoch}: {alarm.problem} {alarm.fix}")
        for code in self._noted.keys() - {alarm.code for alarm in found} - others:
            if self._noted[code].passed is None:
                self._noted[code] = self._noted[code].model_copy(update={"passed": epoch})

    def on_log(self, text: str) -> None:
        """Hear a sentence for the run's log."""
        self._watcher.on_log(text)

    def should_stop(self) -> bool:
        """Whether someone asked to stop."""
        return self._watcher.should_stop()

    @property
    def _is_game(self) -> bool:
        return isinstance(self._preparation.network, GanNetwork)

    def _of_losses(self) -> tuple[Alarm, ...]:
        network = self._preparation.network
        assert isinstance(network, GanNetwork)
        generator, discriminator = (
            np.asarray([losses.get(name, np.nan) for losses in self._losses])
            for name in ("generator_loss", "discriminator_loss")
        )
        guessing, num_epochs = guessing_loss(network.game.loss), self._spec.training.epochs
        is_limited = network.game.spectral_normalization
        return gan_alarms(GanLosses(generator, discriminator, guessing, num_epochs, is_limited))

    def _of_codes(self) -> tuple[Alarm, ...]:
        network = self._preparation.network
        assert isinstance(network, VaeNetwork)
        features = self._preparation.data.train.features
        rows = self._rows()
        activity = code_activity(network, [{name: features[name][rows] for name in network.input}])
        # Codes wake up one by one: as long as any says something, it is too early to judge.
        return () if activity.num_active else collapse_alarms(activity)

    def _of_samples(self, epoch: int) -> tuple[Alarm, ...]:
        assert self._spec.task.kind is TaskKind.GENERATION
        found = sample_alarms(self._preparation, self._spec, self._real)
        is_early = epoch < FIRST_PARTIAL * self._spec.training.epochs
        return tuple(one for one in found if not (is_early and one.code == PARTIAL_COLLAPSE))

    @cached_property
    def _real(self) -> RealRows:
        return real_rows(self._preparation, self._spec.training.seed)

    def _rows(self) -> np.ndarray:
        """Places of some training rows."""
        return np.linspace(0, len(self._preparation.data.train) - 1, NUM_CODES).astype(int)
