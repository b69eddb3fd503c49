"""Times that name a zone: they are kept in UTC, which is said wherever they are shown."""

from collections.abc import Sequence

import pyarrow as pa

from dlstudio.data.evidence import ColumnEvidence
from dlstudio.spec.dataset import ColumnKind, DatasetInfo, QualityWarning

TIMES_IN_UTC = "times-in-utc"
_UTC_NAMES = ("utc", "etc/utc", "gmt", "z", "+00:00")


def zone_of(source: pa.DataType) -> str:
    """The zone other than UTC that a type of points in time names; "" if none.

    Args:
        source: Any type of Arrow.
    """
    zone = source.tz if pa.types.is_timestamp(source) else None
    return zone if zone and zone.lower() not in _UTC_NAMES else ""


def zone_warnings(
    names: Sequence[str], kinds: Sequence[ColumnKind], evidence: Sequence[ColumnEvidence]
) -> list[QualityWarning]:
    """Tell which times were turned into UTC.

    Args:
        names: Columns.
        kinds: What they became.
        evidence: What their cells look like.
    """
    return [
        QualityWarning(
            code=TIMES_IN_UTC,
            where=name,
            problem=f"The times of {name!r} name a time zone, as in {found.zone_example!r}; they "
            "are kept and shown in UTC, so that hours and days are those of UTC.",
            fix="Nothing needs to be done if only their order matters; else write local times "
            "without a zone into the file.",
        )
        for name, kind, found in zip(names, kinds, evidence, strict=True)
        if kind is ColumnKind.DATETIME and found.zone_example
    ]


def is_in_utc(info: DatasetInfo, column: str) -> bool:
    """Whether the times of a column were turned into UTC.

    Args:
        info: The dataset.
        column: A column of it.
    """
    return any(one.code == TIMES_IN_UTC and one.where == column for one in info.warnings)
