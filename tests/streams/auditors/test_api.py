"""The audit over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from rest_framework.test import APIClient

from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from tests.people.audit.rows import entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(operator: User) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=make_key(name="siem", scopes=[Scope.READ_AUDIT], by=operator)[1])
    return client


def results(api: APIClient, **asked: Any) -> list[dict[str, Any]]:
    answer = api.get("/api/v1/audit/", asked)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def test_entries_are_listed_with_their_hashes(api: APIClient) -> None:
    made = entry(who="ann", about=["person:p1"], detail={"asked": "x"})
    shown = results(api)[0]
    assert (shown["number"], shown["who"], shown["about"]) == (made.number, "ann", ["person:p1"])
    assert (shown["detail"], shown["hash"]) == ({"asked": "x"}, bytes(made.hash).hex())
    assert api.get(f"/api/v1/audit/{made.number}/").json()["hash"] == shown["hash"]


def test_filters_narrow_the_list(api: APIClient) -> None:
    entry(who="ann", about=["sighting:s1"], kind="sighting")
    entry(who="bob")
    assert [row["who"] for row in results(api, about="sighting:s1")] == ["ann"]
    assert [row["who"] for row in results(api, who="bob")] == ["bob"]
    assert results(api, since=timezone.now().isoformat()) == []
    for wrong in ({"about": "nonsense"}, {"person": "x"}, {"since": "soon"}, {"other": "1"}, {"limit": "0"}):
        assert api.get("/api/v1/audit/", wrong).status_code == 400


def test_pages_follow_each_other(api: APIClient) -> None:
    made = [entry(who="ann").number for _ in range(5)]
    answer = api.get("/api/v1/audit/", {"who": "ann", "limit": 2}).json()
    seen = [row["number"] for row in answer["results"]]
    while answer["next"]:
        answer = api.get(answer["next"]).json()
        seen += [row["number"] for row in answer["results"]]
    assert seen == made[::-1]


def test_nothing_can_be_written(api: APIClient) -> None:
    number = entry().number
    for method in ("post", "put", "patch", "delete"):
        assert getattr(api, method)(f"/api/v1/audit/{number}/").status_code == 405


def test_the_list_goes_out_as_a_file(api: APIClient) -> None:
    entry(who="ann")
    answer = api.get("/api/v1/audit/csv/", {"who": "ann"})
    assert b"".join(answer).decode().count("ann") == 1
