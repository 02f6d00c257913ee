"""What is attacked: a person and a camera inside the limits of the limited, another outside, and a superuser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from django.contrib.auth.models import Group, User

from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from people.records.groups import PersonGroup
from people.records.person import Person
from people.records.watchlist import Watchlist
from streams.records.camera import Camera
from streams.records.groups import CameraGroup
from streams.records.sighting import Sighting
from streams.records.stranger import Stranger

SEEN = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    root: User
    inside: Person
    outside: Person
    hall: Camera
    vault: Camera
    people: PersonGroup
    cameras: CameraGroup
    watchlist: Watchlist

    @property
    def hidden(self) -> set[str]:
        """Names that no answer to a limited caller may have in it."""
        return {self.outside.name, self.vault.name}


def make_world() -> World:
    """Has something of everything that a list shows; the photos of it are made by tests that need pictures."""
    root = User.objects.create_superuser("root", password="of-this-test")
    inside, outside = (Person.objects.create(name=name) for name in ("Ada Lovelace", "Grace Hopper"))
    hall, vault = (Camera.objects.create(name=n, slug=n.lower(), source=f"{n}.mp4") for n in ("Hall", "Cellar42"))
    people, cameras = PersonGroup.objects.create(name="Staff"), CameraGroup.objects.create(name="Front")
    people.people.add(inside)
    cameras.cameras.add(hall)
    watchlist = Watchlist.objects.create(name="Guests")
    watchlist.people.add(inside, outside)
    for number, (person, camera) in enumerate(((inside, hall), (outside, vault)), 1001):
        stranger = Stranger.objects.create(
            number=number, state="named", person=person, first_seen_at=SEEN, last_seen_at=SEEN, sightings=1
        )
        Sighting.objects.create(
            stranger=stranger,
            id=uuid4(),
            camera=camera,
            person=person,
            verdict="match",
            first_seen_at=SEEN,
            last_seen_at=SEEN,
            ended_at=SEEN,
            distance=0.2,
            match_threshold=0.31,
            review_threshold=0.36,
            gallery_version=1,
        )
    make_key(name="of root", scopes=list(Scope), by=root)
    Group.objects.create(name="Guards")
    return World(root, inside, outside, hall, vault, people, cameras, watchlist)
