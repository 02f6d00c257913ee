"""Links to pictures that need no login: for five minutes, and for as long as their maker may see the picture."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from people.accounts import picture_links
from people.accounts.making_keys import make_key, revoke_key
from people.accounts.rights import Scope
from people.accounts.tokens import token_of
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


@pytest.fixture
def in_a_browser(viewer: User) -> Client:
    client = Client()
    client.force_login(viewer)
    return client


def made_in(browser: Client, photo: Photo) -> str:
    return str(browser.get(f"/api/v1/photos/{photo.pk}/links/").json()["image"])


def log_out(browser: Client, viewer: User) -> None:
    assert browser.post("/logout/").status_code == 302


def end_the_session(browser: Client, viewer: User) -> None:
    Session.objects.all().delete()


def let_the_session_expire(browser: Client, viewer: User) -> None:
    Session.objects.update(expire_date=timezone.now())


def change_the_password(browser: Client, viewer: User) -> None:
    viewer.set_password("another")
    viewer.save(update_fields=["password"])


def deactivate(browser: Client, viewer: User) -> None:
    User.objects.filter(pk=viewer.pk).update(is_active=False)


def delete_the_user(browser: Client, viewer: User) -> None:
    viewer.delete()


def revoke_the_token(browser: Client, viewer: User) -> None:
    assert client_of(viewer).delete("/api/v1/token/").status_code == 204


def get_another_token(browser: Client, viewer: User) -> None:
    Token.objects.all().delete()
    token_of(viewer)


Way = Callable[[Client, User], None]
OF_SESSIONS = [log_out, end_the_session, let_the_session_expire, change_the_password, deactivate, delete_the_user]
OF_TOKENS = [revoke_the_token, get_another_token, change_the_password, deactivate, delete_the_user]


@pytest.mark.parametrize("way", OF_SESSIONS, ids=lambda way: way.__name__)
def test_a_link_ends_with_the_session_that_made_it(way: Way, in_a_browser: Client, viewer: User, photo: Photo) -> None:
    url = made_in(in_a_browser, photo)
    assert opened(url) == 200
    way(in_a_browser, viewer)
    assert opened(url) == 404


@pytest.mark.parametrize("way", OF_TOKENS, ids=lambda way: way.__name__)
def test_a_link_ends_with_the_token_that_made_it(way: Way, in_a_browser: Client, viewer: User, photo: Photo) -> None:
    url = link_of(client_of(viewer), photo)
    assert opened(url) == 200
    way(in_a_browser, viewer)
    assert opened(url) == 404


def test_a_session_and_a_token_end_only_their_own_links(in_a_browser: Client, viewer: User, photo: Photo) -> None:
    by_session, by_token = made_in(in_a_browser, photo), link_of(client_of(viewer), photo)
    log_out(in_a_browser, viewer)
    assert (opened(by_session), opened(by_token)) == (404, 200)


def test_a_link_gives_away_neither_the_session_nor_the_token(in_a_browser: Client, viewer: User, photo: Photo) -> None:
    for url in (made_in(in_a_browser, photo), link_of(client_of(viewer), photo)):
        told = str(signing.loads(url.rsplit("/", 1)[1], salt=picture_links._SALT))
        assert in_a_browser.cookies["sessionid"].value not in told
        assert token_of(viewer).partition("-")[2] not in told and Token.objects.get().key not in told


def test_links_outlive_a_change_of_the_secret_key(
    in_a_browser: Client, viewer: User, photo: Photo, settings: Any
) -> None:
    urls = made_in(in_a_browser, photo), link_of(client_of(viewer), photo)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret key" * 3
    assert [opened(url) for url in urls] == [200, 200]


def test_a_link_is_followed_with_few_queries(in_a_browser: Client, viewer: User, photo: Photo) -> None:
    for url, most in ((made_in(in_a_browser, photo), 6), (link_of(client_of(viewer), photo), 5)):
        with CaptureQueriesContext(connection) as asked:
            assert opened(url) == 200
        assert len(asked) <= most, [each["sql"] for each in asked]


def test_a_link_of_release_0_1_has_ended(viewer: User, photo: Photo) -> None:
    old = signing.dumps(["image", str(photo.pk), viewer.pk, None], salt=picture_links._SALT)
    assert opened(f"/media/photos/by-link/{old}") == 404


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
