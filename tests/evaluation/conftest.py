"""Fixtures of the tests of evaluation."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.fixtures.untrained import UntrainedRun


@pytest.fixture(scope="session")
def untrained_runs(tmp_path_factory: pytest.TempPathFactory) -> "dict[str, UntrainedRun]":
    """One run folder a task, with random weights; read it, do not change it."""
    from tests.fixtures.untrained import cached_runs

    return cached_runs(tmp_path_factory.getbasetemp() / "untrained")
