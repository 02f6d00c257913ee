"""Erases the person's own record: first out of the gallery, and at the end photos, documents, links and the row."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone

from people.base.doorbells import ring_gallery
from people.editing.judging_again import held_because_of, judge_again
from people.editing.never_matching import never_match
from people.errors import WrongState
from people.records.basis import Basis
from people.records.counter_example import CounterExample
from people.records.encoding import Encoding
from people.records.enrolment_link import EnrolmentLink, LinkPicture
from people.records.holding import hold_photos
from people.records.merged import MergedPerson
from people.records.person import Person
from people.records.person_merge import PersonMerge
from people.records.photo import Photo
from people.records.proposal import Proposal
from people.records.set_aside import SetAsideCounterExample
from people.records.suspension import Suspension
from streams.access_requests.access_request import AccessRequest
from streams.erasing.erasure import Erasure
from streams.erasing.faces import MAY_GO_ON, keep_out
from streams.erasing.mentions import forget_pictures_in_cache
from streams.erasing.work import ErasureWork, files_of
from streams.records.alert import Alert
from streams.records.last_seen import LastSeen
from streams.records.rule import Rule
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.videos.video import VideoSighting

# 5 s: cameras drop a person within 2 s, and what they had said by then is recorded soon after.
UNTIL_CAMERAS_FOLLOW_S = 5.0
STEP_S = 0.25
HAVE_STEPS: tuple[type[Model], ...] = (Sighting, VideoSighting, Alert, Rule, AccessRequest)
"""What is erased before the person, with its files and what hangs on it; a cascade would leave these."""
MERGED = (
    "They were merged into somebody else before they could be erased. Undo the merge, or erase the person who was kept."
)


def leave_gallery(work: ErasureWork, *, wait: bool) -> None:
    """Deletes every encoding of the person and forbids new ones; `wait`: until cameras have dropped them.

    Raises WrongState while they are being merged, and if they were merged before they could be erased.
    """
    with transaction.atomic():
        person = Person.objects.select_for_update(no_key=True).filter(pk__in=work.ids[:1]).first()
        if person is None:
            if MergedPerson.objects.filter(old_id__in=work.ids[:1]).exists():
                raise WrongState(MERGED)
            return
        _note_ids(work)
        _keep_out_lately(work, person)
        if person.is_never_matched and not Encoding.objects.filter(photo__person=person).exists():
            return
        _note_encodings(work, person)
        never_match(person=person, by=None)
    forget_pictures_in_cache(_cameras_that_see(work))
    if wait:
        _wait(work)


def erase_record(work: ErasureWork) -> bool:
    """Deletes the row of the person with whatever is theirs alone.

    Returns False if something came meanwhile that has steps of its own: a sighting, an alert, a rule, a request.
    """
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(pk__in=work.ids[:1]).first()
        if person is None:
            return True
        if any(model._default_manager.filter(person=person).exists() for model in HAVE_STEPS):
            return False
        hold_photos(Photo.objects.filter(Q(person=person) | held_because_of([person.pk])))
        _remember_theirs(work, person)
        work.remember(Person, work.erasure.ids)
        Person.objects.filter(pk=person.pk).delete()
        judge_again([person.pk])
        ring_gallery()
    work.go_on()
    work.delete_objects()
    return True


def _note_ids(work: ErasureWork) -> None:
    erasure = work.erasure
    merged = MergedPerson.objects.filter(into=erasure.person_id).values_list("old_id", flat=True)
    ids = list(dict.fromkeys([str(erasure.person_id), *erasure.ids, *map(str, merged)]))
    if ids != erasure.ids:
        erasure.ids = ids
        Erasure.objects.filter(pk=erasure.pk).update(ids=ids)


def _note_encodings(work: ErasureWork, person: Person) -> None:
    """Writes down the encodings, which the next statement deletes."""
    made = dict(Encoding.objects.filter(photo__person=person).values_list("pk", "engine"))
    seen = dict(SightingEncoding.objects.filter(sighting__person=person).values_list("pk", "engine"))
    work.remember(Encoding, made)
    work.remember(SightingEncoding, seen)
    engines = Counter({**work.erasure.engines}) + Counter([*made.values(), *seen.values()])
    work.erasure.engines = dict(engines)
    Erasure.objects.filter(pk=work.erasure.pk).update(engines=work.erasure.engines)


def _keep_out_lately(work: ErasureWork, person: Person) -> None:
    """Notes the sightings that may be going on: also of somebody whom cameras do not know, and people have named."""
    lately = Q(ended_at=None) | Q(last_seen_at__gt=timezone.now() - MAY_GO_ON)
    keep_out(work, list(Sighting.objects.filter(lately, person=person).values_list("pk", flat=True)))


def _cameras_that_see(work: ErasureWork) -> list[int]:
    rows = Sighting.objects.filter(person__in=work.ids, last_seen_at__gt=timezone.now() - MAY_GO_ON)
    return list(rows.order_by().values_list("camera", flat=True).distinct())


def _wait(work: ErasureWork) -> None:
    until = time.monotonic() + UNTIL_CAMERAS_FOLLOW_S
    while time.monotonic() < until:
        work.go_on()
        time.sleep(STEP_S)


def _remember_theirs(work: ErasureWork, person: Person) -> None:
    photos = Photo.objects.filter(person=person)
    work.remember(Photo, _keys(photos), objects=files_of(photos, "image", "crop"))
    bases = Basis.objects.filter(person=person)
    work.remember(Basis, _keys(bases), objects=files_of(bases, "document"))
    links = EnrolmentLink.objects.filter(person=person)
    pictures = LinkPicture.objects.filter(link__in=links)
    work.remember(LinkPicture, _keys(pictures), objects=files_of(pictures, "image"))
    work.remember(EnrolmentLink, _keys(links))
    merges = PersonMerge.objects.filter(into=person)
    work.remember(PersonMerge, _keys(merges))
    work.remember(SetAsideCounterExample, _keys(SetAsideCounterExample.objects.filter(merge__in=merges)))
    for model in (CounterExample, Suspension, LastSeen):
        work.remember(model, _keys(model._default_manager.filter(person=person)))
    # A trigger deletes the proposals that are about somebody with them: no foreign key leads there.
    work.remember(Proposal, _keys(Proposal.objects.filter(person_id=person.pk)))


def _keys(rows: Any) -> list[Any]:
    return list(rows.order_by().values_list("pk", flat=True))
