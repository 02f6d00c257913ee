"""The API's one shape of refusal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from psycopg2 import errors
from rest_framework.exceptions import APIException
from rest_framework.test import APIClient, APIRequestFactory
from rest_framework.views import APIView

from facesite.api.errors import envelope
from tests.api import client_of


@pytest.fixture
def client(operator: User) -> APIClient:
    return client_of(operator)


def test_a_refusal_has_a_code_a_message_details_and_a_request_id(client: APIClient) -> None:
    answer = client.post("/api/v1/people/", {"name": ""}, format="json")
    body = answer.json()
    assert body["error"] == {
        "code": "invalid",
        "message": "This field may not be blank.",
        "details": [{"field": "name", "code": "blank", "message": "This field may not be blank."}],
    }
    assert body["request_id"] == answer.headers["X-Request-ID"]


def test_a_callers_request_id_is_kept_when_it_is_harmless(client: APIClient) -> None:
    for asked, kept in (("order-42", True), ("x" * 65, False), ("a b", False), ("é", False), ("", False)):
        answer = client.get("/api/v1/nowhere/", headers={"X-Request-ID": asked})
        assert (answer.headers["X-Request-ID"] == asked) is kept


def test_a_refusal_is_logged_with_its_request_id(client: APIClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "facesite.api.errors"):
        answer = client.get("/api/v1/nowhere/")
    assert answer.headers["X-Request-ID"] in caplog.text


@pytest.mark.parametrize("url", ["nowhere/", "people", "people/x/y/z/", "%00", "%ff", "people/?format=yaml"])
def test_an_address_that_does_not_exist_is_refused_in_the_same_shape(client: APIClient, url: str) -> None:
    answer = client.get(f"/api/v1/{url}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"name": NaN}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"name": ' + b"1" * 5000 + b"}", "application/json", 400),
        (b" " * 3_000_000, "application/json", 413),
        (b"name=x", "text/plain", 415),
        (b"name=x", "", 415),
        (b"name=%00", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a=1" for _ in range(1001)), "application/x-www-form-urlencoded", 400),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(client: APIClient, body: bytes, kind: str, status: int) -> None:
    answer = client.generic("POST", "/api/v1/people/", body, content_type=kind)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [r'{"\ud800": 1}', r'{"name": "x", "external_id": {"\ud800": 1}}', '{"' + "x" * 100_000 + '": 1}', r'"\ud800"'],
)
def test_what_a_refusal_repeats_is_sayable_and_short(client: APIClient, body: str) -> None:
    answer = client.post("/api/v1/people/", body, content_type="application/json")
    assert answer.status_code == 400
    assert len(answer.content) < 3000


def test_a_method_that_is_not_offered_is_refused(client: APIClient) -> None:
    answer = client.delete("/api/v1/people/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")


def test_an_accept_header_that_nothing_fits_is_refused(client: APIClient) -> None:
    answer = client.get("/api/v1/people/", headers={"accept": "application/xml"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (406, "not_acceptable")


def _answer_to(error: Exception) -> Any:
    request = APIView().initialize_request(APIRequestFactory().get("/"))
    return envelope(error, {"request": request})


def test_two_who_write_the_same_at_once_are_told_of_the_conflict() -> None:
    clash = IntegrityError()
    clash.__cause__ = type("Unique", (errors.UniqueViolation,), {"pgcode": "23505"})()
    answer = _answer_to(clash)
    assert (answer.status_code, answer.data["error"]["code"]) == (409, "conflict")


def test_a_real_fault_is_not_dressed_up_as_the_callers() -> None:
    assert _answer_to(IntegrityError()) is None
    assert _answer_to(ZeroDivisionError()) is None


def test_a_waiting_time_is_told() -> None:
    answer = _answer_to(APIException("Later.", code="later"))
    assert json.loads(json.dumps(answer.data))["error"] == {"code": "later", "message": "Later.", "details": []}
