"""Where somebody is, by when they were seen where. Pure: no database and no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LONG_AGO = timedelta(hours=4)
"""Whoever was not seen for so long may have left unseen."""


class Where(StrEnum):
    """Where somebody is. The order is that of a list: those who are surely here come first."""

    IN_VIEW = "in_view"
    HERE = "here"
    LEFT = "left"
    SEEN = "seen"


class WhyGuessed(StrEnum):
    """Why it is a guess that somebody is here."""

    NO_EXIT = "no_exit"
    LONG_AGO = "long_ago"


@dataclass(frozen=True, slots=True)
class SeenTimes:
    """When somebody was seen since the day began."""

    first_at: datetime
    last_at: datetime
    inside_at: datetime | None
    """When last by a camera at an entrance or inside."""
    exit_at: datetime | None
    """When last by a camera at an exit."""
    is_in_view: bool


@dataclass(frozen=True, slots=True)
class Whereabouts:
    where: Where
    guess: WhyGuessed | None = None


def whereabouts(seen: SeenTimes, now: datetime, *, sees_exits: bool) -> Whereabouts:
    """Returns where they are at `now`. `sees_exits`: whether any camera is at an exit, so that leaving is seen.

    Whoever was seen at an exit after everywhere else has left. Cameras without a role say nothing of who is here.
    """
    if seen.is_in_view:
        return Whereabouts(Where.IN_VIEW)
    if seen.exit_at and (seen.inside_at is None or seen.exit_at > seen.inside_at):
        return Whereabouts(Where.LEFT)
    if seen.inside_at is None:
        return Whereabouts(Where.SEEN)
    if now - seen.last_at > LONG_AGO:
        return Whereabouts(Where.HERE, WhyGuessed.LONG_AGO)
    return Whereabouts(Where.HERE, None if sees_exits else WhyGuessed.NO_EXIT)
