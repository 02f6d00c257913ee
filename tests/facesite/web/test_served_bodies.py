"""Bodies as clients send them to the real application under uvicorn: in one piece, in parts, chunked, slowly, never."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from facesite.web.bodies import SMALL_BYTES
from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from people.records.person import Person
from people.records.watchlist import Watchlist
from tests.serving import WAYS, asked, serving

pytestmark = pytest.mark.django_db(transaction=True)
UNKNOWN = {"x-api-key": "00000000-0000-4000-8000-000000000000"}
LARGE = b"x" * (3 * SMALL_BYTES)


@pytest.fixture
def served(transactional_db: None) -> Iterator[tuple[str, int]]:
    with serving() as address:
        yield address


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/api/v1/recognition/recognize", UNKNOWN, 404),
        ("/api/v1/recognition/recognize", {}, 400),
        ("/api/v1/recognise/", UNKNOWN, 401),
        ("/api/v1/photos/", {"Authorization": "Token made-up"}, 401),
        ("/admin/people/person/add/", {"Cookie": "sessionid=ended"}, 403),  # CSRF is asked before the login
    ],
)
def test_a_refused_request_is_told_so_however_its_body_comes(
    served: tuple[str, int], way: str, path: str, headers: dict[str, str], status: int
) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=b", **headers}
    assert asked(served, "POST", path, LARGE, headers, way)[0] == status


@pytest.fixture
def key(operator: User) -> str:
    return make_key(name="k", scopes=list(Scope), by=operator)[1]


@pytest.mark.parametrize("way", [way for way in WAYS if way != "never"])
def test_json_arrives_whole_however_it_comes(served: tuple[str, int], key: str, way: str) -> None:
    body = json.dumps({"name": "Ada", "notes": "n" * 9_000}).encode()
    headers = {"X-API-Key": key, "Content-Type": "application/json"}
    status, answer = asked(served, "POST", "/api/v1/people/", body, headers, way)
    assert status == 201, answer
    assert shown(answer)["name"] == "Ada"
    assert len(Person.objects.get().notes) == 9_000


@pytest.mark.parametrize("way", ["at once", "chunked"])
def test_a_picture_arrives_whole_in_compreface_s_dialect(
    served: tuple[str, int], key: str, way: str, portraits: Any, lookers: None
) -> None:
    picture = (portraits / "astronaut.png").read_bytes()
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    headers = {"x-api-key": key, "Content-Type": "multipart/form-data; boundary=b"}
    status, answer = asked(served, "POST", "/api/v1/detection/detect", head + picture + b"\r\n--b--\r\n", headers, way)
    assert status == 200, answer[:300]
    assert len(shown(answer)["result"]) == 1


def test_a_chunked_body_beyond_the_limit_is_refused(served: tuple[str, int], key: str, settings: Any) -> None:
    settings.PHOTO_MAX_BYTES = 20_000
    headers = {"X-API-Key": key, "Content-Type": "application/json"}
    assert asked(served, "POST", "/api/v1/recognise/", LARGE, headers, "chunked")[0] == 413


def test_a_form_of_the_admin_is_taken_chunked(served: tuple[str, int], operator: User) -> None:
    browser = Client()
    browser.force_login(operator)
    headers = {
        "Cookie": f"sessionid={browser.cookies['sessionid'].value}; csrftoken={'c' * 32}",
        "X-CSRFToken": "c" * 32,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    form = b"name=Guests&description="
    assert asked(served, "POST", "/admin/people/watchlist/add/", form, headers, "chunked")[0] == 302
    assert Watchlist.objects.get().name == "Guests"


def shown(answer: bytes) -> Any:
    """The JSON of an answer, which may come in parts itself."""
    return json.loads(answer[answer.index(b"{") : answer.rindex(b"}") + 1])


def test_a_client_that_asks_before_it_sends_hears_at_once_that_it_is_too_much(
    served: tuple[str, int], key: str, settings: Any
) -> None:
    settings.PHOTO_MAX_BYTES = 20_000
    headers = {"X-API-Key": key, "Content-Type": "application/json", "Expect": "100-continue"}
    status, answer = asked(served, "POST", "/api/v1/recognise/", LARGE, headers, "never")
    assert status == 413 and b"100 Continue" not in answer
