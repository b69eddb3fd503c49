"""A run that was killed and resumed ends like one that was never interrupted."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlstudio.errors import TrainingError
from dlstudio.spec.training import TrainingSpec
from dlstudio.training.trainer import train
from tests.training.oracle import Listener, prepared, training_spec

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]


def command(folder: Path, kind: str, *options: str) -> list[str]:
    return [sys.executable, "-m", "tests.training.training_process", str(folder), kind, *options]


def results(folder: Path) -> tuple[dict[str, Any], list[np.ndarray]]:
    with np.load(folder / "weights.npz") as weights:
        arrays = [weights[name] for name in weights.files]
    return json.loads((folder / "outcome.json").read_text()), arrays


def kill_after_epoch(folder: Path, kind: str, epoch: int, delay_s: float) -> None:
    with subprocess.Popen(command(folder, kind, "--slow"), stdout=subprocess.PIPE) as process:
        assert process.stdout
        for line in process.stdout:
            if int(line) >= epoch:
                time.sleep(delay_s)
                process.send_signal(signal.SIGKILL)
                break


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    "kind", ["adamw with cosine", "adam with plateau", "early stopping", "steps", "xla"]
)
def test_a_killed_run_ends_like_one_never_interrupted(kind: str, tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    killed.mkdir()
    chance = random.Random(kind)
    with subprocess.Popen(command(whole, kind)) as process:
        kill_after_epoch(killed, kind, chance.randint(1, 3), chance.uniform(0, 0.1))
        assert process.wait() == 0
    assert not (killed / "outcome.json").exists(), "the kill came too late to test anything"

    subprocess.run(command(killed, kind), check=True)

    expected, expected_weights = results(whole)
    found, weights = results(killed)
    assert found["best_epoch"] == expected["best_epoch"]
    assert found["stopped"] == expected["stopped"]
    assert len(found["history"]) == len(expected["history"])
    for one, other in zip(found["history"], expected["history"], strict=True):
        for split in ("train", "validation"):
            assert one[split] == pytest.approx(other[split], abs=1e-5)
    for one, other in zip(weights, expected_weights, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def model_and_spec(**changes: object) -> tuple[Any, TrainingSpec]:
    import keras

    from dlstudio.training.compile import compile_model
    from tests.training.training_process import TASK, build

    spec = training_spec(**changes)
    keras.utils.set_random_seed(spec.seed)
    model = build()
    compile_model(model, TASK, spec, 4 * spec.epochs)
    return model, spec


def test_a_stopped_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    data = prepared((6,))
    model, spec = model_and_spec(epochs=6)
    expected = train(model, data, spec, Listener(), tmp_path / "whole", resume=False)

    model, spec = model_and_spec(epochs=6)
    listener = Listener(stops=lambda listener: len(listener.epochs) >= 2)
    watching_always(listener)
    stopped = train(model, data, spec, listener, tmp_path / "parts", resume=False)
    assert stopped.stopped_because == "asked"
    assert 2 <= stopped.num_epochs < 6
    model, spec = model_and_spec(epochs=6)
    resumed = train(model, data, spec, Listener(), tmp_path / "parts", resume=True)

    assert resumed.stopped_because == "all_epochs"
    assert [report.metrics for report in resumed.history] == [
        report.metrics for report in expected.history
    ]


def in_float16(spec: TrainingSpec) -> Any:  # noqa: ANN401
    """A network whose loss is scaled, by a scale that grows until gradients overflow."""
    import keras

    from dlstudio.training.compile import compile_model
    from tests.training.training_process import TASK, build

    keras.utils.set_random_seed(spec.seed)
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = build()
        compile_model(model, TASK, spec, 4 * spec.epochs)
    finally:
        keras.config.set_dtype_policy(before)
    optimizer = model.optimizer
    assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    optimizer.initial_scale, optimizer.dynamic_growth_steps = 1024.0, 3
    return model


class ScaleListener(Listener):
    """Notes the scale after each epoch, the steps since it grew, and the steps not skipped."""

    def __init__(self, model: Any, stop_after: int = 1_000) -> None:  # noqa: ANN401, D107
        super().__init__(lambda listener: len(listener.epochs) >= stop_after)
        self.scales: list[tuple[float, int, int]] = []
        self._optimizer = model.optimizer

    def on_epoch(self, report: Any) -> None:  # noqa: ANN401
        super().on_epoch(report)
        scaled = self._optimizer
        known = scaled.dynamic_scale, scaled.step_counter, scaled.iterations
        self.scales.append(tuple(variable.numpy().item() for variable in known))


def test_a_resumed_run_goes_on_with_the_scale_of_its_loss(tmp_path: Path) -> None:
    data, spec = prepared((6,)), training_spec(epochs=10)
    whole = in_float16(spec)
    expected = ScaleListener(whole)
    history = train(whole, data, spec, expected, tmp_path / "whole", resume=False).history
    assert expected.scales[-1][2] < 40, "no gradient overflowed"

    model = in_float16(spec)
    first = ScaleListener(model, stop_after=2)
    watching_always(first)
    train(model, data, spec, first, tmp_path / "parts", resume=False)
    assert first.scales[-1][0] > 1024, "the scale is still the first one"
    model = in_float16(spec)
    second = ScaleListener(model)
    resumed = train(model, data, spec, second, tmp_path / "parts", resume=True)

    assert 0 < len(second.scales) < 10
    assert first.scales + second.scales == expected.scales
    assert [one.metrics for one in resumed.history] == [one.metrics for one in history]


def watching_always(listener: Listener) -> None:
    """Make each epoch long enough for the watcher to be asked after it."""
    hear = listener.on_epoch

    def on_epoch(report: Any) -> None:  # noqa: ANN401
        hear(report)
        time.sleep(0.25)

    listener.on_epoch = on_epoch


def test_a_finished_run_resumes_to_the_same_outcome(tmp_path: Path) -> None:
    data = prepared((6,))
    model, spec = model_and_spec()
    first = train(model, data, spec, Listener(), tmp_path, resume=False)
    weights = model.get_weights()

    model, spec = model_and_spec()
    again = train(model, data, spec, Listener(), tmp_path, resume=True)

    assert again == first
    for one, other in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_checkpoint_of_another_spec_is_refused(tmp_path: Path) -> None:
    data = prepared((6,))
    model, spec = model_and_spec()
    train(model, data, spec, Listener(), tmp_path, resume=False)

    model, spec = model_and_spec(seed=8)
    with pytest.raises(TrainingError, match="another network, dataset or spec"):
        train(model, data, spec, Listener(), tmp_path, resume=True)
