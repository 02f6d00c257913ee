"""Deletes enrolment links that led to nothing: whoever is not enrolled leaves no name here."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from people.records.enrolment_link import USABLE, EnrolmentLink, LinkState

# 30 days: until then the page says what has become of the link, and the list who was asked.
LINKS_KEPT = timedelta(days=30)


def forget_links(*, ended_before: datetime) -> int:
    """Deletes links that were refused, withdrawn before their approval, revoked, or not used; returns how many.

    The others are part of somebody's record, and withdraw: they go with the person. What waits for approval stays.
    """
    refused = Q(state=LinkState.REFUSED, decided_at__lt=ended_before)
    withdrawn = Q(state=LinkState.WITHDRAWN, basis=None, decided_at=None, withdrawn_at__lt=ended_before)
    unused = Q(state__in=[*USABLE, LinkState.REVOKED], expires_at__lt=ended_before)
    return EnrolmentLink.objects.filter(refused | withdrawn | unused).delete()[0]
