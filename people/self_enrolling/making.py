"""Makes and revokes enrolment links and kiosks. Their secrets are shown once and kept as a hash."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from people.base.history import Actor, log_added, log_changed
from people.base.names import composed
from people.errors import KioskIsFull, NeverMatched, NoConsentText, WrongState
from people.records.consent_text import newest_text
from people.records.enrolment_link import EnrolmentLink, Kiosk, LinkState, secret_digest
from people.records.person import Person
from people.records.reasons import sentence
from people.self_enrolling.pictures import delete_pictures

logger = logging.getLogger(__name__)

LASTS = timedelta(days=14)
LASTS_AT_A_KIOSK = timedelta(hours=1)
"""Whoever stands before a kiosk takes the pictures now."""


# 300: a morning of newcomers. With 12 pictures of 15 MB each they have 54 GB, and a stranger who has copied a kiosk's
# address could go on for ever.
MOST_WAITING_AT_A_KIOSK = 300


@transaction.atomic
def make_link(
    *, name: str = "", person: Person | None = None, kiosk: Kiosk | None = None, by: Actor
) -> tuple[EnrolmentLink, str]:
    """Makes a link for `person`, or for somebody new; returns it with its secret, which nobody can read again.

    Raises NoConsentText while the site has no text to agree to, NeverMatched, and KioskIsFull.
    """
    if newest_text() is None:
        raise NoConsentText
    if kiosk is not None:
        check_room(kiosk)
    if person is not None and person.is_never_matched:
        raise NeverMatched(sentence("never_match"))
    secret = secrets.token_urlsafe(32)
    link = EnrolmentLink.objects.create(
        digest=secret_digest(secret),
        person=person,
        name=composed(person.name if person else name.strip()),
        kiosk=kiosk,
        expires_at=timezone.now() + (LASTS_AT_A_KIOSK if kiosk else LASTS),
        made_by_id=by.pk if by and by.pk else None,
    )
    log_added(link, "Link made.", by=by)
    logger.info("enrolment link %s made, by %s", link.pk, by.pk if by else "a kiosk")
    return link, secret


def check_room(kiosk: Kiosk) -> None:
    """Raises KioskIsFull. It locks the kiosk, so that people who send at once are counted one after the other."""
    Kiosk.objects.select_for_update(no_key=True).get(pk=kiosk.pk)
    if kiosk.links.filter(state=LinkState.SENT).count() >= MOST_WAITING_AT_A_KIOSK:
        raise KioskIsFull


@transaction.atomic
def make_kiosk(*, place: str, by: Actor) -> tuple[Kiosk, str]:
    """Makes a kiosk; returns it with its secret. Raises NoConsentText."""
    if newest_text() is None:
        raise NoConsentText
    secret = secrets.token_urlsafe(32)
    made_by = by.pk if by and by.pk else None
    kiosk = Kiosk.objects.create(digest=secret_digest(secret), place=place.strip(), made_by_id=made_by)
    log_added(kiosk, "Kiosk made.", by=by)
    return kiosk, secret


@transaction.atomic
def revoke_kiosk(*, kiosk: Kiosk, by: Actor) -> None:
    """Ends the kiosk's page at once; links that it has made go on. A repeated call changes nothing."""
    if Kiosk.objects.filter(pk=kiosk.pk, revoked_at=None).update(revoked_at=Now()):
        log_changed(kiosk, "Revoked.", by=by)


@transaction.atomic
def revoke_link(*, link: EnrolmentLink, by: Actor) -> None:
    """Ends a link that is not used yet, and deletes what was sent by it. Raises WrongState for others."""
    row = EnrolmentLink.objects.select_for_update(of=("self",)).filter(pk=link.pk).first()
    if row is None or row.state not in (LinkState.OPEN, LinkState.AGREED):
        raise WrongState("Only a link that has sent nothing yet can be revoked.")
    row.state = LinkState.REVOKED
    row.save(update_fields=["state"])
    delete_pictures(row)
    log_changed(row, "Revoked.", by=by)
