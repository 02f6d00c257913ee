"""Deletes what links brought that nobody approved, and links that led to nothing: nobody leaves a name here by them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from people.base.history import log_changed
from people.records.enrolment_link import USABLE, EnrolmentLink, LinkState
from people.self_enrolling.holding import hold_link
from people.self_enrolling.pictures import delete_pictures

# 30 days: until then the page says what has become of the link, and the list who was asked.
LINKS_KEPT = timedelta(days=30)


def forget_links(*, ended_before: datetime) -> int:
    """Deletes links that were refused, not decided on, withdrawn before, revoked, or not used; returns how many.

    The others are part of somebody's record, and withdraw: they go with the person. What waits for approval stays.
    """
    refused = Q(state__in=[LinkState.REFUSED, LinkState.LAPSED], decided_at__lt=ended_before)
    withdrawn = Q(state=LinkState.WITHDRAWN, basis=None, decided_at=None, withdrawn_at__lt=ended_before)
    unused = Q(state__in=[*USABLE, LinkState.REVOKED], expires_at__lt=ended_before)
    return EnrolmentLink.objects.filter(refused | withdrawn | unused).delete()[0]


def lapse_links(*, sent_before: datetime) -> int:
    """Ends links whose pictures nobody has approved in time, and deletes these; returns how many links."""
    waiting = EnrolmentLink.objects.filter(state=LinkState.SENT, sent_at__lt=sent_before).order_by("sent_at", "pk")
    return sum(_lapse(link) for link in list(waiting))


@transaction.atomic
def _lapse(link: EnrolmentLink) -> bool:
    row = hold_link(link)
    if row is None or row.state != LinkState.SENT:  # somebody has decided a moment ago
        return False
    delete_pictures(row)
    EnrolmentLink.objects.filter(pk=row.pk).update(state=LinkState.LAPSED, decided_at=Now())
    log_changed(row, "Nobody decided in time; the pictures are deleted.", by=None)
    return True
