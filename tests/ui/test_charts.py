"""Charts in one look: what they show can be told apart."""

import json

import pytest
from streamlit.testing.v1 import AppTest

pytestmark = pytest.mark.slow  # each opens a page


@pytest.mark.parametrize(("step", "ticks"), [(1.0, 1), (0.25, None), (30.0, None)])
def test_few_whole_steps_have_no_ticks_between_them(step: float, ticks: int | None) -> None:
    def page(step: float) -> None:
        from dlstudio.ui.charts import show_lines

        points = [(number * step, 1.0) for number in range(1, 5)]
        show_lines({"loss": points}, ("epoch", "loss"), "A line", "lines")

    app = AppTest.from_function(page, kwargs={"step": step}, default_timeout=60).run()
    (chart,) = app.get("plotly_chart")
    assert json.loads(chart.proto.spec)["layout"]["xaxis"].get("dtick") == ticks


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
