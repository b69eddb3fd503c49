"""What a network makes of a table comes back as values of its columns, however they are scaled."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from dlstudio.models.canvas import Canvas, canvas_of
from dlstudio.models.preprocessing import fit_preprocessor
from dlstudio.models.table_columns import columns_of, table_of
from dlstudio.models.table_values import TableValues, fit_table_values
from dlstudio.spec.task import TaskKind
from tests.models.tables import Raw, describe, spec_for, texts

pytestmark = pytest.mark.tensorflow


def mixed(num_rows: int = 400) -> Raw:
    random = np.random.default_rng(0)
    numbers = {
        "price": np.round(random.lognormal(3, 1, num_rows), 2),
        "rooms": random.integers(1, 7, num_rows),
        "gain": np.where(random.random(num_rows) < 0.6, 0.0, random.exponential(900, num_rows)),
        "constant": np.full(num_rows, 3.5),
        "income": np.where(random.random(num_rows) < 0.2, np.nan, random.normal(50, 9, num_rows)),
    }
    words = np.asarray(["red", "green", "blue", ""], object)
    raw = {name: values.astype("float32") for name, values in numbers.items()}
    raw["colour"] = words[random.choice(4, num_rows, p=[0.5, 0.3, 0.1, 0.1])]
    raw["only"] = np.full(num_rows, "one", object)
    return raw


def fitted(raw: Raw, **settings: Any) -> tuple[TableValues, np.ndarray, Canvas]:  # noqa: ANN401
    """The way back, and the training rows on the canvas."""
    info = describe(raw)
    spec = spec_for(
        list(raw),
        [],
        TaskKind.GENERATION,
        architecture={"kind": "vae"},
        preprocessing={name: settings for name in raw if raw[name].dtype != object},
    )
    preprocessor = fit_preprocessor(spec, info, raw)
    canvas = canvas_of(spec, info)
    values = fit_table_values(preprocessor, canvas, raw)
    return values, preprocessor.transform(raw)["dense"], canvas


@pytest.mark.parametrize("scaling", ["standard", "min_max", "robust", "quantile", "none"])
def test_rows_come_back_as_they_were(scaling: str) -> None:
    raw = mixed()
    values, rows, _ = fitted(raw, scaling=scaling)
    table = table_of(values, rows)
    assert table.column_names == list(raw)
    for name in ("rooms", "constant"):
        np.testing.assert_array_equal(table.column(name).to_numpy(), raw[name])
    assert str(table.schema.field("rooms").type) == "int64"
    for name in ("price", "income", "gain"):
        found = table.column(name).to_numpy(zero_copy_only=False).astype("float64")
        known = np.isfinite(raw[name])
        np.testing.assert_array_equal(np.isnan(found), ~known)
        spread = np.std(raw[name][known])
        # Beyond a limit of the scaler, and between the knots of a tail, values are only near.
        close = np.abs(found - raw[name])[known] <= 0.05 * spread
        assert close.mean() > 0.97
    assert table.column("colour").to_pylist() == [text or None for text in raw["colour"]]
    assert set(table.column("only").to_pylist()) == {"one"}


def test_a_value_that_many_rows_share_takes_what_comes_near_it() -> None:
    gain = mixed()["gain"]
    raw = {"gain": np.where(gain > 0, gain + 500, 0).astype("float32")}
    values, rows, _ = fitted(raw, scaling="quantile")
    at_zero = float(rows[raw["gain"] == 0][0, 0])
    near = np.asarray([[at_zero - 0.05], [at_zero], [at_zero + 0.2]], "float32")
    np.testing.assert_array_equal(table_of(values, near).column("gain").to_numpy(), 0.0)


def test_a_value_that_stands_once_takes_nothing_however_few_rows_there_are() -> None:
    raw = {"length": np.asarray([1.5, 2.5, 4.5, 4.5, 8.5, 9.5], "float32")}
    values, rows, _ = fitted(raw, scaling="standard")
    shares = np.asarray([[0.5], [0.2], [0.5]], "float32")
    between = rows[[0, 3, 4]] + shares * (rows[[1, 4, 5]] - rows[[0, 3, 4]])
    found = table_of(values, between).column("length").to_pylist()
    assert found == pytest.approx([2.0, 4.5, 9.0])  # only 4.5 stands twice


def test_numbers_far_away_become_the_last_value_of_the_training_rows() -> None:
    raw = {"price": mixed()["price"]}
    values, _, _ = fitted(raw, scaling="robust")
    found = table_of(values, np.asarray([[-1e9], [1e9]], "float32")).column("price").to_numpy()
    np.testing.assert_allclose(found, [raw["price"].min(), raw["price"].max()], rtol=1e-6)


def test_decimals_are_those_of_the_training_rows() -> None:
    raw = {"length": np.asarray([5.1, 4.9, 4.7, 6.3, 5.8, 7.1] * 20, "float32")}
    values, rows, _ = fitted(raw)
    rows = rows + np.random.default_rng(0).normal(scale=0.1, size=rows.shape).astype("float32")
    for value in table_of(values, rows).column("length").to_pylist():
        assert value == round(value, 1)


def test_a_place_that_no_training_row_uses_is_never_chosen() -> None:
    raw = {"colour": texts(*["red", "green", "blue"] * 10)}
    info = describe(raw)
    spec = spec_for(["colour"], [], TaskKind.GENERATION, architecture={"kind": "vae"})
    train = {"colour": texts(*["red", "green"] * 10)}
    preprocessor = fit_preprocessor(spec, info, train)
    values = fit_table_values(preprocessor, canvas_of(spec, info), train)
    assert values.categories[0].texts.count(None) == 1
    rows = np.ones((3, len(values.categories[0].texts)), "float32")
    rows[:, values.categories[0].texts.index(None)] = 5.0
    assert set(table_of(values, rows).column("colour").to_pylist()) <= {"red", "green"}


def test_plain_keras_loads_the_way_back_and_gives_the_same(tmp_path: Path) -> None:
    raw = mixed(100)
    values, rows, canvas = fitted(raw)
    inputs = keras.Input(canvas.shape, name="rows")
    model = keras.Model(inputs, columns_of(values, inputs))
    model.save(tmp_path / "back.keras")
    loaded: Any = keras.models.load_model(tmp_path / "back.keras")
    expected = columns_of(values, keras.ops.convert_to_tensor(rows))
    for name, column in loaded(rows).items():
        np.testing.assert_array_equal(np.asarray(column), np.asarray(expected[name]))
