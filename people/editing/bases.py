"""Services that record and withdraw bases: each is one transaction that rings the gallery's doorbell."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from people.base.doorbells import ring_gallery
from people.base.history import Actor, log_changed
from people.editing.documents import Document
from people.errors import BadBasis, WrongState
from people.records.basis import Basis, BasisKind
from people.records.holding import hold
from people.records.person import Person
from people.records.stored_objects import removed_on_failure

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Agreement:
    """To which version of the site's text somebody agreed, under which name, and when."""

    version: int
    name: str
    at: datetime


def record_basis(
    *,
    person: Person,
    kind: str = BasisKind.CONSENT,
    purpose: str,
    document: bytes | IO[bytes] | Any = None,
    document_title: str = "",
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    agreed: Agreement | None = None,
    by: Actor,
) -> Basis:
    """Records on what ground `person` is recognised. `valid_from`: now, if None. `agreed`: what the
    person agreed to by an enrolment link.

    Raises BadBasis for a missing purpose, an unknown kind or an end before the beginning, BadUpload for a document that
    is neither PDF nor picture, and WrongState if the person no longer exists.
    """
    purpose = purpose.strip()
    if not purpose:
        raise BadBasis("purpose", "Say what the person is recognised for.")
    if kind not in BasisKind.values:
        raise BadBasis("kind", f"A basis is one of: {', '.join(BasisKind.values)}.")
    basis = Basis(person=person, kind=kind, purpose=purpose, valid_until=valid_until, recorded_by_id=_id(by))
    if agreed:
        basis.text_id, basis.agreed_name, basis.agreed_at = agreed.version, agreed.name, agreed.at
    if valid_from:
        basis.valid_from = valid_from
    if document is not None:
        read = Document.read(document, document_title)
        basis.document_title = read.title
        basis.document.save(read.title, ContentFile(read.data), save=False)
    with removed_on_failure(basis.document.name):
        try:
            _store(basis)
        except IntegrityError as error:
            if "basis_ends_after_it_begins" not in str(error):
                raise
            raise BadBasis("valid_until", "It must end after it begins.") from None
    return basis


@transaction.atomic
def withdraw_basis(*, basis: Basis, why: str = "", who: str = "", by: Actor) -> None:
    """Withdraws a basis for good: nobody is recognised by it from now on. A repeated call changes nothing.

    `who`: the name of whoever withdraws it, if that is no user. Raises WrongState if it no longer exists.
    """
    held = Basis.objects.select_for_update(of=("self",)).select_related("person").filter(pk=basis.pk).first()
    if held is None:
        raise WrongState("This basis does not exist any more.")
    if held.withdrawn_at is None:
        named = who or (getattr(by, "username", "") if by and by.pk else "") or "the system"
        Basis.objects.filter(pk=held.pk).update(
            withdrawn_at=Now(), withdrawn_by=_id(by), withdrawn_who=named[:200], withdrawn_why=why.strip()[:300]
        )
        ring_gallery()
        log_changed(held.person, f"Basis withdrawn: {held}.", by=by)
        logger.info("basis %s of person %s withdrawn, by %s", held.pk, held.person_id, _id(by) or "the system")
    basis.refresh_from_db()


@transaction.atomic
def _store(basis: Basis) -> None:
    if not hold([basis.person_id]):
        raise WrongState("This person does not exist any more.")
    basis.save(force_insert=True)
    basis.refresh_from_db(fields=["valid_from"])
    ring_gallery()
    log_changed(basis.person, f"Basis recorded: {basis}.", by=basis.recorded_by)
    logger.info("basis %s of person %s recorded", basis.pk, basis.person_id)


def _id(by: Actor) -> Any:
    return by.pk if by and by.pk else None
