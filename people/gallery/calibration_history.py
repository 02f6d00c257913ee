"""How the site recognised in some period: by which engines, up to which distances, and since when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from people.gallery.engine_choice import EngineChoice
from people.gallery.thresholds import DecisionThresholds
from people.recognition.engine.kinds import distances_of, engine_name, offered
from people.recognition.types import Thresholds


@dataclass(frozen=True, slots=True)
class CalibrationSpan:
    """One engine with one set of thresholds, and when both were in force."""

    engine: str
    """Its name for people."""
    accuracy: str
    """What was measured of the engine, in one sentence; "" for one of another release."""
    since: datetime | None
    """When it was put into force; None: it was so when the site began."""
    until: datetime | None
    """When something else was; None: it is in force now."""
    thresholds: Thresholds
    wanted_rate: float | None
    """The chance of a false name for a stranger that was asked for, 0 to 1."""
    reason: str
    """Why these thresholds, in words; "" for the measured default."""


def calibrations_between(begin: datetime, end: datetime) -> list[CalibrationSpan]:
    """Returns what was in force at any time from `begin` to `end`, the oldest first. Two queries.

    Both tables have a row for each decision somebody took, of which there are few.
    """
    choices = list(EngineChoice.objects.order_by("pk").values_list("engine", "chosen_at"))
    rows = list(DecisionThresholds.objects.order_by("pk"))
    found = (span for engine, since, until in _spans(choices) for span in _of_engine(engine, since, until, rows))
    return [
        span
        for span in found
        if (span.since is None or span.since < end) and (span.until is None or span.until > begin)
    ]


def _of_engine(
    engine: str, since: datetime | None, until: datetime | None, rows: list[DecisionThresholds]
) -> Iterator[CalibrationSpan]:
    """Yields the thresholds of one engine while it was in use, the first of them from its beginning on."""
    mine = [row for row in rows if row.engine == engine]
    steps: list[tuple[datetime | None, DecisionThresholds | None]] = [(None, None), *((r.created_at, r) for r in mine)]
    ends = [*(at for at, _row in steps[1:]), None]
    kind = offered(engine)
    for (at, row), ended in zip(steps, ends, strict=True):
        first, last = _later(since, at), _sooner(until, ended)
        if first is None or last is None or first < last:
            yield CalibrationSpan(
                engine=engine_name(engine),
                accuracy=kind.accuracy if kind else "",
                since=first,
                until=last,
                thresholds=row.thresholds if row else distances_of(engine).thresholds,
                wanted_rate=row.wanted_rate if row else None,
                reason=row.reason if row else "",
            )


def _spans(choices: list[tuple[str, datetime]]) -> Iterator[tuple[str, datetime | None, datetime | None]]:
    """Yields (engine, since, until). The first one was in use before anybody chose: since the first photo."""
    for place, (engine, at) in enumerate(choices):
        until = choices[place + 1][1] if place + 1 < len(choices) else None
        yield engine, at if place else None, until


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)


def _sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(filter(None, (one, other)), default=None)
