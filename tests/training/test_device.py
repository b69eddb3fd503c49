"""Device choice, and several devices through TensorFlow's logical ones."""

import subprocess
import sys

import pytest

from dlstudio.errors import TrainingError
from dlstudio.spec.training import Switch

pytestmark = pytest.mark.tensorflow


@pytest.mark.parametrize(
    ("device", "num_gpus", "expected"),
    [
        ("auto", 0, ()),
        ("auto", 2, (0,)),
        ("cpu", 2, ()),
        ("gpu", 1, (0,)),
        ("gpu:1", 2, (1,)),
        ("all_gpus", 3, (0, 1, 2)),
    ],
)
def test_the_device_is_chosen(device: str, num_gpus: int, expected: tuple[int, ...]) -> None:
    from dlstudio.training.device import choose_gpus

    assert choose_gpus(device, num_gpus) == expected


@pytest.mark.parametrize(("device", "num_gpus"), [("gpu", 0), ("gpu:1", 1), ("all_gpus", 0)])
def test_a_missing_gpu_is_named(device: str, num_gpus: int) -> None:
    from dlstudio.training.device import choose_gpus

    with pytest.raises(TrainingError, match=f"The device {device} was asked for") as caught:
        choose_gpus(device, num_gpus)

    assert caught.value.where == "training.device"
    assert caught.value.fix.startswith("Choose auto or cpu")


@pytest.mark.parametrize(
    ("asked", "capabilities", "expected"),
    [
        (Switch.AUTO, [], "float32"),
        (Switch.AUTO, [(6, 1)], "float32"),
        (Switch.AUTO, [(7, 5)], "mixed_float16"),
        (Switch.AUTO, [(8, 6), (7, 5)], "mixed_float16"),
        (Switch.AUTO, [(9, 0)], "mixed_bfloat16"),
        (Switch.OFF, [(9, 0)], "float32"),
        (Switch.ON, [], "mixed_bfloat16"),
    ],
)
def test_the_precision_fits_the_device(
    asked: Switch, capabilities: list[tuple[int, int]], expected: str
) -> None:
    from dlstudio.training.device import choose_precision

    assert choose_precision(asked, capabilities) == expected


@pytest.mark.parametrize(
    ("device", "expected"),
    [("auto", ["GPU:0"]), ("gpu:1", ["GPU:1"]), ("all_gpus", ["GPU:0", "GPU:1"]), ("cpu", [])],
)
def test_the_memory_of_each_chosen_gpu_grows_with_need(
    device: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras
    import tensorflow as tf

    from dlstudio.training.device import prepare_device

    gpus = [tf.config.PhysicalDevice(f"/physical_device:GPU:{index}", "GPU") for index in (0, 1)]
    grows, visible, policies = {}, [], []
    # Machines that run the tests have no GPU.
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: gpus)
    monkeypatch.setattr(tf.config, "set_visible_devices", lambda found, kind: visible.extend(found))
    monkeypatch.setattr(tf.config.experimental, "set_memory_growth", grows.__setitem__)
    monkeypatch.setattr(
        tf.config.experimental, "get_device_details", lambda gpu: {"compute_capability": (7, 5)}
    )
    monkeypatch.setattr(tf.distribute, "MirroredStrategy", lambda: None)
    monkeypatch.setattr(keras.config, "set_dtype_policy", policies.append)

    choice = prepare_device(device)

    assert list(choice.gpus) == expected
    assert visible == [gpu for gpu in gpus if gpu.name[-5:] in expected]
    assert grows == dict.fromkeys(visible, True)
    assert policies == [choice.precision] == ["mixed_float16" if expected else "float32"]


MIRRORED = """
import tempfile, pathlib
import keras, numpy as np, tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from dlstudio.training import best, session
from dlstudio.training.compile import compile_model
from dlstudio.training.trainer import train
session.CHECKPOINT_SHARE = 1e6  # write one each epoch
best.PLATEAU_PATIENCE, best.PLATEAU_MIN_DELTA = 1, 10.0  # the rate falls after each epoch
from tests.training.oracle import Listener, prepared, training_spec
from tests.training.training_process import TASK

def build():
    inputs = keras.Input((6,), name="inputs")
    hidden = keras.layers.Dense(8, activation="relu")(inputs)
    return keras.Model({"inputs": inputs}, keras.layers.Dense(3)(hidden))

losses, rates = [], []
for strategy in (tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]), tf.distribute.get_strategy()):
    # Equal shares: Keras takes the mean of the devices' means.
    spec = training_spec(epochs=3, engine="auto", batch_size=26, schedule="reduce_on_plateau")
    folder = pathlib.Path(tempfile.mkdtemp())
    with strategy.scope():
        keras.utils.set_random_seed(7)
        model = build()
        compile_model(model, TASK, spec, 6)
    outcome = train(model, prepared((6,)), spec, Listener(), folder, resume=False)
    rates.append([report.learning_rate for report in outcome.history])
    losses.append([report.metrics["validation"]["loss"] for report in outcome.history])
    print(outcome.engine)
    if not losses[1:]:
        assert outcome.engine.reason == "Several devices share each batch.", outcome.engine
    if strategy.num_replicas_in_sync == 2:  # cut off in its third epoch and resumed, it is the same
        cut = Listener()
        cut.on_epoch = lambda report: 1 / (report.epoch - 2)
        for listener, folder in ((cut, folder / "cut"), (Listener(), folder / "cut")):
            with strategy.scope():
                keras.utils.set_random_seed(7)
                again = build()
                compile_model(again, TASK, spec, 6)
            resume = listener is not cut
            try:
                found = train(again, prepared((6,)), spec, listener, folder, resume, None, 0)
            except ZeroDivisionError:
                assert not resume
        history = [report.metrics["validation"]["loss"] for report in found.history]
        assert len(listener.epochs) < 3, listener.epochs
        np.testing.assert_allclose(history, losses[0], atol=1e-5)
        assert [report.learning_rate for report in found.history] == rates[0]
        for one, other in zip(again.get_weights(), model.get_weights(), strict=True):
            np.testing.assert_allclose(one, other, atol=1e-5)
np.testing.assert_allclose(losses[0], losses[1], rtol=1e-4)
assert rates[0] == rates[1] and rates[0][2] < rates[0][1], rates
"""

PREPARED = """
import keras, tensorflow as tf
from dlstudio.spec.training import Switch
from dlstudio.training.device import prepare_device
choice = prepare_device("auto", Switch.ON, num_threads=1)
assert tf.config.threading.get_intra_op_parallelism_threads() == 1
assert keras.config.dtype_policy().name == "mixed_bfloat16"
assert str(choice) == "CPU, mixed_bfloat16", choice
with choice.scope():
    assert keras.layers.Dense(1).compute_dtype == "bfloat16"
"""

# Conditions within a step once waited for ever where there are few threads.
ONE_THREAD = """
import pathlib, tempfile
import keras
from dlstudio.training.device import prepare_device
prepare_device("cpu", num_threads=1)
from dlstudio.training.trainer import train
from tests.training import test_gan_training as gan
from tests.training.oracle import Listener, prepared, training_spec
from tests.training.test_trainer import compiled

spec = gan.game_spec(epochs=1)
game = gan.compiled(gan.TABLE, spec, **gan.GAMES["spectral"])
folder = pathlib.Path(tempfile.mkdtemp())
assert train(game, gan.prepared(gan.TABLE), spec, Listener(), folder, resume=False).history
keras.config.set_dtype_policy("mixed_float16")
spec = training_spec(epochs=1)
network = compiled(spec)
assert isinstance(network.optimizer, keras.optimizers.LossScaleOptimizer)
assert train(network, prepared((6,)), spec, Listener(), folder / "2", resume=False).history
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "script",
    [MIRRORED, PREPARED, ONE_THREAD],
    ids=["two devices", "one device", "one thread"],
)
def test_a_process_is_set_up_for_its_devices(script: str) -> None:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr[-3000:]
