"""Names of subjects that lead elsewhere in an address: no call for one of them is a call for everybody."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from people.records.person import Person
from people.records.photo import Photo

pytestmark = pytest.mark.django_db
SUBJECTS = "/api/v1/recognition/subjects"
FACES = "/api/v1/recognition/faces"
NO_NAMES = [".", "..", "/", "a/", "/a", "a//b", "a/./b", "a/../b", "../b", " . "]


@pytest.fixture
def everybody() -> list[Person]:
    people = [Person.objects.create(name=name) for name in ("Ada", "Grace")]
    for person in people:
        Photo.objects.create(person=person, sha256=person.name, state="enrolled", image="photos/none")
    return people


def nobody_is_gone() -> bool:
    return Person.objects.count() == 2 and Photo.objects.count() == 2


@pytest.mark.parametrize(
    "address", [f"{SUBJECTS}/", f"{SUBJECTS}/?x=1", f"{FACES}/", f"{FACES}?subject=", f"{FACES}/?subject="]
)
def test_an_empty_name_deletes_nobody(client: APIClient, everybody: list[Person], address: str) -> None:
    answer = client.delete(address)
    assert (answer.status_code, answer.json()["code"]) == (400, 26)
    assert nobody_is_gone()


@pytest.mark.parametrize("name", NO_NAMES)
def test_a_name_that_an_address_would_lose_is_no_subject(client: APIClient, everybody: list[Person], name: str) -> None:
    picture = {"file": SimpleUploadedFile("a.jpg", b"x")}
    for answer in (
        client.post(SUBJECTS, {"subject": name}, format="json"),
        client.put(f"{SUBJECTS}/Ada", {"subject": name}, format="json"),
        client.post(f"{FACES}?subject={name}", picture),
        client.delete(f"{FACES}?subject={name}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, 26)
    assert nobody_is_gone() and not Person.objects.filter(name=name).exists()


@pytest.mark.parametrize("name", ["%2E", "%2E%2E", "a%2F..", "a%2F%2Fb"])
def test_an_address_with_such_a_name_deletes_nobody(client: APIClient, everybody: list[Person], name: str) -> None:
    assert client.delete(f"{SUBJECTS}/{name}").status_code == 400
    assert nobody_is_gone()


def test_a_name_with_a_slash_works_to_the_end(client: APIClient, everybody: list[Person]) -> None:
    assert client.post(SUBJECTS, {"subject": "A/B"}, format="json").status_code == 201
    assert client.put(f"{SUBJECTS}/A%2FB", {"subject": "A/C"}, format="json").json() == {"updated": True}
    assert client.get(SUBJECTS).json()["subjects"] == ["A/C", "Ada", "Grace"]
    assert client.delete(f"{SUBJECTS}/A%2FC").json() == {"subject": "A/C"}
    assert nobody_is_gone()


def test_compreface_s_own_call_still_deletes_everybody(client: APIClient, everybody: list[Person]) -> None:
    assert client.delete(SUBJECTS).json() == {"deleted": 2}
    assert not Person.objects.exists()


@pytest.mark.parametrize("name", ["\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "山田\u3000太郎"])
def test_a_name_with_a_joiner_or_a_wide_space_works_to_the_end(
    client: APIClient, everybody: list[Person], name: str
) -> None:
    assert client.post(SUBJECTS, {"subject": name}, format="json").json() == {"subject": name}
    assert name in client.get(SUBJECTS).json()["subjects"]
    assert client.delete(f"{SUBJECTS}/{name}").json() == {"subject": name}
    assert nobody_is_gone()
