"""Alerts as pages and the API show them: with the picture, the enrolled photo, and what holds by now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from people.records.photo import Photo
from people.records.states import PhotoState
from streams.records.alert import Alert, AlertQuerySet
from streams.records.sighting import Sighting
from streams.records.states import StoredVerdict


@dataclass(frozen=True, slots=True)
class AlertCard:
    """One alert, for one reader."""

    alert: Alert
    said: str
    """What it says to the reader."""
    sighting: Sighting | None
    """As it stands now, with `snapshot_id`; None if there is none, or the reader may not see it."""
    photo: UUID | None
    """The enrolled photo of the person whom it names."""

    @property
    def picture(self) -> UUID | None:
        return getattr(self.sighting, "snapshot_id", None)

    @property
    def now(self) -> str:
        """Returns what holds by now, in words, if somebody, or the camera, says otherwise than the alert; else ""."""
        row, alert = self.sighting, self.alert
        if row is None or ((row.person_id, row.verdict) == (alert.person_id, alert.verdict) and not row.is_no_face):
            return ""
        said = "no face" if row.is_no_face else f"{row.person or 'an unknown person'}"
        sure = " (likely)" if row.verdict == StoredVerdict.REVIEW else ""
        return f"{said}{sure}, {row.edit.in_words()}" if row.edit else f"{said}{sure}"


def with_words(alerts: AlertQuerySet) -> AlertQuerySet:
    """Selects what the words of an alert read."""
    return alerts.select_related("camera", "person", "stranger", "rule")


def cards_of(alerts: Sequence[Alert], user: Any) -> list[AlertCard]:
    """Returns a card for each alert, in two queries for all of them."""
    seen = [alert.sighting_id for alert in alerts if alert.sighting_id]
    rows = Sighting.objects.visible_to(user).with_snapshot(user).filter(pk__in=seen)
    sightings = {row.pk: row for row in rows} if seen else {}
    photos = faces_of({alert.person_id for alert in alerts if alert.person_id}, user)
    return [
        AlertCard(
            alert,
            alert.said_to(user),
            sightings.get(alert.sighting_id),  # type: ignore[arg-type]
            photos.get(alert.person_id),  # type: ignore[arg-type]
        )
        for alert in alerts
    ]


def faces_of(people: set[UUID], user: Any) -> dict[UUID, UUID]:
    """Returns the id of the photo that represents each person, of those that `user` may see."""
    if not people:
        return {}
    shown = Photo.objects.visible_to(user).filter(person__in=people, state=PhotoState.ENROLLED).exclude(crop="")
    best = shown.order_by("person_id", "-encodings__quality", "id").distinct("person_id")
    return dict(best.values_list("person_id", "pk"))
