"""Windows are gathered by the step that takes them: the numbers of copies, without the copies."""

from pathlib import Path

import numpy as np
import pytest

from dlstudio.data.dataset import Dataset
from dlstudio.data.forecasting.windows import horizons_from, windows_before
from dlstudio.spec.training import Engine
from dlstudio.training.batches import batch_size_bytes
from dlstudio.training.compile import compile_model
from dlstudio.training.examples import Examples, PreparedData
from dlstudio.training.outcome import TrainingOutcome
from dlstudio.training.prepare_forecast import ForecastPreparation, prepare_forecast
from dlstudio.training.series_windows import SeriesWindows
from dlstudio.training.trainer import train
from tests.fixtures.shops import HORIZON, add_shops, shop_spec
from tests.fixtures.workspace import settings_in
from tests.training.oracle import Listener, assert_same_logs, logs_of, training_spec

pytestmark = pytest.mark.tensorflow
WINDOW = 14


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("shops")
    return add_shops(settings_in(folder / "home"), folder)


def copied(examples: Examples) -> Examples:
    assert isinstance(examples.gathering, SeriesWindows)
    return Examples(*examples.gathering.at(examples.targets))


def test_what_is_gathered_is_what_lies_around_the_origin(shops: Dataset) -> None:
    prepared = prepare_forecast(shops, shop_spec(shops, inputs=()))
    examples, layout = prepared.data.train, prepared.preprocessor.layout
    assert isinstance(examples.gathering, SeriesWindows)
    channels, targets = examples.gathering.sources[:2]
    origins = prepared.split.train
    found = copied(examples)

    assert np.array_equal(found.features["history"], windows_before(channels, origins, WINDOW))
    known = channels[:, layout.known_channels]
    assert np.array_equal(found.features["future"], horizons_from(known, origins, HORIZON))
    after = horizons_from(targets, origins, HORIZON).reshape(len(origins), -1)
    assert np.array_equal(found.targets, after, equal_nan=True)
    calendar = prepared.preprocessor.calendar(prepared.split.table.times(origins))
    assert np.allclose(found.features["dense"], calendar)


def test_examples_take_the_memory_of_the_series_and_not_of_the_windows(shops: Dataset) -> None:
    data = prepare_forecast(shops, shop_spec(shops)).data
    copies = batch_size_bytes(copied(data.train))
    assert batch_size_bytes(data.train) < copies / 5


@pytest.mark.parametrize("engine", [Engine.GRAPH, Engine.XLA, Engine.FIT])
def test_training_on_gathered_windows_equals_training_on_copies(
    shops: Dataset, tmp_path: Path, engine: Engine
) -> None:
    gathered = trained(shops, tmp_path / "a", engine, are_copied=False)
    plain = trained(shops, tmp_path / "b", engine, are_copied=True)
    assert gathered.num_epochs == 2
    assert_same_logs(logs_of(gathered), logs_of(plain))


def trained(shops: Dataset, folder: Path, engine: Engine, *, are_copied: bool) -> TrainingOutcome:
    spec = shop_spec(shops, "rnn")
    prepared: ForecastPreparation = prepare_forecast(shops, spec)
    data = prepared.data
    if are_copied:
        data = PreparedData(copied(data.train), copied(data.validation))
    # 39 windows a batch leave a smaller last one.
    asked = training_spec(epochs=2, engine=engine, batch_size=39)
    compile_model(prepared.network, spec.task, asked, 40, prepared.target_scale)
    return train(prepared.network, data, asked, Listener(), folder, resume=False)
