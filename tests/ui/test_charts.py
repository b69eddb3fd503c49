"""Charts in one look: what they show can be told apart."""

import json

from streamlit.testing.v1 import AppTest


def test_no_two_of_ten_lines_look_alike() -> None:
    def page() -> None:
        from dlstudio.ui.charts import show_lines

        lines = {f"channel_{number}": [(0.0, 1.0), (1.0, number)] for number in range(10)}
        show_lines(lines, ("time step", ""), "Ten lines", "lines")

    (chart,) = AppTest.from_function(page, default_timeout=60).run().get("plotly_chart")

    figure = json.loads(chart.proto.spec)
    colours = figure["layout"]["colorway"]
    looks = {
        (colours[place % len(colours)], line["line"]["dash"])
        for place, line in enumerate(figure["data"])
    }
    assert len(looks) == 10
