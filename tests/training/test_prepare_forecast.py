"""From series to windows, and from windows to a network that any series can use."""

from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

from dlstudio.data.dataset import Dataset
from dlstudio.errors import DataError
from dlstudio.evaluation.rolling import predict_origins
from dlstudio.export.load import load_model
from dlstudio.models.forecast_model import assemble_forecast
from dlstudio.models.preview import preview
from dlstudio.settings import Settings
from dlstudio.spec import rhythm
from dlstudio.spec.architectures.fnn import FnnSpec
from dlstudio.spec.architectures.table import architectures_for
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from dlstudio.training import prepare_forecast as module
from dlstudio.training.compile import compile_model, num_training_steps
from dlstudio.training.examples import Examples
from dlstudio.training.forecast_loss import ForecastRmse, MeasuredSquares
from dlstudio.training.prepare_forecast import ForecastPreparation, prepare_forecast
from dlstudio.training.series_windows import SeriesWindows
from tests.fixtures.shops import HORIZON, SIZES, add_shops, shop_sales, shop_spec

pytestmark = [
    pytest.mark.tensorflow,
    # Keras's own, when it saves variables with NumPy 2.4.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    from tests.fixtures.workspace import settings_in

    folder = tmp_path_factory.mktemp("shops")
    return add_shops(settings_in(folder / "home"), folder)


def with_random_weights(prepared: ForecastPreparation) -> keras.Model:
    """The model of a network whose last layer says something."""
    keras.utils.set_random_seed(1)
    generator = np.random.default_rng(1)
    for layer in prepared.network.layers:
        if layer.name in ("output", "straight"):
            layer.kernel.assign(0.1 * generator.normal(size=layer.kernel.shape))
    return assemble_forecast(prepared.preprocessor, prepared.network)


def read(examples: Examples) -> Examples:
    """The same examples in memory, as copies."""
    assert isinstance(examples.gathering, SeriesWindows)
    return Examples(*examples.gathering.at(examples.targets))


def test_windows_lie_before_horizons_and_in_the_order_of_time(shops: Dataset) -> None:
    prepared = prepare_forecast(shops, shop_spec(shops, inputs=()))

    train, table = read(prepared.data.train), prepared.split.table
    assert train.features["history"].shape == (len(train), 14, 3)  # sales, holiday no and yes
    assert train.features["future"].shape == (len(train), HORIZON, 2)
    assert train.features["dense"].shape == (len(train), 2)  # the weekday on its circle
    assert train.targets.shape == (len(train), HORIZON)
    assert table.names == ("corner", "mall")
    first = table.columns["sales"][: 14 + HORIZON]
    scaled = np.concatenate([train.features["history"][0, :, 0], train.targets[0]])
    assert np.corrcoef(first, scaled)[0, 1] == pytest.approx(1.0)
    assert "2 series with a step of 1 day: from 14 steps the next 7 are forecast." in prepared.notes


def test_a_small_series_counts_as_much_as_a_large_one(shops: Dataset) -> None:
    prepared = prepare_forecast(shops, shop_spec(shops))

    series = prepared.split.table.series[prepared.split.train]
    targets = read(prepared.data.train).targets
    spreads = [targets[series == place].std() for place in (0, 1)]

    assert spreads == pytest.approx([1.0, 1.0], abs=0.15)


@pytest.mark.parametrize("architecture", architectures_for(TaskKind.FORECASTING))
def test_every_architecture_begins_as_the_seasonal_naive_forecast(
    shops: Dataset, architecture: str
) -> None:
    spec = shop_spec(shops, architecture, inputs=("visitors",))
    prepared = prepare_forecast(shops, spec)
    model = assemble_forecast(prepared.preprocessor, prepared.network)
    origins, table = prepared.split.test, prepared.split.table

    found = predict_origins(model, table, prepared.preprocessor.layout, "date", origins)

    places = origins[:, None] + np.arange(HORIZON) - 7
    assert np.allclose(found[:, :, 0], table.columns["sales"][places], rtol=1e-4)
    shown = preview(spec, shops.info)
    assert shown.num_parameters == prepared.network.count_params()
    assert "the past" in {layer.detail for layer in shown.layers}


def test_features_of_training_and_raw_windows_give_the_same_forecast(shops: Dataset) -> None:
    prepared = prepare_forecast(shops, shop_spec(shops))
    model = with_random_weights(prepared)
    table, layout = prepared.split.table, prepared.preprocessor.layout

    raw = predict_origins(model, table, layout, "date", prepared.split.validation)
    outputs = prepared.network(read(prepared.data.validation).features, training=False)
    scaled = np.asarray(keras.ops.mean(outputs, axis=1))  # of the members of the ensemble

    sales = table.columns["sales"]
    series = table.series[prepared.split.validation]
    is_train = prepared.split.parts == 0
    for place in range(len(SIZES)):
        own = sales[is_train & (table.series == place)].astype(float)
        expected = scaled[series == place] * own.std() + own.mean()
        assert np.allclose(raw[series == place, :, 0], expected, rtol=2e-3, atol=1e-2 * own.std())


def test_a_forecast_does_not_depend_on_the_units_of_a_series(shops: Dataset) -> None:
    prepared = prepare_forecast(shops, shop_spec(shops, inputs=()))
    model = with_random_weights(prepared)
    table, layout = prepared.split.table, prepared.preprocessor.layout
    origins = prepared.split.test
    before = predict_origins(model, table, layout, "date", origins)

    table.columns["sales"] = (1_000.0 * table.columns["sales"] + 500.0).astype("float32")
    after = predict_origins(model, table, layout, "date", origins)

    assert np.allclose(after, 1_000.0 * before + 500.0, rtol=1e-3)


@pytest.mark.parametrize("horizon", [1, 4, 7])
@pytest.mark.parametrize("many", [1, 10_000])
def test_a_forecast_does_not_depend_on_how_many_are_asked_for_at_once(
    shops: Dataset, horizon: int, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rhythm, "MANY_WINDOWS", many)  # with and without the straight line
    prepared = prepare_forecast(shops, shop_spec(shops, inputs=(), horizon=horizon))
    model = with_random_weights(prepared)
    table, layout = prepared.split.table, prepared.preprocessor.layout
    origins = prepared.split.test

    alone = [predict_origins(model, table, layout, "date", origins[[at]]) for at in range(8)]

    for count in (2, 4, 7, 8):  # as many as there are members, steps and days
        together = predict_origins(model, table, layout, "date", origins[:count])
        assert np.allclose(together, np.concatenate(alone[:count]), rtol=1e-4)


def test_a_series_that_stands_still_goes_on_standing_still(shops: Dataset) -> None:
    prepared = prepare_forecast(shops, shop_spec(shops, inputs=()))
    model = with_random_weights(prepared)
    table, layout = prepared.split.table, prepared.preprocessor.layout

    table.columns["sales"] = np.full_like(table.columns["sales"], 42.0)
    found = predict_origins(model, table, layout, "date", prepared.split.test[:3])

    assert np.allclose(found, 42.0, rtol=1e-4)


def test_the_saved_model_is_loaded_by_keras_and_takes_gaps(shops: Dataset, tmp_path: Path) -> None:
    prepared = prepare_forecast(shops, shop_spec(shops))
    model = with_random_weights(prepared)
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    table, layout = prepared.split.table, prepared.preprocessor.layout
    origins = prepared.split.test[:4]

    first = predict_origins(model, table, layout, "date", origins)
    second = predict_origins(loaded, table, layout, "date", origins)
    table.columns["sales"][origins[0] - 3] = np.nan
    with_gap = predict_origins(loaded, table, layout, "date", origins)

    assert np.allclose(first, second, rtol=1e-5)
    assert np.isfinite(with_gap).all()


@pytest.mark.parametrize(
    "preprocessing",
    [
        {"sales": {"scaling": "training"}},
        {"sales": {"scaling": "none"}},
        {"sales": {"differencing": True}, "visitors": {"scaling": "window"}},
        {"holiday": {"max_categories": 1}},
    ],
)
def test_every_setting_of_a_column_gives_a_forecast_in_target_units(
    shops: Dataset, preprocessing: dict
) -> None:
    spec = shop_spec(shops, inputs=("visitors",)).model_copy(
        update={"preprocessing": preprocessing, "architecture": FnnSpec()}
    )
    prepared = prepare_forecast(shops, spec)
    model = assemble_forecast(prepared.preprocessor, prepared.network)
    origins, table = prepared.split.test, prepared.split.table

    found = predict_origins(model, table, prepared.preprocessor.layout, "date", origins)

    places = origins[:, None] + np.arange(HORIZON) - 7
    assert np.allclose(found[:, :, 0], table.columns["sales"][places], rtol=1e-3, atol=0.01)


def test_several_targets_come_out_by_name(shops: Dataset) -> None:
    spec = shop_spec(shops, targets=("sales", "visitors"), inputs=())
    prepared = prepare_forecast(shops, spec)
    model = assemble_forecast(prepared.preprocessor, prepared.network)

    assert set(model.output) == {"prediction_sales", "prediction_visitors"}
    assert read(prepared.data.train).targets.shape[1] == 2 * HORIZON


def test_few_windows_are_drawn_where_all_would_take_too_long(
    shops: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_WINDOW_VALUES", 20 * (14 * 3 + HORIZON * 2))

    prepared = prepare_forecast(shops, shop_spec(shops, inputs=()))

    assert len(prepared.data.train) == 20
    assert len(prepared.data.validation) == 5
    assert any("20 of them, drawn at random" in note for note in prepared.notes)


def test_what_is_odd_about_the_rows_is_told(settings: Settings, tmp_path: Path) -> None:
    table = shop_sales().drop(index=[40, 42, 44]).sample(frac=1.0, random_state=1)
    short = shop_sales(5).assign(shop="short").drop_duplicates("date")
    dataset = add_shops(settings, tmp_path, pd.concat([table, short], ignore_index=True))

    notes = " ".join(prepare_forecast(dataset, shop_spec(dataset)).notes)

    assert "all rows were sorted by time" in notes
    assert "3 steps of 1 day are missing in" in notes
    assert "1 series are too short for a window and a horizon and were left out: 'short'." in notes


def test_series_that_are_too_short_are_refused(settings: Settings, tmp_path: Path) -> None:
    dataset = add_shops(settings, tmp_path, shop_sales(20))

    with pytest.raises(DataError, match="The longest series has 20 steps of 1 day, but a window"):
        prepare_forecast(dataset, shop_spec(dataset))


def test_a_network_learns_what_the_naive_forecast_cannot_know(shops: Dataset) -> None:
    """Holidays come every eleven days: last week does not tell, the known column does."""
    spec: RunSpec = shop_spec(shops)
    prepared = prepare_forecast(shops, spec)
    num_steps = num_training_steps(len(prepared.data.train), prepared.batch_size, 30)
    compile_model(prepared.network, spec.task, spec.training, num_steps, prepared.target_scale)
    train, judged = read(prepared.data.train), read(prepared.data.validation)
    before = prepared.network.evaluate(judged.features, judged.targets, verbose=0)
    prepared.network.fit(
        train.features, train.targets, batch_size=prepared.batch_size, epochs=30, verbose=0
    )
    after = prepared.network.evaluate(judged.features, judged.targets, verbose=0)

    assert after[0] < 0.35 * before[0]
    assert prepared.network.metrics_names[0] == "loss"


def test_the_loss_leaves_out_what_was_never_measured() -> None:
    actual = np.asarray([[1.0, np.nan], [np.nan, np.nan]], "float32")
    predicted = np.asarray([[3.0, 100.0], [5.0, 5.0]], "float32")

    assert np.asarray(MeasuredSquares().call(actual, predicted)).tolist() == [4.0, 0.0]


def test_the_curve_shows_the_error_of_each_target_in_its_units() -> None:
    metric = ForecastRmse(np.asarray([10.0, 100.0]))
    actual = np.asarray([[0.0, 0.0, 0.0, np.nan]], "float32")
    predicted = np.asarray([[1.0, 2.0, 1.0, 7.0]], "float32")

    metric.update_state(actual, predicted)

    assert float(metric.result()) == pytest.approx((10.0 + 200.0) / 2)
    assert ForecastRmse(**metric.get_config()).scale.tolist() == [10.0, 100.0]
    assert MeasuredSquares(**MeasuredSquares().get_config()).name == "mean_squared_error"
