"""Idempotency-Key: whoever asks again, because the answer was lost, creates nothing twice."""

from __future__ import annotations

import threading
import zipfile
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.db.models.functions import Now
from rest_framework.test import APIClient

from people.accounts.making_keys import make_key
from people.base.kept_answers import KeptAnswer
from people.editing import person_services
from people.imports.jobs import ImportJob
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.photo import Photo
from people.records.watchlist import Watchlist
from tests.api import client_of

PEOPLE, PHOTOS, WATCHLISTS, CAMERAS = (f"/api/v1/{name}/" for name in ("people", "photos", "watchlists", "cameras"))
IMPORTS = "/api/v1/imports/"
REPLAYED = "Idempotency-Replayed"


def ask(client: APIClient, body: Any, key: str = "k", url: str = PEOPLE, kind: str = "json") -> Any:
    return client.post(url, body, format=kind, headers={"Idempotency-Key": key})


@pytest.mark.parametrize(
    ("url", "body"),
    [
        (PEOPLE, {"name": "Ada", "external_id": "A-1"}),
        (WATCHLISTS, {"name": "Guests"}),
        (CAMERAS, {"name": "Yard", "slug": "yard", "source": "rtsp://user:secret@yard.example/1", "enabled": False}),
    ],
)
def test_asked_again_it_is_the_same_answer_and_nothing_is_made_twice(
    as_operator: APIClient, url: str, body: dict[str, Any]
) -> None:
    first, second = (ask(as_operator, body, url=url) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.content == second.content and first.headers["ETag"] == second.headers["ETag"]
    assert REPLAYED not in first.headers and second.headers[REPLAYED] == "true"
    assert as_operator.get(url).json()["count"] == 1
    assert LogEntry.objects.count() == 1


def test_photos_are_known_by_their_content_and_not_kept(
    as_operator: APIClient, ada: Person, portrait: bytes, media: Path
) -> None:
    def upload(data: bytes, name: str = "a.png") -> Any:
        body = {
            "person": str(ada.pk),
            "images": [SimpleUploadedFile(name, data), SimpleUploadedFile("b", b"no picture")],
        }
        return ask(as_operator, body, url=PHOTOS, kind="multipart")

    first, second = upload(portrait), upload(portrait)
    assert (first.status_code, second.status_code, second.headers[REPLAYED]) == (201, 201, "true")
    assert first.json() == second.json() and len(first.json()["refused"]) == 1
    assert (media / Photo.objects.get().image.name).read_bytes()[:8] == portrait[:8]
    kept = KeptAnswer.objects.get()
    assert len(kept.body) < 3000
    for other in (upload(portrait + b"x"), upload(portrait, "c.png")):
        assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_key_reused")
    assert Photo.objects.count() == 1


def test_an_import_is_begun_once(as_operator: APIClient, media: Path) -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("Ada/1.jpg", b"no picture")
    first, second = (
        ask(as_operator, {"file": SimpleUploadedFile("a.zip", file.getvalue())}, url=IMPORTS, kind="multipart")
        for _ in range(2)
    )
    assert (first.status_code, second.headers[REPLAYED]) == (202, "true")
    assert first.headers["Location"] == second.headers["Location"] and first.content == second.content
    assert ImportJob.objects.count() == 1


def test_a_key_used_for_other_data_is_refused(as_operator: APIClient) -> None:
    ask(as_operator, {"name": "Ada", "notes": "x"})
    assert ask(as_operator, {"notes": "x", "name": "Ada"}).headers[REPLAYED] == "true"  # the same object
    for body, url in (({"name": "Grace"}, PEOPLE), ({"name": "Ada", "notes": "x"}, f"{PEOPLE}?format=json")):
        answer = ask(as_operator, body, url=url)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "idempotency_key_reused")
    assert Person.objects.count() == 1


def test_a_key_belongs_to_its_caller_and_its_address(as_operator: APIClient, operator: User) -> None:
    other = User.objects.create_superuser("other")
    keyed = APIClient()
    keyed.credentials(HTTP_X_API_KEY=make_key(name="Payroll", scopes=["write_people"], by=operator)[1])
    for client in (as_operator, client_of(other), keyed):
        assert REPLAYED not in ask(client, {"name": "Ada", "same_name": True}).headers
    assert REPLAYED not in ask(as_operator, {"name": "Ada"}, url=WATCHLISTS).headers
    assert Person.objects.count() == 3 and Watchlist.objects.count() == 1


def test_who_may_not_create_any_more_is_not_answered_from_what_was_kept(operator: User) -> None:
    client = client_of(operator)
    ask(client, {"name": "Ada"})
    operator.is_superuser = False
    operator.save()
    answer = ask(client, {"name": "Ada"})
    assert answer.status_code == 403 and "Ada" not in answer.content.decode()


@pytest.mark.parametrize("how", ["deleted", "beyond the limits"])
def test_nothing_is_told_any_more_of_whom_the_caller_could_not_read(
    as_operator: APIClient, operator: User, how: str, media: Path, portrait: bytes
) -> None:
    key, text = make_key(name="Payroll", scopes=["write_people"], by=operator)
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=text)
    person = ask(client, {"name": "Ada"}).json()["id"]

    def photo() -> Any:
        body = {"person": person, "images": [SimpleUploadedFile("a.png", portrait)]}
        return ask(client, body, url=PHOTOS, kind="multipart")

    photo()
    assert photo().headers[REPLAYED] == "true"
    if how == "deleted":
        Person.objects.all().delete()
    else:
        PersonLimit.objects.create(group=PersonGroup.objects.create(name="Staff"), key=key)
    for answer in (ask(client, {"name": "Ada"}), photo()):
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_there_any_more")
        assert person not in answer.content.decode()
    assert Person.objects.count() == (how != "deleted")


def test_a_refusal_is_not_kept_so_that_the_request_can_be_repaired(as_operator: APIClient) -> None:
    assert ask(as_operator, {"name": ""}).status_code == 400
    assert ask(as_operator, {"name": "Ada"}).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\tb", "a\x7fb"])
def test_a_key_that_cannot_be_one_is_refused(as_operator: APIClient, key: str) -> None:
    answer = ask(as_operator, {"name": "Ada"}, key=key)
    assert (answer.status_code, answer.json()["error"]["details"][0]["field"]) == (400, "Idempotency-Key")
    assert not Person.objects.exists()


def test_without_a_key_everything_is_as_it_was(as_operator: APIClient) -> None:
    for _ in range(2):
        as_operator.post(PEOPLE, {"name": "Ada", "same_name": True}, format="json")
    assert Person.objects.count() == 2 and not KeptAnswer.objects.exists()


def test_what_is_kept_has_neither_password_nor_more_than_was_shown(as_operator: APIClient) -> None:
    body = {"name": "Yard", "slug": "yard", "source": "0", "password": "hunter2", "username": "ann"}
    answer = ask(as_operator, {**body, "source": "rtsp://yard.example/1"}, url=CAMERAS)
    kept = KeptAnswer.objects.get()
    assert kept.body.encode() == answer.content and "hunter2" not in kept.body


def test_after_a_day_a_key_is_a_new_one_and_tidy_forgets_the_old(as_operator: APIClient, media: Path) -> None:
    ask(as_operator, {"name": "Ada"}, key="a")
    ask(as_operator, {"name": "Bob"}, key="b")
    KeptAnswer.objects.update(made_at=Now() - timedelta(hours=24, seconds=1))
    assert ask(as_operator, {"name": "Grace"}, key="a").status_code == 201
    said = StringIO()
    call_command("tidy", stdout=said)
    assert "1 kept answers forgotten." in said.getvalue()
    assert KeptAnswer.objects.get().key == "a" and "Grace" in KeptAnswer.objects.get().body


@pytest.mark.django_db(transaction=True)
def test_whoever_fails_between_creating_and_keeping_leaves_neither(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(operator)
    client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("people.rest.idempotent.MOST_BYTES", 10)
        assert ask(client, {"name": "Ada"}).status_code == 500
    assert not Person.objects.exists() and not KeptAnswer.objects.exists() and not LogEntry.objects.exists()
    assert ask(client, {"name": "Ada"}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_the_same_request_while_the_first_is_in_progress_is_told_to_come_back(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    creating, go_on = threading.Event(), threading.Event()
    really = person_services.save_person

    def slowly(**named: Any) -> Person:
        creating.set()
        assert go_on.wait(timeout=20)
        return really(**named)

    monkeypatch.setattr("people.api.serializers.save_person", slowly)
    answers: list[Any] = []

    def first() -> None:
        try:
            answers.append(ask(client_of(operator), {"name": "Ada"}))
        finally:
            connection.close()

    client = client_of(operator)
    thread = threading.Thread(target=first)
    thread.start()
    assert creating.wait(timeout=20)
    early = ask(client, {"name": "Ada"})
    assert (early.status_code, early.json()["error"]["code"]) == (409, "in_progress")
    assert early.headers["Retry-After"] == "1"
    go_on.set()
    thread.join(timeout=20)
    late = ask(client, {"name": "Ada"})
    assert late.content == answers[0].content and late.headers[REPLAYED] == "true"
    assert Person.objects.count() == 1


def test_a_repeat_takes_fewer_queries_than_the_creation(
    as_operator: APIClient, django_assert_max_num_queries: Any
) -> None:
    ask(as_operator, {"name": "Ada"})
    with django_assert_max_num_queries(8):
        assert ask(as_operator, {"name": "Ada"}).headers[REPLAYED] == "true"
