"""What there is to say about several runs side by side, as plain records."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from pydantic import BaseModel

from dlstudio.reports.metrics import METRICS, metric_info
from dlstudio.runs.records import RunRecord
from dlstudio.spec.architectures.gan import GanSpec
from dlstudio.spec.architectures.vae import VaeSpec
from dlstudio.spec.differences import SpecDifference, spec_differences
from dlstudio.spec.fields import describe_fields
from dlstudio.spec.layers import DenseLayer
from dlstudio.spec.run import RunSpec
from dlstudio.ui.run_names import distinct_names
from dlstudio.ui.setting_words import value_words

SETTING = "Setting"
"""Heading of the column that names the settings."""
BETTER, WORSE, EQUAL = "better", "worse", "equal"


@dataclass(frozen=True)
class ScoreCell:
    """One score of one run beside the baseline's.

    `delta` is the score minus the baseline's; `verdict` says what that means, or is None where
    there is no baseline or no better direction.
    """

    value: float | None
    delta: float | None = None
    verdict: str | None = None


@dataclass(frozen=True)
class ScoreRow:
    """One metric over all runs, in the order of the runs."""

    name: str
    title: str
    help: str
    cells: tuple[ScoreCell, ...]


def score_rows(
    runs: Sequence[RunRecord], split: str, baseline: RunRecord | None
) -> tuple[ScoreRow, ...]:
    """Put the scores of runs side by side.

    Args:
        runs: The runs.
        split: "train", "validation" or "test".
        baseline: The run that the others are measured against.

    Returns:
        One row a metric that any run has, in the usual order of metrics.
    """
    names = dict.fromkeys(name for run in runs for name in run.metrics.get(split, {}))
    known = [name for name in METRICS if name in names]
    ordered = [*known, *(name for name in names if name not in METRICS)]
    return tuple(_row(name, runs, split, baseline) for name in ordered)


def has_one_loss(runs: Sequence[RunRecord]) -> bool:
    """Whether the heights of the runs' loss curves can be compared.

    Args:
        runs: The runs. A VAE adds up two losses and weighs them, and the networks of a GAN play
            for one of their own.
    """
    return len({_own_loss(run.spec.architecture) for run in runs}) < 2


def difference_table(runs: Sequence[RunRecord]) -> dict[str, list[str]]:
    """The fields in which the specs of runs differ, by column title.

    Args:
        runs: The runs; columns are named after them.
    """
    rows = spec_differences([run.spec for run in runs])
    kinds = tuple(type(run.spec.architecture) for run in runs)
    table = {SETTING: [setting_title(row.path, kinds) for row in rows]}
    names = distinct_names(runs, [SETTING])
    for index, run in enumerate(runs):
        table[names[run.id]] = [_value_words(run, row, index) for row in rows]
    return table


def setting_title(path: str, architectures: Sequence[type[BaseModel]] = ()) -> str:
    """Name a field of a spec as the Design page does, such as "Layer 2: Units".

    Args:
        path: The field.
        architectures: Which records "architecture" may be.
    """
    parts = path.split(".")
    if parts[:2] == ["architecture", "layers"]:
        layer = f"Layer {int(parts[2]) + 1}"
        return f"{layer}: {_layer_title(parts[3], architectures)}" if parts[3:] else layer
    if parts[0] == "preprocessing":
        return f"Preprocessing of {'.'.join(parts[1:])}"
    titles: list[str] = []
    record: type[BaseModel] | None = RunSpec
    for part in parts:
        if part.isdigit():
            titles[-1] += f" {int(part) + 1}"
            continue
        if titles and parts[0] == "architecture" and len(titles) == 1:
            record = next((kind for kind in architectures if part in kind.model_fields), record)
        titles.append(_field_title(record, part) if record else part)
        record = _record_of(record, part) if record else None
    return titles[-1] if parts[0] == "training" and len(parts) == 2 else ": ".join(titles)


def _value_words(run: RunRecord, row: SpecDifference, index: int) -> str:
    text = row.values[index]
    return "–" if text is None else value_words(run.spec, row.path, text)


def _own_loss(architecture: BaseModel) -> tuple[str, object]:
    if isinstance(architecture, VaeSpec):
        return "vae", architecture.beta
    return ("gan", architecture.loss) if isinstance(architecture, GanSpec) else ("", None)


def _layer_title(name: str, architectures: Sequence[type[BaseModel]]) -> str:
    """Name a field of a layer after the first architecture whose layers have it."""
    records = [_record_of(kind, "layers") for kind in architectures]
    holder = next((one for one in records if one and name in one.model_fields), DenseLayer)
    return _field_title(holder, name)


def _field_title(record: type[BaseModel], name: str) -> str:
    fields = {field.name: field.title for field in describe_fields(record)}
    return fields.get(name, name)


def _record_of(record: type[BaseModel], name: str) -> type[BaseModel] | None:
    field = record.model_fields.get(name)
    kinds = [field.annotation, *get_args(field.annotation)] if field else []
    found = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
    return found[0] if found else None


def _row(name: str, runs: Sequence[RunRecord], split: str, baseline: RunRecord | None) -> ScoreRow:
    info = metric_info(name)
    reference = baseline.metrics.get(split, {}).get(name) if baseline else None
    cells = tuple(
        _cell(
            run.metrics.get(split, {}).get(name),
            None if baseline is None or run.id == baseline.id else reference,
            info.is_higher_better,
        )
        for run in runs
    )
    return ScoreRow(name, info.title, info.help, cells)


def _cell(value: float | None, reference: float | None, is_higher_better: bool | None) -> ScoreCell:
    if value is None or reference is None:
        return ScoreCell(value)
    delta = value - reference
    if is_higher_better is None:
        return ScoreCell(value, delta)
    if delta == 0:
        return ScoreCell(value, delta, EQUAL)
    return ScoreCell(value, delta, BETTER if (delta > 0) == is_higher_better else WORSE)
