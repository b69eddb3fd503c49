"""Which road a training takes: compiled epochs in graph or XLA mode, or Keras's own steps."""

import keras

from dlstudio.reports.progress import EngineChoice
from dlstudio.spec.training import Engine, TrainingSpec
from dlstudio.training.engine import CompiledEpochs
from dlstudio.training.examples import PreparedData
from dlstudio.training.fit_road import FitRoad
from dlstudio.training.road import Road


def build_road(
    model: keras.Model,
    data: PreparedData,
    batch_size: int,
    spec: TrainingSpec,
    begun_with: EngineChoice | None = None,
) -> tuple[Road, EngineChoice]:
    """Choose a road and make it ready.

    Args:
        model: A compiled model.
        data: Training and validation examples.
        batch_size: Examples a training step.
        spec: Says the engine that was asked for, and how many epochs could pay for compiling.
        begun_with: The choice of the attempt that is resumed; it is kept.

    Returns:
        The road, and the choice for the run's record.
    """
    if spec.engine is Engine.FIT:
        return FitRoad(model, data, batch_size), EngineChoice(
            mode="fit", reason="It was asked for."
        )
    road = CompiledEpochs(model, data, batch_size)
    return road, EngineChoice(mode="graph", reason="The default.")
