"""Bodies as clients send them to the real application under uvicorn: in one piece, in parts, chunked, slowly, never."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from django.contrib.auth.models import User
from django.test import Client

from facesite.asgi import application
from facesite.web.bodies import SMALL_BYTES
from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from people.records.person import Person
from people.records.watchlist import Watchlist

pytestmark = pytest.mark.django_db(transaction=True)
UNKNOWN = {"x-api-key": "00000000-0000-4000-8000-000000000000"}
LARGE = b"x" * (3 * SMALL_BYTES)
WAYS = ("at once", "in parts", "slowly", "chunked", "never")


@pytest.fixture
def served(transactional_db: None) -> Iterator[tuple[str, int]]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application, lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield listener.getsockname()
    server.should_exit = True
    thread.join(timeout=10)
    listener.close()
    assert not thread.is_alive()


def asked(
    served: tuple[str, int], method: str, path: str, body: bytes, headers: dict[str, str], way: str = "at once"
) -> tuple[int, bytes]:
    """Status and body of the answer; the connection is the client's own, so that it decides how the body goes."""
    length = {"Transfer-Encoding": "chunked"} if way == "chunked" else {"Content-Length": str(len(body))}
    told = {"Host": "localhost", "Connection": "close", **headers, **length}
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in told.items()) + "\r\n"
    with socket.create_connection(served, timeout=20) as client:
        client.sendall(head.encode())
        if way != "never":
            for part in parts_of(body, way):
                client.sendall(part)
        answer = b""
        while piece := client.recv(65_536):
            answer += piece
    top, _, rest = answer.partition(b"\r\n\r\n")
    return int(top.split()[1]), rest


def parts_of(body: bytes, way: str) -> Iterator[bytes]:
    if way == "at once":
        yield body
        return
    size = len(body) // 5 + 1
    for start in range(0, len(body), size):
        part = body[start : start + size]
        yield b"%x\r\n%s\r\n" % (len(part), part) if way == "chunked" else part
        if way == "slowly":
            time.sleep(0.1)
    if way == "chunked":
        yield b"0\r\n\r\n"


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
