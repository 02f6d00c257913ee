"""Two cameras and two people, and what they saw: the hall and Ada are within the limits, the vault and Bob are not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from people.accounts.api_key import ApiKey, KeyUser
from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.groups import CameraGroup, CameraLimit
from streams.records.sighting import Sighting
from tests.streams.pages.rows import JPEG, WEBM, a_camera, a_detection, a_sighting


@dataclass
class World:
    """Sightings and detections by camera and by whom they show: "hall ada", "hall bob", "vault unknown", …"""

    hall: Camera
    vault: Camera
    ada: Person
    bob: Person
    sightings: dict[str, Sighting]
    detections: dict[str, Detection]

    @classmethod
    def made(cls) -> World:
        """Unknown faces are nearest to Bob in the hall and to Ada in the vault."""
        hall, vault = a_camera("Hall"), a_camera("Vault")
        ada, bob = (Person.objects.create(name=name) for name in ("Ada Lovelace", "Bob Hidden"))
        sightings, detections = {}, {}
        for camera, nearest in ((hall, bob), (vault, ada)):
            for name, person in (("ada", ada), ("bob", bob), ("unknown", None)):
                place = f"{camera.slug} {name}"
                sightings[place] = a_sighting(camera, person)
                detections[place] = a_detection(sightings[place], person=person or nearest, frame=JPEG, clip=WEBM)
        return cls(hall, vault, ada, bob, sightings, detections)

    def group_of_the_hall(self) -> CameraGroup:
        return _with(CameraGroup, "Ground floor", "cameras", self.hall)

    def group_of_ada(self) -> PersonGroup:
        return _with(PersonGroup, "Staff", "people", self.ada)

    def limit_cameras(self, user: User | None = None, key: ApiKey | None = None) -> None:
        CameraLimit.objects.create(group=self.group_of_the_hall(), user=user, key=key)

    def limit_people(self, user: User | None = None, key: ApiKey | None = None) -> None:
        PersonLimit.objects.create(group=self.group_of_ada(), user=user, key=key)


def _with(model: Any, name: str, members: str, member: Any) -> Any:
    group, _ = model.objects.get_or_create(name=name)
    getattr(group, members).add(member)
    return group


def fresh(user: User) -> User:
    """As the next request finds them."""
    return User.objects.get(pk=user.pk)


def a_key(owner: User) -> tuple[ApiKey, str]:
    """With every scope, and its text."""
    return make_key(name="door", scopes=list(Scope), by=owner)


def bearer(key: ApiKey) -> KeyUser:
    return KeyUser.of(ApiKey.objects.get(pk=key.pk))
