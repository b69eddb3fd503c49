"""The model that is handed out answers raw rows in a process that has no dlstudio."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from dlstudio.models.assemble import assemble
from dlstudio.models.members import MemberLoss
from dlstudio.models.names import input_names
from dlstudio.models.network import build_network
from dlstudio.models.preprocessing import fit_preprocessor
from dlstudio.models.targets import TargetKind, codec_of, fit_codec
from dlstudio.spec.dataset import ColumnKind
from dlstudio.spec.task import TaskKind
from tests.models.tables import Raw, describe, spec_for, texts

pytestmark = [
    pytest.mark.tensorflow,
    # Keras's own, when it saves variables with NumPy 2.4.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

ROWS = 120
GENERATOR = np.random.default_rng(0)
INPUTS: Raw = {
    "a/b": GENERATOR.normal(size=ROWS).astype("float32"),
    "a_b": GENERATOR.exponential(size=ROWS).astype("float32"),
    "network": GENERATOR.normal(size=ROWS).astype("float32"),
    "größe [cm] %d {0}": GENERATOR.normal(size=ROWS).astype("float32"),
    'quote " and \\ \n line': texts(*["red", "blue", "", "[UNK]", "two\nlines"] * (ROWS // 5)),
    "dense": texts(*(f"v{index % 30}" for index in range(ROWS))),
    "日付 🎉": GENERATOR.uniform(0.0, 2e9, ROWS),
    " ": texts(*["good phone", "bad, phone!", ""] * (ROWS // 3)),
}
KINDS = {" ": ColumnKind.TEXT}
PREPROCESSING = {
    "a_b": {"scaling": "quantile", "embedding": "piecewise_linear"},
    "network": {"embedding": "periodic", "num_bins": 4},
    "größe [cm] %d {0}": {"scaling": "standard"},
}
ODD_ROWS: Raw = {
    "a/b": np.asarray([np.nan, np.inf, 1e38], "float32"),
    "a_b": np.asarray([-1.0, 1e9, np.nan], "float32"),
    "network": np.asarray([0.0, -np.inf, 5.0], "float32"),
    "größe [cm] %d {0}": np.asarray([0.0, 1.0, 1e30], "float32"),
    'quote " and \\ \n line': texts("never seen", "", "two\nlines"),
    "dense": texts("v1", "never seen", ""),
    "日付 🎉": np.asarray([1e9, np.nan, -1e12]),
    " ": texts("GOOD", "unknown words", ""),
}


@dataclass(frozen=True)
class Case:
    """A task and what its model should answer with."""

    targets: Raw
    kind: TaskKind = TaskKind.CLASSIFICATION
    separator: str | None = None
    ensemble_size: int = 1
    outputs: tuple[str, ...] = ("prediction", "probabilities")


VALUES = INPUTS["a/b"] * 1000.0 + 5.0
CLASSES = {"y": texts(*["NA", "[UNK]", "l'été"] * (ROWS // 3))}
CASES = {
    "classes": Case(CLASSES),
    "ensemble": Case(CLASSES, ensemble_size=3),
    "labels": Case({"tags": texts(*["r|s", "s", "t|r", "s|t"] * (ROWS // 4))}, separator="|"),
    "value": Case({"y": VALUES}, TaskKind.REGRESSION, outputs=("prediction",)),
    "values": Case(
        {"y 1": VALUES, "y/2": -VALUES},
        TaskKind.REGRESSION,
        ensemble_size=2,
        outputs=("prediction_y 1", "prediction_y/2"),
    ),
}
LOSSES = {
    TargetKind.CLASSES: keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    TargetKind.LABELS: keras.losses.BinaryCrossentropy(from_logits=True),
    TargetKind.VALUES: keras.losses.MeanSquaredError(),
}

SCRIPT = """
import json, sys
sys.modules["dlstudio"] = None
import keras, numpy as np, tensorflow as tf
rows = np.load("rows.npz", allow_pickle=True)
inputs = {name: keras.ops.convert_to_tensor(rows[name]) for name in rows.files}
answers = {}
for case in json.loads(sys.argv[1]):
    model = keras.saving.load_model(case + ".keras")
    eager = model(inputs)
    answers[case] = {name: np.asarray(eager[name]).tolist() for name in eager}
    traced = tf.function(model)(inputs)
    for name in eager:
        if np.asarray(eager[name]).dtype.kind == "f":
            assert np.allclose(eager[name], traced[name], rtol=1e-5, atol=1e-5), (case, name)
    if case in ("classes", "ensemble"):
        answers[case]["prediction"] = [text.decode() for text in answers[case]["prediction"]]
        answers[case]["class_names"] = model.get_layer("class_names").get_vocabulary()
print(json.dumps(answers))
"""


def trained_model(case: Case) -> keras.Model:
    info = describe({**INPUTS, **case.targets}, KINDS)
    spec = spec_for(
        list(INPUTS),
        list(case.targets),
        case.kind,
        label_separator=case.separator,
        preprocessing=PREPROCESSING,
        architecture={
            "kind": "fnn",
            "layers": [{"units": 8, "normalization": "batch", "dropout": 0.1}],
            "ensemble_size": case.ensemble_size,
        },
    )
    codec = fit_codec(codec_of(spec, info), case.targets, np.arange(ROWS))
    preprocessor = fit_preprocessor(spec, info, INPUTS)
    network = build_network(spec, info, codec.num_outputs)
    network.compile("adam", MemberLoss(LOSSES[codec.kind]), run_eagerly=True)
    fit: Any = network.fit
    fit(preprocessor.transform(INPUTS), codec.encode(case.targets), verbose=0)
    return assemble(preprocessor, network, codec)


def tensors(rows: Raw) -> dict[str, np.ndarray]:
    names = input_names(list(INPUTS))
    return {names[name]: values[:, None] for name, values in rows.items()}


def answer(model: keras.Model, rows: Raw) -> dict[str, np.ndarray]:
    inputs = {name: keras.ops.convert_to_tensor(values) for name, values in tensors(rows).items()}
    return {name: np.asarray(values) for name, values in model(inputs).items()}


@pytest.fixture(scope="module")
def models() -> dict[str, keras.Model]:
    return {name: trained_model(case) for name, case in CASES.items()}


@pytest.fixture(scope="module")
def answers_elsewhere(
    models: dict[str, keras.Model], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, list]]:
    """What the saved models answer to the odd rows in a process without dlstudio."""
    folder: Path = tmp_path_factory.mktemp("models")
    for name, model in models.items():
        model.save(folder / f"{name}.keras")
    np.savez(folder / "rows.npz", **tensors(ODD_ROWS))  # pyright: ignore[reportArgumentType]
    process = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", SCRIPT, json.dumps(list(CASES))],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", CASES)
def test_a_saved_model_answers_the_same_without_dlstudio(
    name: str, models: dict[str, keras.Model], answers_elsewhere: dict[str, dict[str, list]]
) -> None:
    here = answer(models[name], ODD_ROWS)
    assert tuple(here) == CASES[name].outputs
    for output, values in here.items():
        there = answers_elsewhere[name][output]
        if values.dtype == object:
            assert [text.decode() for text in values.tolist()] == there
        else:
            assert np.isfinite(values).all()
            assert np.array_equal(values, np.asarray(there, values.dtype))


@pytest.mark.parametrize("name", ["classes", "ensemble"])
def test_the_classes_travel_with_the_model(
    name: str, answers_elsewhere: dict[str, dict[str, list]]
) -> None:
    there = answers_elsewhere[name]
    assert there["class_names"] == ["NA", "[UNK]", "l'été"]
    best = np.argmax(there["probabilities"], axis=1)
    assert [there["class_names"][index] for index in best] == there["prediction"]
    assert np.sum(there["probabilities"], axis=1) == pytest.approx(1.0, abs=1e-5)


def test_labels_are_predicted_from_one_half_on(models: dict[str, keras.Model]) -> None:
    found = answer(models["labels"], INPUTS)
    assert found["prediction"].dtype == np.int32
    assert np.array_equal(found["prediction"] == 1, found["probabilities"] >= 0.5)


def test_values_come_in_the_units_of_the_target(models: dict[str, keras.Model]) -> None:
    found = answer(models["value"], INPUTS)["prediction"]
    assert found.shape == (ROWS,)
    assert 1.0 < found.std() < 2_000.0


@pytest.mark.parametrize("name", CASES)
def test_the_model_answers_what_the_network_says(name: str, models: dict[str, keras.Model]) -> None:
    """Answers do not depend on which other rows are asked in the same batch."""
    together = answer(models[name], INPUTS)
    alone = answer(models[name], {column: values[7:8] for column, values in INPUTS.items()})
    for output, values in together.items():
        if values.dtype.kind == "f":
            assert np.allclose(values[7:8], alone[output], rtol=1e-4, atol=1e-5)
