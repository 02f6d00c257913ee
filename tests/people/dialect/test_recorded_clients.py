"""Requests as Double Take sends them, in both forks and in its rewrite in Go, against the real application.

The first two were recorded from axios 0.27.2 and 1.7.2 with form-data 4.0.0 under Node 24: the older sends a form in
chunks (the head of the part, the file by 64 kB, the end), the newer with its length. The third is read from its source.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from people.accounts.making_keys import make_key
from tests.people.conftest import picture
from tests.serving import serving

pytestmark = [
    pytest.mark.integration,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("lookers", "media"),
]
FACES, RECOGNIZE = "/api/v1/recognition/faces", "/api/v1/recognition/recognize"
SUBJECTS = "/api/v1/recognition/subjects"
AXIOS = {"Accept": "application/json, text/plain, */*"}
AXIOS_BOUNDARY = "--------------------------412412453039321119098802"
GO = {"User-Agent": "Go-http-client/1.1", "Accept-Encoding": "gzip"}
GO_BOUNDARY = "5f0c" * 15
ENROLS = ("recognise", "read_people", "write_people")


class RecordedClient:
    """One connection that stays open between requests, as those of Node and Go do."""

    def __init__(self, served: tuple[str, int], key: str) -> None:
        self._connection = HTTPConnection(*served, timeout=20)
        self._key = key

    def ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes | Iterable[bytes] | None = None
    ) -> tuple[int, Any]:
        """Returns status and JSON; a body of several pieces is sent in chunks, one for each."""
        in_chunks = not isinstance(body, bytes | None)
        told = {"x-api-key": self._key, **headers, **({"Transfer-Encoding": "chunked"} if in_chunks else {})}
        self._connection.request(method, path, body, told, encode_chunked=in_chunks)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read())

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def client(operator: User) -> Iterator[Callable[..., RecordedClient]]:
    """Makes clients by the scopes of their keys, and closes their connections at the end."""
    with serving() as served, ExitStack() as open_ones:

        def client_with(*scopes: str) -> RecordedClient:
            client = RecordedClient(served, make_key(name="client", scopes=scopes, by=operator)[1])
            open_ones.callback(client.close)
            return client

        yield client_with


def old_axios(file: bytes) -> tuple[dict[str, str], list[bytes]]:
    pieces = [file[at : at + 65_536] for at in range(0, len(file), 65_536)]
    return {**AXIOS, **axios_form("0.27.2")}, [axios_head(), *pieces, f"\r\n--{AXIOS_BOUNDARY}--\r\n".encode()]


def new_axios(file: bytes) -> tuple[dict[str, str], bytes]:
    return {**AXIOS, **axios_form("1.7.2")}, axios_head() + file + f"\r\n--{AXIOS_BOUNDARY}--\r\n".encode()


def axios_form(version: str) -> dict[str, str]:
    return {"User-Agent": f"axios/{version}", "Content-Type": f"multipart/form-data; boundary={AXIOS_BOUNDARY}"}


def axios_head() -> bytes:
    disposition = 'Content-Disposition: form-data; name="file"; filename="obama.jpg"'
    return f"--{AXIOS_BOUNDARY}\r\n{disposition}\r\nContent-Type: image/jpeg\r\n\r\n".encode()


def go_form(file: bytes, **fields: str) -> tuple[dict[str, str], bytes]:
    """The picture first, as a file without a type, then the options as fields."""
    part = f"--{GO_BOUNDARY}\r\nContent-Disposition: form-data; name="
    head = f'{part}"file"; filename="snapshot.jpg"\r\nContent-Type: application/octet-stream\r\n\r\n'
    rest = "".join(f'\r\n{part}"{name}"\r\n\r\n{value}' for name, value in fields.items())
    body = head.encode() + file + f"{rest}\r\n--{GO_BOUNDARY}--\r\n".encode()
    return {**GO, "Content-Type": f"multipart/form-data; boundary={GO_BOUNDARY}"}, body


@pytest.mark.parametrize(
    ("form", "recognize"),
    [
        (old_axios, f"{RECOGNIZE}?det_prob_threshold=0.8"),
        (old_axios, f"{RECOGNIZE}?face_plugins=mask,gender,age&det_prob_threshold=0.8"),
        (new_axios, f"{RECOGNIZE}?face_plugins=mask,gender,age&det_prob_threshold=0.8"),
    ],
    ids=["jakowenko's first", "jakowenko's last", "skrashevich's"],
)
def test_double_take_trains_recognises_and_forgets(
    client: Callable[..., RecordedClient], portraits: Path, form: Callable[[bytes], tuple[Any, Any]], recognize: str
) -> None:
    double_take = client(*ENROLS)
    obama, again, biden = ((portraits / f"{name}.jpg").read_bytes() for name in ("obama", "obama2", "biden"))
    status, added = double_take.ask("POST", f"{FACES}?subject=Barack+Obama", *form(obama))
    assert (status, added["subject"]) == (201, "Barack Obama")

    status, found = double_take.ask("POST", recognize, *form(again))
    (face,) = found["result"]
    assert status == 200 and face["subjects"] == [{"subject": "Barack Obama", "similarity": 0.99}]
    assert face["box"]["x_max"] > face["box"]["x_min"] and not {"age", "gender", "mask"} & set(face)
    _, stranger = double_take.ask("POST", recognize, *form(biden))
    assert stranger["result"][0]["subjects"] == [{"subject": "Barack Obama", "similarity": 0.0}]
    status, nobody = double_take.ask("POST", recognize, *form(picture()))
    assert (status, nobody["code"]) == (400, 28)  # it takes this code, and no other, for "nobody there"

    asked = {**AXIOS, "User-Agent": "axios/0.27.2"}
    assert double_take.ask("DELETE", f"{FACES}?subject=Barack+Obama", asked) == (200, {"deleted": 1})
    assert double_take.ask("GET", SUBJECTS, asked) == (200, {"subjects": []})


def test_double_take_in_go_sends_its_options_as_fields(client: Callable[..., RecordedClient], portraits: Path) -> None:
    go = client(*ENROLS, "read_encodings")
    obama, again = ((portraits / f"{name}.jpg").read_bytes() for name in ("obama", "obama2"))
    asked = {**GO, "Content-Type": "application/json"}
    assert go.ask("GET", f"{SUBJECTS}/", asked) == (200, {"subjects": []})  # so it looks whether a server is there
    assert go.ask("POST", SUBJECTS, asked, b'{"subject":"Barack Obama"}') == (201, {"subject": "Barack Obama"})
    status, added = go.ask("POST", f"{FACES}?subject=Barack+Obama", *go_form(obama))
    assert (status, added["subject"]) == (201, "Barack Obama")
    assert go.ask("GET", f"{FACES}?subject=Barack+Obama", asked)[1]["faces"] == [added]

    options = {"limit": "10", "threshold": "0.80", "face_plugins": "calculator,landmarks"}
    status, found = go.ask("POST", RECOGNIZE, *go_form(again, **options, det_prob_threshold="0.80"))
    (face,) = found["result"]
    assert face["subjects"][0]["similarity"] > 0.9
    assert len(face["landmarks"]) == 5 and len(face["embedding"]) == 256
    status, nobody = go.ask("POST", RECOGNIZE, *go_form(again, **options, det_prob_threshold="1.00"))
    assert (status, nobody["code"]) == (400, 28)

    assert go.ask("PUT", f"{SUBJECTS}/Barack%20Obama", asked, b'{"subject":"Barack"}') == (200, {"updated": True})
    assert go.ask("DELETE", f"{FACES}/{added['image_id']}", asked) == (200, {**added, "subject": "Barack"})
    assert go.ask("DELETE", f"{SUBJECTS}/Barack", asked) == (200, {"subject": "Barack"})


def test_embeddings_in_a_form_want_their_scope(client: Callable[..., RecordedClient], portraits: Path) -> None:
    form = go_form((portraits / "obama.jpg").read_bytes(), face_plugins="calculator,landmarks")
    status, refused = client(*ENROLS).ask("POST", RECOGNIZE, *form)
    assert (status, refused["code"]) == (403, 0)
