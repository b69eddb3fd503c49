"""The lines of a network's drawing, led so that none runs across a box."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dlstudio.ui.network_layout import GAP, SIDE, WIDTH, Box

CORNER = 8
EDGE = 4  # between a line in a gap and the boxes above and below
FIRST_TRACK, WIDEST_TRACK = 8, 5
# Where on a box's edge a line that passes others by begins or ends; its middle has plain lines.
BESIDE_MIDDLE = 0.82


@dataclass(frozen=True)
class _Detour:
    """A line past the boxes between two others, down a track of its own at the right."""

    start: Box
    end: Box
    track: int

    def meets(self, start: Box, end: Box) -> bool:
        """Whether a line between these would run over this one without ending where it does."""
        return start.row < self.end.row and self.start.row < end.row and end != self.end


def network_lines(boxes: Mapping[str, Box]) -> list[str]:
    """Draw a line from each layer to those that take its output.

    Args:
        boxes: The place of each layer, by name.

    Returns:
        SVG `path` elements. A line between neighbouring rows is a curve, a longer one runs
        straight down where nothing stands in its way, else dashed through the gaps between the
        rows and past the boxes at the right.
    """
    everything = list(boxes.values())
    plain: list[str] = []
    detours: list[_Detour] = []
    for end in everything:
        for start in (boxes[name] for name in end.layer.inputs if name in boxes):
            path = _curve(start, end) or _straight(start, end, everything)
            if path:
                plain.append(f'<path class="line" d="{path}"/>')
            else:
                taken = {one.track for one in detours if one.meets(start, end)}
                track = next(number for number in range(len(taken) + 1) if number not in taken)
                detours.append(_Detour(start, end, track))
    num_tracks = 1 + max((one.track for one in detours), default=0)
    return plain + [
        f'<path class="line skip" d="{_around(one, num_tracks, everything)}"/>' for one in detours
    ]


def _curve(start: Box, end: Box) -> str:
    if end.row - start.row != 1:
        return ""
    middle = (start.bottom + end.y) / 2
    return (
        f"M{start.middle:.1f},{start.bottom:.1f} C{start.middle:.1f},{middle:.1f} "
        f"{end.middle:.1f},{middle:.1f} {end.middle:.1f},{end.y:.1f}"
    )


def _straight(start: Box, end: Box, boxes: Sequence[Box]) -> str:
    x = start.middle
    between = [box for box in boxes if start.row < box.row < end.row]
    is_free = not any(box.x - 2 <= x <= box.x + box.width + 2 for box in between)
    if not is_free or not end.x <= x <= end.x + end.width:
        return ""
    return f"M{x:.1f},{start.bottom:.1f} V{end.y:.1f}"


def _around(line: _Detour, num_tracks: int, boxes: Sequence[Box]) -> str:
    """Out at the right, or below where others stand there; down; and back in likewise."""
    start, end = line.start, line.end
    side = WIDTH - SIDE + FIRST_TRACK + line.track * min(WIDEST_TRACK, 22 / num_tracks)
    inset = EDGE + line.track * (GAP / 2 - EDGE) / num_tracks
    if _is_last(start, boxes):
        begin = start.y + start.height / 2
        path = f"M{start.x + start.width:.1f},{begin:.1f} "
    else:
        begin, x = start.bottom + inset, start.x + BESIDE_MIDDLE * start.width
        path = f"M{x:.1f},{start.bottom:.1f} V{begin:.1f} "
    is_last = _is_last(end, boxes)
    stop = end.y + end.height / 2 if is_last else end.y - inset
    corner = min(CORNER, (stop - begin) / 2)
    path += (
        f"H{side - corner:.1f} Q{side:.1f},{begin:.1f} {side:.1f},{begin + corner:.1f} "
        f"V{stop - corner:.1f} Q{side:.1f},{stop:.1f} {side - corner:.1f},{stop:.1f} "
    )
    if is_last:
        return f"{path}H{end.x + end.width:.1f}"
    return f"{path}H{end.x + BESIDE_MIDDLE * end.width:.1f} V{end.y:.1f}"


def _is_last(box: Box, boxes: Sequence[Box]) -> bool:
    """Whether nothing stands to the right of a box in its row."""
    return not any(other.row == box.row and other.x > box.x for other in boxes)
