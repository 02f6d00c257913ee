"""The state of the gallery over the API."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from people.editing import services
from people.gallery.calibrating import set_thresholds
from people.gallery.engines import active_engine
from people.gallery.stored import current_version
from people.recognition.engine.distances import DLIB
from people.records.encoding import Encoding
from people.records.gallery_version import GalleryVersion
from people.records.photo import Photo

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


def test_it_says_what_is_in_use_and_what_waits(as_viewer: APIClient, photo: Photo) -> None:
    engine = active_engine()
    Encoding.objects.create(photo=photo, engine="another", vector=[0.1] * 128, quality=1)
    shown = as_viewer.get(URL).json()
    assert (shown["engine"], shown["people"], shown["encodings"]) == (engine, 0, 0)
    assert (shown["photos_waiting"], shown["photos_held"]) == (1, 0)
    Encoding.objects.create(photo=photo, engine=engine, vector=[0.1] * 128, quality=1)
    Photo.objects.filter(pk=photo.pk).update(state="enrolled")
    shown = as_viewer.get(URL).json()
    assert (shown["people"], shown["encodings"], shown["photos_waiting"]) == (1, 1, 0)
    assert {share["engine"] for share in shown["engines"]} == {engine, "another"}


def test_it_says_which_thresholds_are_in_force_and_since_when(as_viewer: APIClient) -> None:
    by_default = as_viewer.get(URL).json()["thresholds"]
    assert by_default["since"] is None
    set_thresholds(match=0.3, reason="Stricter at the gate.", by=None)
    now = as_viewer.get(URL).json()["thresholds"]
    assert (now["match"], now["reason"]) == (0.3, "Stricter at the gate.")
    assert now["pair_match"] == round(0.3 + DLIB.pair_allowance, 4)
    assert now["review"] - now["match"] == pytest.approx(by_default["review"] - by_default["match"])
    assert now["since"] is not None


def test_a_gallery_of_an_emptied_database_is_version_0(as_viewer: APIClient) -> None:
    GalleryVersion.objects.all().delete()
    assert as_viewer.get(URL).json()["version"] == 0
