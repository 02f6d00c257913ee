"""The people of an import, with those of their photos that somebody should look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from people.accounts.limits import Looker
from people.imports.jobs import ImportJob
from people.imports.progress import PhotoCounts
from people.records.person import with_resembled
from people.records.photo import Photo
from people.records.states import HELD, NEEDS_SOMEBODY, WAITING, PhotoState

MOST_HELD = 6
"""The most photos shown of one person; the person's page shows them all."""


@dataclass(frozen=True, slots=True)
class ImportedPerson:
    """A person in an import; `held` are at most MOST_HELD photos that wait for a decision or were rejected."""

    pk: UUID
    name: str
    photos: PhotoCounts
    held: tuple[Photo, ...]


def people_of(job: ImportJob, user: Looker) -> QuerySet[Any, Any]:
    """Returns a row with numbers of photos for each person who exists for `user`; people with photos to check first."""

    def number(*states: str) -> Count:
        return Count("photo", filter=Q(photo__state__in=states), distinct=True)

    entries = job.entries.within_limits_of(user).exclude(person=None)
    people = entries.order_by().values("person", name=F("person__name"))
    counted = people.annotate(
        waiting=number(*WAITING),
        enrolled=number(PhotoState.ENROLLED),
        to_decide=number(*HELD),
        rejected=number(PhotoState.REJECTED),
        needing=number(*NEEDS_SOMEBODY),
    )
    return counted.order_by("-needing", "name", "person")


def with_held_photos(job: ImportJob, rows: Iterable[dict[str, Any]], user: Looker) -> list[ImportedPerson]:
    """Returns the people of some rows of `people_of`; one query fetches all their photos, and whom they resemble."""
    chosen = list(rows)
    held = defaultdict(list)
    for photo in _held_photos(job, [row["person"] for row in chosen], user):
        held[photo.person_id].append(photo)
    return [
        ImportedPerson(
            pk=row["person"],
            name=row["name"],
            photos=PhotoCounts(row["waiting"], row["enrolled"], row["to_decide"], row["rejected"]),
            held=tuple(held[row["person"]]),
        )
        for row in chosen
    ]


def _held_photos(job: ImportJob, people: list[UUID], user: Looker) -> QuerySet[Photo]:
    of_job = Exists(job.entries.filter(photo=OuterRef("pk")))
    place = Window(RowNumber(), partition_by="person", order_by=["created_at", "id"])
    held = Photo.objects.filter(of_job, person__in=people, state__in=NEEDS_SOMEBODY)
    return with_resembled(held.annotate(place=place).filter(place__lte=MOST_HELD), user)
