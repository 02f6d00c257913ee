"""What the gallery holds is counted once for each state that it is in, and never told from an older one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from people.records.encoding import Encoding
from people.records.gallery_version import GalleryVersion
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.photo import Photo
from tests.api import client_of

URL = "/api/v1/gallery/"


@pytest.fixture
def enrolled(photo: Photo) -> Photo:
    Encoding.objects.create(photo=photo, engine="resnet", vector=[0.1] * 128, quality=1)
    Photo.objects.filter(pk=photo.pk).update(state="enrolled")
    return photo


def people(client: APIClient) -> int:
    """In the gallery, as the API says."""
    return sum(share["people"] for share in client.get(URL).json()["engines"])


def countings(client: APIClient) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(URL)
    return sum("people_encoding" in query["sql"] for query in captured.captured_queries)


def test_an_unchanged_gallery_is_counted_once(as_viewer: APIClient, enrolled: Photo) -> None:
    assert [countings(as_viewer) for _ in range(3)] == [1, 0, 0]
    Encoding.objects.all().delete()
    assert countings(as_viewer) == 1 and people(as_viewer) == 0


def test_the_same_version_of_another_time_is_another_gallery(as_viewer: APIClient, enrolled: Photo) -> None:
    assert people(as_viewer) == 1
    version = GalleryVersion.objects.get()
    Encoding.objects.all().delete()
    GalleryVersion.objects.update(version=version.version, changed_at=timezone.now() + timedelta(seconds=1))
    assert people(as_viewer) == 0


def test_whoever_comes_into_a_group_or_leaves_it_is_counted_at_once(
    as_operator: APIClient, viewer: User, enrolled: Photo, grace: Person
) -> None:
    group = PersonGroup.objects.create(name="Staff")
    PersonLimit.objects.create(group=group, user=viewer)
    as_viewer = client_of(viewer)
    assert (people(as_operator), people(as_viewer)) == (1, 0)
    group.people.add(enrolled.person, grace)
    assert people(as_viewer) == 1
    group.people.remove(enrolled.person)
    assert (people(as_operator), people(as_viewer)) == (1, 0)
