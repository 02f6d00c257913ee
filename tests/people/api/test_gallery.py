"""The state of the gallery over the API."""

from __future__ import annotations

from rest_framework.test import APIClient

from people import services
from people.gallery import current_version
from people.models import Encoding, Photo

URL = "/api/v1/gallery/"


def test_the_gallery_says_its_version_and_what_it_holds(as_viewer: APIClient, photo: Photo) -> None:
    assert as_viewer.get(URL).json()["engines"] == []
    Encoding.objects.create(photo=photo, engine="resnet", vector=[0.1] * 128, quality=1)
    Photo.objects.filter(pk=photo.pk).update(state="enrolled")
    shown = as_viewer.get(URL).json()
    assert shown["version"] == current_version()
    assert shown["engines"] == [{"engine": "resnet", "people": 1, "encodings": 1}]


def test_a_retired_person_is_not_in_it(as_viewer: APIClient, photo: Photo) -> None:
    Encoding.objects.create(photo=photo, engine="resnet", vector=[0.1] * 128, quality=1)
    Photo.objects.filter(pk=photo.pk).update(state="enrolled")
    services.retire_person(person=photo.person, by=None)
    assert as_viewer.get(URL).json()["engines"] == []
