"""Samples on their way to a page."""

import base64
import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from dlstudio.data.catalog import open_dataset
from dlstudio.errors import DataError, NotFoundError
from dlstudio.export.class_blend import blending_model
from dlstudio.models.sampling import draw_noise
from dlstudio.reports.generated import GeneratedSamples
from dlstudio.settings import Settings
from dlstudio.worker.generate_answer import answer_generate
from tests.fixtures.generators import finished_vae
from tests.fixtures.workspace import settings_in

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    kinds = ("pictures", "table", "sequences")
    homes = {kind: tmp_path_factory.mktemp(kind) for kind in kinds}
    for kind, home in homes.items():
        finished_vae(home, kind)
    return homes


def ask(home: Path, **request: Any) -> GeneratedSamples:  # noqa: ANN401
    answer = answer_generate(settings_in(home), {"run_id": "run", **request})
    return GeneratedSamples.model_validate(json.loads(json.dumps(answer)))


def pixels(answer: GeneratedSamples) -> np.ndarray:
    return np.frombuffer(base64.b64decode(answer.data), answer.dtype).reshape(answer.shape)


def test_pictures_come_as_bytes_with_their_classes(homes: dict[str, Path]) -> None:
    answer = ask(homes["pictures"], num_samples=5, seed=3)
    assert answer.kind == "image"
    assert pixels(answer).shape == (5, 8, 8, 1)
    assert len(answer.captions) == 5
    again = ask(homes["pictures"], num_samples=5, seed=3)
    assert again == answer
    chosen = ask(homes["pictures"], num_samples=3, seed=3, classes=["lying"])
    assert chosen.captions == ("lying",) * 3


def test_codes_are_unfolded_as_noise_is(homes: dict[str, Path]) -> None:
    noise = draw_noise(4, 16, seed=3)
    by_seed = ask(homes["pictures"], num_samples=4, seed=3, classes=["lying"])
    by_code = ask(homes["pictures"], codes=noise.tolist(), classes=["lying"])
    np.testing.assert_array_equal(pixels(by_seed), pixels(by_code))


def test_rows_of_a_table_come_as_values(homes: dict[str, Path]) -> None:
    answer = ask(homes["table"], num_samples=6, seed=0)
    assert [set(row) for row in answer.rows] == [{"height", "children", "colour", "kind"}] * 6
    assert all(isinstance(row["children"], int) for row in answer.rows)
    first, second = (ask(homes["table"], codes=[[0.5]], classes=["a"]).rows for _ in range(2))
    assert first == second


def test_sequences_come_with_the_names_of_their_channels(homes: dict[str, Path]) -> None:
    answer = ask(homes["sequences"], num_samples=2, seed=0)
    dataset = open_dataset(settings_in(homes["sequences"]), "waves")
    sequence = dataset.info.column("wave").sequence
    assert sequence is not None
    assert answer.channels == sequence.channels
    assert len(answer.channels) == answer.shape[-1]


def test_classes_are_blended_from_one_to_the_other(homes: dict[str, Path]) -> None:
    codes = draw_noise(1, 16, seed=3).tolist() * 3
    wanted = {"codes": codes, "classes": ["lying", "standing"]}
    blended = ask(homes["pictures"], **wanted, shares=[0.0, 0.5, 1.0])
    first, middle, last = pixels(blended).astype("float64")
    assert blended.captions == ()
    for made, name in ((first, "lying"), (last, "standing")):
        alone = pixels(ask(homes["pictures"], codes=codes[:1], classes=[name]))[0]
        assert abs(made - alone).max() <= 1  # pixels are rounded
    assert min(abs(middle - first).max(), abs(middle - last).max()) > 10
    same = ask(homes["pictures"], codes=codes, classes=["lying", "lying"], shares=[0.0, 0.5, 1.0])
    assert np.ptp(pixels(same).astype("float64"), axis=0).max() <= 1


def test_rows_of_a_table_are_blended_too(homes: dict[str, Path]) -> None:
    wanted = {"codes": [[0.5]] * 3, "classes": ["a", "b"]}
    rows = ask(homes["table"], **wanted, shares=[0.0, 0.5, 1.0]).rows
    ends = [ask(homes["table"], codes=[[0.5]], classes=[name]).rows[0] for name in ("a", "b")]
    assert "kind" not in rows[0]
    first, middle, last = (float(str(row["height"])) for row in rows)
    assert [first, last] == [end["height"] for end in ends]
    assert min(first, last) < middle < max(first, last)


def test_a_generator_without_shares_of_classes_blends_nothing() -> None:
    noise = keras.Input((2,), name="noise")
    plain = keras.Model({"noise": noise}, {"values": keras.layers.Dense(2)(noise)})
    with pytest.raises(DataError, match="The classes of this run cannot be blended"):
        blending_model(plain)


def test_what_cannot_be_drawn_is_refused(homes: dict[str, Path], settings: Settings) -> None:
    with pytest.raises(DataError, match="The run knows no class 'flying'"):
        ask(homes["pictures"], num_samples=1, classes=["flying"])
    with pytest.raises(NotFoundError, match="The run has no generator"):
        answer_generate(settings, {"run_id": "none", "num_samples": 1})
