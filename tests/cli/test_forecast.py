"""A forecast from the command line: train, then the next steps without a file."""

import csv
import io
import json
from pathlib import Path

import pytest

from dlstudio.runs.store import open_store
from dlstudio.settings import Settings
from tests.fixtures.shops import shop_sales
from tests.fixtures.training import run_dlstudio
from tests.ui.past_runs import iris_spec

pytestmark = pytest.mark.slow


def test_the_next_steps_need_no_file(settings: Settings, tmp_path: Path) -> None:
    source, spec = tmp_path / "mall.csv", tmp_path / "run.yaml"
    table = shop_sales().query("shop == 'mall'").drop(columns=["shop", "visitors"])
    table.to_csv(source, index=False)
    run_dlstudio(settings, "data", "add", str(source))
    asked = ("--task", "forecasting", "--target", "sales", "-o", str(spec))
    assert run_dlstudio(settings, "spec", "new", "mall", *asked).returncode == 0
    changes = ("task.horizon=3", "task.inputs=[]", 'task.known=["holiday"]', "training.epochs=3")
    sets = [part for change in changes for part in ("--set", change)]
    trained = run_dlstudio(settings, "train", str(spec), "--name", "sales", *sets, "--json")
    assert json.loads(trained.stdout)["status"] == "finished", trained.stderr

    refused = run_dlstudio(settings, "predict", "sales")
    assert refused.returncode == 1 and refused.stdout == ""
    assert "0 of the 3 values that are needed from 2024-05-20" in refused.stderr
    assert "--known FILE" in refused.stderr
    lost = run_dlstudio(settings, "predict", "sales", "--known", "no.csv")
    assert lost.returncode == 1 and "There is no file 'no.csv'." in lost.stderr

    known = tmp_path / "known.csv"
    known.write_text("date,holiday\n2024-05-20,no\n2024-05-21,yes\n2024-05-22,no\n")
    said = run_dlstudio(settings, "predict", "sales", "--known", str(known), "--band")

    assert said.returncode == 0, said.stderr
    rows = list(csv.DictReader(io.StringIO(said.stdout)))
    assert [row["date"] for row in rows] == ["2024-05-20", "2024-05-21", "2024-05-22"]
    for row in rows:
        low, middle, high = (
            float(row[name]) for name in ("prediction_low", "prediction", "prediction_high")
        )
        assert low < middle < high


def test_only_a_forecast_goes_on_by_itself(settings: Settings) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    store = open_store(settings)
    store.submit(iris_spec(), "odd")
    store.close()

    nothing = run_dlstudio(settings, "predict", "odd")
    banded = run_dlstudio(settings, "predict", "odd", "rows.csv", "--band")

    assert nothing.returncode == 1 and "No file is named, but 'odd' answers rows" in nothing.stderr
    assert "dlstudio predict odd FILE" in nothing.stderr
    assert banded.returncode == 1 and "'odd' is no forecast" in banded.stderr
