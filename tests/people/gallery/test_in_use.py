"""The gallery that a web process uses: also without a worker nobody stays in it whose basis has ended by the clock."""

from __future__ import annotations

from datetime import timedelta
from time import sleep
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.editing.bases import record_basis
from people.gallery import in_use
from people.gallery.in_use import GalleryInUse
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from people.records.site_policy import SitePolicy
from tests.people.conftest import unit_vector

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolled(ada: Person, add: Any) -> Person:
    photo = add(ada, 1)
    Photo.objects.filter(pk=photo.pk).update(state="enrolled")
    Encoding.objects.create(photo=photo, engine="e", vector=unit_vector(1), quality=0.9)
    return ada


def people_in(gallery: GalleryInUse) -> set[str]:
    return set(gallery.get("e").people)


def test_whoever_has_no_basis_any_more_is_gone_without_a_worker(enrolled: Person, monkeypatch: Any) -> None:
    monkeypatch.setattr(in_use, "LOOK_EVERY_S", 0)
    SitePolicy.objects.update_or_create(pk=1, defaults={"needs_basis": True})
    ends = timezone.now() + timedelta(seconds=2)
    record_basis(person=enrolled, purpose="the door", valid_until=ends, by=None)
    gallery = GalleryInUse()
    assert people_in(gallery) == {str(enrolled.pk)}
    while people_in(gallery) and timezone.now() < ends + timedelta(seconds=10):
        sleep(0.1)
    assert people_in(gallery) == set()
    assert timezone.now() >= ends


def test_it_looks_at_the_clock_once_a_second(enrolled: Person) -> None:
    gallery = GalleryInUse()
    gallery.get("e")
    with CaptureQueriesContext(connection) as captured:
        gallery.get("e")
    assert not any("by_the_clock" in query["sql"] for query in captured)
