"""What holds for every test: fixtures, the environment, and where TensorFlow may be imported."""

import os
import sys
from pathlib import Path

import hypothesis
import pytest

pytest_plugins = [
    "tests.fixtures.workspace",
    "tests.fixtures.training",
    "tests.fixtures.pretrained",
    "tests.fixtures.server",
    "tests.fixtures.browser",
    "tests.fixtures.small_disk",
]

# A developer's own workspace, database or limits must not leak into a test.
for _name in [name for name in os.environ if name.startswith("DLSTUDIO_")]:
    if not _name.startswith("DLSTUDIO_TEST_"):
        del os.environ[_name]
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

# Shared machines are slow at times; slowness is what pytest-timeout is for.
hypothesis.settings.register_profile("studio", deadline=None, print_blob=True)
hypothesis.settings.load_profile("studio")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave a file of TensorFlow tests unread when none of them is wanted.

    Reading it imports TensorFlow, which takes longer than all fast tests together.
    """
    if "not tensorflow" not in config.option.markexpr or collection_path.suffix != ".py":
        return None
    text = collection_path.read_text(encoding="utf-8")
    marks_whole_file = "pytestmark" in text and "pytest.mark.tensorflow" in text
    return True if marks_whole_file else None


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note whether TensorFlow was there before the test."""
    item.stash[_HAD_TENSORFLOW] = "tensorflow" in sys.modules


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Fail a test that imports TensorFlow without saying so by its mark."""
    is_new = "tensorflow" in sys.modules and not item.stash.get(_HAD_TENSORFLOW, True)
    if is_new and item.get_closest_marker("tensorflow") is None:
        pytest.fail("This test imports TensorFlow; mark it with @pytest.mark.tensorflow.")


_HAD_TENSORFLOW = pytest.StashKey[bool]()
