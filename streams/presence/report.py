"""Computes who is here, for one reader, from the sightings since the day began."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.aggregates import BoolOr
from django.db.models import F, Max, Min, Q
from django.utils import timezone

from people.base.site_time import local
from people.records.watchlist import Watchlist
from streams.presence.whereabouts import SeenTimes, Where, Whereabouts, WhyGuessed, whereabouts
from streams.records.camera import Camera
from streams.records.sighting import Sighting, SightingQuerySet
from streams.records.states import CameraRole, StoredVerdict

IN_VIEW_WITHIN = timedelta(seconds=10)
"""A camera tells every 2 s that somebody is still there. After 10 s of silence it is down, or its worker is."""
COMES_IN = (CameraRole.ENTRANCE, CameraRole.INSIDE)


@dataclass(frozen=True, slots=True)
class Present:
    """One person or stranger: who, and where."""

    id: UUID
    name: str
    seen: SeenTimes
    whereabouts: Whereabouts

    @property
    def where(self) -> Where:
        return self.whereabouts.where

    @property
    def guess(self) -> WhyGuessed | None:
        return self.whereabouts.guess


@dataclass(frozen=True)
class WhoIsHere:
    """Everybody who was seen since the day began, as far as the reader may see."""

    at: datetime
    since: datetime
    people: tuple[Present, ...]
    """By where they are, as Where has it, and then by name."""
    strangers: tuple[Present, ...]
    """Unknown faces by where they are, those seen last first; one entry for each stranger."""
    roles: frozenset[str] = field(default=frozenset())
    """The roles that the reader's cameras have."""

    @cached_property
    def counts(self) -> Mapping[Where, int]:
        return _counted(self.people)

    @cached_property
    def stranger_counts(self) -> Mapping[Where, int]:
        return _counted(self.strangers)

    @property
    def guessed(self) -> int:
        """Number of people who are here by a guess."""
        return sum(person.guess is not None for person in self.people)

    @property
    def inside(self) -> tuple[Present, ...]:
        """Whoever a roll call asks for, by name: in view and here."""
        found = (person for person in self.people if person.where in (Where.IN_VIEW, Where.HERE))
        return tuple(sorted(found, key=lambda person: person.name.casefold()))

    @property
    def strangers_inside(self) -> tuple[Present, ...]:
        return tuple(each for each in self.strangers if each.where in (Where.IN_VIEW, Where.HERE))

    @property
    def has_roles(self) -> bool:
        """Whether any camera says that somebody comes in, is inside, or leaves."""
        return bool(self.roles - {CameraRole.NONE})


def day_began(now: datetime) -> datetime:
    """Returns when the day of `now` began on the site: at PRESENCE_DAY_BEGINS, so that a night shift is one day."""
    hour, minute = map(int, settings.PRESENCE_DAY_BEGINS.split(":"))
    begins = time(hour, minute)
    today = local(now)
    day = today.date() if today.time() >= begins else today.date() - timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, begins), timezone.get_default_timezone())


def presence(user: Any, now: datetime, *, watchlist: Watchlist | None = None, name: str = "") -> WhoIsHere:
    """Returns who is here at `now`, as `user` may see it; people on `watchlist` alone, or whose name has these words.

    It asks as many queries for many people as for few. Strangers are left out where a list or a name is asked for.
    """
    roles = dict(Camera.objects.within_limits_of(user).values_list("pk", "role"))
    since = day_began(now)
    rows = Sighting.objects.visible_to(user).seen_since(since)
    named = rows.filter(verdict=StoredVerdict.MATCH)
    if watchlist:
        named = named.filter(person__watchlists=watchlist)
    if name:
        named = named.filter(person__search_name__has_words=name)
    sees_exits = CameraRole.EXIT in roles.values()
    seen = _Grouping(roles, now, sees_exits)
    people = seen.of(named, "person_id", F("person__name"))
    unnamed = rows.filter(verdict=StoredVerdict.UNKNOWN, stranger__isnull=False)
    strangers = (
        []
        if watchlist or name or not user.has_perm("streams.view_stranger")
        else seen.of(unnamed, "stranger_id", F("stranger__number"))
    )
    return WhoIsHere(
        at=now,
        since=since,
        people=tuple(sorted(people, key=lambda each: (_ORDER[each.where], each.name.casefold()))),
        strangers=tuple(sorted(strangers, key=lambda each: (_ORDER[each.where], -each.seen.last_at.timestamp()))),
        roles=frozenset(roles.values()),
    )


@dataclass(frozen=True, slots=True)
class _Grouping:
    """Groups sightings by whom they show."""

    roles: Mapping[int, str]
    now: datetime
    sees_exits: bool

    def of(self, rows: SightingQuerySet, who: str, called: F) -> list[Present]:
        """One query. `who`: the column of a person's or a stranger's id; `called`: of the name or number."""
        grouped = (
            rows.order_by()
            .values(who, called=called)
            .annotate(
                first=Min("first_seen_at"),
                last=Max("last_seen_at"),
                inside=Max("last_seen_at", filter=Q(camera__in=self._cameras(*COMES_IN))),
                left=Max("last_seen_at", filter=Q(camera__in=self._cameras(CameraRole.EXIT))),
                in_view=BoolOr(Q(ended_at=None, last_seen_at__gte=self.now - IN_VIEW_WITHIN)),
            )
        )
        found = grouped.values_list(who, "called", "first", "last", "inside", "left", "in_view")
        return [self._present(who, called, SeenTimes(*when)) for who, called, *when in found]

    def _cameras(self, *roles: str) -> list[int]:
        return [camera for camera, role in self.roles.items() if role in roles]

    def _present(self, who: UUID, called: str | int | None, seen: SeenTimes) -> Present:
        name = called if isinstance(called, str) else f"Stranger {called}" if called else "Seen once"
        return Present(who, name, seen, whereabouts(seen, self.now, sees_exits=self.sees_exits))


_ORDER = {where: number for number, where in enumerate(Where)}


def _counted(rows: Sequence[Present]) -> Mapping[Where, int]:
    found = Counter(each.where for each in rows)
    return {where: found[where] for where in Where}


def newest_sightings(user: Any, presence: WhoIsHere, shown: Iterable[Present], column: str) -> dict[UUID, Sighting]:
    """Returns the newest sighting of each that is shown, by their ids, with camera and picture. One query.

    `column`: "person" or "stranger".
    """
    rows = Sighting.objects.visible_to(user).seen_since(presence.since)
    if column == "person":
        rows = rows.filter(verdict=StoredVerdict.MATCH)
    wanted = rows.filter(**{f"{column}__in": [each.id for each in shown]})
    newest = wanted.order_by(f"{column}_id", "-last_seen_at", "-id").distinct(f"{column}_id")
    return {getattr(sighting, f"{column}_id"): sighting for sighting in newest.with_snapshot(user)}
