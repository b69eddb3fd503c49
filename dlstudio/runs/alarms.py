"""What looked wrong while a VAE or GAN trained, for the page that shows it live."""

from pydantic import TypeAdapter, ValidationError

from dlstudio.reports.generation import Alarm
from dlstudio.runs.folders import RunFolder, write_text_atomically
from dlstudio.spec.frozen import Frozen

FILE = "alarms.json"


class NotedAlarm(Frozen):
    """An alarm and the epoch, counted from 1, after which it was raised.

    `passed` is the epoch after which it held no longer; None while it holds.
    """

    epoch: int
    alarm: Alarm
    passed: int | None = None


_LIST = TypeAdapter(tuple[NotedAlarm, ...])


def write_alarms(folder: RunFolder, alarms: tuple[NotedAlarm, ...]) -> None:
    """Keep the alarms of a run; a reader sees all of them or those before.

    Args:
        folder: The run's folder.
        alarms: Replace those that were kept.
    """
    write_text_atomically(folder.path / FILE, _LIST.dump_json(alarms).decode())


def read_alarms(folder: RunFolder) -> tuple[NotedAlarm, ...]:
    """Read the alarms of a run, the first one first; none if the file is missing or damaged.

    Args:
        folder: The run's folder.
    """
    try:
        return _LIST.validate_json((folder.path / FILE).read_bytes())
    except (OSError, ValidationError):
        return ()


def alarms_after(alarms: tuple[NotedAlarm, ...], num_epochs: int) -> tuple[NotedAlarm, ...]:
    """What was known of alarms after an epoch: a run that is resumed forgets those that follow it.

    Args:
        alarms: The alarms of the run.
        num_epochs: The epochs that stay; of later ones nothing is kept.
    """
    known = (alarm for alarm in alarms if alarm.epoch <= num_epochs)
    return tuple(
        alarm.model_copy(update={"passed": None})
        if alarm.passed is not None and alarm.passed > num_epochs
        else alarm
        for alarm in known
    )
