"""Where each layer of a network stands in its drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dlstudio.reports.preview import LayerPreview
from dlstudio.ui.layer_names import detail_text, kind_text

WIDTH = 420
MARGIN = 14
GAP = 18
BESIDE = 10  # between boxes of one row
SIDE = 34  # room at the right for lines that pass boxes by
LINE_HEIGHT, FRAME, SIZE_BAR = 14, 12, 6
# Widths of a letter of each text, and what frames take on both sides.
KIND_LETTER, SMALL_LETTER, FRAMES = 7.2, 5.8, 22


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


def shape_text(layer: LayerPreview) -> str:
    """Write the shape of a layer's output, such as "128" or "28 × 28 × 3"."""
    return " × ".join("any" if size is None else f"{size:,}" for size in layer.output_shape)


def has_size(layer: LayerPreview) -> bool:
    """Whether a bar shows how many numbers come out: of inputs and of what learns."""
    return layer.num_parameters > 0 or not layer.inputs


def is_crowded(layer: LayerPreview, width: float) -> bool:
    """Whether kind and shape do not stand side by side."""
    kind = KIND_LETTER * len(kind_text(layer)) + SMALL_LETTER * len(detail_text(layer))
    return kind + KIND_LETTER * len(shape_text(layer)) + FRAMES + LINE_HEIGHT > width


def small_lines(layer: LayerPreview, width: float) -> list[str]:
    """What stands below the first line."""
    lines: list[str] = []
    if is_crowded(layer, width):
        lines.append(shape_text(layer))
    if layer.num_parameters:
        parameters = f"{layer.num_parameters:,} parameters"
        is_long = SMALL_LETTER * len(parameters) > width - FRAMES
        lines.append(parameters.replace("parameters", "params") if is_long else parameters)
    return lines


def _height(layer: LayerPreview, width: float) -> float:
    num_lines = 1 + len(small_lines(layer, width))
    return LINE_HEIGHT * num_lines + FRAME + SIZE_BAR * has_size(layer)
