"""Whether a sighting is what a rule waits for: who, where, when, how sure. Pure: no Django, no database."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from streams.alerting.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Looked:
    """What a camera says of one sighting at one moment."""

    camera: int
    verdict: str
    """match, review or unknown."""
    person: str | None
    """The id of the person whom it names or suggests."""
    looks: int
    """Encodings that agree."""
    local: datetime
    """When, in the site's time."""


@dataclass(frozen=True, slots=True)
class WatchedRule:
    """A rule as workers hold it in memory."""

    id: Any
    verdicts: frozenset[str]
    """Verdicts that it waits for; empty: no sighting alone raises it."""
    person: str | None = None
    """The only person whom it waits for; None: anybody whom the verdicts allow."""
    watchlist: int | None = None
    """The watchlist on which the person must be."""
    cameras: frozenset[int] | None = None
    """Where it looks; None: everywhere."""
    schedule: Schedule = field(default_factory=Schedule)
    looks: int = 1
    cool_down_s: int = 0

    def waits_for(self, looked: Looked, lists: Callable[[], Iterable[int]]) -> bool:
        """Returns whether `looked` raises it. `lists` gives the person's watchlists; asked only if that decides."""
        return (
            looked.verdict in self.verdicts
            and (self.cameras is None or looked.camera in self.cameras)
            and (self.person is None or self.person == looked.person)
            and looked.looks >= self.looks
            and self.schedule.covers(looked.local)
            and (self.watchlist is None or self.watchlist in lists())
        )


def subject_of(looked: Looked) -> str:
    """Returns what makes two sightings about the same, for the cool-down: the person, or anybody unknown, there."""
    return f"{looked.person or 'unknown'} at {looked.camera}"
