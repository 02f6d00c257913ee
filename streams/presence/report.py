"""Computes who is here, for one reader, from the sightings since the day began."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.aggregates import BoolOr
from django.db.models import F, Max, Min, Q, QuerySet
from django.utils import timezone

from people.base.site_time import local
from people.records.watchlist import Watchlist
from streams.presence.blind_exits import newest_blindness
from streams.presence.listed import Everybody, Placing, Present, PresentList
from streams.presence.whereabouts import LONG_AGO, Where
from streams.records.camera import Camera
from streams.records.in_view import in_view_at
from streams.records.left_gallery import without_who_left
from streams.records.sighting import Sighting, SightingQuerySet
from streams.records.states import CameraRole, StoredVerdict

COMES_IN = (CameraRole.ENTRANCE, CameraRole.INSIDE)
INSIDE = (Where.IN_VIEW, Where.HERE)


@dataclass(frozen=True, slots=True)
class WhoIsHere:
    """Everybody who was seen since the day began, as far as the reader may see."""

    at: datetime
    since: datetime
    people: Everybody
    """By where they are, as Where has it, and then by name."""
    strangers: Everybody
    """Unknown faces by where they are, those seen last first; one entry for each stranger."""
    roles: frozenset[str]
    """The roles that the reader's cameras have."""

    @property
    def inside(self) -> PresentList:
        """Whoever a roll call asks for, by name: in view and here."""
        return self.people.at(INSIDE, apart=False)

    @property
    def strangers_inside(self) -> PresentList:
        return self.strangers.at(INSIDE)

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

    The database counts and lists them when asked, in as many queries for many people as for few. Strangers are left out
    where a list or a name is asked for.
    """
    cameras = frozenset(Camera.objects.within_limits_of(user).order_by().values_list("role", "enabled").distinct())
    since = day_began(now)
    rows = Sighting.objects.visible_to(user).seen_since(since)
    named = without_who_left(rows.filter(verdict=StoredVerdict.MATCH))
    if watchlist:
        named = named.filter(person__watchlists=watchlist)
    if name:
        named = named.filter(person__search_name__has_words=name)
    unnamed = rows.filter(verdict=StoredVerdict.UNKNOWN, stranger__isnull=False)
    if watchlist or name or not user.has_perm("streams.view_stranger"):
        unnamed = unnamed.none()
    sees_exits = (CameraRole.EXIT, True) in cameras
    blind = newest_blindness(user, now) if sees_exits else None
    placing = Placing(now - LONG_AGO, sees_exits, blind)
    people = _grouped(named, now, who=F("person_id"), called=F("person__name"), named=F("person__search_name"))
    strangers = _grouped(unnamed, now, who=F("stranger_id"), called=F("stranger__number"))
    return WhoIsHere(
        at=now,
        since=since,
        people=Everybody(people, "named, who", placing),
        strangers=Everybody(strangers, "last DESC, who", placing),
        roles=frozenset(role for role, _ in cameras),
    )


def _grouped(rows: SightingQuerySet, now: datetime, **by: F) -> QuerySet[Any, Any]:
    """Groups sightings by whom they show (`who`), with what is said of them."""
    return (
        rows.order_by()
        .values(**by)
        .annotate(
            first=Min("first_seen_at"),
            last=Max("last_seen_at"),
            inside=Max("last_seen_at", filter=Q(camera__role__in=COMES_IN)),
            out=Max("last_seen_at", filter=Q(camera__role=CameraRole.EXIT)),
            in_view=BoolOr(in_view_at(now)),
        )
    )


def newest_sightings(
    user: Any, presence: WhoIsHere, people: Iterable[Present], strangers: Iterable[Present]
) -> dict[UUID, Sighting]:
    """Returns the newest sighting of each that is shown, by their ids, with camera and picture. One query."""
    rows = Sighting.objects.visible_to(user).seen_since(presence.since)
    known = Q(verdict=StoredVerdict.MATCH, person__in=[each.id for each in people])
    unknown = Q(verdict=StoredVerdict.UNKNOWN, stranger__in=[each.id for each in strangers])
    newest = without_who_left(rows).filter(known | unknown).order_by("person_id", "stranger_id", "-last_seen_at", "-id")
    found = newest.distinct("person_id", "stranger_id").with_snapshot(user)
    return {_whom(sighting): sighting for sighting in found}


def _whom(sighting: Sighting) -> Any:
    return sighting.person_id if sighting.verdict == StoredVerdict.MATCH else sighting.stranger_id
