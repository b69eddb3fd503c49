"""The rows of autoencoders, VAEs and GANs on the Design page."""

import pytest

from dlstudio.spec.architectures.autoencoder import AutoencoderSpec
from dlstudio.spec.architectures.cnn import Backbone, CnnSpec
from dlstudio.spec.architectures.coder import CoderSpec
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind, TaskSpec
from dlstudio.ui.design_coder import follow_mirror, hidden_rows
from tests.spec.builders import dataset, number

NUMBERS = dataset(number("width"), number("height"), number("depth"))
PICTURES = dataset(ColumnInfo(name="picture", kind=ColumnKind.IMAGE, num_distinct=200))


def reduction(info: DatasetInfo, architecture: str = "autoencoder") -> RunSpec:
    return default_spec(info, (), TaskKind.REDUCTION, architecture)


def test_only_the_rows_of_the_layers_in_use_are_shown() -> None:
    of_numbers, of_pictures = reduction(NUMBERS), reduction(PICTURES)
    hidden = hidden_rows(of_numbers.architecture, of_numbers.task, NUMBERS)
    assert hidden >= {"blocks", "recurrent_layers", "decoder_blocks", "decoder_recurrent_layers"}
    hidden = hidden_rows(of_pictures.architecture, of_pictures.task, PICTURES)
    assert "recurrent_layers" in hidden
    assert not hidden & {"blocks", "decoder_blocks", "layers", "decoder_layers"}


def test_the_convolutions_of_a_game_are_shown_where_they_are_used() -> None:
    blocks = {"generator_blocks", "discriminator_blocks"}
    of_numbers, of_pictures = (
        default_spec(info, (), TaskKind.GENERATION, "gan") for info in (NUMBERS, PICTURES)
    )

    assert hidden_rows(of_numbers.architecture, of_numbers.task, NUMBERS) == blocks
    assert not hidden_rows(of_pictures.architecture, of_pictures.task, PICTURES)


def test_pretrained_networks_are_offered_for_images_alone() -> None:
    steps = dataset(
        ColumnInfo(name="readings", kind=ColumnKind.SEQUENCE, num_distinct=200), number("level")
    )
    network = CnnSpec()

    for info, is_offered in ((PICTURES, True), (steps, False)):
        task = TaskSpec(kind=TaskKind.REGRESSION, inputs=info.column_names[:1], targets=("level",))
        assert ("backbone" not in hidden_rows(network, task, info)) is is_offered
    chosen = CnnSpec(backbone=Backbone.MOBILENET_V2)
    assert not hidden_rows(chosen, task, steps), "what was chosen can be taken back"


@pytest.mark.parametrize("architecture", ["autoencoder", "vae"])
def test_a_decoder_of_its_own_begins_with_the_mirrored_rows(architecture: str) -> None:
    spec = reduction(PICTURES, architecture)
    before = spec.architecture
    assert isinstance(before, CoderSpec)
    after = before.model_copy(update={"mirrored": False})

    free = follow_mirror(before, after, spec.task, PICTURES)
    assert isinstance(free, CoderSpec)
    assert len(free.decoder_blocks) == len(before.blocks)
    assert [row.units for row in free.decoder_layers] == [
        row.units for row in reversed(before.layers)
    ]
    back = free.model_copy(update={"mirrored": True})
    assert follow_mirror(free, back, spec.task, PICTURES) == before


def test_rows_that_a_person_set_stay() -> None:
    spec = reduction(PICTURES)
    before = spec.architecture
    assert isinstance(before, AutoencoderSpec)
    assert follow_mirror(before, before, spec.task, PICTURES) is before
