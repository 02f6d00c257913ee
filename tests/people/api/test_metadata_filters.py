"""People are listed by what their organisation keeps with them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from tests.api import client_of, queries_of

URL = "/api/v1/people/"


@pytest.fixture(autouse=True)
def people(db: None) -> None:
    kept: dict[str, dict[str, Any]] = {
        "Ada": {"badge": 17, "dept": "R&D", "2026": "yes", "a.b": "dotted", "a__b": "x", "on site": True, "h": 1.5},
        "Grace": {"badge": "17", "dept": "Navy", "on site": False, "nested": {"badge": 17}, "list": ["17"]},
        "Mary": {"badge": 170, "dept": None, "quote": 'it\'s "so" = %s; --'},
        "Joan": {},
    }
    Person.objects.bulk_create(Person(name=name, metadata=metadata) for name, metadata in kept.items())


def names(client: APIClient, query: str) -> list[str]:
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 200, answer.content
    return [person["name"] for person in answer.json()["results"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("metadata.badge=17", ["Ada", "Grace"]),
        ("metadata.badge=17&metadata.dept=Navy", ["Grace"]),
        ("metadata.badge=17&metadata.dept=R%26D", ["Ada"]),
        ("metadata.badge=17&metadata.dept=Sales", []),
        ("metadata.badge=1", []),
        ("metadata.h=1.5", ["Ada"]),
        ("metadata.2026=yes", ["Ada"]),
        ("metadata.a.b=dotted", ["Ada"]),
        ("metadata.a__b=x", ["Ada"]),
        ("metadata.on%20site=true", ["Ada"]),
        ("metadata.on%20site=false", ["Grace"]),
        ("metadata.dept=null", []),
        ("metadata.list=17", []),
        ("metadata.nested.badge=17", []),
        ("metadata.nobodys=1", []),
        (f"metadata.quote={quote('it' + chr(39) + 's ' + chr(34) + 'so' + chr(34) + ' = %s; --')}", ["Mary"]),
        ("metadata.badge=17&search=gra", ["Grace"]),
        ("metadata.badge=17&limit=1", ["Ada"]),
    ],
)
def test_people_are_found_by_text_numbers_and_truth(as_viewer: APIClient, query: str, expected: list[str]) -> None:
    assert names(as_viewer, query) == expected


def test_pages_keep_what_was_asked_for(as_viewer: APIClient) -> None:
    first = as_viewer.get(f"{URL}?metadata.badge=17&limit=1").json()
    assert first["count"] == 2
    assert [person["name"] for person in as_viewer.get(first["next"]).json()["results"]] == ["Grace"]


@pytest.mark.parametrize(
    "query",
    [
        "metadata.=1",
        f"metadata.{'x' * 51}=1",
        "metadata.%00=1",
        "metadata.a%0Ab=1",
        "metadata.badge=",
        "metadata.badge=%00",
        "metadata.badge=1&metadata.badge=2",
        "&".join(f"metadata.k{number}=1" for number in range(21)),
        "metadata=1",
        "metadatabadge=1",
        "notes.x=1",
    ],
)
def test_what_cannot_be_asked_is_refused(as_viewer: APIClient, query: str) -> None:
    answer = as_viewer.get(f"{URL}?{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid")


def test_other_lists_have_no_metadata(as_viewer: APIClient) -> None:
    answer = as_viewer.get("/api/v1/photos/?metadata.badge=17")
    assert answer.status_code == 400 and "metadata" not in answer.json()["error"]["details"][0]["message"]


def test_a_misspelt_parameter_is_told_of_metadata(as_viewer: APIClient) -> None:
    assert "metadata.NAME" in as_viewer.get(f"{URL}?metadta.badge=17").json()["error"]["message"]


def test_it_finds_nobody_beyond_ones_limits(viewer: User) -> None:
    group = PersonGroup.objects.create(name="North")
    group.people.add(Person.objects.get(name="Ada"))
    PersonLimit.objects.create(group=group, user=viewer)
    assert names(client_of(viewer), "metadata.badge=17") == ["Ada"]


def test_it_asks_no_more_queries(as_viewer: APIClient) -> None:
    assert queries_of(as_viewer, f"{URL}?metadata.badge=17&metadata.dept=Navy") == queries_of(as_viewer, URL)


def test_the_browsable_page_may_send_it_empty(client: Client, operator: User) -> None:
    client.force_login(operator)
    answer = client.get(f"{URL}?metadata.badge=", headers={"Accept": "text/html"})
    assert answer.status_code == 200 and "Joan" in answer.content.decode()
