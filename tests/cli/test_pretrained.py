"""Transfer learning without a network: weights from a folder, a saved model for plain Keras."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlstudio.data.catalog import add_dataset
from dlstudio.settings import Settings
from tests.fixtures.pretrained import WEIGHTS
from tests.fixtures.training import run_dlstudio
from tests.fixtures.workspace import environment_of

pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    # Keras's own, when it saves variables with NumPy 2.4.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

SIDE = 32


@pytest.fixture
def spec_path(settings: Settings, tmp_path: Path) -> Path:
    generator = np.random.default_rng(0)
    for number in range(40):
        shade = ("dark", "light")[number % 2]
        pixels = generator.integers(0, 100, (SIDE, SIDE, 3)) + 150 * (number % 2)
        path = tmp_path / "shades" / shade / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels.astype("uint8")).save(path)
    add_dataset(settings, tmp_path / "shades")
    path = tmp_path / "spec.yaml"
    made = run_dlstudio(settings, "spec", "new", "shades", "-o", str(path))
    assert made.returncode == 0, made.stderr
    return path


def train(settings: Settings, spec: Path, *changes: str) -> subprocess.CompletedProcess[str]:
    backbone = "architecture.backbone=mobilenet_v3_small"
    sets = [part for change in (backbone, *changes) for part in ("--set", change)]
    return run_dlstudio(settings, "train", str(spec), *sets, "--json")


@pytest.mark.parametrize(
    ("trained_layers", "frozen_epochs"),
    [(0, 5), (8, 0), (8, 1)],
    ids=["frozen", "fine-tuned", "frozen, then fine-tuned"],
)
def test_weights_of_a_folder_are_trained_on_saved_and_loaded_in_plain_keras(
    settings: Settings,
    spec_path: Path,
    pretrained_weights: Path,
    trained_layers: int,
    frozen_epochs: int,
) -> None:
    trained = train(
        settings,
        spec_path,
        f"architecture.weights_folder={pretrained_weights}",
        f"architecture.trained_layers={trained_layers}",
        f"architecture.frozen_epochs={frozen_epochs}",
        "training.epochs=4",
    )
    assert trained.returncode == 0, trained.stderr
    run = json.loads(trained.stdout)
    files = {file["name"]: file["path"] for file in run["artifacts"]}
    code = (
        "import sys, keras, numpy as np\n"
        f"model = keras.saving.load_model({files['model.keras']!r})\n"
        f"answer = model({{'image': np.zeros((2, 50, 40, 3), 'uint8')}})['probabilities']\n"
        "assert answer.shape == (2, 2) and 'dlstudio' not in sys.modules\n"
        "parts = [l for l in model._flatten_layers() if l.name.endswith('_pretrained')]\n"
        f"original = keras.applications.MobileNetV3Small(include_top=False, weights=None, "
        f"pooling='avg', input_shape=({SIDE}, {SIDE}, 3))\n"
        f"original.load_weights({WEIGHTS!r})\n"
        "pairs = zip(parts[0].layers, original.layers, strict=True)\n"
        "changed = [n for n, (a, b) in enumerate(pairs) if any((x != y).any() for x, y in "
        "zip(a.get_weights(), b.get_weights(), strict=True))]\n"
        "print(len(original.layers), *changed)\n"
    )
    plain = subprocess.run(
        [sys.executable, "-c", code],
        cwd=pretrained_weights,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert plain.returncode == 0, plain.stderr[-2_000:]
    num_layers, *changed = map(int, plain.stdout.split())
    # Only the last layers went on learning, if any, and if a later epoch than the frozen ones is
    # kept: the images are too few to say which epoch is best.
    assert bool(changed) == (trained_layers > 0 and run["best_epoch"] > frozen_epochs)
    assert all(place >= num_layers - trained_layers for place in changed)


def test_what_is_missing_is_said_with_the_way_out(
    settings: Settings, spec_path: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    failed = train(settings, spec_path, f"architecture.weights_folder={empty}")
    assert failed.returncode != 0
    assert "holds no weights of mobilenet_v3_small" in failed.stderr
    assert "its name begins with 'weights_mobilenet_v3_small'" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_without_a_network_the_way_out_is_a_folder(
    settings: Settings, spec_path: Path, tmp_path: Path
) -> None:
    environment = environment_of(settings) | {
        "KERAS_HOME": str(tmp_path / "keras"),
        "https_proxy": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
    }
    failed = subprocess.run(
        [sys.executable, "-m", "dlstudio", "train", str(spec_path)]
        + ["--set", "architecture.backbone=mobilenet_v3_small", "--json"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert failed.returncode != 0
    assert "The weights of mobilenet_v3_small cannot be downloaded" in failed.stderr
    assert "set Weights folder to the folder that holds it" in failed.stderr
    assert "Traceback" not in failed.stderr
