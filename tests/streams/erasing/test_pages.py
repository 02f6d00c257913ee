"""The pages and the API of erasures: what they say beforehand, what they refuse, and where the certificate is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from people.records.groups import PersonGroup, PersonLimit
from streams.erasing.certificate import Certificate
from streams.erasing.erasure import Erasure
from tests.api import NOBODY, client_of
from tests.streams.erasing.conftest import Known, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(officer: User) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def test_the_page_says_what_goes_and_asks_twice(known: Known, client: Client) -> None:
    page = client.get(f"/people/{known.ada.pk}/erase/").content.decode()
    assert "Erase <bdi>Ada Lovelace</bdi> for good" in page and "Encodings of photos" in page
    refused = client.post(f"/people/{known.ada.pk}/erase/", {"request": "letter"})
    assert refused.status_code == 400 and not Erasure.objects.exists()
    named = client.post(f"/people/{known.ada.pk}/erase/", {"request": "letter of Ada Lovelace", "sure": "on"})
    assert named.status_code == 400 and "Leave the name out" in named.content.decode()


def test_from_the_page_to_the_certificate(known: Known, client: Client) -> None:
    answer = client.post(f"/people/{known.ada.pk}/erase/", {"request": "letter of 3 May", "sure": "on"})
    assert answer.status_code == 302
    url = answer["Location"]
    assert "Waiting for a worker" in client.get(url).content.decode()
    assert client.get(f"{url}certificate/").status_code == 404
    assert work()
    page = client.get(url).content.decode()
    assert "Everything is erased" in page and "Lovelace" not in page
    Certificate.read(client.get(f"{url}certificate/").content.decode())
    assert client.get(f"{url}certificate/pdf/").content.startswith(b"%PDF-")
    assert client.get(f"/people/{known.ada.pk}/erase/").status_code == 404
    assert Erasure.objects.get().reference in client.get("/erasures/").content.decode()


def test_who_is_limited_or_lacks_the_right_is_refused(known: Known, officer: User, viewer: User) -> None:
    outsider = Client()
    outsider.force_login(viewer)
    group = PersonGroup.objects.create(name="Staff")
    group.people.add(known.ada)
    for client, user in ((outsider, viewer), (Client(), officer)):
        if user == officer:
            PersonLimit.objects.create(group=group, user=officer)
            client.force_login(User.objects.get(pk=officer.pk))
        answer = client.post(f"/people/{known.ada.pk}/erase/", {"request": "letter", "sure": "on"})
        assert answer.status_code == 403
    assert not Erasure.objects.exists()


def test_over_the_api(known: Known, officer: User) -> None:
    api = client_of(officer)
    goes = api.get("/api/v1/erasures/preview/", {"person": str(known.ada.pk)}).json()
    assert {"what": "photos", "number": 1} in goes
    body = {"person": str(known.ada.pk), "request": "letter of 3 May"}
    answer = api.post("/api/v1/erasures/", body, format="json")
    assert answer.status_code == 202 and answer.json()["certificate_url"] is None
    assert work()
    told = api.get(answer["Location"]).json()
    assert told["state"] == "done"
    certificate = Certificate.read(json.dumps(api.get(told["certificate_url"]).json()))
    assert certificate.reference == told["reference"]
    pdf = api.get(f"{answer['Location']}certificate-pdf/")
    assert pdf.status_code == 200 and pdf.content.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid"),
        ({"person": "x", "request": "letter"}, "invalid"),
        ({"person": NOBODY, "request": "letter"}, "invalid"),
        ({"person": "ada", "request": " "}, "invalid"),
        ({"person": "ada", "request": "letter of Lovelace"}, "names_the_person"),
        ({"person": "ada", "request": "letter", "more": 1}, "invalid"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(known: Known, officer: User, body: dict[str, Any], code: str) -> None:
    body = {**body, **({"person": str(known.ada.pk)} if body.get("person") == "ada" else {})}
    answer = client_of(officer).post("/api/v1/erasures/", body, format="json")
    assert answer.status_code == 400 and answer.json()["error"]["code"] == code
    assert not Erasure.objects.exists()


def test_a_limited_user_is_told_why_over_the_api(known: Known, officer: User) -> None:
    group = PersonGroup.objects.create(name="Staff")
    group.people.add(known.ada)
    PersonLimit.objects.create(group=group, user=officer)
    api = client_of(User.objects.get(pk=officer.pk))
    body = {"person": str(known.ada.pk), "request": "letter"}
    answers = [api.get("/api/v1/erasures/"), api.post("/api/v1/erasures/", body, format="json")]
    answers += [api.get("/api/v1/access-requests/"), api.post("/api/v1/access-requests/", body, format="json")]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert {answer.json()["error"]["code"] for answer in answers} == {"sees_only_some"}
