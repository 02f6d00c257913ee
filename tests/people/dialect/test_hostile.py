"""Hostile requests to every address of the dialect: each is refused in CompreFace's words, none is a fault, and nothing
is written. The dialect is not in the OpenAPI document, so a table of them stands in for schemathesis."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from people.dialect.urls import ADDRESSES, IMAGE
from people.records.person import Person
from people.records.photo import Photo
from tests.api import NOBODY
from tests.people.conftest import picture

# Not delete_everybody: then nothing that is asked for here may delete anybody.
SCOPES = [Scope.READ_PEOPLE, Scope.WRITE_PEOPLE, Scope.RECOGNISE, Scope.READ_ENCODINGS]
KEYS = ["%00", "%ff", "%F0%9F%98%80", "..", "-1", "x" * 100, "'%20OR%201=1--", str(NOBODY), "%ED%A0%80"]
VALUES = ["", "%00", "%ff", "-1", "9" * 400, "1e400", "nan", "0x10", "[]", "%F0%9F%98%80", "1&limit=2", "%ED%A0%80"]
OF_PICTURES = ["limit", "prediction_count", "det_prob_threshold", "face_plugins", "status", "extras"]
PARAMETERS = {
    "faces": ["page", "size", "subject"],
    "recognize": OF_PICTURES,
    "detect": OF_PICTURES,
    "verify": OF_PICTURES,
}
"""By the last word of the address; the others read none."""
FIELDS = ["subject", "file", "source_image", "target_image", "embeddings", "source", "targets"]
WRONG: list[Any] = [
    None, True, 0, -1, 10**400, 1.5, "", "\0", "a\0b", "\ud800", "x" * 100_000, [], [[]], [None], {}, {"a": {"b": []}},
    [[1e308] * 128], [["1"] * 128], [[10**400] * 128], [True] * 128, base64.b64encode(b"GIF89a").decode(), "data:,",
]  # fmt: skip
TEXTS = [
    b"", b"{", b"null", b"[]", b"5", b'"x"', b"\xff\xfe", b'{"subject": "\xff"}', b'{"subject": NaN}', b"[" * 50_000,
    b'{"a":' * 50_000, b"{" + b'"a":1,' * 20_000 + b'"b":1}', b'{"subject": 1' + b"0" * 5_000 + b"}", b"\0" * 100,
    '{"subject": "x"}'.encode("utf-16"),
]  # fmt: skip
KINDS = ["application/json", "multipart/form-data", "text/plain", "", "application/x-www-form-urlencoded", "a" * 500]
SOUND_NAMES = {base64.b64encode(b"GIF89a").decode(), "data:,", "x"}
"""Those of them, and of the texts, that are good names for a subject."""
B = "--b\r\n"
FORM = "multipart/form-data; boundary=b"
PART = f'{B}Content-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
JPEG = picture(1, side_px=64)
FORMS: list[tuple[str, bytes]] = [
    (FORM, b""),
    (FORM, B.encode()),
    (FORM, PART.encode()),  # ends in its header
    (FORM, f"{PART}\r\n".encode() + JPEG[:50]),  # and in its picture
    (FORM, f"{PART}\r\n".encode() + JPEG[:200] + b"\r\n--b--\r\n"),  # a picture that ends early
    (FORM, f"{PART}Content-Transfer-Encoding: base64\r\n\r\n!!!!\r\n--b--\r\n".encode()),
    (FORM, f"{PART}Content-Length: -5\r\n\r\nx\r\n--b--\r\n".encode()),
    (FORM, PART.replace("a.jpg", "\0/../../x\n").encode() + b"\r\nx\r\n--b--\r\n"),
    (FORM, PART.replace("a.jpg", "x" * 5_000).encode() + b"\r\nx\r\n--b--\r\n"),
    (FORM, f'{B}Content-Disposition: form-data; name="file"\r\n\r\n\xff\r\n--b--\r\n'.encode("latin-1")),
    (FORM, (f"{PART}\r\nx\r\n" * 300 + "--b--\r\n").encode()),
    (FORM, (f'{B}Content-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 1_500 + "--b--\r\n").encode()),
    ("multipart/form-data; boundary=" + "b" * 300, b"x"),
    ("multipart/form-data; boundary=\xff", b"x"),
    ("multipart/form-data; charset=latin-7; boundary=b", f"{PART}\r\nx\r\n--b--\r\n".encode()),
    ("application/json; charset=nonsense", b"{}"),
]


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    data: bytes = b""
    kind: str = "application/json"


def operations() -> Iterator[tuple[str, str]]:
    for address, view in ADDRESSES:
        for method in view.rights:
            yield method, "/api/v1/" + address


def with_key(address: str, key: str) -> str:
    return address.replace(IMAGE, key).replace(r"(?P<subject>[^/]+)", key)


def calls() -> Iterator[Call]:
    """One after the other, each operation with everything that it takes."""
    for method, address in operations():
        plain = with_key(address, str(NOBODY))
        if plain != address:
            yield from (Call(method, with_key(address, key)) for key in KEYS)
        names = PARAMETERS.get(plain.split("/")[-1], [])
        yield from (Call(method, f"{plain}?{name}={value}") for name, value in product(names, VALUES))
        if method in ("POST", "PUT"):
            yield from bodies_for(method, f"{plain}?subject=Ada" if plain.endswith("faces") else plain)


def bodies_for(method: str, path: str) -> Iterator[Call]:
    for kind, text in product(KINDS, TEXTS):
        if kind == "application/json" or len(text) < 100:
            yield Call(method, path, text, kind)
    for kind, data in FORMS:
        yield Call(method, path, data, kind)
    for value in WRONG:
        # All fields at once: each call looks at its own.
        yield Call(method, path, json.dumps(dict.fromkeys(FIELDS, value)).encode())
        yield Call(method, path, json.dumps([value]).encode())


@pytest.fixture
def hostile(operator: User, settings: Any) -> APIClient:
    settings.API_CALLS_PER_KEY = settings.API_CALLS_PER_ADDRESS = 10**9
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_X_API_KEY=make_key(name="hostile", scopes=SCOPES, by=operator)[1])
    return client


@pytest.mark.integration
@pytest.mark.usefixtures("lookers", "media")
@pytest.mark.django_db(transaction=True)
def test_no_hostile_request_breaks_the_dialect_or_changes_anybody(hostile: APIClient) -> None:
    ada = Person.objects.create(name="Ada")
    faults, asked = [], 0
    for call in calls():
        asked += 1
        answer = hostile.generic(call.method, call.path, call.data, content_type=call.kind)
        if fault := wrong_with(answer):
            faults.append((fault, call.method, call.path[:100], call.kind[:60], call.data[:80]))
    assert not faults, faults[:20]
    assert asked > 1_000
    assert not Photo.objects.exists()
    assert set(Person.objects.exclude(pk=ada.pk).values_list("name", flat=True)) <= SOUND_NAMES


def wrong_with(answer: Any) -> str:
    """Empty for what CompreFace could answer: its refusals in its words, and never a fault."""
    if answer.status_code >= 500:
        return str(answer.status_code)
    if answer.status_code < 400 or answer.headers["Content-Type"] == "application/octet-stream":
        return ""
    if answer.headers["Content-Type"] != "application/json":
        return answer.headers["Content-Type"]
    told = answer.json()
    return "" if set(told) == {"message", "code"} and len(told["message"]) <= 500 else str(told)[:200]
