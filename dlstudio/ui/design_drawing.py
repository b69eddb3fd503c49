"""Puts the drawing of a network on the page, in the colours of the theme."""

from collections.abc import Sequence

from streamlit.components.v2 import component

from dlstudio.reports.preview import LayerPreview
from dlstudio.ui.component_data import numbered
from dlstudio.ui.network_drawing import draw_network

_CSS = """
svg { width: 100%; max-width: 560px; display: block; margin: 0 auto; font-family: var(--st-font); }
.box { fill: var(--c-soft); stroke: var(--c); stroke-width: 1.2; }
.size { fill: var(--c); }
.kind { font-size: 13px; font-weight: 600; fill: var(--st-text-color); }
.detail { font-size: 11.5px; font-weight: 400; fill: var(--st-gray-text-color); }
.shape { font-size: 13px; fill: var(--st-text-color); text-anchor: end; }
.line { fill: none; stroke: var(--st-gray-color); stroke-width: 1.4; }
.skip { stroke-dasharray: 4 3; }
.primary {
  --c: var(--st-primary-color);
  --c-soft: color-mix(in srgb, var(--st-primary-color) 14%, transparent);
}
.gray { --c: var(--st-gray-color); --c-soft: var(--st-gray-background-color); }
.blue { --c: var(--st-blue-color); --c-soft: var(--st-blue-background-color); }
.orange { --c: var(--st-orange-color); --c-soft: var(--st-orange-background-color); }
.violet { --c: var(--st-violet-color); --c-soft: var(--st-violet-background-color); }
"""

SCRIPT = """
export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".network")
  // A call with older data may come after one with newer data.
  if (!place || data.number <= Number(place.dataset.number ?? 0)) return
  place.innerHTML = data.svg
  place.dataset.number = data.number
}
"""

_component = component("network_drawing", html='<div class="network"></div>', css=_CSS, js=SCRIPT)


def show_drawing(layers: Sequence[LayerPreview], key: str) -> None:
    """Show a network's drawing.

    Args:
        layers: The layers, each after the layers it takes its input from.
        key: Keeps the drawing in place while it changes.
    """
    _component(key=key, data=numbered({"svg": draw_network(layers)}, key))
