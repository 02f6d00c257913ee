"""Services that ask for an erasure, say beforehand what will go, and forget what is not needed any more."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from people.base.doorbells import ring
from people.base.history import Actor, log_added, name_of
from people.editing.leaving import knows_who_leaves
from people.editing.merging import check_not_busy
from people.errors import WrongState
from people.records.basis import Basis
from people.records.counter_example import CounterExample
from people.records.encoding import Encoding
from people.records.enrolment_link import EnrolmentLink
from people.records.holding import hold
from people.records.merged import MergedPerson
from people.records.person import Person
from people.records.photo import Photo
from people.records.site_policy import keeps_nameless_sightings
from streams.erasing.erasure import Erasure
from streams.erasing.names import names_of
from streams.erasing.traces import newest_tracer
from streams.erasing.words import names
from streams.errors import NamesThePerson, SeesOnlySome, TooMuch
from streams.jobs.job_row import is_limited, key_of
from streams.records.alert import Alert
from streams.records.detection import Detection
from streams.records.erased_sighting import ErasedSighting
from streams.records.rule import Rule
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.videos.video import VideoSighting

logger = logging.getLogger(__name__)

DOORBELL = "erasures.changed"
MOST_UNENDED = 10_000
"""A school year that ends; more at once is a mistake."""
Count = Callable[[Person], Any]
WHAT_GOES: Sequence[tuple[str, Count]] = (
    ("photos", lambda person: Photo.objects.filter(person=person)),
    ("encodings of photos", lambda person: Encoding.objects.filter(photo__person=person)),
    ("counter-examples", lambda person: CounterExample.objects.filter(person=person)),
    ("bases with their documents", lambda person: Basis.objects.filter(person=person)),
    ("enrolment links", lambda person: EnrolmentLink.objects.filter(person=person)),
    ("sightings", lambda person: Sighting.objects.filter(person=person)),
    ("looks of sightings, with their pictures", lambda person: Detection.objects.filter(sighting__person=person)),
    ("encodings of sightings", lambda person: SightingEncoding.objects.filter(sighting__person=person)),
    ("alerts", lambda person: Alert.objects.filter(person=person)),
    ("rules that wait for them alone", lambda person: Rule.objects.filter(person=person)),
    ("appearances in videos", lambda person: VideoSighting.objects.filter(person=person)),
)


def what_goes(person: Person) -> list[tuple[str, int]]:
    """Returns what an erasure of `person` would delete: words and numbers, in the order of pages."""
    return [(words, rows(person).count()) for words, rows in WHAT_GOES]


@knows_who_leaves
def are_being_erased(people: Collection[UUID]) -> bool:
    """Returns whether somebody has asked to erase any of these people and it is not done. The caller holds them."""
    return bool(Erasure.objects.unended().filter(person_id__in=people).exists())


def check_sees_all(user: Any) -> None:
    """Raises SeesOnlySome for whoever is limited to some groups: an erasure concerns every camera and what all saw."""
    if user is not None and is_limited(user):
        raise SeesOnlySome


def erase_person(*, person: Person, by: Actor, request: str, site: str = "") -> Erasure:
    """Asks for everything about `person` to be erased; the row is the job, and a worker begins within seconds.

    `request`: on what request, without a name, as the certificate says it. `by` None: a schedule or a restore asks,
    in the site's own words. `site`: the address of the site. Somebody whose erasure is under way gets that one. Raises
    WrongState if they no longer exist or are being merged, NamesThePerson, SeesOnlySome and TooMuch.
    """
    check_sees_all(by)
    request = request.strip()
    if not request:
        raise WrongState("Say on what request: the certificate names it.")
    with transaction.atomic():
        held = hold([person.pk]).get(person.pk)
        if held is None:
            raise WrongState("This person does not exist any more.")
        under_way: Erasure | None = Erasure.objects.of_person(held.pk).first()
        if under_way:
            return under_way
        check_not_busy(held)
        # The site's own words name nobody, whatever people are called.
        if by is not None and any(names(name, request) for name in names_of(_ids(held))):
            raise NamesThePerson
        if Erasure.objects.unended().count() >= MOST_UNENDED:
            raise TooMuch(f"{MOST_UNENDED:,} erasures are waiting already: come back when some are done.")
        erasure = _row(held, request, by, site)
        log_added(erasure, f"Asked to erase somebody. On what request: {request}", by=by)
        ring(DOORBELL)
    erasure.refresh_from_db()
    logger.info("erasure %s asked for, by %s", erasure.reference, by.pk if by else "the system")
    return erasure


def forget_erased_sightings(*, before: datetime) -> int:
    """Deletes the ids of erased sightings that no camera can still be seeing; returns how many."""
    return ErasedSighting.objects.filter(Q(at__lt=before)).delete()[0]


def _ids(person: Person) -> list[UUID]:
    """Returns the ids that the person has and had."""
    return [person.pk, *MergedPerson.objects.filter(into=person).values_list("old_id", flat=True)]


def _row(person: Person, request: str, by: Actor, site: str) -> Erasure:
    return Erasure.objects.create(
        person_id=person.pk, ids=[str(person.pk)], request=request, site=site, nameless=keeps_nameless_sightings(),
        trace_key=newest_tracer().name, total=Sighting.objects.filter(person=person).count(),
        created_by_id=by.pk if by else None, key=key_of(by), who=name_of(by),
    )  # fmt: skip
