"""From a dataset and a spec to everything that training needs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import keras
import numpy as np

from dlstudio.data.dataset import Dataset
from dlstudio.data.media.table import MEDIA
from dlstudio.data.splits import Split, split_rows
from dlstudio.errors import DataError
from dlstudio.models.architectures.backbones import load_pretrained
from dlstudio.models.blocks import Block, StructuredColumn
from dlstudio.models.columns import input_columns
from dlstudio.models.inputs.table import describe_blocks
from dlstudio.models.network import build_network
from dlstudio.models.preprocessing import Preprocessor, fit_preprocessor
from dlstudio.models.rows import DatasetRows, RawColumns, row_size
from dlstudio.models.targets import TargetCodec, TargetKind, codec_of, fit_codec, has_target
from dlstudio.settings import read_settings
from dlstudio.spec.architectures.cnn import CnnSpec
from dlstudio.spec.batch_size import resolve_batch_size
from dlstudio.spec.inputs.audio import AudioPreprocessing, describe_long_sounds
from dlstudio.spec.inputs.sequence import SequencePreprocessing, describe_long_sequences
from dlstudio.spec.inputs.text import TextPreprocessing, describe_long_texts
from dlstudio.spec.run import RunSpec
from dlstudio.training.examples import Examples, PreparedData
from dlstudio.training.features import compute_features

MOST_FITTED_FILES = 2_000
# Of long sounds, which take megabytes each.
MOST_FITTED_BYTES = 10**9


@dataclass(frozen=True)
class Preparation:
    """What training starts from.

    Attributes:
        data: Features and targets of training and validation.
        preprocessor: Fitted on the training rows.
        network: Uncompiled, with its first weights.
        codec: What the network's outputs mean.
        split: The rows of each split; rows without a target are left out.
        batch_size: Rows a batch; what "auto" came to.
        notes: What a person should know, one sentence each.
    """

    data: PreparedData
    preprocessor: Preprocessor
    network: keras.Model
    codec: TargetCodec
    split: Split
    batch_size: int
    notes: tuple[str, ...] = ()

    @property
    def target_scale(self) -> np.ndarray | None:
        """What one unit of a regression's output is in units of the target, `(num_targets,)`."""
        if self.codec.kind is not TargetKind.VALUES:
            return None
        return np.asarray(self.codec.scales, "float32")


def prepare(
    dataset: Dataset, spec: RunSpec, report: Callable[[str], None] = lambda _text: None
) -> Preparation:
    """Split the rows, fit the preprocessing on the training rows, and build the network.

    Args:
        dataset: The dataset that the spec names.
        spec: A spec without problems. Its training seed decides the network's first weights.
        report: Is told what takes long, such as the decoding of files, in words.

    Returns:
        Everything ready to be compiled and trained; features are in memory if they fit.

    Raises:
        DataError: The split leaves nothing to train on, or nothing to choose the best epoch with;
            or a file of the dataset is gone or damaged.
        SpecError: The network would not fit into this machine's memory.
    """
    info = dataset.info
    blocks = describe_blocks(input_columns(spec, info).structured)
    source = DatasetRows(dataset, [*spec.task.inputs, *spec.task.targets], blocks, report)
    draft = codec_of(spec, info)
    known = has_target(draft, source.raw)
    asked = split_rows(dataset, spec.split, spec.task.targets)
    split = _usable(asked, known)
    codec = fit_codec(draft, source.raw, split.train)
    preprocessor = fit_preprocessor(spec, info, rows_to_fit(source, spec, blocks, split.train))
    train, validation = (
        _examples(preprocessor, codec, source, rows) for rows in (split.train, split.validation)
    )
    network = build_network(spec, info, codec.num_outputs)
    if isinstance(spec.architecture, CnnSpec):
        load_pretrained(network, spec.architecture)
    return Preparation(
        data=PreparedData(train, validation),
        preprocessor=preprocessor,
        network=network,
        codec=codec,
        split=split,
        batch_size=resolve_batch_size(spec.training.batch_size, len(split.train)),
        notes=(
            *_left_out(asked, known),
            *_notes(codec, source.raw, split),
            *_too_long(blocks),
        ),
    )


def rows_to_fit(
    source: DatasetRows, spec: RunSpec, blocks: tuple[Block, ...], train: np.ndarray
) -> RawColumns:
    """Take what preprocessing is fitted on.

    Args:
        source: The dataset's rows.
        spec: The spec.
        blocks: The structured columns.
        train: Training rows.

    Returns:
        All training rows of the table; of files as many as give a steady mean and spread.
    """
    files = {block.column.name for block in blocks if block.column.info.kind in MEDIA}
    long = [row_size(block) for block in blocks if block.long_shape]
    most = min([MOST_FITTED_FILES, *(max(1, MOST_FITTED_BYTES // size) for size in long)])
    some = train
    if len(train) > most:
        generator = np.random.default_rng(spec.split.seed)
        some = np.sort(generator.choice(train, most, replace=False))
    return {
        name: source.take([name], some if name in files else train)[name]
        for name in spec.task.inputs
    }


def _usable(asked: Split, known: np.ndarray) -> Split:
    """The split without rows that lack a target; refused if nothing is left to learn from."""
    split = Split(
        train=asked.train[known[asked.train]],
        validation=asked.validation[known[asked.validation]],
        test=asked.test[known[asked.test]],
    )
    for name, rows in (("training", split.train), ("validation", split.validation)):
        if not len(rows):
            raise DataError(
                f"The split leaves no rows with a target for {name}.",
                "Change the split's shares or its column, or fill in missing targets.",
                where="split",
            )
    return split


def _rows(raw: RawColumns, columns: tuple[str, ...], rows: np.ndarray) -> RawColumns:
    return {name: raw[name][rows] for name in columns}


def _examples(
    preprocessor: Preprocessor, codec: TargetCodec, source: DatasetRows, rows: np.ndarray
) -> Examples:
    features = compute_features(preprocessor, source, rows, read_settings().cache_folder)
    return Examples(features, codec.encode(_rows(source.raw, codec.targets, rows)))


def _left_out(asked: Split, known: np.ndarray) -> Iterator[str]:
    num_unknown = int(len(known) - known.sum())
    if num_unknown:
        yield f"{_rows_have(num_unknown)} no target and were left out."
    in_a_part = np.zeros(len(known), bool)
    for rows in (asked.train, asked.validation, asked.test):
        in_a_part[rows] = True
    num_outside = int((known & ~in_a_part).sum())
    if num_outside:
        yield f"{_rows_have(num_outside)} no part in the split and were left out."


def _rows_have(count: int) -> str:
    return f"{count:,} row has" if count == 1 else f"{count:,} rows have"


def _too_long(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Say of which columns a part is not seen."""
    for block in blocks:
        text = _not_seen(block.column)
        if text:
            yield f"{block.column.name}: {text}"


def _not_seen(column: StructuredColumn) -> str:
    match column.settings:
        case AudioPreprocessing() as sound:
            return describe_long_sounds(sound, column.info.audio)
        case SequencePreprocessing() as sequence:
            return describe_long_sequences(sequence, column.info.sequence)
        case TextPreprocessing() as text:
            return describe_long_texts(text, column.info.max_length)
        case _:
            return ""


def _notes(codec: TargetCodec, raw: RawColumns, split: Split) -> Iterator[str]:
    if codec.kind is TargetKind.CLASSES:
        numbers = codec.encode(_rows(raw, codec.targets, split.train))
        absent = sorted(set(range(codec.num_outputs)) - set(numbers.tolist()))
        if absent:
            names = ", ".join(repr(codec.names[index]) for index in absent[:10])
            yield f"No training row has the class {names}; it cannot be learned."
