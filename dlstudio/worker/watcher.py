"""What the trainer says, on its way to the store."""

from collections.abc import Sequence

from dlstudio.reports.progress import EpochReport, MetricPoint, Progress
from dlstudio.runs.attempt import WorkerReport
from dlstudio.runs.folders import left_out_if_full
from dlstudio.runs.heartbeat import Heartbeat
from dlstudio.runs.points import points_of


class StoreWatcher:
    """A `training.watcher.Watcher` that tells the heartbeat."""

    def __init__(self, heartbeat: Heartbeat) -> None:
        """Watch for a run.

        Args:
            heartbeat: Writes the news.
        """
        self._heartbeat = heartbeat
        self._steps_per_epoch = 1
        self._time_s = 0.0

    def begin(
        self, num_parameters: int, steps_per_epoch: int, history: Sequence[EpochReport]
    ) -> None:
        """Hear what is about to be trained.

        Args:
            num_parameters: Parameters of the network.
            steps_per_epoch: Batches an epoch.
            history: Epochs that the checkpoint knows. A worker that was killed may have written
                more of them, or fewer: the curves are written anew from here.
        """
        self._steps_per_epoch = steps_per_epoch
        points = tuple(point for report in history for point in self._points(report))
        self._heartbeat.tell(
            WorkerReport(num_parameters=num_parameters, points=points, drop_from_epoch=0)
        )

    def on_progress(self, progress: Progress) -> None:
        """Hear where training is."""
        self._heartbeat.tell(WorkerReport(progress=progress))

    def on_epoch(self, report: EpochReport) -> None:
        """Hear what a finished epoch brought."""
        self._heartbeat.tell(
            WorkerReport(
                epoch=report.epoch,
                best_epoch=report.epoch if report.is_best else None,
                metrics=report.metrics,
                points=self._points(report),
            )
        )

    def on_log(self, text: str) -> None:
        """Hear a sentence for the run's log."""
        with left_out_if_full():
            print(text, flush=True)
        self._heartbeat.tell(WorkerReport(messages=(text,)))

    def should_stop(self) -> bool:
        """Whether someone asked to stop, or the run is no longer this worker's."""
        return self._heartbeat.should_stop

    def _points(self, report: EpochReport) -> tuple[MetricPoint, ...]:
        self._time_s += report.duration_s
        return points_of(report, report.epoch * self._steps_per_epoch, self._time_s)
