"""The network of a forecast: what was one season ago, and what the network corrects about it."""

from collections.abc import Iterator

import keras
import numpy as np

from dlstudio.models.architectures.table import BUILDERS
from dlstudio.models.blocks import Entered
from dlstudio.models.embeddings import build_inputs
from dlstudio.models.forecast_window import (
    FUTURE,
    HISTORY,
    ForecastLayout,
    Measured,
    forecast_layout,
    measure,
    season_before,
    with_differences,
)
from dlstudio.models.heads import build_head
from dlstudio.models.seeds import layer_seeds
from dlstudio.models.size import check_size
from dlstudio.models.tensors import Tensor, layers, ops
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.run import RunSpec


def build_forecast_network(spec: RunSpec, info: DatasetInfo) -> keras.Model:
    """Build the network of a forecast, with its first weights drawn from the spec's seed.

    It begins as the seasonal naive forecast, because all that adds to it begins with zeros: the
    network's last layer and, where there are many windows, a straight line from the targets' window
    to the horizon (as in DLinear; Zeng et al. 2023, "Are Transformers Effective for Time Series
    Forecasting?"). A network that must first learn to repeat a season needs far more windows than a
    few years of months hold: it had twice the error on airline passengers. The straight line took
    a tenth of the error on CO2, and nothing on airline's few windows.

    Args:
        spec: A spec without problems, whose task is forecasting.
        info: The dataset it names.

    Returns:
        An uncompiled model. It takes the features of `forecast_layout` by name, and gives float32
        `(batch, horizon * targets)`, step by step, in the units of the history's targets; for an
        ensemble `(batch, members, horizon * targets)`.

    Raises:
        SpecError: The network would not fit into this machine's memory.
    """
    layout = forecast_layout(spec, info)
    check_size(spec.architecture, layout.features, layout.num_outputs)
    seeds = layer_seeds(spec.training.seed)
    inputs = build_inputs(layout.features)
    measured = measure(layout, inputs[HISTORY], inputs.get(FUTURE))
    features = _features(spec, layout, inputs, measured, seeds)
    hidden = BUILDERS[spec.architecture.kind].build(spec.architecture, features, seeds)
    corrections = _join_straight(layout, measured, build_head(hidden, layout.num_outputs, seeds))
    network = keras.Model(inputs, _forecast(layout, measured, corrections), name="network")
    kernel = network.get_layer("output").kernel
    kernel.assign(np.zeros(kernel.shape, "float32"))
    return network


def _features(
    spec: RunSpec,
    layout: ForecastLayout,
    inputs: dict[str, Tensor],
    measured: Measured,
    seeds: Iterator[int],
) -> Tensor:
    tensors = {HISTORY: with_differences(layout, measured.history), FUTURE: measured.future}
    builder = BUILDERS[spec.architecture.kind]
    parts = [inputs["dense"]] if "dense" in inputs else []
    for block in layout.features.blocks:
        entered = Entered(tensors[block.name])
        parts.append(builder.encode(spec.architecture, block, entered, seeds))
    return parts[0] if len(parts) == 1 else layers.Concatenate(name="features")(parts)


def _join_straight(layout: ForecastLayout, measured: Measured, corrections: Tensor) -> Tensor:
    """Add what is a weighted sum of the targets' window; members of an ensemble share it."""
    targets = measured.history[:, :, : layout.num_targets]
    straight = layers.Dense(
        layout.num_outputs,
        use_bias=False,
        kernel_initializer="zeros",
        dtype="float32",
        name="straight",
    )(ops.reshape(targets, (-1, layout.shape.window * layout.num_targets)))
    if len(corrections.shape) == 3:
        straight = ops.expand_dims(straight, 1)
    return ops.add(straight, corrections)


def _forecast(layout: ForecastLayout, measured: Measured, corrections: Tensor) -> Tensor:
    """Add the corrections to the seasonal naive forecast, and give the window's measure back."""
    steps = (layout.shape.horizon, layout.num_targets)
    base, level, spread = season_before(layout, measured.history), measured.level, measured.spread
    members = tuple(corrections.shape[1:-1])
    if members:
        base, level, spread = (ops.expand_dims(part, 1) for part in (base, level, spread))
    corrections = ops.reshape(corrections, (-1, *members, *steps))
    # The second summand is always the larger one: Keras takes one that is only as long as the
    # batch for a bias where that happens to be the length of another axis.
    values = ops.add(level, ops.multiply(ops.add(base, corrections), spread))
    return ops.reshape(values, (-1, *members, layout.num_outputs))
