"""Make pictures of tasks without a target: `python -m docs.unsupervised_screenshots`.

Digits are described by codes and made anew, and tumours are found by an autoencoder that never saw
one. Names: report-TASK.png and train-generation.png.
"""

import tempfile
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, ViewportSize

from dlstudio.data.samples import add_sample
from dlstudio.settings import Settings
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.task import TaskKind
from docs.screenshots import FOLDER, new_browser, new_studio, save_picture, trained_run
from tests.fixtures.screens import wait_until_idle
from tests.fixtures.server import StudioServer

TALL = ViewportSize(width=1280, height=1500)
TASKS = (
    (TaskKind.ANOMALY, "breast_cancer"),
    (TaskKind.REDUCTION, "digits"),
    (TaskKind.GENERATION, "digits"),
)


def main() -> None:
    """Train one run of each task with its defaults and take a picture of its report."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        new_studio(Path(folder)) as server,
        new_browser() as browser,
    ):
        for task, key in TASKS:
            run_id = _train(server.settings, task, key)
            _take(browser, server, {"run": run_id}, f"runs report-{task.value}.png")
            if task is TaskKind.GENERATION:
                _take(browser, server, {"run": run_id}, f"train train-{task.value}.png")


def _train(settings: Settings, task: TaskKind, key: str) -> str:
    spec = default_spec(add_sample(settings, key).info, (), task)
    return trained_run(settings, spec, f"{key} {task.value}")


def _take(browser: Browser, server: StudioServer, address: dict[str, str], what: str) -> None:
    screen, name = what.split(" ")
    page = browser.new_page(viewport=TALL, color_scheme="light")
    page.set_default_timeout(60_000)
    page.goto(f"{server.url}/{screen}?{urlencode(address)}")
    page.get_by_role("heading", level=1).first.wait_for()
    wait_until_idle(page)
    save_picture(page, name)
    page.close()


if __name__ == "__main__":
    main()
