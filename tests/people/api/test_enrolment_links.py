"""Enrolment links and kiosks over the API: made, approved, refused and revoked; a secret is shown once."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from people.accounts.making_keys import make_key
from people.base.kept_answers import KeptAnswer
from people.editing.policy_services import write_consent_text
from people.records.basis import Basis
from people.records.enrolment_link import EnrolmentLink, Kiosk, LinkState
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.self_enrolling.making import make_link
from people.self_enrolling.sending import agree, send_pictures
from tests.api import client_of, queries_of
from tests.people.self_enrolling.conftest import upload

URL, KIOSKS = "/api/v1/enrolment-links/", "/api/v1/kiosks/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def text(db: None) -> Any:
    return write_consent_text(text="We take pictures.", by=None)


@pytest.fixture
def sent(text: Any, media: Any) -> EnrolmentLink:
    link, _secret = make_link(name="Grace Hopper", by=None)
    agree(link=link, version=text.pk, name="Grace Hopper")
    send_pictures(link=link, files=[upload(1), upload(2)])
    return link


def with_key(user: User, *scopes: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Key {make_key(name='k', scopes=list(scopes), by=user)[1]}")
    return client


def test_a_link_is_made_and_its_address_is_shown_once(as_operator: APIClient, text: Any, ada: Person) -> None:
    made = as_operator.post(URL, {"person": str(ada.pk)}, format="json", HTTP_IDEMPOTENCY_KEY="a")  # type: ignore[arg-type]
    assert (made.status_code, made["Cache-Control"]) == (201, "no-store")
    shown = made.json()
    assert (shown["name"], shown["person"], shown["state"]) == ("Ada Lovelace", str(ada.pk), "open")
    assert "We take pictures." in Client().get(shown["address"]).content.decode()
    secret = shown["address"].rstrip("/").rpartition("/")[2]
    assert not KeptAnswer.objects.exists()
    later = [as_operator.get(url).content.decode() for url in (URL, f"{URL}{shown['id']}/")]
    assert not any(secret in each or "address" in each for each in later)


def test_without_a_text_there_is_no_link(as_operator: APIClient) -> None:
    for url, body in ((URL, {}), (KIOSKS, {"place": "Reception"})):
        answer = as_operator.post(url, body, format="json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "no_consent_text")


def test_what_was_sent_is_looked_at_and_approved(as_operator: APIClient, sent: EnrolmentLink) -> None:
    (shown,) = as_operator.get(f"{URL}?state=sent").json()["results"]
    assert shown["name"] == "Grace Hopper"
    pictures = [as_operator.get(each["url"]) for each in shown["pictures"]]
    assert {(each.status_code, each["Content-Type"]) for each in pictures} == {(200, "image/jpeg")}
    done = as_operator.post(f"{URL}{sent.pk}/approve/", {}, format="json").json()
    assert (done["state"], done["pictures"]) == ("approved", [])
    assert Person.objects.get(pk=done["person"]).photos.count() == 2
    assert Basis.objects.get(pk=done["basis"]).agreed_name == "Grace Hopper"
    again = as_operator.post(f"{URL}{sent.pk}/approve/", {}, format="json")
    assert again.status_code == 409


def test_a_namesake_is_asked_about(as_operator: APIClient, sent: EnrolmentLink) -> None:
    Person.objects.create(name="Grace Hopper")
    url = f"{URL}{sent.pk}/approve/"
    asked = as_operator.post(url, {}, format="json")
    assert (asked.status_code, asked.json()["error"]["code"]) == (409, "name_taken")
    assert as_operator.post(url, {"same_name": True}, format="json").json()["state"] == "approved"


def test_what_was_refused_is_gone(as_operator: APIClient, sent: EnrolmentLink) -> None:
    (picture, _other) = as_operator.get(f"{URL}{sent.pk}/").json()["pictures"]
    assert as_operator.post(f"{URL}{sent.pk}/refuse/").json()["state"] == "refused"
    assert as_operator.get(picture["url"]).status_code == 404


def test_a_link_is_revoked(as_operator: APIClient, text: Any, sent: EnrolmentLink) -> None:
    link, _secret = make_link(name="Eve", by=None)
    assert as_operator.post(f"{URL}{link.pk}/revoke/").json()["state"] == "revoked"
    assert as_operator.post(f"{URL}{sent.pk}/revoke/").status_code == 409


def test_scopes_open_no_more_than_they_say(operator: User, text: Any, sent: EnrolmentLink) -> None:
    reads, manages = with_key(operator, "read_links"), with_key(operator, "manage_links")
    (picture, _other) = reads.get(f"{URL}{sent.pk}/").json()["pictures"]
    assert reads.get(picture["url"]).status_code == 403
    assert with_key(operator, "read_links", "read_people").get(picture["url"]).status_code == 200
    assert reads.post(URL, {}, format="json").status_code == 403
    assert manages.post(URL, {}, format="json").status_code == 201
    assert manages.post(f"{URL}{sent.pk}/approve/", {}, format="json").status_code == 403
    enrols = with_key(operator, "manage_links", "write_people", "write_bases")
    assert enrols.post(f"{URL}{sent.pk}/approve/", {}, format="json").status_code == 200


def test_limits_hide_links_and_kiosks(operator: User, ada: Person, text: Any) -> None:
    group = PersonGroup.objects.create(name="Staff")
    user = User.objects.create_user("limited")
    user.user_permissions.set(operator.user_permissions.model.objects.all())
    PersonLimit.objects.create(group=group, user=user)
    link, _secret = make_link(person=ada, by=None)
    limited = client_of(user)
    assert limited.get(URL).json()["count"] == 0
    assert limited.post(f"{URL}{link.pk}/revoke/").status_code == 404
    assert limited.post(URL, {"person": str(ada.pk)}, format="json").status_code == 400
    for answer in (limited.get(KIOSKS), limited.post(KIOSKS, {"place": "Reception"}, format="json")):
        assert answer.status_code == 403
    group.people.add(ada)
    assert limited.get(URL).json()["count"] == 1


def test_a_list_costs_the_same_however_long(as_operator: APIClient, text: Any, sent: EnrolmentLink) -> None:
    one = queries_of(as_operator, URL)
    for name in ("Ann", "Ben"):
        make_link(name=name, by=None)
    assert queries_of(as_operator, URL) == one
    assert EnrolmentLink.objects.filter(state=LinkState.OPEN).count() == 2


def test_a_kiosk_is_made_and_revoked(as_operator: APIClient, text: Any) -> None:
    made = as_operator.post(KIOSKS, {"place": "Reception"}, format="json")
    assert (made.status_code, made["Cache-Control"]) == (201, "no-store")
    shown = made.json()
    assert Client().get(shown["address"]).status_code == 200
    url = f"{KIOSKS}{shown['id']}/"
    assert "address" not in as_operator.get(url).json()
    assert as_operator.post(f"{url}revoke/").json()["revoked_at"]
    assert Client().get(shown["address"]).status_code == 404
    assert Kiosk.objects.get().revoked_at
