"""The main job on real data, beside gradient boosting on the same rows.

    python -m benchmarks.main_job
    python -m benchmarks.main_job --browser

print each command with what it answered, or each step in a real browser with what the page shows,
and a table of test scores. The rival is scikit-learn's
default histogram gradient boosting, trained on the training and validation rows of the same split
and scored on the same test rows, which the run's own predictions file names.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score, root_mean_squared_error

from benchmarks.main_job_browser import BrowserJob, do_main_job, score_of
from benchmarks.web import a_browser, serving
from dlstudio.data.catalog import open_dataset
from dlstudio.runs.store import open_store
from dlstudio.settings import read_settings, studio_folder
from tests.fixtures.browser import WIDE
from tests.fixtures.server import new_server


@dataclass(frozen=True)
class Job:
    """One dataset of the repository: its file, its target and the scores to compare."""

    key: str
    target: str
    kind: str


JOBS = (
    Job("credit", "status", "two classes, mixed columns, missing values"),
    Job("iris", "species", "three classes"),
    Job("breast_cancer", "diagnosis", "two classes, numbers"),
    Job("white_wine", "quality", "regression"),
    Job("bike_rentals", "rentals", "regression with a date and categories"),
)
BROWSER_JOBS = tuple(job for job in JOBS if job.key in ("credit", "iris", "white_wine"))
SEEDS = (7, 8, 9)


def main() -> None:
    """Do the jobs on the road that was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.main_job", description=__doc__)
    parser.add_argument("--browser", action="store_true", help="do it in a real browser")
    if parser.parse_args().browser:
        use_browser()
    else:
        use_commands()


def use_browser() -> None:
    """Do three jobs by clicks, each on an uploaded file, and print the table."""
    lines = []
    with a_browser() as browser, tempfile.TemporaryDirectory() as folder:
        server = new_server(Path(folder))
        with serving(server):
            for job in BROWSER_JOBS:
                page = browser.new_page(viewport=WIDE)
                path = studio_folder() / "sample_data" / f"{job.key}.csv"
                done = do_main_job(page, server, path, job.target)
                page.close()
                lines += browser_scores(server.settings.home, job, done)
    print("\n| dataset | kind | score | default | small | downloaded | gradient boosting |")
    print("|---|---|---|---:|---:|---:|---:|")
    print("\n".join(lines))


def browser_scores(home: Path, job: Job, done: BrowserJob) -> list[str]:
    """Lines of the table: both runs, the downloaded model asked row by row, and the rival."""
    settings = read_settings({"DLSTUDIO_HOME": str(home)})
    store = open_store(settings)
    first, second = (store.get_run(run).metrics["test"] for run in (done.first, done.second))
    store.close()
    rival = gradient_boosting(home, job, home / "runs" / done.second / "predictions.parquet")
    table = pd.read_parquet(open_dataset(settings, job.key).table_path)
    truth = table[job.target].tolist()
    main_score = next(iter(rival))
    kind = float if main_score == "rmse" else str
    asked = {main_score: f"{score_of(truth, done.answers, kind):.4f}"}
    return [
        f"| {job.key} | {job.kind} | {name} | {first[name]:.4f} | {second[name]:.4f} "
        f"| {asked.get(name, '')} | {rival[name]:.4f} |"
        for name in rival
    ]


def use_commands() -> None:
    """Run every job with every seed and print the table."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "DLSTUDIO_HOME": home}
        rows = [line for job in JOBS for line in run_job(job, environment, Path(home))]
    print("\n| dataset | kind | score | studio (mean of seeds) | gradient boosting |")
    print("|---|---|---|---|---|")
    for row in rows:
        print(row)


def run_job(job: Job, environment: dict[str, str], home: Path) -> list[str]:
    """Add, draft, train once a seed; returns lines of the table."""
    path = studio_folder() / "sample_data" / f"{job.key}.csv"
    spec = home / f"{job.key}.yaml"
    _command(["data", "add", f"sample_data/{path.name}"], environment)
    _command(["spec", "new", job.key, "--target", job.target, "-o", str(spec)], environment)
    studio: list[dict[str, float]] = []
    rival: list[dict[str, float]] = []
    for seed in SEEDS:
        seeds = ["--set", f"split.seed={seed}", "--set", f"training.seed={seed}"]
        answer = json.loads(_command(["train", str(spec), *seeds, "--json"], environment))
        folder = home / "runs" / answer["id"]
        studio.append(answer["metrics"]["test"])
        rival.append(gradient_boosting(home, job, folder / "predictions.parquet"))
    return [
        f"| {job.key} | {job.kind} | {name} | {_mean(studio, name)} | {_mean(rival, name)} |"
        for name in rival[0]
    ]


def gradient_boosting(home: Path, job: Job, predictions: Path) -> dict[str, float]:
    """Test scores of the rival on the rows of a run's split."""
    dataset = open_dataset(read_settings({"DLSTUDIO_HOME": str(home)}), job.key)
    table = pd.read_parquet(dataset.table_path)
    split = pd.read_parquet(predictions, columns=["row", "split"])
    test = split.loc[split["split"] == "test", "row"].to_numpy()
    train = split.loc[split["split"] != "test", "row"].to_numpy()
    inputs, target = _columns(table.drop(columns=job.target)), table[job.target]
    if pd.api.types.is_numeric_dtype(target):
        model = HistGradientBoostingRegressor(categorical_features="from_dtype", random_state=0)
        model.fit(inputs.iloc[train], target.iloc[train])
        predicted = model.predict(inputs.iloc[test])
        return {"rmse": float(root_mean_squared_error(target.iloc[test], predicted))}
    model = HistGradientBoostingClassifier(categorical_features="from_dtype", random_state=0)
    model.fit(inputs.iloc[train], target.iloc[train])
    shares = model.predict_proba(inputs.iloc[test])
    truth = target.iloc[test]
    labels = np.asarray(model.classes_).tolist()
    ranked = shares[:, 1] if len(labels) == 2 else shares
    return {
        "accuracy": float(accuracy_score(truth, np.asarray(labels)[shares.argmax(1)])),
        "roc_auc": float(roc_auc_score(truth, ranked, multi_class="ovr", labels=labels)),
        "log_loss": float(log_loss(truth, shares, labels=labels)),
    }


def _columns(table: pd.DataFrame) -> pd.DataFrame:
    """Columns as gradient boosting takes them: numbers, categories, days since 1970."""
    ready = {}
    for name in table.columns:
        column = table[name]
        if pd.api.types.is_datetime64_any_dtype(column):
            ready[name] = column.astype("int64") / 86_400e6
        elif pd.api.types.is_numeric_dtype(column):
            ready[name] = column
        else:
            ready[name] = column.astype("category")
    return pd.DataFrame(ready)


def _command(arguments: list[str], environment: dict[str, str]) -> str:
    print(f"\n$ dlstudio {' '.join(arguments)}", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "dlstudio", *arguments],
        env=environment,
        cwd=studio_folder(),
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    if "--json" in arguments:
        answer = json.loads(done.stdout)
        shown = {
            key: answer[key] for key in ("name", "status", "epochs", "best_epoch", "duration_s")
        }
        print(json.dumps({**shown, "test": answer["metrics"]["test"]}))
    else:
        print(done.stdout.rstrip())
    return done.stdout


def _mean(scores: list[dict[str, float]], name: str) -> str:
    values = [entry[name] for entry in scores]
    return f"{np.mean(values):.4f} ± {np.std(values):.4f}"


if __name__ == "__main__":
    main()
