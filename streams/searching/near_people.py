"""The people enrolled and the strangers whose faces are near the wanted one, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Cast
from pgvector.django import L2Distance, VectorField

from people.gallery.in_use import gallery_in_use
from people.recognition.gallery.ranking import nearest_people
from people.recognition.types import Thresholds, Vector, Verdict
from people.records.groups import person_limits
from people.records.person import Person
from streams.records.groups import camera_limits
from streams.records.near_index import look_on
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import has_width
from streams.records.states import StrangerState
from streams.records.stranger import Stranger
from streams.searching.sureness import sureness

MOST_PEOPLE, MOST_STRANGERS = 5, 10
WIDTH = 1000
"""How many candidates the index of strangers keeps while it looks; with its usual 40 it missed half of ten."""
RECOGNISES = ("people.recognise", "people.view_person")
"""Naming a face is recognising it, and needs the rights for it."""


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Somebody enrolled, with `face_id` (their photo) if the searcher may see photos."""

    person: Person
    similarity: Verdict


@dataclass(frozen=True, slots=True)
class FoundStranger:
    stranger: Stranger
    similarity: Verdict
    sightings: int | None
    """By all cameras; None for a searcher who sees only some of them."""
    snapshot_id: UUID | None
    """A picture of their newest sighting."""


def people_near(vector: Vector, engine: str, thresholds: Thresholds, by: Any) -> tuple[FoundPerson, ...]:
    """Returns people within the limits of `by` who are certain or likely, nearest first; none without RECOGNISES."""
    if by is None or not by.has_perms(RECOGNISES):
        return ()
    gallery = gallery_in_use.get(engine, within=person_limits(by))
    near = nearest_people(gallery, np.asarray(vector, np.float32), MOST_PEOPLE)
    likely = {person: apart for person, apart in near if apart <= thresholds.review}
    shown = Person.objects.visible_to(by).matchable()
    if by.has_perm("people.view_photo"):
        shown = shown.with_face()
    rows = {str(pk): person for pk, person in shown.in_bulk(likely).items()} if likely else {}
    return tuple(FoundPerson(rows[pk], sureness(apart, thresholds)) for pk, apart in likely.items() if pk in rows)


def strangers_near(
    vector: Vector, engine: str, thresholds: Thresholds, within: float, by: Any
) -> tuple[FoundStranger, ...]:
    """Returns strangers who have a number, up to `within` away and within the limits of `by`, nearest first.

    By their index. Needs a transaction.
    """
    if by is None:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(look_on(WIDTH))
    column, width = "encoding__vector", len(vector)
    known = Stranger.objects.visible_to(by).filter(
        has_width(width, column),
        encoding__engine=engine,
        number__isnull=False,
        state__in=[StrangerState.OPEN, StrangerState.IGNORED],
    )
    apart = L2Distance(Cast(column, VectorField(dimensions=width)), vector)  # as an index of their widths would have it
    newest = Sighting.objects.visible_to(by).filter(stranger=OuterRef("pk")).order_by("-first_seen_at").values("pk")[:1]
    near: Any = known.annotate(apart=apart, newest=Subquery(newest)).order_by("apart")[:MOST_STRANGERS]
    found = sorted((each for each in near if each.apart <= within), key=attrgetter("apart"))
    seen: Any = Sighting.objects.visible_to(by).filter(pk__in=[each.newest for each in found]).with_snapshot(by)
    pictures = dict(seen.values_list("stranger", "snapshot_id"))
    is_limited = bool(camera_limits(by) or person_limits(by))
    return tuple(
        FoundStranger(
            each,
            sureness(each.apart, thresholds),
            None if is_limited else each.sightings,
            pictures.get(each.pk),
        )
        for each in found
    )
