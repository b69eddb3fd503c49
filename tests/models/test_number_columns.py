"""Number columns: scaling, bins, missing values and everything odd."""

import warnings

import numpy as np
import pytest
from sklearn.preprocessing import KBinsDiscretizer, QuantileTransformer, RobustScaler

from dlstudio.models.layout import features_of
from dlstudio.models.preprocessing import fit_preprocessor
from tests.models.tables import Raw, describe, numbers, spec_for, texts

pytestmark = pytest.mark.tensorflow

GENERATOR = np.random.default_rng(0)
USUAL = GENERATOR.normal(50.0, 10.0, 500).astype("float32")


def dense(train: Raw, rows: Raw | None = None, **fields: str | float | None) -> np.ndarray:
    """The dense features of all number columns in `train`, each preprocessed alike."""
    settings = {"embedding": "none", **fields}
    spec = spec_for(list(train), ["y"], preprocessing={name: settings for name in train})
    target = texts(
        *(["a", "b"] * len(next(iter(train.values()))))[: len(next(iter(train.values())))]
    )
    info = describe({**train, "y": target})
    preprocessor = fit_preprocessor(spec, info, train)
    features = preprocessor.transform(rows or train)["dense"]
    assert features.shape[1] == features_of(spec, info).num_dense
    return features


def test_standard_scaling_gives_mean_0_and_spread_1() -> None:
    features = dense({"a": USUAL}, scaling="standard")
    assert features.mean() == pytest.approx(0.0, abs=1e-5)
    assert features.std() == pytest.approx(1.0, abs=1e-5)


def test_min_max_scaling_gives_0_to_1_and_stops_little_beyond() -> None:
    features = dense({"a": USUAL}, {"a": numbers(USUAL.min(), USUAL.max(), 1e9)}, scaling="min_max")
    assert features[:, 0] == pytest.approx([0.0, 1.0, 1.5], abs=1e-5)


def test_robust_scaling_is_that_of_scikit_learn_with_a_smooth_limit() -> None:
    plain = RobustScaler().fit_transform(USUAL[:, None])
    expected = plain / np.sqrt(1.0 + (plain / 3.0) ** 2)
    assert np.allclose(dense({"a": USUAL}, scaling="robust"), expected, atol=1e-5)


def test_quantile_scaling_is_close_to_that_of_scikit_learn() -> None:
    skewed = GENERATOR.exponential(size=2_000).astype("float32")
    transformer = QuantileTransformer(n_quantiles=65, output_distribution="normal")
    expected = np.clip(transformer.fit_transform(skewed[:, None]), -3.0, 3.0)
    assert np.allclose(dense({"a": skewed}, scaling="quantile"), expected, atol=0.05)


def test_no_scaling_passes_numbers_on() -> None:
    assert np.array_equal(dense({"a": USUAL}, scaling="none")[:, 0], USUAL)


def test_piecewise_linear_bins_are_filled_from_the_left() -> None:
    column = np.arange(101, dtype="float32")
    features = dense({"a": column}, embedding="piecewise_linear", num_bins=4)
    assert features.shape[1] == 5
    assert features[60, 1:] == pytest.approx([1.0, 1.0, 0.4, 0.0])
    bins = KBinsDiscretizer(
        4, encode="ordinal", strategy="quantile", quantile_method="averaged_inverted_cdf"
    ).fit_transform(column[:, None])
    started = np.count_nonzero(features[:, 1:] > 0.0, axis=1)
    assert np.mean(started == bins[:, 0] + 1) > 0.95


def test_columns_with_few_values_get_fewer_bins_and_two_values_none() -> None:
    few, two = np.arange(500) % 4, np.arange(500) % 2
    train = {"few": few.astype("float32"), "two": two.astype("float32")}
    assert dense(train, embedding="piecewise_linear", num_bins=16).shape[1] == 2 + 3


def test_a_missing_number_is_filled_and_marked() -> None:
    train = {"a": numbers(1.0, 2.0, 3.0, np.nan, 2.0, 100.0)}
    features = dense(train, {"a": numbers(2.0, np.nan)})
    assert np.array_equal(features, [[0.0, 0.0], [0.0, 1.0]])


@pytest.mark.parametrize(("fill", "expected"), [("median", 2.0), ("mean", 4.0), ("zero", 0.0)])
def test_the_fill_is_the_one_asked_for(fill: str, expected: float) -> None:
    train = {"a": numbers(1.0, 2.0, 9.0, np.nan)}
    features = dense(train, {"a": numbers(np.nan)}, fill=fill, scaling="none")
    assert features[0, 0] == expected


def test_there_is_no_indicator_where_nothing_is_missing_or_none_is_wanted() -> None:
    assert dense({"a": USUAL}).shape[1] == 1
    assert dense({"a": numbers(1, 2, np.nan)}, missing_indicator=False).shape[1] == 1


@pytest.mark.parametrize("scaling", ["standard", "min_max", "robust", "quantile"])
@pytest.mark.parametrize("embedding", ["none", "piecewise_linear"])
def test_nothing_odd_gives_large_or_undefined_features(scaling: str, embedding: str) -> None:
    train = {
        "usual": USUAL,
        "constant": np.full(500, 7.0, "float32"),
        "nearly constant": (1e7 + np.arange(500) % 2).astype("float32"),
        "all missing": np.full(500, np.nan, "float32"),
        "huge": np.linspace(-3e38, 3e38, 500, dtype="float32"),
        "tiny": np.linspace(0.0, 1e-40, 500, dtype="float32"),
        "outlier": np.concatenate([USUAL[:499], numbers(1e30)]),
        "infinite": np.concatenate([USUAL[:498], numbers(np.inf, -np.inf)]),
        "mostly zero": np.concatenate([np.zeros(490, "float32"), USUAL[:10]]),
    }
    odd = numbers(np.nan, np.inf, -np.inf, 3e38, -3e38, 1e-45, 0.0, 8.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for rows in (train, {name: odd for name in train}):
            features = dense(train, rows, scaling=scaling, embedding=embedding)
            assert np.isfinite(features).all()
            assert np.abs(features).max() <= 8.0


def test_an_outlier_does_not_squeeze_the_other_values() -> None:
    features = dense({"a": np.concatenate([USUAL, numbers(1e9)])})
    assert features[:-1].std() > 0.5
    assert features[-1, 0] == pytest.approx(3.0)


def test_columns_keep_their_own_settings_and_statistics() -> None:
    train = {"a": USUAL, "b": USUAL * 1000, "c": USUAL - 3}
    info = describe({**train, "y": texts(*["a", "b"] * 250)})
    spec = spec_for(
        ["a", "b", "c"],
        ["y"],
        preprocessing={"a": {"scaling": "quantile"}, "c": {"scaling": "none"}},
    )
    features = fit_preprocessor(spec, info, train).transform(train)["dense"]
    assert features_of(spec, info).dense_names == ("b", "c", "a")
    assert np.allclose(features[:, 0], dense({"b": train["b"]})[:, 0])
    assert np.array_equal(features[:, 1], train["c"])
    assert np.allclose(features[:, 2], dense({"a": train["a"]}, scaling="quantile")[:, 0])


def test_batches_of_rows_give_what_all_rows_at_once_give(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = dense({"a": USUAL})
    monkeypatch.setattr("dlstudio.models.preprocessing.BATCH_VALUES", 1)
    assert np.array_equal(dense({"a": USUAL}), whole)


def test_five_thousand_columns_are_one_matrix() -> None:
    values = GENERATOR.normal(size=(50, 5_000)).astype("float32")
    features = dense({f"x{index}": column for index, column in enumerate(values.T)})
    assert features.shape == (50, 5_000)
