"""When somebody was last recognised, as far as the sightings that say so are not kept any more."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import connection, models

from people.records.person import Person

# One statement, so that two that forget at once do not lose the later moment.
_NOTE = """
INSERT INTO streams_lastseen (person_id, at)
SELECT person_id, max(last_seen_at) FROM streams_sighting
WHERE id = ANY(%s) AND verdict = 'match' GROUP BY person_id ORDER BY person_id
ON CONFLICT (person_id) DO UPDATE SET at = greatest(streams_lastseen.at, excluded.at)
"""
_HAND_ON = """
INSERT INTO streams_lastseen (person_id, at) SELECT %s, at FROM streams_lastseen WHERE person_id = %s
ON CONFLICT (person_id) DO UPDATE SET at = greatest(streams_lastseen.at, excluded.at)
"""


class LastSeen(models.Model):
    """One moment of one person, without a camera: without it, whoever's sightings went would count as never seen."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        app_label = "streams"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.person_id} at {self.at:%Y-%m-%d}"


def hand_on_last_seen(*, of: UUID, to: UUID) -> None:
    """Gives the moment of one person to another who has their sightings now, unless that one was seen later."""
    with connection.cursor() as cursor:
        cursor.execute(_HAND_ON, [to, of])


def note_last_seen(sightings: Collection[UUID]) -> None:
    """Notes when the people of `sightings` were recognised; call it in the transaction that deletes these."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [list(sightings)])
