"""A chosen row is shown as what it is: a picture, a sound, lines, or cells."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dlstudio.data.samples import add_sample
from dlstudio.settings import Settings
from dlstudio.spec.dataset import DatasetInfo
from tests.ui.structured_data import add_images, add_sequences, add_sounds, add_texts

pytestmark = pytest.mark.slow  # each opens a page


def page(name: str, inputs: list[str], blamed: tuple[str, ...] = ()) -> None:
    from dlstudio.data.catalog import open_dataset
    from dlstudio.spec.run import DatasetRef, RunSpec
    from dlstudio.spec.task import TaskKind, TaskSpec
    from dlstudio.ui.report_row import show_row
    from dlstudio.ui.services import settings
    from tests.ui.past_runs import finished

    dataset = open_dataset(settings(), name)
    task = TaskSpec(kind=TaskKind.REDUCTION, inputs=tuple(inputs), targets=("label",))
    spec = RunSpec(dataset=DatasetRef(name=name, fingerprint=dataset.info.fingerprint), task=task)
    run = finished("dimensionality_reduction", spec_json=spec.model_dump_json())
    show_row(run, dataset, 1, "row", blamed)


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    ("add", "element", "cells"),
    [
        (add_images, "image", ["label"]),
        (add_sounds, "audio", ["label"]),
        (add_sequences, "plotly_chart", ["label"]),
        (add_texts, None, ["label", "text"]),
    ],
)
def test_a_row_is_shown_as_what_it_is(
    settings: Settings,
    tmp_path: Path,
    add: Callable[[Settings, Path], DatasetInfo],
    element: str | None,
    cells: list[str],
) -> None:
    info = add(settings, tmp_path)
    inputs = [name for name in info.column_names if name not in ("label", "file")]
    app = AppTest.from_function(page, default_timeout=60, args=(info.name, inputs)).run()

    assert not app.exception and not app.error
    assert app.markdown[0].value == "**Row 2**"
    assert app.dataframe[0].value["Column"].tolist() == cells
    for kind in ("image", "audio", "plotly_chart"):
        assert len(app.get(kind)) == (kind == element)


@pytest.mark.usefixtures("workspace")
def test_of_many_channels_those_to_blame_are_drawn(settings: Settings) -> None:
    name = add_sample(settings, "japanese_vowels").info.name
    arguments = (name, ["sequence"], ("another", "channel_12", "channel_2"))
    app = AppTest.from_function(page, default_timeout=60, args=arguments).run()

    assert not app.exception and not app.error
    (chart,) = app.get("plotly_chart")
    drawn = [trace["name"] for trace in json.loads(chart.proto.spec)["data"]]
    assert drawn == [f"channel_{number}" for number in (12, 2, 1, 3, 4, 5)]
    assert [entry.value for entry in app.caption] == ["6 of 12 channels."]
