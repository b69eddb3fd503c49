"""What looked wrong while a run trained, on disk."""

from pathlib import Path

from dlstudio.reports.generation import Alarm
from dlstudio.runs.alarms import FILE, NotedAlarm, read_alarms, write_alarms
from dlstudio.runs.folders import RunFolder


def test_alarms_are_read_as_they_were_written(tmp_path: Path) -> None:
    noted = NotedAlarm(epoch=3, alarm=Alarm(code="a", problem="Käse.", fix="Stop."), passed=5)
    write_alarms(RunFolder(tmp_path), (noted,))
    assert read_alarms(RunFolder(tmp_path)) == (noted,)


def test_missing_and_damaged_files_hold_no_alarms(tmp_path: Path) -> None:
    assert read_alarms(RunFolder(tmp_path)) == ()
    (tmp_path / FILE).write_text("[{")
    assert read_alarms(RunFolder(tmp_path)) == ()
