"""Pictures of a stranger that somebody chose for a person: they become photos, and are enrolled like any other."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from people.base.history import Actor
from people.editing.services import add_photo
from people.errors import AlreadyThere
from people.records.person import Person
from streams.errors import NotTheirSightings
from streams.records.detection import Detection
from streams.records.stranger import Stranger

MOST_PICTURES = 10
"""More tell nothing new about a face, and each is read from the storage while somebody waits."""


@dataclass(frozen=True, slots=True)
class ChosenPicture:
    detection: UUID
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class ChosenPictures:
    """Read from the storage before the transaction of the edit."""

    pictures: tuple[ChosenPicture, ...] = ()

    @classmethod
    def read(cls, stranger: UUID, detections: Collection[UUID], by: Actor) -> ChosenPictures:
        """Reads the snapshots of these detections. Raises NotTheirSightings for one that is gone or another's."""
        rows = Detection.objects.within_limits_of(by).filter(pk__in=detections, sighting__stranger=stranger)
        found = list(rows.exclude(snapshot="").order_by("-quality", "pk"))
        if len(found) != len(set(detections)):
            raise NotTheirSightings("pictures")
        return cls(tuple(ChosenPicture(row.pk, _read(row)) for row in found))

    def add_to(self, person: Person, stranger: Stranger, by: Actor) -> list[str]:
        """Adds the pictures to `person`, in the caller's transaction; returns the ids of those that are new photos."""
        added = []
        for number, picture in enumerate(self.pictures, 1):
            try:
                photo = add_photo(person=person, file=picture.jpeg, original_name=f"{stranger}, {number}.jpg", by=by)
            except AlreadyThere:
                continue
            added.append(str(photo.pk))
        return added


def _read(detection: Detection) -> bytes:
    try:
        with detection.snapshot.open("rb") as file:
            return bytes(file.read())
    except FileNotFoundError:
        raise NotTheirSightings("pictures") from None
