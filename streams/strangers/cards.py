"""Strangers as a reader may see them: how often, when, where and with which picture; constant query counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.groups import camera_limits
from streams.records.sighting import Sighting
from streams.records.states import StrangerState
from streams.records.stranger import Stranger, StrangerQuerySet

NEWEST = 100
"""Sightings that a card reads: a caretaker has ten thousand, and the card says "and more"."""
PICTURED = 10
"""Sightings among whose pictures the best one is looked for."""


def carded(strangers: StrangerQuerySet, user: Any) -> QuerySet[Stranger]:
    """Adds what a card shows of each stranger; only for those with a number, who have sightings."""
    rows = Sighting.objects.within_limits_of(user).filter(stranger=OuterRef("pk"))
    newest = rows.order_by("-first_seen_at", "-id")
    seen = newest.values(seen=JSONObject(camera=F("camera_id"), first=F("first_seen_at"), last=F("last_seen_at")))
    counted = rows.order_by().values("stranger").annotate(number=Count("pk")).values("number")
    # Whoever sees all cameras needs no counting: the row has it.
    number = Subquery(counted, output_field=IntegerField()) if camera_limits(user) else F("sightings")
    return (
        strangers.filter(number__isnull=False, sightings__gt=0)
        .annotate(is_resembled_shown=Exists(Stranger.objects.within_limits_of(user).filter(pk=OuterRef("resembles"))))
        .annotate(picture=_best_picture(user), newest=ArraySubquery(seen[:NEWEST]), seen_times=number)
        .select_related("person", "into", "resembles")
    )


def _best_picture(user: Any) -> Subquery:
    newest = Sighting.objects.within_limits_of(user).filter(stranger=OuterRef(OuterRef("pk")))
    pictured = newest.order_by("-first_seen_at", "-id").values("pk")[:PICTURED]
    shown = Detection.objects.within_limits_of(user).exclude(snapshot="").filter(sighting__in=pictured)
    return Subquery(shown.order_by("-quality", "id").values("id")[:1])


@dataclass(frozen=True)
class StrangerCard:
    """One stranger, for one reader."""

    stranger: Stranger
    cameras_by_id: dict[int, Camera]
    """The cameras that the reader may see."""

    @property
    def picture(self) -> UUID | None:
        """Id of the detection with the best of the newest pictures."""
        return self.stranger.picture  # type: ignore[attr-defined, no-any-return]

    @property
    def times(self) -> int:
        return self.stranger.seen_times or 0  # type: ignore[attr-defined]

    @cached_property
    def _newest(self) -> list[dict[str, Any]]:
        return self.stranger.newest or []  # type: ignore[attr-defined]

    @property
    def is_more(self) -> bool:
        """Whether there are older sightings than those in `cameras` and `days`."""
        return self.times > len(self._newest)

    @property
    def last_seen_at(self) -> datetime:
        return _moment(self._newest[0]["last"]) if self._newest else self.stranger.last_seen_at

    @property
    def first_seen_at(self) -> datetime:
        """To a reader who sees a part of more than NEWEST sightings: of those that the card reads."""
        if not self._newest or (self.is_more and self.times == self.stranger.sightings):
            return self.stranger.first_seen_at
        return _moment(self._newest[-1]["first"])

    @property
    def cameras(self) -> list[Camera]:
        seen = dict.fromkeys(each["camera"] for each in self._newest)
        return [self.cameras_by_id[camera] for camera in seen if camera in self.cameras_by_id]

    @property
    def days(self) -> list[date]:
        """Newest first, in the site's time zone."""
        return list(dict.fromkeys(timezone.localdate(_moment(each["first"])) for each in self._newest))

    @property
    def resembled(self) -> Stranger | None:
        """Who is probably the same, if the reader may see them."""
        return self.stranger.resembles if self.stranger.is_resembled_shown else None  # type: ignore[attr-defined]

    @property
    def is_open(self) -> bool:
        return self.stranger.state in (StrangerState.OPEN, StrangerState.IGNORED)


def cards_of(strangers: Iterable[Stranger], user: Any) -> list[StrangerCard]:
    """Returns a card of each of these `carded` strangers; one query for the cameras."""
    cameras = Camera.objects.within_limits_of(user).in_bulk()
    return [StrangerCard(stranger, cameras) for stranger in strangers]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
