"""Says in the log, while a VAE or GAN trains, what looks wrong and what to try."""

from collections.abc import Sequence

import numpy as np

from dlstudio.evaluation.loss_alarms import GanLosses, gan_alarms, latent_activity, vae_alarms
from dlstudio.evaluation.mode_coverage import low_variety
from dlstudio.evaluation.sample_quality import diversity
from dlstudio.models.adversarial import GanNetwork
from dlstudio.models.adversarial_losses import guessing_loss
from dlstudio.models.sampling import draw_noise, sampler_of
from dlstudio.reports.generation import Alarm, SampleScores
from dlstudio.reports.progress import EpochReport, Progress
from dlstudio.spec.architectures.vae import VaeSpec
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from dlstudio.training.prepare_unsupervised import CONDITION, CanvasPreparation
from dlstudio.worker.run_watcher import RunWatcher

NUM_COMPARED = 128
# A generator begins with samples that are all alike.
FIRST_LOOK = 0.2
NUM_LOOKS = 10
UNKNOWN = SampleScores(kid=None, kid_low=None, kid_high=None, precision=None, recall=None)


class AlarmWatcher:
    """A watcher that also looks at losses and at the variety of samples; each alarm is told once.

    What it costs: a look at the losses of each epoch, and some samples ten times a training.
    """

    def __init__(self, watcher: RunWatcher, preparation: CanvasPreparation, spec: RunSpec) -> None:
        """Keep what to look at.

        Args:
            watcher: Is told everything, and the alarms as sentences for the log.
            preparation: The network, and the rows that samples are compared with.
            spec: The run's spec.
        """
        self._watcher = watcher
        self._preparation = preparation
        self._spec = spec
        self._losses: list[dict[str, float]] = []
        self._told: set[str] = set()
        epochs = spec.training.epochs
        first = max(1, round(FIRST_LOOK * epochs))
        self._looks = set(np.linspace(first, epochs, NUM_LOOKS).round().astype(int).tolist())

    def begin(
        self, num_parameters: int, steps_per_epoch: int, history: Sequence[EpochReport]
    ) -> None:
        """Hear about the network, and the epochs of earlier attempts."""
        self._losses = [report.metrics["train"] for report in history]
        self._watcher.begin(num_parameters, steps_per_epoch, history)

    def on_progress(self, progress: Progress) -> None:
        """Hear where training is."""
        self._watcher.on_progress(progress)

    def on_epoch(self, report: EpochReport) -> None:
        """Hear what a finished epoch brought, and say what looks wrong."""
        self._watcher.on_epoch(report)
        self._losses = [*self._losses[: report.epoch - 1], report.metrics["train"]]
        for alarm in (*self._of_losses(), *self._of_samples(report.epoch)):
            if alarm.code not in self._told:
                self._told.add(alarm.code)
                self._watcher.on_log(f"Epoch {report.epoch}: {alarm.problem} {alarm.fix}")

    def on_log(self, text: str) -> None:
        """Hear a sentence for the run's log."""
        self._watcher.on_log(text)

    def should_stop(self) -> bool:
        """Whether someone asked to stop."""
        return self._watcher.should_stop()

    def _of_losses(self) -> tuple[Alarm, ...]:
        network = self._preparation.network
        if isinstance(network, GanNetwork):
            generator, discriminator = (
                np.asarray([losses.get(name, np.nan) for losses in self._losses])
                for name in ("generator_loss", "discriminator_loss")
            )
            guessing = guessing_loss(network.game.loss)
            return gan_alarms(GanLosses(generator, discriminator, guessing))
        if isinstance(self._spec.architecture, VaeSpec) and len(self._losses) in self._looks:
            # The sum over all numbers of the code: below the limit of one, none is used.
            return vae_alarms(latent_activity(np.asarray([self._losses[-1].get("kl", np.inf)])))
        return ()

    def _of_samples(self, epoch: int) -> tuple[Alarm, ...]:
        network = self._preparation.network
        if not isinstance(network, GanNetwork) or epoch not in self._looks:
            return ()
        assert self._spec.task.kind is TaskKind.GENERATION
        features = self._preparation.data.train.features
        rows = np.linspace(0, len(self._preparation.data.train) - 1, NUM_COMPARED).astype(int)
        real = np.asarray(network.real_examples({name: features[name][rows] for name in features}))
        sampler = sampler_of(network, self._spec, self._preparation.canvas)
        noise = draw_noise(NUM_COMPARED, sampler.latent_size, self._spec.training.seed)
        classes = features[CONDITION][rows, 0] if CONDITION in features else None
        samples = sampler.sample(noise, classes)
        flat = (len(rows), -1)
        varied = diversity(samples.reshape(flat), real.reshape(flat), self._spec.training.seed)
        return low_variety(UNKNOWN, UNKNOWN, varied)
