"""A drawing of a network: one box a layer, top to bottom, with its size and its shortcuts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from dlstudio.reports.preview import LayerPreview

WIDTH = 420
MARGIN = 14
GAP = 18
BESIDE = 10  # between boxes of one row
SIDE = 34  # room at the right for lines that pass boxes by
LINE_HEIGHT, FRAME, SIZE_BAR = 14, 12, 6
# Widths of a letter of each text, and what frames take on both sides.
KIND_LETTER, SMALL_LETTER, FRAMES = 7.2, 5.8, 22

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


@dataclass(frozen=True)
class Box:
    """Where a layer stands in the drawing, in the drawing's own units."""

    layer: LayerPreview
    row: int
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Horizontal centre."""
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.y + self.height


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
    parts += [
        _line(boxes[name], box, list(boxes.values()))
        for box in boxes.values()
        for name in _sources(box, boxes)
    ]
    parts += [_box(box, largest) for box in boxes.values()]
    return "".join([*parts, "</svg>"])


def without_small_steps(layers: Sequence[LayerPreview]) -> tuple[LayerPreview, ...]:
    """Leave out small operations between layers; what comes behind takes their inputs.

    Args:
        layers: The layers, each after the layers it takes its input from.

    Returns:
        The layers, and operations that nothing comes behind.
    """
    is_used = {name for layer in layers for name in layer.inputs}
    sources: dict[str, tuple[str, ...]] = {}
    kept: list[LayerPreview] = []
    for layer in layers:
        inputs = [source for name in layer.inputs for source in sources.get(name, (name,))]
        inputs = list(dict.fromkeys(inputs))
        if layer.is_layer or layer.name not in is_used:
            kept.append(layer.model_copy(update={"inputs": tuple(inputs)}))
            sources[layer.name] = (layer.name,)
        else:
            sources[layer.name] = tuple(inputs)
    return tuple(kept)


def lay_out(layers: Sequence[LayerPreview]) -> dict[str, Box]:
    """Give each layer a place: below all its inputs, in the lanes of the inputs it comes from."""
    depth: dict[str, int] = {}
    for layer in layers:
        depth[layer.name] = 1 + max((depth.get(name, -1) for name in layer.inputs), default=-1)
    rows: dict[int, list[LayerPreview]] = {}
    for layer in layers:
        rows.setdefault(depth[layer.name], []).append(layer)
    lanes = _lanes(layers)
    num_lanes = 1 + max((last for _, last in lanes.values()), default=0)
    boxes: dict[str, Box] = {}
    y = float(MARGIN)
    for row, members in sorted(rows.items()):
        spans = _spans(members, lanes, num_lanes)
        height = max(
            _height(layer, width) for layer, (_, width) in zip(members, spans, strict=True)
        )
        for layer, (x, width) in zip(members, spans, strict=True):
            boxes[layer.name] = Box(layer, row, x, y, width, height)
        y += height + GAP
    return boxes


def _lanes(layers: Sequence[LayerPreview]) -> dict[str, tuple[int, int]]:
    """First and last lane of each layer: every input has one, what joins inputs has all of them."""
    lanes: dict[str, tuple[int, int]] = {}
    num_inputs = 0
    for layer in layers:
        ends = [lanes[name] for name in layer.inputs if name in lanes]
        if ends:
            lanes[layer.name] = (min(first for first, _ in ends), max(last for _, last in ends))
        else:
            lanes[layer.name] = (num_inputs, num_inputs)
            num_inputs += 1
    return lanes


def _spans(
    members: Sequence[LayerPreview], lanes: dict[str, tuple[int, int]], num_lanes: int
) -> list[tuple[float, float]]:
    """Left edge and width of each layer of a row; layers of the same lanes share their room."""
    groups: dict[tuple[int, int], list[str]] = {}
    for layer in members:
        groups.setdefault(lanes[layer.name], []).append(layer.name)
    ends = sorted(groups)
    overlaps = any(left[1] >= right[0] for left, right in pairwise(ends))
    if overlaps:
        groups, num_lanes = {(0, 0): [layer.name for layer in members]}, 1
    lane = (WIDTH - MARGIN - SIDE + BESIDE) / num_lanes
    spans: dict[str, tuple[float, float]] = {}
    for (first, last), names in groups.items():
        room = (last - first + 1) * lane - BESIDE
        width = (room - BESIDE * (len(names) - 1)) / len(names)
        for place, name in enumerate(names):
            spans[name] = (MARGIN + first * lane + place * (width + BESIDE), width)
    return [spans[layer.name] for layer in members]


def describe(layers: Sequence[LayerPreview]) -> str:
    """Say in words what the drawing shows, for those who cannot see it."""
    named = ", then ".join(f"{kind_text(layer)} {shape_text(layer)}" for layer in layers[:30])
    return f"The network: {named}." if named else "The network is empty."


def shape_text(layer: LayerPreview) -> str:
    """Write the shape of a layer's output, such as "128" or "28 × 28 × 3"."""
    return " × ".join("any" if size is None else f"{size:,}" for size in layer.output_shape)


def kind_text(layer: LayerPreview) -> str:
    """Write a layer's kind; "InputLayer" is "Input"."""
    return layer.kind.removesuffix("Layer") or layer.kind


def _sources(box: Box, boxes: dict[str, Box]) -> list[str]:
    return [name for name in box.layer.inputs if name in boxes]


def _has_size(layer: LayerPreview) -> bool:
    """Whether a bar shows how many numbers come out: of inputs and of what learns."""
    return layer.num_parameters > 0 or not layer.inputs


def _is_crowded(layer: LayerPreview, width: float) -> bool:
    """Whether kind and shape do not stand side by side."""
    kind = KIND_LETTER * len(kind_text(layer)) + SMALL_LETTER * len(layer.detail)
    return kind + KIND_LETTER * len(shape_text(layer)) + FRAMES + LINE_HEIGHT > width


def _small_lines(layer: LayerPreview, width: float) -> list[str]:
    """What stands below the first line."""
    lines: list[str] = []
    if _is_crowded(layer, width):
        lines.append(shape_text(layer))
    if layer.num_parameters:
        lines.append(f"{layer.num_parameters:,} parameters")
    return lines


def _height(layer: LayerPreview, width: float) -> float:
    num_lines = 1 + len(_small_lines(layer, width))
    return LINE_HEIGHT * num_lines + FRAME + SIZE_BAR * _has_size(layer)


def _size(layer: LayerPreview) -> float:
    return float(math.prod(size or 1 for size in layer.output_shape)) if layer.output_shape else 1.0


def _color(layer: LayerPreview) -> str:
    kind = layer.kind.lower()
    return next(color for part, color in _COLORS if part in kind)


def _line(start: Box, end: Box, boxes: Sequence[Box]) -> str:
    if end.row - start.row == 1:
        middle = (start.bottom + end.y) / 2
        path = (
            f"M{start.middle:.1f},{start.bottom:.1f} C{start.middle:.1f},{middle:.1f} "
            f"{end.middle:.1f},{middle:.1f} {end.middle:.1f},{end.y:.1f}"
        )
        return f'<path class="line" d="{path}"/>'
    x = start.middle
    between = [box for box in boxes if start.row < box.row < end.row]
    is_free = not any(box.x - 2 <= x <= box.x + box.width + 2 for box in between)
    if is_free and end.x <= x <= end.x + end.width:
        return f'<path class="line" d="M{x:.1f},{start.bottom:.1f} V{end.y:.1f}"/>'
    # Past the boxes between: out at the right, down and back in.
    side = WIDTH - SIDE + 8 + 5 * (end.row % 4)
    begin, stop = start.y + start.height / 2, end.y + end.height / 2
    path = (
        f"M{start.x + start.width:.1f},{begin:.1f} H{side - 8} Q{side},{begin:.1f} {side},"
        f"{begin + 8:.1f} V{stop - 8:.1f} Q{side},{stop:.1f} {side - 8},{stop:.1f} "
        f"H{end.x + end.width:.1f}"
    )
    return f'<path class="line skip" d="{path}"/>'


def _box(box: Box, largest: float) -> str:
    layer, color = box.layer, _color(box.layer)
    left, line = box.x + FRAMES / 2, box.y + 17
    inner = box.width - FRAMES
    kind = _cut(kind_text(layer), int(inner / KIND_LETTER))
    detail = _cut(layer.detail, max(0, int((inner - KIND_LETTER * len(kind)) / SMALL_LETTER) - 1))
    parts = [
        f'<g class="{color}"><rect class="box" x="{box.x:.1f}" y="{box.y:.1f}" '
        f'width="{box.width:.1f}" height="{box.height:.0f}" rx="7"/>',
        f'<text class="kind" x="{left:.1f}" y="{line:.1f}">{escape(kind)}'
        f'<tspan class="detail" dx="7">{escape(detail)}</tspan></text>',
    ]
    if not _is_crowded(layer, box.width):
        parts.append(
            f'<text class="shape" x="{left + inner:.1f}" y="{line:.1f}">'
            f"{escape(shape_text(layer))}</text>"
        )
    parts += [
        f'<text class="detail" x="{left:.1f}" y="{line + LINE_HEIGHT * place:.1f}">'
        f"{escape(_cut(text, int(inner / SMALL_LETTER) + 1))}</text>"
        for place, text in enumerate(_small_lines(layer, box.width), start=1)
    ]
    if _has_size(layer):
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
