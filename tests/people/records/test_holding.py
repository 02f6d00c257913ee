"""Whoever deletes or merges waits for a photo that is just being recorded; nobody is thrown out by the database."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from people.editing.merging import merge_people
from people.editing.services import delete_people, delete_photos
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import unit_vector

pytestmark = pytest.mark.django_db(transaction=True)
Add = Callable[..., Photo]


class Recording(threading.Thread):
    """Records a reading as the worker does: the photo first, then the encoding, which raises the gallery's version."""

    def __init__(self, photo: Photo) -> None:
        super().__init__()
        self.photo, self.holds, self.failed = photo, threading.Event(), ""

    def run(self) -> None:
        try:
            with transaction.atomic():
                Photo.objects.filter(pk=self.photo.pk).update(state="review", reason="looks_like_other")
                self.holds.set()
                wait_until_somebody_waits()
                Encoding.objects.create(photo=self.photo, engine="e", vector=unit_vector(9), quality=0.9)
        except Exception as error:  # noqa: BLE001 - told in the thread of the test
            self.failed = repr(error)
        finally:
            connection.close()


def wait_until_somebody_waits() -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize("what", ["person", "photos", "merge"])
def test_a_photo_that_is_being_recorded_is_waited_for(ada: Person, grace: Person, add: Add, what: str) -> None:
    twin, own = add(ada, 1), add(ada, 2)
    add(grace, 1)
    Encoding.objects.create(photo=twin, engine="e", vector=unit_vector(1), quality=0.9)
    Photo.objects.filter(pk=own.pk).update(state="working", claimed_by="w")
    recording = Recording(own)
    recording.start()
    assert recording.holds.wait(10)
    if what == "person":
        delete_people(people=[ada], by=None)
    elif what == "photos":
        delete_photos(photos=[twin, own], by=None)
    else:
        merge_people(keep=grace, merge=ada, by=None)
    recording.join(20)
    assert recording.failed == ""
    assert list(grace.photos.values_list("sha256", flat=True)).count(twin.sha256) == 1
    assert not Photo.objects.filter(person=ada).exists()
    assert Encoding.objects.filter(photo=own).exists() == (what == "merge")
