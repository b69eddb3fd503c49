"""The drawing of a network: boxes in their lanes, lines past them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlstudio.reports.preview import LayerPreview
from dlstudio.ui.layer_names import detail_text, kind_text
from dlstudio.ui.network_drawing import draw_network
from dlstudio.ui.network_layout import SIDE, WIDTH, lay_out, without_small_steps
from tests.fixtures.drawings import num_crossings


def layer(name: str, *inputs: str, kind: str = "Dense", parameters: int = 9) -> LayerPreview:
    return LayerPreview(
        name=name, kind=kind, output_shape=(4,), num_parameters=parameters, inputs=inputs
    )


def test_each_layer_stands_below_its_inputs() -> None:
    boxes = lay_out([layer("a"), layer("b", "a"), layer("c", "a"), layer("d", "b", "c")])

    assert boxes["a"].bottom < boxes["b"].y
    assert boxes["b"].y == boxes["c"].y
    assert boxes["b"].x + boxes["b"].width <= boxes["c"].x
    assert boxes["d"].y > boxes["c"].bottom
    assert all(box.x + box.width <= WIDTH - SIDE for box in boxes.values())


def test_a_shortcut_is_drawn_past_the_layers_between() -> None:
    svg = draw_network([layer("a"), layer("b", "a"), layer("c", "b", "a")])

    assert svg.count('class="line skip"') == 1
    assert svg.count('class="line"') == 2


def test_no_shortcut_runs_across_the_boxes_beside_its_ends() -> None:
    # A conditional VAE: classes and codes go past others of their row, into the middle of one.
    names = {"class": "", "x": "", "centre": "class", "width": "class", "hidden": "x class"}
    names |= {"mean": "hidden", "spread": "hidden", "draw": "mean spread centre width"}
    names |= {"first": "draw class centre width mean", "second": "first", "end": "second mean"}
    svg = draw_network([layer(name, *inputs.split()) for name, inputs in names.items()])

    assert svg.count('class="line skip"') > 4
    assert num_crossings(svg) == 0


def test_a_line_across_a_box_is_noticed() -> None:
    box = '<rect class="box" x="10" y="10" width="20" height="10"/>'
    assert num_crossings(f'{box}<path class="line" d="M5,15 H40"/>') == 1
    assert num_crossings(f'{box}<path class="line" d="M20,0 C20,30 20,30 40,30"/>') == 1
    assert num_crossings(f'{box}<path class="line" d="M20,20 V40"/>') == 0


@given(st.lists(st.sets(st.integers(1, 6), min_size=0, max_size=3), min_size=1, max_size=14))
@settings(max_examples=150, deadline=None)
def test_no_line_of_any_network_runs_across_a_box(behind: list[set[int]]) -> None:
    layers = [
        layer(str(place), *(str(place - step) for step in sorted(steps) if step <= place))
        for place, steps in enumerate(behind)
    ]
    assert num_crossings(draw_network(layers)) == 0


def test_long_counts_are_written_shorter_in_narrow_boxes() -> None:
    svg = draw_network([layer("a"), *(layer(name, "a", parameters=160) for name in "bcde")])
    assert "160 params<" in svg and "9 parameters<" in svg


def test_each_input_has_a_lane_until_they_are_joined() -> None:
    boxes = lay_out(
        [layer("a"), layer("b"), layer("c", "a"), layer("d", "c"), layer("e", "d", "b")]
    )

    assert boxes["a"].x == boxes["c"].x == boxes["d"].x
    assert boxes["a"].x + boxes["a"].width < boxes["b"].x
    assert boxes["e"].width > 2 * boxes["d"].width
    assert all(box.x + box.width <= WIDTH - SIDE for box in boxes.values())


def test_kind_and_shape_of_narrow_boxes_stand_on_lines_of_their_own() -> None:
    shape = (28, 28, 32)
    inputs = [layer(name) for name in "abc"]
    narrow = layer("d", "a", kind="BatchNormalization").model_copy(update={"output_shape": shape})
    joined = layer("e", "b", "c", "d", kind="BatchNormalization").model_copy(
        update={"output_shape": shape}
    )
    svg = draw_network([*inputs, narrow, joined])
    texts = re.findall(r'<text class="(\w+)" x="[\d.]+" y="([\d.]+)">([^<]*)', svg)
    lines = [(place, y) for place, y, text in texts if text == "28 × 28 × 32"]
    kinds = [y for place, y, text in texts if text.startswith("Batch")]
    assert [place for place, _ in lines] == ["detail", "shape"]
    assert float(lines[0][1]) == float(kinds[0]) + 14 and lines[1][1] == kinds[1]


def test_small_steps_between_layers_are_not_drawn() -> None:
    steps = [
        layer("a"),
        layer("sum", "a", kind="Sum").model_copy(update={"is_layer": False}),
        layer("b", "sum", "a"),
        layer("end", "b", kind="Add").model_copy(update={"is_layer": False}),
    ]
    kept = without_small_steps(steps)

    assert [(one.name, one.inputs) for one in kept] == [
        ("a", ()),
        ("b", ("a",)),
        ("end", ("b",)),
    ]


def test_names_from_outside_are_harmless_in_the_drawing() -> None:
    assert "<script>" not in draw_network([layer("a", kind="<script>alert(1)</script>")])


def test_an_empty_network_can_be_drawn() -> None:
    assert draw_network([]).startswith("<svg")


def test_an_activation_is_named_as_in_the_form() -> None:
    one = layer("a", kind="Activation").model_copy(update={"detail": "leaky_relu"})

    assert "Leaky ReLU" in draw_network([one])


def kind(name: str, detail: str = "") -> LayerPreview:
    return layer("one", kind=name).model_copy(update={"detail": detail})


@pytest.mark.parametrize(
    ("in_keras", "in_words"),
    [
        ("InputLayer", "Input"),
        ("Dense", "Dense"),
        ("RandomTranslation", "Random shift"),
        ("RandomFlip", "Random flip"),
        ("GlobalAveragePooling1D", "Average over all"),
        ("MaxPooling2D", "Max pooling"),
        ("Conv2D", "Convolution"),
        ("Conv2DTranspose", "Enlarging convolution"),
        ("LSTM", "LSTM"),
        ("BitwiseLeftShift", "Bitwise left shift"),  # no name of its own
        ("Pretrained", "Pretrained"),
    ],
)
def test_layers_are_named_in_plain_words(in_keras: str, in_words: str) -> None:
    assert kind_text(kind(in_keras)) == in_words


def test_what_is_inside_a_layer_is_named_in_plain_words_too() -> None:
    assert detail_text(kind("SpectralNormalization", "Conv1D")) == "Convolution"
    assert detail_text(kind("Bidirectional", "LSTM")) == "LSTM"
    assert detail_text(kind("Activation", "relu")) == "ReLU"
    assert detail_text(kind("MultiHeadAttention", "4 heads")) == "4 heads"
    assert detail_text(kind("InputLayer", "petalWidth")) == "petalWidth"


def test_a_box_says_how_keras_calls_its_layer() -> None:
    svg = draw_network([kind("GlobalAveragePooling1D")])

    assert "<title>GlobalAveragePooling1D in Keras, named one</title>" in svg
    assert ">Average over all<" in svg
