"""Every way in which a sighting goes takes everything that was stored of it, and nothing of another.

WAYS is the table: whoever adds a way to delete sightings adds a row; whoever stores something new of a detection adds
its field to STORED, and every row of this table must hold for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from people.editing.services import delete_people
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from streams.cameras.deleting import delete_camera
from streams.pipeline.messages import SightingChange
from streams.records.camera import Camera
from streams.records.detection import FOOTAGE, STORED, Detection
from streams.records.sighting import Sighting
from streams.running.recording import record_sighting
from streams.sightings.retention import FOLDERS
from tests.streams.pages.rows import JPEG, a_camera, a_detection, a_sighting
from tests.streams.said import sighting_change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class Gone:
    """What is to go: one sighting, by a camera and of a person of its own."""

    camera: Camera
    person: Person
    sighting: Sighting


def by_age(gone: Gone) -> None:
    Sighting.objects.filter(pk=gone.sighting.pk).update(first_seen_at=LONG_AGO, last_seen_at=LONG_AGO)
    call_command("forget", older_than=3650)


def with_its_camera(gone: Gone) -> None:
    delete_camera(camera=gone.camera, by=None, with_sightings=True)


def with_its_person(gone: Gone) -> None:
    """Rows go by the cascade, and the sweep of the day finds what they named."""
    delete_people(people=[gone.person], by=None)
    call_command("sweep_orphans")


def as_a_stranger(kept: str) -> Callable[[Gone], None]:
    """Its name was a mistake, and the camera keeps little of strangers."""

    def change(gone: Gone) -> None:
        Camera.objects.filter(pk=gone.camera.pk).update(strangers=kept)
        told: SightingChange = sighting_change(id=gone.sighting.pk, last_seen_at=timezone.now(), ended=True)
        record_sighting(camera_id=gone.camera.pk, change=told, snapshots={})

    return change


WAYS = {
    "retention": by_age,
    "its camera is deleted": with_its_camera,
    "its person is deleted": with_its_person,
    "a stranger of whom only times are kept": as_a_stranger("numbers"),
    "a stranger of whom nothing is kept": as_a_stranger("nothing"),
}


def everything_of(detection: Detection) -> list[str]:
    """Stores one object for every field, and returns their names."""
    for field in STORED:
        name = f"{FOLDERS[field]}/{field}-{detection.pk.hex}"
        setattr(detection, field, getattr(detection, field).storage.save(name, _content()))
    detection.save()
    return [getattr(detection, field).name for field in STORED]


def _content() -> ContentFile[bytes]:
    return ContentFile(JPEG)


def seen(name: str) -> tuple[Gone, list[str]]:
    camera, person = a_camera(name), Person.objects.create(name=name)
    sighting = a_sighting(camera, person, at=timezone.now())
    return Gone(camera, person, sighting), everything_of(a_detection(sighting, picture=b""))


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_everything_stored_of_a_sighting_goes_with_it(
    way: str, media: Path, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr("people.records.stored_objects.ORPHAN_AGE", timedelta(0))
    (gone, doomed), (_, kept) = seen("Hall"), seen("Yard")
    with django_capture_on_commit_callbacks(execute=True):
        WAYS[way](gone)
    assert [name for name in doomed if (media / name).exists()] == []
    assert [name for name in kept if not (media / name).exists()] == []
    assert Detection.objects.count() == 1


def test_the_sweep_knows_the_folder_of_everything_that_is_stored(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a row, of a killed process, in every folder that a field's new objects come to."""
    monkeypatch.setattr("people.records.stored_objects.ORPHAN_AGE", timedelta(0))
    lost = []
    for field in STORED:
        new = Detection._meta.get_field(field).generate_filename(Detection(), "file")  # type: ignore[union-attr]
        lost.append(Detection().snapshot.storage.save(new, _content()))
    _, kept = seen("Yard")
    call_command("sweep_orphans")
    assert [name for name in lost if (media / name).exists()] == []
    assert [name for name in kept if not (media / name).exists()] == []


def test_all_fields_with_a_stored_object_are_in_the_table() -> None:
    files = [field.name for field in Detection._meta.get_fields() if field.__class__.__name__ == "FileField"]
    assert sorted(files) == sorted(STORED) == sorted(FOLDERS)
    assert set(FOOTAGE) < set(STORED)


def test_who_is_limited_to_some_people_gets_no_row_that_names_a_whole_frame(viewer: User) -> None:
    seen("Hall")
    assert all(getattr(Detection.objects.visible_to(viewer).get(), field) for field in FOOTAGE)
    group = PersonGroup.objects.create(name="Staff")
    group.people.add(Person.objects.get())
    PersonLimit.objects.create(group=group, user=viewer)
    limited = User.objects.get(pk=viewer.pk)
    row = Detection.objects.visible_to(limited).get()
    assert row.snapshot and not any(getattr(row, field) for field in FOOTAGE)
    sighting: Any = Sighting.objects.visible_to(limited).with_footage(limited).get()
    assert (sighting.frame_id, sighting.clip_id) == (None, None)
