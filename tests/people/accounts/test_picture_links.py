"""Links to pictures that need no login: for five minutes, and for as long as their maker may see the picture."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.test import Client
from rest_framework.test import APIClient

from people.accounts import picture_links
from people.accounts.making_keys import make_key, revoke_key
from people.accounts.rights import Scope
from people.editing import services
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.photo import Photo
from tests.api import client_of


@pytest.fixture
def photo(portraits: Path, media: Path, db: None) -> Photo:
    picture = (portraits / "astronaut.png").read_bytes()
    return services.add_photo(person=Person.objects.create(name="Ada"), file=picture, original_name="a.png", by=None)


def link_of(client: APIClient, photo: Photo, kind: str = "image") -> str:
    answer = client.get(f"/api/v1/photos/{photo.pk}/links/")
    assert answer.headers["Cache-Control"] == "no-store"
    return str(answer.json()[kind])


def opened(url: str) -> int:
    return int(Client().get(url).status_code)


def test_a_link_shows_the_picture_to_whoever_has_it(viewer: User, photo: Photo) -> None:
    answer = Client().get(link_of(client_of(viewer), photo))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.headers["Cache-Control"].startswith("private")
    assert client_of(viewer).get(f"/api/v1/photos/{photo.pk}/links/").json()["crop"] is None


def test_it_is_over_after_five_minutes(viewer: User, photo: Photo, monkeypatch: pytest.MonkeyPatch) -> None:
    url = link_of(client_of(viewer), photo)
    monkeypatch.setattr(picture_links, "GOOD_FOR", timedelta(seconds=-1))
    assert opened(url) == 404


def test_it_ends_with_the_login_and_the_right_of_its_maker(viewer: User, photo: Photo) -> None:
    url = link_of(client_of(viewer), photo)
    PersonLimit.objects.create(group=PersonGroup.objects.create(name="Nobody"), user=viewer)
    assert opened(url) == 404
    PersonLimit.objects.all().delete()
    viewer.user_permissions.clear()
    assert opened(url) == 403
    User.objects.filter(pk=viewer.pk).update(is_active=False)
    assert opened(url) == 404


def test_a_keys_link_ends_with_the_key_and_has_its_scopes(operator: User, photo: Photo) -> None:
    key, text = make_key(name="portal", scopes=[Scope.READ_PEOPLE], by=operator)
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=text)
    url = link_of(client, photo)
    assert opened(url) == 200
    revoke_key(key=key, by=operator)
    assert opened(url) == 404


def test_it_ends_with_the_photo(viewer: User, photo: Photo) -> None:
    url = link_of(client_of(viewer), photo)
    photo.delete()
    assert opened(url) == 404


def test_a_forged_link_leads_nowhere(operator: User, photo: Photo) -> None:
    url = link_of(client_of(operator), photo)
    for forged in ("x", url.rsplit("/", 1)[1][:-2], signing.dumps(["image", str(photo.pk), operator.pk, None])):
        assert opened(f"/media/photos/by-link/{forged}") == 404
        assert opened(f"/media/detections/by-link/{forged}") == 404
    assert opened(url.replace("photos", "detections")) == 404
    elsewhere = signing.dumps(["image", str(uuid4()), operator.pk, None], salt="people.accounts.picture_links")
    assert opened(f"/media/photos/by-link/{elsewhere}") == 404


def test_a_link_is_only_read_with(viewer: User, photo: Photo) -> None:
    assert Client().post(link_of(client_of(viewer), photo)).status_code == 405
