"""Rows of a decoder: mirrored by default, written out to be changed, refused if they do nothing."""

import pytest

from dlstudio.spec.architectures.autoencoder import AutoencoderSpec
from dlstudio.spec.architectures.cnn import ConvBlock, Pooling
from dlstudio.spec.architectures.coder import Body, CoderSpec
from dlstudio.spec.architectures.decoder import DecoderBlock
from dlstudio.spec.architectures.rnn import RecurrentLayer
from dlstudio.spec.architectures.vae import VaeSpec
from dlstudio.spec.bodies import SUITED_BODIES, body_for, unused_rows
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.canvas_sides import canvas_sides
from dlstudio.spec.check import check_spec
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.documents import read_spec, write_yaml
from dlstudio.spec.fields import describe_fields
from dlstudio.spec.layers import Activation, DenseLayer
from dlstudio.spec.overrides import apply_overrides
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from tests.spec.builders import dataset, number

PHOTO = ColumnInfo(name="photo", kind=ColumnKind.IMAGE, num_distinct=200)
WALK = ColumnInfo(
    name="walk",
    kind=ColumnKind.SEQUENCE,
    num_distinct=200,
)
PICTURES = dataset(PHOTO)
EIGHT = ("preprocessing.photo.height=8", "preprocessing.photo.width=8")
ENCODER = AutoencoderSpec(
    blocks=(
        ConvBlock(filters=16, kernel=5, stride=2, dropout=0.2, pooling=Pooling.NONE),
        ConvBlock(filters=24, stride=2, pool_size=3, activation=Activation.GELU),
    ),
    layers=(DenseLayer(units=64, dropout=0.2, skip=True), DenseLayer(units=32)),
    recurrent_layers=(RecurrentLayer(units=8), RecurrentLayer(units=6, bidirectional=True)),
)


def asked(*overrides: str, architecture: str = "autoencoder") -> RunSpec:
    spec = default_spec(PICTURES, (), TaskKind.REDUCTION, architecture)
    return apply_overrides(spec, [*EIGHT, "architecture.mirrored=false", *overrides])


def found(spec: RunSpec, info: DatasetInfo = PICTURES) -> list[tuple[str, str, str]]:
    return [(each.where, each.problem, each.fix) for each in check_spec(spec, info)]


def test_an_old_document_without_rows_of_the_decoder_keeps_its_meaning() -> None:
    text = write_yaml(asked("architecture.decoder_layers=[{units: 7}]"))
    lines = [line for line in text.splitlines() if "decoder_blocks" not in line]
    old = "\n".join(line for line in lines if "decoder_recurrent" not in line)
    assert "decoder_blocks" in text and "decoder_blocks" not in old

    network = read_spec(old).architecture
    assert isinstance(network, AutoencoderSpec)
    assert not network.has_own_blocks
    assert [row.units for row in network.decoder_rows] == [7]
    assert network.decoder_recurrent_rows == network.recurrent_layers[::-1]


@pytest.mark.parametrize("architecture", ["autoencoder", "vae"])
def test_rows_of_a_decoder_survive_being_written_and_read(architecture: str) -> None:
    spec = asked(
        "architecture.decoder_blocks=[{filters: 12, stride: 4, kernel: 5, dropout: 0.1}]",
        "architecture.decoder_recurrent_layers=[{cell: simple, units: 3}]",
        architecture=architecture,
    )
    assert read_spec(write_yaml(spec)) == spec
    assert found(spec) == []


def test_a_block_that_is_not_allowed_is_named_with_its_row() -> None:
    with pytest.raises(Exception, match=r"decoder_blocks\.1\.stride"):
        asked("architecture.decoder_blocks=[{}, {stride: 0}]")


def test_a_decoder_that_is_written_out_has_the_mirrored_rows() -> None:
    own = ENCODER.with_decoder_written_out(Body.CONVOLUTIONAL)

    assert not own.mirrored
    assert own.decoder_layers == ENCODER.decoder_rows
    assert own.decoder_recurrent_layers == ()
    assert own.decoder_blocks == (
        DecoderBlock(filters=16, kernel=3, stride=6, activation=Activation.GELU),
        DecoderBlock(filters=8, kernel=5, stride=2),
    )
    steps = ENCODER.with_decoder_written_out(Body.RECURRENT)
    assert steps.decoder_blocks == ()
    assert steps.decoder_recurrent_layers == ENCODER.decoder_recurrent_rows
    dense = ENCODER.with_decoder_written_out(Body.DENSE)
    assert (dense.decoder_blocks, dense.decoder_recurrent_layers) == ((), ())


@pytest.mark.parametrize("body", [Body.DENSE, Body.CONVOLUTIONAL, Body.RECURRENT])
def test_there_and_back_is_the_same_and_what_a_person_set_is_kept(body: Body) -> None:
    assert ENCODER.with_decoder_written_out(body).with_decoder_mirrored(body) == ENCODER

    mine = (DenseLayer(units=5),)
    changed = ENCODER.model_copy(update={"decoder_layers": mine})
    back = changed.with_decoder_written_out(body).with_decoder_mirrored(body)
    assert back.mirrored
    assert back.decoder_layers == mine
    assert back.with_decoder_written_out(body).decoder_layers == mine


def test_the_largest_reduction_of_an_encoder_can_be_written_out() -> None:
    rows = (ConvBlock(stride=16, pool_size=16),)
    own = AutoencoderSpec(blocks=rows).with_decoder_written_out(Body.CONVOLUTIONAL)
    assert AutoencoderSpec.model_validate(own.model_dump()).decoder_blocks[0].stride == 256


def test_rows_of_a_mirrored_decoder_are_not_used() -> None:
    blocks = (DecoderBlock(filters=3),)
    spec = ENCODER.model_copy(update={"decoder_blocks": blocks})
    assert not spec.has_own_blocks
    assert spec.model_copy(update={"mirrored": False}).has_own_blocks


def test_the_first_picture_has_the_channels_of_the_encoders_last_convolution() -> None:
    own = ENCODER.with_decoder_written_out(Body.CONVOLUTIONAL)
    assert own.first_channels == 24
    assert own.model_copy(update={"blocks": ()}).first_channels == 16


@pytest.mark.parametrize("architecture", ["autoencoder", "vae"])
def test_a_block_that_has_nothing_to_enlarge_is_named(architecture: str) -> None:
    rows = "architecture.decoder_blocks=[{stride: 4}, {stride: 4}, {stride: 4}]"
    assert found(asked(rows, architecture=architecture)) == [
        (
            "architecture.decoder_blocks.0.stride",
            "Block 1 of the decoder has nothing to enlarge: examples are 8 x 8 pixels and the "
            "blocks after it make 16 times larger.",
            "Set Times larger of block 1 to 1 or delete it, or enlarge less after it.",
        )
    ]


@pytest.mark.parametrize(
    "rows",
    [
        "[{stride: 4}, {stride: 4}]",  # more than the picture, and still each is needed
        "[{stride: 1}, {stride: 2}]",
        "[{stride: 1}, {stride: 8}]",
        "[]",
    ],
)
def test_blocks_that_need_not_come_to_the_reduction_of_the_encoder_are_fine(rows: str) -> None:
    assert found(asked(f"architecture.decoder_blocks={rows}")) == []


def test_a_single_step_cannot_be_enlarged() -> None:
    info = dataset(WALK)
    changes = ["architecture.mirrored=false", "architecture.decoder_blocks=[{stride: 2}]"]
    spec = default_spec(info, (), TaskKind.REDUCTION)
    spec = apply_overrides(spec, ["preprocessing.walk.length=1", *changes])

    ((where, problem, _fix),) = found(spec, info)
    assert where == "architecture.decoder_blocks.0.stride"
    assert problem == "Block 1 of the decoder has nothing to enlarge: examples are 1 step."


def test_a_mirrored_decoder_may_reduce_more_than_there_is() -> None:
    rows = "architecture.blocks=[{stride: 4}, {stride: 4}, {stride: 4}]"
    assert found(asked(rows, "architecture.mirrored=true")) == []


@pytest.mark.parametrize("field", ["blocks", "decoder_blocks"])
def test_an_odd_number_of_filters_cannot_be_halved(field: str) -> None:
    ((where, problem, fix),) = found(
        asked(f"architecture.{field}=[{{activation: glu, filters: 7, stride: 2}}]")
    )
    assert where == f"architecture.{field}.0.filters"
    assert problem == ("The activation glu halves the filters, but block 1 has 7, an odd number.")
    assert fix == "Choose an even number of filters."


def test_rows_that_are_not_used_have_no_problems() -> None:
    odd = "architecture.decoder_layers=[{activation: glu, units: 7}]"
    assert [each[0] for each in found(asked(odd))] == ["architecture.decoder_layers.0.units"]
    assert found(asked(odd, "architecture.mirrored=true")) == []
    idle = "architecture.decoder_blocks=[{stride: 16}, {stride: 16}]"
    assert found(asked(idle, "architecture.body=dense")) == []


def test_sizes_are_those_that_the_network_sees() -> None:
    sound = ColumnInfo(name="beat", kind=ColumnKind.AUDIO, num_distinct=9)
    assert canvas_sides(PHOTO, {"height": 8, "width": 12}) == (8, 12)
    assert canvas_sides(WALK, {"length": 90}) == (90,)
    beat = canvas_sides(sound, {"num_mels": 40})
    assert beat is not None
    assert beat[1] == 40
    assert canvas_sides(number("age"), {}) is None
    assert canvas_sides(PHOTO, {"height": -1}) is None


def test_the_kind_of_layers_follows_from_the_examples() -> None:
    auto = VaeSpec()
    assert body_for(auto, CanvasKind.TABLE) is Body.DENSE
    assert body_for(auto, CanvasKind.SERIES) is Body.CONVOLUTIONAL
    chosen = VaeSpec(body=Body.RECURRENT)
    assert body_for(chosen, CanvasKind.SERIES) is Body.RECURRENT
    for kind, suited in SUITED_BODIES.items():
        assert body_for(auto, kind) in suited


def test_only_rows_of_the_layers_in_use_matter() -> None:
    assert unused_rows(Body.DENSE) >= {"blocks", "decoder_blocks", "recurrent_layers"}
    assert unused_rows(Body.CONVOLUTIONAL) == {"recurrent_layers", "decoder_recurrent_layers"}
    assert unused_rows(Body.RECURRENT) == {"blocks", "decoder_blocks"}
    assert unused_rows(Body.DENSE) <= set(CoderSpec.model_fields)


def test_the_form_says_what_a_table_without_rows_stands_for() -> None:
    fields = {field.name: field for field in describe_fields(AutoencoderSpec)}
    assert "in reverse order" in fields["decoder_blocks"].if_empty
    assert "in reverse order" in fields["decoder_recurrent_layers"].if_empty
    assert fields["decoder_blocks"].shown_if["mirrored"] == ("False",)
    assert not fields["mirrored"].is_advanced
