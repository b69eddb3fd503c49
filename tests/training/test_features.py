"""Features that fit neither into memory nor onto the disk."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from dlstudio.errors import TrainingError
from dlstudio.training.features import compute_features

pytestmark = pytest.mark.tensorflow


@dataclass
class _NoColumns:
    names: tuple[str, ...] = ()


@dataclass
class _HugeFeature:
    """Asks for more than any disk holds."""

    columns: _NoColumns = field(default_factory=_NoColumns)
    features: dict[str, tuple[tuple[int, ...], str]] = field(
        default_factory=lambda: {"pixels": ((10**15,), "float32")}
    )


def test_a_full_disk_is_said_before_anything_is_written(tmp_path: Path) -> None:
    huge, no_rows = cast(Any, _HugeFeature()), cast(Any, None)
    with pytest.raises(TrainingError) as caught:
        compute_features(huge, no_rows, np.arange(10), tmp_path / "cache")
    assert "The prepared data needs" in caught.value.problem and "GB free" in caught.value.problem
    assert "Free space on the disk" in caught.value.fix
    assert list((tmp_path / "cache").iterdir()) == []
