"""How the audit stands: what monitoring and `doctor` ask of it, in short queries."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min
from django.utils import timezone

from people.audit.entry import AuditAnchor, AuditEntry, AuditHead, PendingEntry
from people.audit.words import Action

LOST_WITHIN = timedelta(days=7)
"""How long `doctor` speaks of entries that were lost, and of a clock that was set back."""


@dataclass(frozen=True, slots=True)
class AuditStanding:
    """`number`: of the last entry. `waiting_s`: age of the oldest entry that is not chained."""

    number: int
    waiting_s: float
    anchored_at: datetime | None
    unanchored_since: datetime | None
    """The time of the last anchor; before the first one, when the first entry got its place."""
    fault: str
    """What the last anchor found; "" if the chain was whole."""
    lost: int
    """Entries that were lost in the last days."""
    set_back: list[int]
    """Entries before which the clock was set back, as the anchors of the last days have found."""


def standing() -> AuditStanding:
    now = timezone.now()
    anchor = AuditAnchor.objects.first()
    first = None if anchor else AuditEntry.objects.order_by("number").first()
    oldest = PendingEntry.objects.aggregate(oldest=Min("at"))["oldest"]
    lost = AuditEntry.objects.filter(action=Action.LOST, at__gt=now - LOST_WITHIN).values_list(
        "detail__count", flat=True
    )
    return AuditStanding(
        AuditHead.objects.values_list("number", flat=True).get(),
        max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        anchor.made_at if anchor else None,
        anchor.made_at if anchor else first.chained_at if first else None,
        anchor.fault if anchor else "",
        sum(int(count or 0) for count in lost),
        _set_back_since(now - LOST_WITHIN),
    )


def _set_back_since(moment: datetime) -> list[int]:
    documents = AuditAnchor.objects.filter(made_at__gt=moment).order_by("id").values_list("document", flat=True)
    found = (json.loads(document).get("of_these_since_the_last_anchor", []) for document in documents)
    return [number for numbers in found for number in numbers]


def was_ever_set_back() -> bool:
    """Returns whether the last anchor knows of entries in the chain whose times do not rise with their numbers."""
    document = AuditAnchor.objects.values_list("document", flat=True).first()
    return bool(document and json.loads(document).get("clock_set_back_before"))
