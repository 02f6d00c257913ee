"""What the person behind a link does: agrees, sends pictures, withdraws. Each is one transaction."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from people.base.names import composed, printable
from people.editing.bases import withdraw_basis
from people.errors import LinkIsOver, WrongState
from people.records.consent_text import newest_text
from people.records.enrolment_link import EnrolmentLink, LinkState
from people.self_enrolling.holding import hold_link
from people.self_enrolling.making import check_room
from people.self_enrolling.pictures import delete_pictures, store_pictures

logger = logging.getLogger(__name__)

BY_THE_LINK = "By the enrolment link."
MAY_WITHDRAW = (LinkState.AGREED, LinkState.SENT, LinkState.APPROVED)


@transaction.atomic
def agree(*, link: EnrolmentLink, version: int, name: str) -> None:
    """Records that the person agrees to the text `version` under `name`.

    Raises LinkIsOver, and WrongState without a name or if the site's text is another one by now: nobody agrees to a
    text that they have not seen.
    """
    row = _usable(link)
    text = newest_text()
    if text is None or text.pk != version:
        raise WrongState("The text has changed meanwhile. Read the new one, please.")
    given = composed(printable(name).strip())[:200]
    if not given:
        raise WrongState("Write your name, please.")
    EnrolmentLink.objects.filter(pk=row.pk).update(text=text, name=given, agreed_at=Now(), state=LinkState.AGREED)
    logger.info("enrolment link %s: agreed to %s", row.pk, text)


@transaction.atomic
def send_pictures(*, link: EnrolmentLink, files: list[Any]) -> None:
    """Takes the pictures in, for somebody to approve.

    Raises LinkIsOver, WrongState before the agreement, KioskIsFull, and BadUpload.
    """
    row = _usable(link)
    if row.state != LinkState.AGREED:
        raise WrongState("Read the text and agree first, please.")
    if row.kiosk is not None:
        check_room(row.kiosk)
    store_pictures(row, files)
    EnrolmentLink.objects.filter(pk=row.pk).update(state=LinkState.SENT, sent_at=Now())
    logger.info("enrolment link %s: %s pictures sent", row.pk, len(files))


@transaction.atomic
def withdraw(*, link: EnrolmentLink) -> None:
    """Withdraws the agreement: pictures that wait are deleted, and nobody is recognised by its basis any more.

    A repeated call changes nothing. Raises WrongState where nothing was agreed to, and if the person is deleted now.
    """
    row = hold_link(link)
    if row is None:
        raise WrongState("This is deleted already, with everything that belongs to it.")
    if row.state == LinkState.WITHDRAWN:
        return
    if row.state not in MAY_WITHDRAW:
        raise WrongState("There is nothing to withdraw.")
    delete_pictures(row)
    if row.basis is not None:
        withdraw_basis(basis=row.basis, who=row.name, why=BY_THE_LINK, by=None)
    EnrolmentLink.objects.filter(pk=row.pk).update(state=LinkState.WITHDRAWN, withdrawn_at=Now())
    logger.info("enrolment link %s: withdrawn", row.pk)


def _usable(link: EnrolmentLink) -> EnrolmentLink:
    row = EnrolmentLink.objects.usable().select_for_update(of=("self",)).filter(pk=link.pk).first()
    if row is None:
        raise LinkIsOver
    return row
