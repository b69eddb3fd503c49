"""What images, sounds, videos and sequences begin with."""

import pytest

from dlstudio.spec.architectures.cnn import CnnSpec
from dlstudio.spec.architectures.fnn import FnnSpec
from dlstudio.spec.architectures.rnn import RnnSpec
from dlstudio.spec.check import check_spec
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.media import ImageSummary, SequenceSummary, Spread
from tests.spec.builders import category, dataset, number


@pytest.mark.parametrize(
    ("kind", "architecture"),
    [
        (ColumnKind.IMAGE, "cnn"),
        (ColumnKind.AUDIO, "cnn"),
        (ColumnKind.VIDEO, "cnn"),
        (ColumnKind.SEQUENCE, "cnn"),
        (ColumnKind.TEXT, "fnn"),
    ],
)
def test_each_kind_of_input_gets_a_network_that_can_be_trained(
    kind: ColumnKind, architecture: str
) -> None:
    info = dataset(
        ColumnInfo(name="thing", kind=kind, num_distinct=90), number("x"), category("y", "a", "b")
    )

    spec = default_spec(info, ["y"])

    assert spec.architecture.kind == architecture
    assert spec.task.inputs == ("thing", "x")
    assert check_spec(spec, info) == ()


def test_texts_alone_get_one_layer_with_much_dropout() -> None:
    text = ColumnInfo(name="text", kind=ColumnKind.TEXT, num_distinct=90)
    alone = default_spec(dataset(text, category("y", "a", "b")), ["y"]).architecture
    mixed = default_spec(dataset(text, number("x"), category("y", "a", "b")), ["y"]).architecture

    assert isinstance(alone, FnnSpec)
    assert [layer.dropout for layer in alone.layers] == [0.5]
    assert mixed == FnnSpec()


def test_videos_get_a_smaller_network() -> None:
    info = dataset(
        ColumnInfo(name="clip", kind=ColumnKind.VIDEO, num_distinct=90), category("y", "a", "b")
    )

    network = default_spec(info, ["y"]).architecture

    assert isinstance(network, CnnSpec)
    assert network.layers[0].stride == 2


@pytest.mark.parametrize(("side", "num_blocks"), [(28, 2), (64, 3), (400, 4)])
def test_larger_images_get_more_blocks(side: float, num_blocks: int) -> None:
    spread = Spread(min=side, median=side, max=side)
    image = ImageSummary(width=spread, height=spread, num_channels=1)
    info = dataset(
        ColumnInfo(name="photo", kind=ColumnKind.IMAGE, num_distinct=90, image=image),
        category("y", "a", "b"),
    )

    network = default_spec(info, ["y"]).architecture

    assert isinstance(network, CnnSpec)
    assert len(network.layers) == num_blocks


def _sequences(longest: float) -> DatasetInfo:
    length = Spread(min=5, median=longest, max=longest)
    summary = SequenceSummary(channels=("x", "y"), length=length)
    column = ColumnInfo(name="walk", kind=ColumnKind.SEQUENCE, num_distinct=90, sequence=summary)
    return dataset(column, category("y", "a", "b"))


def test_sequences_get_wide_filters_and_time() -> None:
    spec = default_spec(_sequences(50), ["y"])

    assert isinstance(spec.architecture, CnnSpec)
    assert {block.kernel for block in spec.architecture.layers} == {7}
    assert spec.training.epochs == 80


@pytest.mark.parametrize(("longest", "halvings"), [(9, 0), (50, 2), (513, 3), (9_000, 3)])
def test_sequences_are_shortened_before_they_are_read_step_by_step(
    longest: int, halvings: int
) -> None:
    network = default_spec(_sequences(longest), ["y"], architecture="rnn").architecture

    assert isinstance(network, RnnSpec)
    assert len(network.convolutions) == halvings
