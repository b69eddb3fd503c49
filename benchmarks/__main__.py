"""Measure everything, or the named parts: `python -m benchmarks [PART ...] [--write]`.

A part is a module of this package with a function `measure() -> list[Measurement]`. Each part runs
in a process of its own, so that none warms up or slows down the next.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from benchmarks.measurement import FOLDER_VARIABLE, Measurement, table

PARTS = {
    "web": "The pages",
    "jobs": "Whole jobs",
    "engine": "Training speed against a plain `model.fit`",
    "inputs": "Training from files against training from memory",
    "ingest": "Reading files",
    "defaults": "The default network against gradient boosting",
    "images": "The default network for images on handwritten digits",
    "texts": "The default network for texts against TF-IDF with logistic regression",
    "audio": "The default network for sounds against MFCCs with an SVM or a forest",
    "videos": "The default network for videos against colours with a forest",
    "sensors": "The default network for sensors against features and a forest",
    "forecasting": "The default forecast against the seasonal naive one",
    "anomalies": "The default anomaly detection against an isolation forest (ROC AUC)",
    "generation": "Autoencoders, anomaly scores, VAEs and GANs against simple rivals",
}
FOLDER = Path(__file__).parent
BEGIN, END = "<!-- table -->", "<!-- end of table -->"
RESULT_MARK = "measurements: "
NOT_MEASURED = f"Not measured: its data needs a folder that `{FOLDER_VARIABLE}` names."


def main() -> int:
    """Run the parts; 1 if a limit was missed or a part failed."""
    arguments = _arguments()
    if arguments.one:
        found = import_module(f"benchmarks.{arguments.parts[0]}").measure()
        print(RESULT_MARK + json.dumps([asdict(one) for one in found]))
        return 0
    texts, is_good = {}, True
    for part in arguments.parts or [name for name in PARTS if (FOLDER / f"{name}.py").exists()]:
        print(f"\n## {PARTS[part]}\n", flush=True)
        measurements = _run_part(part)
        is_good = is_good and measurements is not None and all(one.holds for one in measurements)
        text = _in_words(measurements)
        print(text, flush=True)
        texts[part] = f"{_where()}\n\n{text}"
    if arguments.write:
        _write(texts)
    return 0 if is_good else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _in_words(measurements: list[Measurement] | None) -> str:
    if measurements is None:
        return "This part failed."
    return table(measurements) if measurements else NOT_MEASURED


def _run_part(part: str) -> list[Measurement] | None:
    """Measure in a process of its own; None if it failed, nothing if its data cannot be had."""
    command = [sys.executable, "-m", "benchmarks", part, "--one"]
    found: list[Measurement] | None = None
    with (
        tempfile.TemporaryDirectory() as home,
        subprocess.Popen(
            command, cwd=FOLDER.parent, stdout=subprocess.PIPE, text=True, env=_environment(home)
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(RESULT_MARK):
                raw = json.loads(line.removeprefix(RESULT_MARK))
                found = [Measurement(**one) for one in raw]
            else:
                print(f"  {line}", end="", flush=True)
    return found if process.returncode == 0 else None


def _environment(home: str) -> dict[str, str]:
    """The surroundings of a part: nobody's settings, and a workspace that is gone afterwards."""
    ours = {
        name: text
        for name, text in os.environ.items()
        if name == FOLDER_VARIABLE or not name.startswith("DLSTUDIO_")
    }
    fixed = {"DLSTUDIO_HOME": home, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONUNBUFFERED": "1"}
    return {**ours, **fixed}


def _where() -> str:
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    today = datetime.now(UTC).date()
    return f"Medians; {machine}, Python {platform.python_version()}, {today}."


def _write(texts: dict[str, str]) -> None:
    """Put the parts that were measured into the README; what it says of the others stays."""
    path = FOLDER / "README.md"
    before, rest = path.read_text(encoding="utf-8").split(f"{BEGIN}\n", 1)
    old, after = rest.split(END, 1)
    sections = dict(section.split("\n\n", 1) for section in re.split("^### ", old, flags=re.M)[1:])
    sections |= {PARTS[part]: text for part, text in texts.items()}
    body = "".join(
        f"### {title}\n\n{sections[title].strip()}\n\n"
        for title in PARTS.values()
        if title in sections
    )
    path.write_text(f"{before}{BEGIN}\n{body}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
