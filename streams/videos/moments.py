"""Says places in a video in words: as seconds of it, and as times of the day if somebody knows when it began."""

from __future__ import annotations

from datetime import datetime, timedelta


def clock(seconds: float) -> str:
    """Says a place in a video: 0:12:03."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def moment_of(began_at: datetime | None, seconds: float) -> datetime | None:
    """Returns the time of the day of a place in a video that began at `began_at`."""
    return began_at + timedelta(seconds=seconds) if began_at else None
