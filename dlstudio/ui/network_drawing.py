"""A drawing of a network: one box a layer, top to bottom, with its size and its shortcuts."""

import math
from collections.abc import Sequence
from html import escape

from dlstudio.reports.preview import LayerPreview
from dlstudio.ui.layer_names import detail_text, keras_text, kind_text
from dlstudio.ui.network_layout import (
    FRAMES,
    KIND_LETTER,
    LINE_HEIGHT,
    MARGIN,
    SMALL_LETTER,
    WIDTH,
    Box,
    has_size,
    is_crowded,
    lay_out,
    shape_text,
    small_lines,
    without_small_steps,
)
from dlstudio.ui.network_lines import network_lines

# Parts of a layer's kind and the theme's colour for it; the first that fits counts.
_COLORS = (
    ("input", "gray"),
    ("dense", "primary"),
    ("conv", "primary"),
    ("lstm", "primary"),
    ("gru", "primary"),
    ("rnn", "primary"),
    ("bidirectional", "primary"),
    ("attention", "primary"),
    ("pretrained", "primary"),
    ("embedding", "blue"),
    ("pool", "blue"),
    ("random", "orange"),
    ("noise", "orange"),
    ("dropout", "orange"),
    ("norm", "violet"),
    ("", "gray"),
)


def draw_network(layers: Sequence[LayerPreview]) -> str:
    """Draw a network as SVG that follows the theme's colours.

    Args:
        layers: The layers, each after the layers it takes its input from.

    Returns:
        An `svg` element as text; every text from outside is escaped.
    """
    layers = without_small_steps(layers)
    boxes = lay_out(layers)
    height = max((box.bottom for box in boxes.values()), default=0) + MARGIN
    largest = max((_size(layer) for layer in layers), default=1.0)
    label = escape(describe(layers))
    parts = [f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{label}">']
    parts += network_lines(boxes)
    parts += [_box(box, largest) for box in boxes.values()]
    return "".join([*parts, "</svg>"])


def describe(layers: Sequence[LayerPreview]) -> str:
    """Say in words what the drawing shows, for those who cannot see it."""
    named = ", then ".join(f"{kind_text(layer)} {shape_text(layer)}" for layer in layers[:30])
    return f"The network: {named}." if named else "The network is empty."


def _size(layer: LayerPreview) -> float:
    return float(math.prod(size or 1 for size in layer.output_shape)) if layer.output_shape else 1.0


def _color(layer: LayerPreview) -> str:
    kind = layer.kind.lower()
    return next(color for part, color in _COLORS if part in kind)


def _box(box: Box, largest: float) -> str:
    layer, color = box.layer, _color(box.layer)
    left, line = box.x + FRAMES / 2, box.y + 17
    inner = box.width - FRAMES
    kind = _cut(kind_text(layer), int(inner / KIND_LETTER))
    room = int((inner - KIND_LETTER * len(kind)) / SMALL_LETTER) - 1
    detail = _cut(detail_text(layer), max(0, room))
    parts = [
        f'<g class="{color}"><title>{escape(keras_text(layer))}</title>',
        f'<rect class="box" x="{box.x:.1f}" y="{box.y:.1f}" '
        f'width="{box.width:.1f}" height="{box.height:.0f}" rx="7"/>',
        f'<text class="kind" x="{left:.1f}" y="{line:.1f}">{escape(kind)}'
        f'<tspan class="detail" dx="7">{escape(detail)}</tspan></text>',
    ]
    if not is_crowded(layer, box.width):
        parts.append(
            f'<text class="shape" x="{left + inner:.1f}" y="{line:.1f}">'
            f"{escape(shape_text(layer))}</text>"
        )
    parts += [
        f'<text class="detail" x="{left:.1f}" y="{line + LINE_HEIGHT * place:.1f}">'
        f"{escape(_cut(text, int(inner / SMALL_LETTER) + 1))}</text>"
        for place, text in enumerate(small_lines(layer, box.width), start=1)
    ]
    if has_size(layer):
        share = math.log1p(_size(layer)) / math.log1p(max(largest, 1.0))
        parts.append(
            f'<rect class="size" x="{left:.1f}" y="{box.bottom - 6:.1f}" '
            f'width="{inner * share:.1f}" height="2.5" rx="1.2"/>'
        )
    return "".join([*parts, "</g>"])


def _cut(text: str, longest: int) -> str:
    if longest < min(3, len(text)):
        return ""
    return text if len(text) <= longest else text[: longest - 1] + "…"
