"""Settings of columns whose numbers could not be turned back into values of the column."""

from collections.abc import Iterator
from typing import NamedTuple

from dlstudio.errors import Problem
from dlstudio.spec.dataset import ColumnKind, DatasetInfo
from dlstudio.spec.inputs.audio import AudioFeatures
from dlstudio.spec.inputs.category import CategoryEncoding
from dlstudio.spec.inputs.number import NumberEmbedding
from dlstudio.spec.inputs.rebuilt_category import MOST_REBUILT_CATEGORIES
from dlstudio.spec.inputs.text import TextEncoding
from dlstudio.spec.run import RunSpec


class _Refused(NamedTuple):
    """Values of a field that cannot be rebuilt, why, and what to choose instead."""

    field: str
    values: tuple[str, ...]
    problem: str
    fix: str


_REFUSED = {
    ColumnKind.AUDIO: _Refused(
        "features",
        (AudioFeatures.WAVEFORM,),
        "The waveforms of {name!r} cannot be rebuilt or made up: a second of sound is thousands of "
        "numbers, in which hardly any two recordings agree.",
        "Choose log_mel or spectrogram as Features.",
    ),
    ColumnKind.TEXT: _Refused(
        "encoding",
        (TextEncoding.TOKENS,),
        "The words of {name!r} cannot be rebuilt in their order; only how often each occurs can.",
        "Choose auto, tf_idf or bag_of_words as Encoding.",
    ),
    ColumnKind.CATEGORY: _Refused(
        "encoding",
        (CategoryEncoding.EMBEDDING,),
        "The categories of {name!r} cannot be rebuilt or made up from an embedding, whose numbers "
        "are learned; each needs a place of its own.",
        "Choose auto or one_hot as Encoding.",
    ),
    ColumnKind.NUMBER: _Refused(
        "embedding",
        (NumberEmbedding.PIECEWISE_LINEAR, NumberEmbedding.PERIODIC),
        "The numbers of {name!r} cannot be rebuilt once each is spread over many numbers.",
        "Choose auto or none as Embedding.",
    ),
}


def check_canvas_columns(spec: RunSpec, info: DatasetInfo) -> Iterator[Problem]:
    """Find settings of inputs that autoencoders, VAEs and GANs cannot use.

    Args:
        spec: A spec whose task `is_unsupervised`.
        info: The dataset; inputs that it lacks are left to others.
    """
    kinds = {column.name: column.kind for column in info.columns}
    for name in spec.task.inputs:
        refused = _REFUSED.get(kinds[name]) if name in kinds else None
        if refused is None:
            continue
        if kinds[name] is ColumnKind.CATEGORY:
            yield from _too_many(name, spec.preprocessing.get(name, {}).get("max_categories"))
        if spec.preprocessing.get(name, {}).get(refused.field) in refused.values:
            where = f"preprocessing.{name}.{refused.field}"
            yield Problem(refused.problem.format(name=name), refused.fix, where)


def _too_many(name: str, asked: object) -> Iterator[Problem]:
    if isinstance(asked, int) and asked > MOST_REBUILT_CATEGORIES:
        yield Problem(
            f"{asked:,} categories of {name!r} are asked for; at most {MOST_REBUILT_CATEGORIES} "
            "can be rebuilt or made up, each by an output of its own.",
            f"Set Most categories to {MOST_REBUILT_CATEGORIES} or less; rarer ones share one "
            "place.",
            f"preprocessing.{name}.max_categories",
        )
