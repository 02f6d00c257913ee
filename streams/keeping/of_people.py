"""People who are to be erased, and photos that are to go, by the schedule. It is off until somebody gives a number.

Whoever is never to be recognised is not erased by it: the record is what keeps the refusal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, Max, Min, OuterRef, Q, Subquery
from django.db.models.functions import Greatest, Least

from people.editing.services import delete_photos
from people.errors import WrongState
from people.records.basis import Basis
from people.records.holding import hold
from people.records.keeping_term import KeptKind, days_kept
from people.records.person import Person, PersonQuerySet
from people.records.photo import Photo
from streams.erasing.erasure import Erasure
from streams.erasing.services import erase_person
from streams.keeping.keeper import Oldest, counted
from streams.keeping.schedule import KeepingSchedule
from streams.records.last_seen import LastSeen
from streams.records.sighting import Sighting
from streams.records.states import StoredVerdict

PHOTOS_AT_ONCE = 200
REQUEST = "The schedule of keeping."
"""On what request, as the certificates say it."""


def ended_before(moment: datetime) -> PersonQuerySet:
    """Returns people all of whose bases ended or were withdrawn before `moment`, and who had one; with `since`."""
    lasting = Q(withdrawn_at=None) | Q(withdrawn_at__gte=moment), Q(valid_until=None) | Q(valid_until__gte=moment)
    bases = Basis.objects.filter(person=OuterRef("pk")).order_by()
    ends = bases.values("person").annotate(end=Max(Least("withdrawn_at", "valid_until"))).values("end")
    rows = Person.objects.filter(Exists(bases), ~Exists(bases.filter(*lasting)))
    return rows.annotate(since=Subquery(ends))


def unseen_since(moment: datetime | None) -> PersonQuerySet:
    """Returns people who were neither recognised nor added since `moment`; with `since`. None: everybody."""
    sightings = Sighting.objects.filter(person=OuterRef("pk"), verdict=StoredVerdict.MATCH).order_by("-last_seen_at")
    forgotten = LastSeen.objects.filter(person=OuterRef("pk"))
    rows = Person.objects.all()
    if moment is not None:
        rows = rows.filter(
            ~Exists(sightings.filter(last_seen_at__gte=moment)),
            ~Exists(forgotten.filter(at__gte=moment)),
            created_at__lt=moment,
        )
    newest, noted = Subquery(sightings.values("last_seen_at")[:1]), Subquery(forgotten.values("at"))
    return rows.annotate(since=Greatest("created_at", newest, noted))


@dataclass(frozen=True, slots=True)
class PeopleKeeper:
    kind: KeptKind
    people: Callable[[datetime], PersonQuerySet]

    def rows(self, schedule: KeepingSchedule) -> PersonQuerySet:
        """Returns who is due, whoever is so for longest first."""
        before = schedule.before(self.kind)
        if before is None:
            return Person.objects.none().annotate(since=F("created_at"))
        due = self.people(before).filter(never_match_at=None).order_by(F("since"), "pk")
        return due.exclude(pk__in=Erasure.objects.unended().values("person_id"))

    def due(self, schedule: KeepingSchedule) -> int:
        return counted(self.rows(schedule))

    def forget(self, schedule: KeepingSchedule) -> int:
        return sum(self._erase(pk, schedule) for pk in list(self.rows(schedule).values_list("pk", flat=True)))

    def oldest(self, schedule: KeepingSchedule) -> Oldest:
        """Looks only where the schedule says that anybody goes: it passes over everybody."""
        if schedule.before(self.kind) is None:
            return Oldest()
        rows = unseen_since(None) if self.kind == KeptKind.PEOPLE_UNSEEN else ended_before(schedule.now)
        at = rows.filter(never_match_at=None).order_by().aggregate(at=Min("since"))["at"]
        return Oldest(at, schedule.due_at(self.kind, at))

    @transaction.atomic
    def _erase(self, person: UUID, schedule: KeepingSchedule) -> bool:
        """Erases one person who still is due.

        A basis may have been recorded, a camera seen them, or the schedule been changed, a moment ago.
        """
        hold([person])
        held = self.rows(_with_newest(schedule, self.kind)).filter(pk=person).first()
        if held is None:
            return False
        try:
            erase(held)
        except WrongState:  # they are being merged: the next run looks at whoever is kept
            return False
        return True


class PhotosKeeper:
    kind = KeptKind.PHOTOS_ENDED

    def due(self, schedule: KeepingSchedule) -> int:
        before = schedule.before(self.kind)
        return counted(Photo.objects.filter(person__in=_ids(ended_before(before)))) if before else 0

    def forget(self, schedule: KeepingSchedule) -> int:
        before, number = schedule.before(self.kind), 0
        if before is None:
            return 0
        having = ended_before(before).filter(Exists(Photo.objects.filter(person=OuterRef("pk"))))
        for person in list(having.order_by("pk").values_list("pk", flat=True)):
            while deleted := self._delete_some(person, schedule):
                number += deleted
        return number

    def oldest(self, schedule: KeepingSchedule) -> Oldest:
        if schedule.before(self.kind) is None:
            return Oldest()
        having = ended_before(schedule.now).filter(Exists(Photo.objects.filter(person=OuterRef("pk"))))
        at = having.order_by().aggregate(at=Min("since"))["at"]
        return Oldest(at, schedule.due_at(self.kind, at))

    @transaction.atomic
    def _delete_some(self, person: UUID, schedule: KeepingSchedule) -> int:
        hold([person])
        before = _with_newest(schedule, self.kind).before(self.kind)
        if before is None or not ended_before(before).filter(pk=person).exists():
            return 0
        return delete_photos(photos=Photo.objects.filter(person=person).order_by("pk")[:PHOTOS_AT_ONCE], by=None)


def _with_newest(schedule: KeepingSchedule, kind: KeptKind) -> KeepingSchedule:
    """Returns the schedule with the days that hold now: who finds that it was wrong switches it off during a run."""
    days, now = schedule.days[kind], days_kept(kind)
    longer = now is None or (days is not None and now > days)
    return replace(schedule, days={**schedule.days, kind: now}) if longer else schedule


def _ids(people: PersonQuerySet) -> Any:
    return people.order_by().values("pk")


def erase(person: Person) -> None:
    """Asks for one person to be erased, with a certificate: the only place where the schedule does."""
    erase_person(person=person, by=None, request=REQUEST)
