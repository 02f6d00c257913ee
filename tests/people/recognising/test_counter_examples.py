"""A picture of a face that was said not to be somebody: no call names it so, over the API and CompreFace's dialect."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from people.enrolling.enrol_now import enrol_now
from people.gallery import counter_examples
from people.recognising.uploaded import look
from people.recognition.types import FARTHEST
from people.records.person import Person
from people.records.photo import Photo
from tests.api import client_of

pytestmark = [
    pytest.mark.integration,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("lookers", "media"),
]
DIALECT = "/api/v1/recognition"
Upload = Callable[[str], Any]


@pytest.fixture
def as_operator(operator: User) -> APIClient:
    return client_of(operator)


@pytest.fixture
def upload(portraits: Path) -> Upload:
    return lambda name: SimpleUploadedFile(name, (portraits / name).read_bytes())


@pytest.fixture
def barack(portraits: Path, media: Path, db: None) -> Photo:
    """The photo of a person whose face in obama2.jpg somebody has said is not them."""
    person = Person.objects.create(name="Barack")
    return enrol_now(who=lambda: person, data=(portraits / "obama.jpg").read_bytes(), name="", by=None).photo


@pytest.fixture
def reject(portraits: Path, barack: Photo) -> Callable[[], None]:
    probes, engine = look((portraits / "obama2.jpg").read_bytes())

    def said() -> None:
        counter_examples.add(
            person=barack.person, engine=engine, vector=probes.found[0].vector, sighting_id=uuid4(), who="Ann"
        )

    return said


def test_it_is_unknown_and_the_person_is_no_candidate(
    as_operator: APIClient, upload: Upload, barack: Photo, reject: Callable[[], None]
) -> None:
    reject()
    answer = as_operator.post("/api/v1/recognise/", {"image": upload("obama2.jpg"), "candidates": 5}).json()
    assert [(face["verdict"], face["person"], face["candidates"]) for face in answer["faces"]] == [
        ("unknown", None, [])
    ]
    answer = as_operator.post("/api/v1/recognise/", {"image": upload("obama.jpg")}).json()
    assert [face["verdict"] for face in answer["faces"]] == ["match"]


def test_it_does_not_pass_for_the_person_where_the_two_are_compared(
    as_operator: APIClient, upload: Upload, barack: Photo, reject: Callable[[], None]
) -> None:
    asked = {"person": str(barack.person_id)}
    verdicts = [as_operator.post("/api/v1/verify/", {"image": upload("obama2.jpg"), **asked}).json()["verdict"]]
    reject()
    answer = as_operator.post("/api/v1/verify/", {"image": upload("obama2.jpg"), **asked}).json()
    assert [*verdicts, answer["verdict"], answer["distance"]] == ["match", "unknown", FARTHEST]
    assert as_operator.post("/api/v1/verify/", {"image": upload("obama.jpg"), **asked}).json()["verdict"] == "match"


@pytest.mark.parametrize("scopes", [list(Scope), ["recognise"]], ids=["exact", "rounded"])
def test_the_dialect_says_the_same(
    operator: User, upload: Upload, barack: Photo, reject: Callable[[], None], scopes: list[str]
) -> None:
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=make_key(name="door", scopes=scopes, by=operator)[1])

    def similarities() -> list[float]:
        named = client.post(f"{DIALECT}/recognize", {"file": upload("obama2.jpg")}).json()["result"][0]["subjects"]
        verified = client.post(f"{DIALECT}/faces/{barack.pk}/verify", {"file": upload("obama2.jpg")}).json()["result"]
        return [named[0]["similarity"] if named else 0.0, verified[0]["similarity"]]

    assert min(similarities()) > 0.9
    reject()
    assert max(similarities()) < 0.1


def test_embeddings_that_a_client_keeps_are_compared_alike(
    operator: User, portraits: Path, barack: Photo, reject: Callable[[], None]
) -> None:
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=make_key(name="door", scopes=list(Scope), by=operator)[1])
    vector = look((portraits / "obama2.jpg").read_bytes())[0].found[0].vector
    assert vector is not None
    reject()
    sent = {"embeddings": [vector.tolist()]}
    named = client.post(f"{DIALECT}/embeddings/recognize", sent, format="json").json()["result"][0]
    verified = client.post(f"{DIALECT}/embeddings/faces/{barack.pk}/verify", sent, format="json").json()["result"][0]
    assert (named["similarities"], verified["similarity"] < 0.1) == ([], True)
