"""What tests look at in a chart."""

from typing import Any, cast

import plotly.graph_objects as go


def traces(figure: go.Figure) -> list[Any]:
    """The curves, bars and boxes of a chart; plotly's types do not say what they have."""
    return list(cast("Any", figure).data)
