"""What a camera reports just now, for rules to wait for."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from people.recognition.types import Verdict
from people.records.person import Person
from streams.pipeline.messages import SightingChange
from tests.streams.said import sighting_change


def a_change(
    person: Person | None, *, sighting: UUID, verdict: str = "", at: datetime | None = None, **fields: Any
) -> SightingChange:
    """`person`: whom the camera names, certainly unless `verdict` says otherwise; None: an unknown face."""
    at = at or timezone.now()
    return sighting_change(
        id=sighting,
        verdict=Verdict(verdict or ("match" if person else "unknown")),
        person=str(person.pk) if person else None,
        captured_at=at,
        first_seen_at=at,
        last_seen_at=at,
        detections=(),
        **{"votes": 3, **fields},
    )
