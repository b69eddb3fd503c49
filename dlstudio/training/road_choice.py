"""Which road a training takes: compiled epochs in graph or XLA mode, or Keras's own steps."""

import math
import time

import keras
import psutil
import tensorflow as tf

from dlstudio.reports.progress import EngineChoice
from dlstudio.spec.training import Engine, TrainingSpec
from dlstudio.training.batches import batch_size_bytes
from dlstudio.training.compile import num_training_steps
from dlstudio.training.engine import CompiledEpochs
from dlstudio.training.examples import PreparedData
from dlstudio.training.fit_road import FitRoad
from dlstudio.training.quick_start import is_short
from dlstudio.training.road import Road, Stretch
from dlstudio.training.variables import all_variables, copy_values, restore_values

# Compiling with XLA takes about this many times as long as tracing the graph took.
COMPILE_A_TRACE = 6.0
# Compiling is tried where it takes at most this share of the predicted training time.
COMPILE_SHARE = 0.25
LONG_ENOUGH_S = 0.02  # to tell a step's time from noise
NUM_MEASUREMENTS = 3
# Graph and XLA are compared for this share of the predicted training time: the longer it is, the
# more a wrong choice costs; no longer than until XLA leads clearly.
COMPARING_SHARE = 0.01
CLEAR_GAIN = 1.5
WORTHWHILE_GAIN = 1.1
QUICK_S = 0.05
MEMORY_SHARE = 0.3
ASKED_FOR = "It was asked for."

# What tracing or compiling raises for models that only run step by step.
CANNOT_RUN = (TypeError, ValueError, NotImplementedError, AttributeError, tf.errors.OpError)


def build_road(
    model: keras.Model,
    data: PreparedData,
    batch_size: int,
    spec: TrainingSpec,
    begun_with: EngineChoice | None = None,
) -> tuple[Road, EngineChoice]:
    """Choose a road and make it ready.

    Measuring runs training steps, then puts every variable back, so it changes nothing but the
    choice.

    Args:
        model: A compiled model.
        data: Training and validation examples.
        batch_size: Examples a training step.
        spec: Says the engine that was asked for, and how many epochs could pay for compiling.
        begun_with: The choice of the attempt that is resumed; it is kept, because XLA draws other
            random numbers than the graph.

    Returns:
        The road, and the choice for the run's record.
    """
    mode = begun_with.mode if begun_with else spec.engine.value
    reason = why_not_compiled(model, data) if mode != Engine.FIT else ASKED_FOR
    if reason:
        return FitRoad(model, data, batch_size), begun_with or _fit(reason)
    num_steps = num_training_steps(len(data.train), batch_size, spec.epochs)
    is_over_soon = is_short(model, len(data.train), num_steps, spec.epochs)
    started = time.perf_counter()
    try:
        road = CompiledEpochs(model, data, batch_size, is_over_soon)
    except CANNOT_RUN as error:
        reason = f"The compiled epoch cannot run this network ({_first_line(error)})."
        return FitRoad(model, data, batch_size), begun_with or _fit(reason)
    if mode == Engine.XLA:
        return road, _with_xla(road, begun_with)
    if mode == Engine.GRAPH:
        return road, begun_with or EngineChoice(mode="graph", reason=ASKED_FOR)
    if is_over_soon:
        return road, EngineChoice(mode="graph", reason="Too short for XLA to pay.")
    return road, _measured(model, road, num_steps, time.perf_counter() - started)


def _fit(reason: str) -> EngineChoice:
    return EngineChoice(mode="fit", reason=reason)


def why_not_compiled(model: keras.Model, data: PreparedData) -> str:
    """Say why a model cannot take the compiled road; empty if it can be tried."""
    if model.run_eagerly:
        return "The network asks to be run eagerly."
    if model.distribute_strategy.num_replicas_in_sync > 1:
        return "Several devices share each batch."
    # Twice: the examples, and the examples in the order of the epoch.
    needed = 2 * batch_size_bytes(data.train) + batch_size_bytes(data.validation)
    budget = memory_budget()
    if needed > budget:
        return (
            f"The examples need {needed / 1e9:.1f} GB in memory, more than the {budget / 1e9:.1f} "
            "GB that may be used; they are streamed."
        )
    return ""


def memory_budget() -> float:
    """Bytes that examples may take on the device."""
    return MEMORY_SHARE * psutil.virtual_memory().available


def _with_xla(road: CompiledEpochs, begun_with: EngineChoice | None) -> EngineChoice:
    try:
        road.use_xla()
    except CANNOT_RUN as error:
        return EngineChoice(mode="graph", reason=_cannot_compile(error))
    return begun_with or EngineChoice(mode="xla", reason=ASKED_FOR)


def _measured(
    model: keras.Model, road: CompiledEpochs, num_steps: int, trace_s: float
) -> EngineChoice:
    if _has_convolutions(model) and not tf.config.list_logical_devices("GPU"):
        return EngineChoice(
            mode="graph", reason="XLA is slow at convolutions on a CPU; it was not tried."
        )
    variables = all_variables(model)
    before = copy_values(variables)
    try:
        return _compared(road, num_steps, COMPILE_A_TRACE * trace_s)
    finally:
        restore_values(variables, before)


def _compared(road: CompiledEpochs, num_steps: int, compile_s: float) -> EngineChoice:
    road.begin_epoch(seed=0, epoch=0, first_step=0)
    _steps_s(road, 1)  # not counted: the first call does more than run
    graph_s = _step_s(road)
    if _pays(graph_s * num_steps, compile_s):  # or a hiccup made a step look long
        graph_s = _quickest_step_s(road, graph_s)
    if not _pays(graph_s * num_steps, compile_s):
        predicted = f"About {graph_s * num_steps:.1f} s of training"
        reason = f"{predicted} are too few for compiling to pay."
        return EngineChoice(mode="graph", reason=reason, graph_step_s=graph_s)
    started = time.perf_counter()
    try:
        road.use_xla()
    except CANNOT_RUN as error:
        return EngineChoice(mode="graph", reason=_cannot_compile(error), graph_step_s=graph_s)
    measured_compile_s = time.perf_counter() - started
    graph_s, xla_s = _quickest_by_turns(road, graph_s, COMPARING_SHARE * graph_s * num_steps)
    is_faster = xla_s * WORTHWHILE_GAIN < graph_s
    if not is_faster:
        road.use_graph()
    return EngineChoice(
        mode=road.mode,
        reason=f"A step was measured to be {_faster(graph_s / xla_s)} with XLA.",
        graph_step_s=graph_s,
        xla_step_s=xla_s,
        xla_compile_s=measured_compile_s,
    )


def _pays(training_s: float, compile_s: float) -> bool:
    return training_s * COMPILE_SHARE >= compile_s


def _quickest_step_s(road: CompiledEpochs, about_s: float) -> float:
    """The least disturbed of a few measurements: other programs can only slow a step down."""
    count = _steps_long_enough(road, about_s)
    return min(_steps_s(road, count) / count for _ in range(NUM_MEASUREMENTS))


def _quickest_by_turns(
    road: CompiledEpochs, graph_s: float, budget_s: float
) -> tuple[float, float]:
    """Seconds of the least disturbed steps of graph and XLA, by turns; XLA is used afterwards."""
    count, xla_s = _steps_long_enough(road, graph_s), math.inf
    started, num_turns = time.perf_counter(), 0
    while num_turns < NUM_MEASUREMENTS or (
        xla_s * CLEAR_GAIN > graph_s and time.perf_counter() - started < budget_s
    ):
        road.use_graph()
        graph_s = min(graph_s, _steps_s(road, count) / count)
        road.use_xla()
        xla_s = min(xla_s, _steps_s(road, count) / count)
        num_turns += 1
    return graph_s, xla_s


def _steps_long_enough(road: CompiledEpochs, step_s: float) -> int:
    return min(max(1, road.num_full_steps), math.ceil(LONG_ENOUGH_S / step_s))


def _step_s(road: CompiledEpochs) -> float:
    """Measure a step roughly: one, or eight or more where that is quick."""
    num_full = max(1, road.num_full_steps)
    count, taken = 1, _steps_s(road, 1)
    while taken < QUICK_S / count and count < num_full:
        count = min(num_full, count * 8)
        taken = _steps_s(road, count)
    return taken / count


def _steps_s(road: CompiledEpochs, count: int) -> float:
    started = time.perf_counter()
    road.run(Stretch(0, count))
    return time.perf_counter() - started


def _cannot_compile(error: BaseException) -> str:
    return f"XLA cannot compile this network ({_first_line(error)})."


def _has_convolutions(model: keras.Model) -> bool:
    return any("Conv" in type(layer).__name__ for layer in model._flatten_layers())


def _faster(ratio: float) -> str:
    return f"{ratio:.1f} times as fast" if ratio >= 1 else f"{1 / ratio:.1f} times as slow"


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n")[0][:200].rstrip(".")
