"""The organisation's own fields of a person: an object, small and shallow, over the API and in the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from people.editing.merging import merge_people
from people.records.metadata import fits
from people.records.person import Person
from tests.api import client_of

URL = "/api/v1/people/"
pytestmark = pytest.mark.django_db
GOOD: dict[str, Any] = {"badge": 17, "site": "Łódź", "from": None, "tags": ["a", {"b": 1.5}], "on": True}
BAD: list[Any] = [
    None,
    [],
    "text",
    7,
    {str(n): n for n in range(21)},
    {"": 1},
    {"x" * 51: 1},
    {"a\nb": 1},
    {"a": "x" * 4096},
    {"a": [[["b"]]]},
    {"a": {"b": {"c": {}}}},
    {"a": "b\0c"},
    {"a": {"\0": 1}},
    {"a": float("1e999")},
]


@pytest.fixture
def client(operator: User) -> APIClient:
    return client_of(operator)


def test_metadata_is_written_shown_replaced_and_otherwise_left_alone(client: APIClient) -> None:
    made = client.post(URL, {"name": "Ada", "metadata": GOOD}, format="json")
    assert (made.status_code, made.json()["metadata"]) == (201, GOOD)
    url = f"{URL}{made.json()['id']}/"
    for method in (client.put, client.patch):
        assert method(url, {"name": "Ada King"}, format="json").json()["metadata"] == GOOD
    changed = client.patch(url, {"metadata": {"badge": "18"}}, format="json")
    assert changed.json()["metadata"] == client.get(url).json()["metadata"] == {"badge": "18"}
    assert changed.headers["ETag"] != made.headers["ETag"]
    assert client.get(URL).json()["results"][0]["metadata"] == {"badge": "18"}


@pytest.mark.parametrize("metadata", BAD, ids=lambda value: repr(value)[:40])
def test_what_is_no_small_object_is_refused(client: APIClient, metadata: Any) -> None:
    body = {"name": "Ada", "metadata": metadata}
    if metadata == {"a": float("inf")}:
        answer = client.generic(
            "POST", URL, '{"name": "Ada", "metadata": {"a": 1e999}}', content_type="application/json"
        )
    else:
        answer = client.post(URL, body, format="json")
    assert (answer.status_code, answer.json()["error"]["details"][0]["field"]) == (400, "metadata")
    assert not Person.objects.exists()


def test_half_characters_are_refused(client: APIClient) -> None:
    for text in (r'{"a": "\ud800"}', r'{"\ud800": 1}'):
        body = f'{{"name": "Ada", "metadata": {text}}}'
        assert client.generic("POST", URL, body, content_type="application/json").status_code == 400


@pytest.mark.parametrize("value", [[], "x", None])
def test_the_database_takes_no_other_kind(value: Any, ada: Person) -> None:
    with pytest.raises(IntegrityError, match=r"person_metadata_is_an_object|null value"):
        Person.objects.filter(pk=ada.pk).update(metadata=value)


def test_the_admin_shows_it_readably_and_says_what_is_wrong(operator_client: Client, ada: Person) -> None:
    url = reverse("admin:people_person_change", args=[ada.pk])
    operator_client.post(url, {"name": "Ada", "metadata": '{"badge": 17, "site": "Łódź"}'})
    ada.refresh_from_db()
    assert ada.metadata == {"badge": 17, "site": "Łódź"}
    shown = operator_client.get(url).context["adminform"].form["metadata"].value()
    assert shown == "badge: 17\nsite: Łódź"
    for text in ("{", "[]", "7", "a: [[[1]]]"):
        answer = operator_client.post(url, {"name": "Ada", "metadata": text})
        assert answer.context["adminform"].form.errors.keys() == {"metadata"}, text
    operator_client.post(url, {"name": "Ada", "metadata": ""})
    ada.refresh_from_db()
    assert ada.metadata == {}


def test_of_two_merged_people_the_kept_ones_values_stay_and_what_fits_is_added(ada: Person, grace: Person) -> None:
    Person.objects.filter(pk=ada.pk).update(metadata={"badge": 1, **{f"a{n}": n for n in range(18)}})
    Person.objects.filter(pk=grace.pk).update(metadata={"badge": 2, "site": "x", "too": "many"})
    kept = merge_people(keep=ada, merge=grace, by=None)
    assert kept.metadata["badge"] == 1 and len(kept.metadata) == 20 and fits(kept.metadata)
    assert len({"site", "too"} & kept.metadata.keys()) == 1
