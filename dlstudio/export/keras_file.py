"""The .keras file of a run: preprocessing inside, loaded by plain Keras."""

from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np

from dlstudio.evaluation.predict import class_names
from dlstudio.evaluation.whole_file import written_whole
from dlstudio.export.usage import write_usage
from dlstudio.models.targets import codec_of
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind

MODEL_FILE = "model.keras"
USAGE_FILE = "usage.txt"


def write_keras_file(
    model: keras.Model,
    spec: RunSpec,
    info: DatasetInfo,
    example: Mapping[str, np.ndarray],
    folder: Path,
) -> tuple[Path, ...]:
    """Write a model and the text that explains it; each file appears whole or not at all.

    Args:
        model: The complete model: raw columns in, named predictions out.
        spec: The run's spec.
        info: The dataset that the model was trained on.
        example: One raw row of it, by column name; each array `(1,)`. Of a forecast, one window,
            each array `(1, steps)`.
        folder: The run's folder.

    Returns:
        The paths of the model and of the text.

    Raises:
        OSError: The disk is full or the folder cannot be written; older files stay.
    """
    model_path, usage_path = folder / MODEL_FILE, folder / USAGE_FILE
    with written_whole(model_path) as partial:
        model.save(partial)
    text = write_usage(spec, info, example, _output_names(model, spec, info))
    with written_whole(usage_path) as partial:
        partial.write_text(text, encoding="utf-8")
    return model_path, usage_path


def _output_names(model: keras.Model, spec: RunSpec, info: DatasetInfo) -> tuple[str, ...]:
    kind = spec.task.kind
    if kind in (TaskKind.REGRESSION, TaskKind.FORECASTING) or kind.is_unsupervised:
        return ()
    if spec.task.is_multi_label:
        return tuple(codec_of(spec, info).label_names)
    return class_names(model, info, spec)
