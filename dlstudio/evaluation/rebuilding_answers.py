"""What a network that rebuilds its inputs says of rows, as named columns."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from dlstudio.models.assemble_rebuilding import CODES, ERROR, IS_ANOMALY, SCORE
from dlstudio.models.targets import class_texts
from dlstudio.spec.canvas import told_column
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.run import RunSpec

CODE_PREFIX = "code_"

Raw = Mapping[str, np.ndarray]


def rebuilding_table(outputs: dict[str, np.ndarray]) -> pa.Table:
    """Columns of what a saved model gives.

    Args:
        outputs: "reconstruction_error" `(n,)` and "codes" `(n, latent_size)`; "anomaly_score" and
            "is_anomaly" `(n,)` where anomalies are asked for.

    Returns:
        Columns `reconstruction_error`, perhaps `anomaly_score` and `is_anomaly` (1 or 0), then
        `code_0` and so on.
    """
    columns: dict[str, pa.Array] = {ERROR: pa.array(outputs[ERROR].astype(np.float64))}
    if SCORE in outputs:
        columns[SCORE] = pa.array(outputs[SCORE].astype(np.float64))
        columns[IS_ANOMALY] = pa.array(outputs[IS_ANOMALY].astype(np.int8))
    codes = outputs[CODES]
    columns |= {
        f"{CODE_PREFIX}{index}": pa.array(codes[:, index]) for index in range(codes.shape[1])
    }
    return pa.table(columns)


def with_told(raw: Raw, spec: RunSpec) -> Raw:
    """Raw columns with the class that a network is told as text, whatever its column holds.

    Args:
        raw: Raw columns; without the class nothing is known of it.
        spec: The run's spec.
    """
    told = told_column(spec)
    if told is None:
        return raw
    num_rows = len(raw[spec.task.inputs[0]])
    texts = class_texts(raw[told]) if told in raw else np.full(num_rows, "", object)
    return {**raw, told: texts}


def num_without_class(raw: Raw, spec: RunSpec, info: DatasetInfo) -> int:
    """Count the rows of which a network that is told the class knows none."""
    told = told_column(spec)
    if told is None:
        return 0
    known = [entry.value.removesuffix(".0") for entry in info.column(told).class_counts]
    return int((~np.isin(with_told(raw, spec)[told], np.asarray(known, object))).sum())


def answer_table(errors: np.ndarray, codes: np.ndarray, threshold: float | None) -> pa.Table:
    """The same table from what a network gave in training.

    Args:
        errors: Float32 `(n,)`.
        codes: Float32 `(n, latent_size)`.
        threshold: What the score is a multiple of; None if anomalies are not asked for.
    """
    outputs = {ERROR: errors, CODES: codes}
    if threshold is not None:
        scores = errors / np.float32(threshold)
        outputs |= {SCORE: scores, IS_ANOMALY: scores > 1.0}
    return rebuilding_table(outputs)


def without_codes(table: pa.Table) -> pa.Table:
    """Such a table, or any other one of predictions, without its codes."""
    names = [name for name in table.column_names if not _is_code(name)]
    return table.select(names)


def _is_code(name: str) -> bool:
    return name.startswith(CODE_PREFIX) and name.removeprefix(CODE_PREFIX).isdigit()
