"""What images, sounds, videos and sequences begin with."""

import pytest

from dlstudio.spec.architectures.cnn import CnnSpec
from dlstudio.spec.check import check_spec
from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.media import ImageSummary, Spread
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
