"""One measured number, its limit, and whether it holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

# Names the folder where packages with real data are kept; parts that need it are else left out.
FOLDER_VARIABLE = "DLSTUDIO_BENCHMARK_DATA"


@dataclass(frozen=True)
class Measurement:
    """One line of the table.

    Attributes:
        name: What was measured, in words.
        value: The measured median.
        unit: Its unit, such as "s", "MB" or "×".
        limit: What it must not exceed, or must reach; none for a number shown for comparison.
        must_reach: Whether more is better, so that the limit is the least that is enough.
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    must_reach: bool = False

    @property
    def holds(self) -> bool:
        """Whether the value is on the right side of its limit."""
        if self.limit is None:
            return True
        return self.value >= self.limit if self.must_reach else self.value <= self.limit

    @property
    def verdict(self) -> str:
        """The last column of the table."""
        if self.limit is None:
            return ""
        return "holds" if self.holds else "MISSED"


def median_of(measure: Callable[[], float], num_times: int) -> float:
    """The median of several measurements, made one after the other."""
    return median(measure() for _ in range(num_times))


def table(measurements: Sequence[Measurement]) -> str:
    """A Markdown table of measurements."""
    lines = ["| what | limit | measured | |", "|---|---:|---:|---|"]
    for one in measurements:
        sign = "≥" if one.must_reach else "≤"
        limit = "" if one.limit is None else f"{sign} {_number(one.limit)} {one.unit}"
        lines.append(f"| {one.name} | {limit} | {_number(one.value)} {one.unit} | {one.verdict} |")
    return "\n".join(lines)


def _number(value: float) -> str:
    if abs(value) >= 100 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
