"""Times as people read them: in the site's time zone, with its name, 24 hours. Every page, file and picture uses it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone


def local(moment: datetime) -> datetime:
    """Returns the moment in the site's time zone."""
    return timezone.localtime(moment, timezone.get_default_timezone())


def time_words(moment: datetime) -> str:
    """Returns "30 Nov 2026, 14:03:22 CET"."""
    there = local(moment)
    return f"{there.day} {there:%b %Y, %H:%M:%S %Z}"


def day_words(moment: datetime) -> str:
    """Returns "30 Nov 2026"."""
    there = local(moment)
    return f"{there.day} {there:%b %Y}"


def clock_words(moment: datetime) -> str:
    """Returns "14:03:22 CET"."""
    return f"{local(moment):%H:%M:%S %Z}"


def file_time(moment: datetime | None) -> str:
    """Returns "2026-11-30T14:03:22+01:00" for a file that programs read; "" for None."""
    return local(moment).isoformat(timespec="seconds") if moment else ""


def zone_name() -> str:
    """Returns the name of the site's time zone, such as "Europe/Berlin"."""
    return timezone.get_default_timezone_name()


def names_by_offset(now: datetime) -> dict[str, str]:
    """Returns the zone's short names around `now` by the offset as browsers write it: {"GMT+01:00": "CET", …}.

    Browsers know offsets of every zone, and short names of few.
    """
    moments = (local(now + timedelta(days=days)) for days in range(-366, 31, 30))
    return {_offset(moment): f"{moment:%Z}" for moment in moments}


def _offset(moment: datetime) -> str:
    minutes = round((moment.utcoffset() or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"GMT{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
