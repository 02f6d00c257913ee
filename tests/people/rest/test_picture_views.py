"""Pictures of people are streamed to those who may see them, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import picture

pytestmark = pytest.mark.django_db
Add = Callable[..., Photo]
PICTURES = ["photo_image", "photo_crop"]


@pytest.fixture
def photo(ada: Person, add: Add) -> Photo:
    photo = add(ada)
    photo.crop.save("crop.jpg", ContentFile(picture(5)))
    return photo


@pytest.mark.parametrize("name", PICTURES)
def test_a_viewer_gets_the_picture_privately(client: Client, viewer: User, photo: Photo, name: str) -> None:
    client.force_login(viewer)
    response = client.get(reverse(name, args=[photo.pk]))
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert response["Cache-Control"] == "private, no-cache"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.content.startswith(b"\xff\xd8")


@pytest.mark.parametrize("name", PICTURES)
def test_a_stranger_gets_nothing_and_nobody_is_asked_to_log_in(
    client: Client, stranger: User, photo: Photo, name: str
) -> None:
    url = reverse(name, args=[photo.pk])
    assert client.get(url).status_code == 302
    client.force_login(stranger)
    assert client.get(url).status_code == 403


def test_an_unchanged_picture_is_not_sent_twice(operator_client: Client, photo: Photo) -> None:
    url = reverse("photo_image", args=[photo.pk])
    etag = operator_client.get(url)["ETag"]
    again = operator_client.get(url, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again["Cache-Control"]) == (304, b"", "private, no-cache")


def test_a_kept_picture_is_not_shown_to_whoever_may_not_see_it_any_more(
    client: Client, viewer: User, photo: Photo
) -> None:
    client.force_login(viewer)
    url = reverse("photo_image", args=[photo.pk])
    etag = client.get(url)["ETag"]
    viewer.user_permissions.clear()
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 403


def test_a_stored_object_that_is_gone_is_not_found(operator_client: Client, photo: Photo, media: Path) -> None:
    (media / photo.image.name).unlink()
    assert operator_client.get(reverse("photo_image", args=[photo.pk])).status_code == 404


def test_a_photo_without_a_crop_has_none(operator_client: Client, ada: Person, add: Add) -> None:
    url = reverse("photo_crop", args=[add(ada, seed=1).pk])
    assert operator_client.get(url).status_code == 404


def test_an_object_that_is_no_picture_is_never_served(operator_client: Client, photo: Photo, media: Path) -> None:
    (media / photo.image.name).write_bytes(b"<html><script>alert(1)</script>")
    assert operator_client.get(reverse("photo_image", args=[photo.pk])).status_code == 404


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "ICO"])
def test_the_content_type_is_that_of_the_bytes(
    operator_client: Client, ada: Person, media: Path, kind: str, settings: Any
) -> None:
    from people.editing import services

    photo = services.add_photo(person=ada, file=picture(kind=kind), original_name="a.html", by=None)
    expected = "image/x-icon" if kind == "ICO" else f"image/{kind.lower()}"
    assert operator_client.get(reverse("photo_image", args=[photo.pk]))["Content-Type"] == expected


def test_the_portrait_of_a_person_is_the_best_enrolled_face(
    client: Client, viewer: User, ada: Person, photo: Photo
) -> None:
    client.force_login(viewer)
    url = reverse("portrait", args=[ada.pk])
    assert client.get(url).status_code == 204  # not enrolled yet
    Photo.objects.update(state="enrolled")
    answer = client.get(url)
    assert answer.status_code == 200 and answer.content == client.get(reverse("photo_crop", args=[photo.pk])).content


def test_whoever_may_not_see_photos_sees_no_portrait(client: Client, stranger: User, ada: Person, photo: Photo) -> None:
    client.force_login(stranger)
    assert client.get(reverse("portrait", args=[ada.pk])).status_code == 403
