"""Converts times and numbers to values that JSON can hold."""

from __future__ import annotations

import math
from datetime import UTC, datetime


def iso(moment: datetime | None) -> str | None:
    """Returns ISO 8601 UTC with milliseconds, as browsers parse it; None stays None."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stamp(moment: datetime) -> str:
    """Returns `iso` of a moment that is never None."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def delay_ms(captured_at: datetime, now: datetime | None = None) -> int:
    """Returns milliseconds from capture to now, at least 0, because the clocks of two machines may disagree."""
    return max(0, round(((now or datetime.now(UTC)) - captured_at).total_seconds() * 1000))


def finite(number: float | None) -> float | None:
    """Returns a plain float; None for numbers that JSON cannot hold (an empty gallery's infinite distance)."""
    return float(number) if number is not None and math.isfinite(number) else None
