"""Numbers, sizes and times as people read them."""

import math
import re
from datetime import UTC, datetime

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-!|>~$:<])")
_PERCENT = "\xa0%"  # never alone on a line
_SIZES = ("bytes", "kB", "MB", "GB", "TB")


def escape_markdown(text: str) -> str:
    """Make text from outside (a column's name, a file's content) harmless inside Markdown."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def small(markdown: str) -> str:
    """Write a remark in small grey letters; beside other words it needs no caption of its own."""
    return f":gray[:small[{markdown}]]"


def count(number: int, noun: str, plural: str = "") -> str:
    """Write a count with its noun: `count(1, "row")` is "1 row", 1200 gives "1,200 rows".

    Args:
        number: How many.
        noun: The singular.
        plural: The plural if it is not the singular with an s.
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def size(size_bytes: float) -> str:
    """Write a size in bytes with the unit that fits, such as "1.4 MB" (1 kB is 1,000 bytes)."""
    value, unit = float(size_bytes), 0
    while value >= 999.5 and unit < len(_SIZES) - 1:
        value, unit = value / 1000, unit + 1
    digits = 0 if unit == 0 or value >= 99.5 else 1
    return f"{value:.{digits}f} {_SIZES[unit]}"


def number(value: float | None, digits: int = 4) -> str:
    """Write a number with at most a few significant digits; missing ones are a dash.

    Args:
        value: The number, None or not finite where there is none.
        digits: Significant digits, at least 1.
    """
    if value is None or not math.isfinite(value):
        return "–"
    if float(value).is_integer() and abs(value) < 1e12:
        return f"{value:,.0f}"
    if 1e-4 <= abs(value) < 1e9:
        decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
        text = f"{value:,.{decimals}f}"
        return text.rstrip("0").rstrip(".") if decimals else text
    return f"{value:.{digits - 1}e}"


def share(part: float, whole: float) -> str:
    """Write a part of a whole in percent; only nothing is "0 %" and only all is "100 %"."""
    if whole <= 0:
        return "–"
    percent = 100 * part / whole
    if 0 < percent < 0.1:
        return f"<0.1{_PERCENT}"
    if 99.9 < percent < 100:
        return f">99.9{_PERCENT}"
    return f"{percent:.1f}".removesuffix(".0") + _PERCENT


def duration(seconds: float | None) -> str:
    """Write a duration: "0.8 s", "42 s", "3 min 5 s", "2 h 10 min", "3 d 4 h"; a dash for None."""
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return "–"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    if whole < 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86_400} d {whole % 86_400 // 3600} h"


def ago(moment: str | datetime | None, now: datetime | None = None) -> str:
    """Write how long ago something was: "just now", "5 min ago", "yesterday", or its date.

    Args:
        moment: An ISO 8601 text or a datetime; without a zone it counts as UTC.
        now: The present; the clock's by default.
    """
    if not moment:
        return "–"
    then = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    seconds = ((now or datetime.now(UTC)) - then).total_seconds()
    if seconds < 45:
        return "just now"
    if seconds < 5400:
        return f"{max(1, round(seconds / 60))} min ago"
    if seconds < 86_400:
        return f"{round(seconds / 3600)} h ago"
    if seconds < 172_800:
        return "yesterday"
    return then.astimezone().strftime("%-d %B %Y")


def ago_s(time_s: float | None) -> str:
    """Write how long ago a moment was that is given in seconds since 1970-01-01 UTC."""
    return "–" if time_s is None else ago(datetime.fromtimestamp(time_s, UTC))
