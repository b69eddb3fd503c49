"""While a network trains, the Train page goes on to its newest reconstructions by itself."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from dlstudio.runs.samples import ORIGINALS, SampleFrame, write_frame
from dlstudio.spec.architectures.autoencoder import AutoencoderSpec
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind, TaskSpec
from tests.fixtures.screens import open_screen
from tests.fixtures.server import StudioServer
from tests.ui.live_runs import HandTrainedRun, any_spec, begin_runs, heartbeats

pytestmark = pytest.mark.browser


def rebuilding_spec() -> RunSpec:
    task = TaskSpec(kind=TaskKind.REDUCTION, inputs=("image",), targets=())
    changes = {"task": task, "architecture": AutoencoderSpec()}
    return any_spec().model_copy(update=changes)


def write_epochs(live: HandTrainedRun, *epochs: int) -> None:
    pictures = np.full((10, 8, 8, 1), 200, "uint8")
    for epoch in epochs:
        frame = SampleFrame(epoch, CanvasKind.IMAGE, pictures)
        write_frame(live.store.folder(live.run.id), frame)


def test_the_newest_frame_is_shown_until_an_earlier_one_is_chosen(
    own_studio: StudioServer, page: Page
) -> None:
    (live,) = begin_runs(own_studio.settings, ["digits"], rebuilding_spec())
    live.train(6)
    write_epochs(live, ORIGINALS, 1, 2, 3)
    own_studio.start()
    with heartbeats([live]):
        open_screen(page, own_studio.url, "train", run=live.run.id)
        expect(page.get_by_text("Reconstructions, epoch 3")).to_be_visible()
        write_epochs(live, 4, 5)
        expect(page.get_by_text("Reconstructions, epoch 5")).to_be_visible()

        page.get_by_role("slider", name="Epoch").press("ArrowLeft")
        expect(page.get_by_text("Reconstructions, epoch 4")).to_be_visible()
        write_epochs(live, 6)
        page.wait_for_timeout(3_000)
        expect(page.get_by_text("Reconstructions, epoch 4")).to_be_visible()
