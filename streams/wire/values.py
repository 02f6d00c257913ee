"""Times and numbers as JSON can say them."""

from __future__ import annotations

import math
from datetime import UTC, datetime


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 UTC with milliseconds, as browsers parse it; None stays None."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stamp(moment: datetime) -> str:
    """`iso` of a moment that is there."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def delay_ms(captured_at: datetime, now: datetime | None = None) -> int:
    """Milliseconds from capture to now, at least 0: clocks of two machines may disagree by some."""
    return max(0, round(((now or datetime.now(UTC)) - captured_at).total_seconds() * 1000))


def finite(number: float | None) -> float | None:
    """A plain float for the wire; None for what JSON cannot say (an empty gallery's infinite distance)."""
    return float(number) if number is not None and math.isfinite(number) else None
