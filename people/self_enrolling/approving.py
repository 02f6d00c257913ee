"""Approves or refuses what somebody sent by a link; nothing of it is in the gallery before."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from people.base.history import Actor, log_changed
from people.editing.bases import Agreement, record_basis
from people.editing.person_services import save_person
from people.editing.services import add_photo
from people.errors import AlreadyThere, NeverMatched, WrongState
from people.records.basis import BasisKind
from people.records.enrolment_link import EnrolmentLink, LinkState
from people.records.holding import hold
from people.records.person import Person
from people.records.reasons import sentence
from people.self_enrolling.holding import hold_link
from people.self_enrolling.pictures import delete_pictures

logger = logging.getLogger(__name__)

RIGHTS_TO_APPROVE = ("people.change_enrolmentlink", "people.add_person", "people.add_photo", "people.add_basis")


@transaction.atomic
def approve(*, link: EnrolmentLink, person: UUID | None = None, same_name: bool = False, by: Actor) -> Person:
    """Makes the pictures photos of the link's person, and the agreement their basis; returns the person.

    `person`: who it is, if the link names nobody; None adds somebody new. Raises NameTaken if somebody whom `by` may
    see has the name, unless `same_name`, NeverMatched, and WrongState, also for somebody who is retired.
    """
    row = _sent(link, person)
    enrolled = _person(row, person, same_name, by)
    assert row.agreed_at is not None and row.text_id is not None, "enrolment_link_agreed_first"
    agreed = Agreement(row.text_id, row.name, row.agreed_at)
    purpose = f"as version {row.text_id} of the site's text says"
    basis = record_basis(person=enrolled, kind=BasisKind.CONSENT, purpose=purpose, agreed=agreed, by=by)
    for picture in row.pictures.all():
        with picture.image.open("rb") as file:
            _add(enrolled, file.read(), picture.original_name, by)
    delete_pictures(row)
    EnrolmentLink.objects.filter(pk=row.pk).update(
        state=LinkState.APPROVED, person=enrolled, basis=basis, decided_at=Now(), decided_by=by.pk if by else None
    )
    log_changed(row, "Approved.", by=by)
    logger.info("enrolment link %s approved for person %s", row.pk, enrolled.pk)
    return enrolled


@transaction.atomic
def refuse(*, link: EnrolmentLink, by: Actor) -> None:
    """Deletes what was sent. Raises WrongState if nothing waits."""
    row = _sent(link)
    delete_pictures(row)
    EnrolmentLink.objects.filter(pk=row.pk).update(
        state=LinkState.REFUSED, decided_at=Now(), decided_by=by.pk if by else None
    )
    log_changed(row, "Refused; the pictures are deleted.", by=by)


def _person(row: EnrolmentLink, person: UUID | None, same_name: bool, by: Actor) -> Person:
    wanted = row.person_id or person
    if wanted is None:
        return save_person(person=Person(name=row.name), by=by, same_name=same_name)
    found = hold([wanted]).get(wanted)
    if found is None or not Person.objects.within_limits_of(by).filter(pk=wanted).exists():
        raise WrongState("This person does not exist any more.")
    if found.is_never_matched:
        raise NeverMatched(sentence("never_match"))
    if found.is_retired:  # as imports do: nobody would be recognised by what is said to be enrolled
        raise WrongState(f"{found} is retired. Restore the person first.")
    return found


def _add(person: Person, data: bytes, name: str, by: Actor) -> None:
    try:
        add_photo(person=person, file=data, original_name=name, by=by)
    except AlreadyThere:
        return  # the person has this very picture already


def _sent(link: EnrolmentLink, person: UUID | None = None) -> EnrolmentLink:
    row = hold_link(link, person=person)
    if row is None or row.state != LinkState.SENT:
        now = row.get_state_display() if row else "deleted"
        raise WrongState(f"This cannot be decided on: it is {now}.")
    return row
