"""A clock that was ahead and is set back holds up nothing: what it put off, and what it leased, is taken at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from people.imports.jobs import ImportJob
from people.records.person import Person
from people.records.photo import Photo
from streams.cases.case import Case
from streams.records.camera import Camera, CameraStatus
from streams.records.worker_presence import WorkerPresence
from streams.running.needs import is_free

pytestmark = pytest.mark.django_db
SOON, AHEAD = timedelta(seconds=20), timedelta(days=1)


@pytest.fixture(params=["photo", "import", "case"])
def put_off(request: pytest.FixtureRequest) -> Any:
    """Makes a row of each kind that is to be taken up after a while; returns those of its kind that are due."""

    def made(after: timedelta) -> list[Any]:
        if request.param == "photo":
            person = Person.objects.create(name="Ada")
            Photo.objects.create(person=person, image="photos/1.jpg", state="pending", due_at=Now() + after)
            return list(Photo.objects.due())
        if request.param == "import":
            ImportJob.objects.create(
                file="imports/a.zip", original_name="a.zip", size_bytes=1, entries_total=1, due_at=Now() + after
            )
            return list(ImportJob.objects.due())
        Case.objects.create(title="Case", reason="Asked", total=1, due_at=Now() + after)
        return list(Case.objects.due())

    return made


@pytest.mark.parametrize(("after", "is_due"), [(-SOON, True), (SOON, False), (AHEAD, True)])
def test_what_a_clock_that_was_ahead_put_off_is_due(put_off: Any, after: timedelta, is_due: bool) -> None:
    assert bool(put_off(after)) is is_due


@pytest.mark.parametrize(("after", "free"), [(-SOON, True), (SOON, False), (AHEAD, True)])
def test_a_camera_that_such_a_clock_leased_is_free(camera: Camera, after: timedelta, free: bool) -> None:
    """Its worker was killed meanwhile: nobody else would have run the camera for a day."""
    CameraStatus.objects.update(lease_holder="killed", lease_expires_at=Now() + after)
    assert CameraStatus.objects.filter(is_free()).exists() is free


@pytest.mark.parametrize(("after", "capacity"), [(-SOON, 0), (SOON, 8), (AHEAD, 0)])
def test_a_killed_worker_takes_no_share_because_of_such_a_clock(db: None, after: timedelta, capacity: int) -> None:
    """The others would leave half of the cameras to it."""
    WorkerPresence.objects.create(holder="killed", capacity=8, expires_at=Now() + after)
    assert WorkerPresence.objects.total_capacity() == capacity
