"""The colours of both themes can be read: 4.5 to 1, as WCAG AA asks for."""

import json
import tomllib

import pytest
from streamlit.testing.v1 import AppTest

from tests.fixtures.workspace import REPOSITORY

THEMES = tomllib.loads((REPOSITORY / ".streamlit" / "config.toml").read_text())["theme"]
WHITE = "#ffffff"


def luminance(color: str) -> float:
    shares = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["textColor", "linkColor", "primaryColor", "grayColor"])
def test_text_and_the_open_tab_stand_out_from_the_page(scheme: str, name: str) -> None:
    assert contrast(THEMES[scheme][name], THEMES[scheme]["backgroundColor"]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_words_on_a_button_can_be_read(scheme: str) -> None:
    assert contrast(WHITE, THEMES[scheme]["primaryColor"]) >= 4.5


@pytest.mark.slow
def test_the_axes_of_charts_are_written_in_a_grey_that_can_be_read() -> None:
    def page() -> None:
        from dlstudio.ui.charts import show_lines

        show_lines({"a": [(0.0, 1.0), (1.0, 2.0)]}, ("epoch", "Loss"), "A line", "lines")

    (chart,) = AppTest.from_function(page, default_timeout=60).run().get("plotly_chart")

    layout = json.loads(chart.proto.spec)["layout"]
    written = [layout[axis][part] for axis in ("xaxis", "yaxis") for part in ("tickfont", "title")]
    colours = {part.get("color") or part["font"]["color"] for part in written}
    assert colours == {THEMES["light"]["grayColor"]}
