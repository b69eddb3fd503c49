"""The first batch of a training as the network sees it: decoded, scaled, augmented."""

from typing import NamedTuple

import keras
import numpy as np

from dlstudio.data.dataset import Dataset, read_table
from dlstudio.data.media.table import MEDIA
from dlstudio.data.raw import read_raw
from dlstudio.data.splits import split_rows
from dlstudio.errors import DataError
from dlstudio.models.blocks import Block, BlockKind
from dlstudio.models.inputs.table import block_input
from dlstudio.models.layout import FeatureLayout, features_of
from dlstudio.models.preprocessing import Preprocessor, fit_preprocessor
from dlstudio.models.rows import RawColumns, decode
from dlstudio.models.seeds import layer_seeds
from dlstudio.models.targets import codec_of, has_target
from dlstudio.models.tensors import layers, new_input, ops
from dlstudio.reports.first_batch import FirstBatch, LinesSeen, PicturesSeen, WordsSeen
from dlstudio.spec.batch_size import resolve_batch_size
from dlstudio.spec.dataset import ColumnKind
from dlstudio.spec.fields import describe_fields
from dlstudio.spec.inputs.image import AUGMENTATION, Flip
from dlstudio.spec.run import RunSpec
from dlstudio.training.order import epoch_order
from dlstudio.training.prepare_unsupervised import labels_of, learned_rows
from dlstudio.training.seen import (
    images_seen,
    numbers_seen,
    series_seen,
    spectrograms_seen,
)

MOST_SHOWN = {BlockKind.VIDEO: 4, BlockKind.SOUND: 8, BlockKind.SERIES: 6, BlockKind.TOKENS: 8}
MOST_EXAMPLES = 12
# Rows that the preprocessing is fitted to here; training takes all of its rows.
MOST_FITTED_ROWS = 10_000
MOST_FITTED_FILES = 48
# Nothing of these is fitted, so that no further file has to be read.
_NEVER_FITTED = (ColumnKind.IMAGE, ColumnKind.VIDEO)


class _Chosen(NamedTuple):
    """Rows of the first batch that are shown, all training rows, and the batch's size."""

    shown: np.ndarray
    train: np.ndarray
    batch_size: int


def first_batch(dataset: Dataset, spec: RunSpec) -> FirstBatch:
    """Compute what the network sees first.

    Args:
        dataset: The dataset that the spec names.
        spec: A spec without problems; no forecast.

    Returns:
        Some examples of the first batch of the first epoch. Only their files are read, and some
        more where the preprocessing has something to fit.

    Raises:
        DataError: No row is left to train on, or a file is gone or damaged.
    """
    layout = features_of(spec, dataset.info)
    chosen = _choose(dataset, spec, layout)
    preprocessor, raw, notes = _fitted(dataset, spec, layout, chosen)
    features = preprocessor.transform(raw)
    seen = [_seen(block, features[block.name], spec) for block in layout.blocks]
    notes += _augmentation_note(layout)
    table = read_table(dataset, spec.task.targets, chosen.shown).to_pylist()
    return FirstBatch(
        batch_size=chosen.batch_size,
        rows=tuple(chosen.shown.tolist()),
        labels=tuple(", ".join(str(row[name]) for name in spec.task.targets) for row in table),
        pictures=tuple(one for one in seen if isinstance(one, PicturesSeen)),
        lines=tuple(one for one in seen if isinstance(one, LinesSeen)),
        words=_words(preprocessor, features),
        numbers=numbers_seen(layout, features),
        notes=notes,
    )


def _choose(dataset: Dataset, spec: RunSpec, layout: FeatureLayout) -> _Chosen:
    split = split_rows(dataset, spec.split, spec.task.targets)
    raw = read_raw(dataset, spec.task.targets)
    if spec.task.kind.is_unsupervised:
        train = learned_rows(spec, split, labels_of(spec, dataset.info, raw)).train
    else:
        train = split.train[has_target(codec_of(spec, dataset.info), raw)[split.train]]
    if not len(train):
        raise DataError(
            "The split leaves no rows with a target for training.",
            "Change the split's shares or its column, or fill in missing targets.",
            where="split",
        )
    batch_size = min(resolve_batch_size(spec.training.batch_size, len(train)), len(train))
    order = epoch_order(spec.training.seed, 0, len(train))
    most = min((MOST_SHOWN.get(block.kind, MOST_EXAMPLES) for block in layout.blocks), default=12)
    return _Chosen(train[order[: min(batch_size, most)]], train, batch_size)


def _fitted(
    dataset: Dataset, spec: RunSpec, layout: FeatureLayout, chosen: _Chosen
) -> tuple[Preprocessor, RawColumns, tuple[str, ...]]:
    """The preprocessing, the shown rows decoded, and what is to be said about the sample."""
    blocks = {block.column.name: block for block in layout.blocks}
    fitted: RawColumns = {}
    shown: RawColumns = {}
    num_fitted = len(chosen.train)
    for name in spec.task.inputs:
        kind = dataset.info.column(name).kind
        rows = _sample(chosen, MOST_FITTED_FILES if kind in MEDIA else MOST_FITTED_ROWS)
        shown[name] = _read(dataset, name, chosen.shown, blocks.get(name))
        if kind in _NEVER_FITTED:
            fitted[name] = shown[name]
            continue
        fitted[name] = _read(dataset, name, rows, blocks.get(name))
        num_fitted = min(num_fitted, len(rows))
    preprocessor = fit_preprocessor(spec, dataset.info, fitted)
    if num_fitted == len(chosen.train):
        return preprocessor, shown, ()
    note = (
        f"Scales and vocabularies are those of {num_fitted:,} of {len(chosen.train):,} training "
        "rows here; training takes all of them."
    )
    return preprocessor, shown, (note,)


def _sample(chosen: _Chosen, most: int) -> np.ndarray:
    """Training rows spread evenly over all of them."""
    places = np.unique(np.linspace(0, len(chosen.train) - 1, most).round().astype(int))
    return chosen.train[places]


def _read(dataset: Dataset, name: str, rows: np.ndarray, block: Block | None) -> np.ndarray:
    values = read_raw(dataset, [name], rows)[name]
    return values if block is None else decode(block, values, dataset.folder)


def _seen(block: Block, feature: np.ndarray, spec: RunSpec) -> PicturesSeen | LinesSeen | None:
    if block.kind is BlockKind.TOKENS:
        return None
    start = new_input(block.feature_shape, name=block.name, dtype=block.dtype)
    entered = block_input(block).enter(block, start, layer_seeds(spec.training.seed))
    network = keras.Model(start, entered.tensor)
    # Augmented, as in training.
    values = ops.convert_to_numpy(network(ops.convert_to_tensor(feature), training=True))
    values = np.asarray(values, "float32")
    match block.kind:
        case BlockKind.IMAGE | BlockKind.VIDEO:
            return images_seen(block, values)
        case BlockKind.SOUND if block.shape[-1] > 1:
            return spectrograms_seen(block, values)
        case _:
            return series_seen(block.column.name, _channels(block), values)


def _channels(block: Block) -> tuple[str, ...]:
    summary = block.column.info.sequence
    return summary.channels if summary else ("value",)


def _words(preprocessor: Preprocessor, features: dict[str, np.ndarray]) -> tuple[WordsSeen, ...]:
    """Texts that are read in order; each has a vocabulary, in the order of the blocks."""
    vocabularies = [
        layer.get_vocabulary()
        for layer in preprocessor.core.layers
        if isinstance(layer, layers.TextVectorization)
        and layer.get_config()["output_mode"] == "int"
    ]
    blocks = [block for block in preprocessor.blocks if block.kind is BlockKind.TOKENS]
    return tuple(
        WordsSeen(
            column=block.column.name,
            unknown=str(vocabulary[1]),
            words=tuple(
                tuple(str(vocabulary[place]) for place in row)
                for row in features[block.name].tolist()
            ),
        )
        for block, vocabulary in zip(blocks, vocabularies, strict=True)
    )


def _augmentation_note(layout: FeatureLayout) -> tuple[str, ...]:
    """Say whether what is shown was changed at random."""
    if not layout.blocks:
        return ()
    changed = [block.column.name for block in layout.blocks if _is_augmented(block)]
    if changed:
        named = ", ".join(repr(name) for name in changed)
        return (f"{named}: changed at random, anew in every epoch; never when predicting.",)
    return ()


def _is_augmented(block: Block) -> bool:
    settings = block.column.settings
    return block.long_shape is not None or any(
        getattr(settings, field.name) not in (0.0, Flip.NONE)
        for field in describe_fields(type(settings))
        if field.group == AUGMENTATION
    )
