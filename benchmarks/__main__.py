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
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from benchmarks.measurement import Measurement, table

PARTS = {
    "web": "The pages",
    "jobs": "Whole jobs",
    "engine": "Training speed against a plain `model.fit`",
    "ingest": "Reading files",
    "defaults": "The default network against gradient boosting",
    "sensors": "The default network for sensors against features and a forest",
}
FOLDER = Path(__file__).parent
RESULT_MARK = "measurements: "


def main() -> int:
    """Run the parts; 1 if a limit was missed or a part failed."""
    arguments = _arguments()
    if arguments.one:
        found = import_module(f"benchmarks.{arguments.parts[0]}").measure()
        print(RESULT_MARK + json.dumps([asdict(one) for one in found]))
        return 0
    sections, is_good = [], True
    for part in arguments.parts or [name for name in PARTS if (FOLDER / f"{name}.py").exists()]:
        print(f"\n## {PARTS[part]}\n", flush=True)
        measurements = _run_part(part)
        is_good = is_good and bool(measurements) and all(one.holds for one in measurements)
        text = table(measurements) if measurements else "This part failed."
        print(text, flush=True)
        sections.append(f"### {PARTS[part]}\n\n{text}\n")
    if arguments.write:
        _write(sections)
    return 0 if is_good else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _run_part(part: str) -> list[Measurement]:
    command = [sys.executable, "-m", "benchmarks", part, "--one"]
    found: list[Measurement] = []
    with subprocess.Popen(
        command, cwd=FOLDER.parent, stdout=subprocess.PIPE, text=True, env=_environment()
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(RESULT_MARK):
                raw = json.loads(line.removeprefix(RESULT_MARK))
                found = [Measurement(**one) for one in raw]
            else:
                print(f"  {line}", end="", flush=True)
    return found if process.returncode == 0 else []


def _environment() -> dict[str, str]:
    ours = {name: text for name, text in os.environ.items() if not name.startswith("DLSTUDIO_")}
    return {**ours, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONUNBUFFERED": "1"}


def _write(sections: list[str]) -> None:
    path = FOLDER / "README.md"
    where = f"Measured on {platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
    where += f"Python {platform.python_version()}; medians."
    body = "\n".join([where, "", *sections])
    text = path.read_text(encoding="utf-8")
    marked = f"<!-- table -->\n{body}\n<!-- end of table -->"
    pattern = r"<!-- table -->.*<!-- end of table -->"
    path.write_text(re.sub(pattern, lambda _: marked, text, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
