"""Wrong keys and tokens: whoever sends many of them has to wait, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from rest_framework.test import APIClient

from people.accounts.failed_logins import failed_login_figures
from people.accounts.making_keys import make_key, revoke_key
from people.accounts.rights import Scope

OWN, DIALECT = "/api/v1/people/", "/api/v1/recognition/subjects"
WRONG = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def three_a_minute(settings: Any, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FAILED_LOGINS_PER_ADDRESS = 3
    monkeypatch.setattr("people.base.call_counts.WINDOW_S", 10**9)  # no minute begins during a test
    cache.clear()


def client(address: str = "10.1.2.3") -> APIClient:
    return APIClient(REMOTE_ADDR=address)


@pytest.mark.parametrize("url, refused", [(OWN, 401), (DIALECT, 404)])
def test_the_fourth_wrong_key_of_a_minute_is_told_to_wait(url: str, refused: int) -> None:
    answers = [client().get(url, headers={"X-API-Key": WRONG}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [refused] * 3 + [429] * 2
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert client("10.1.2.4").get(url, headers={"X-API-Key": WRONG}).status_code == refused


def test_all_ways_in_are_counted_together(db: None) -> None:
    client().get(OWN, headers={"Authorization": "Token wrong"})
    client().get(OWN, headers={"Authorization": f"Key {WRONG}"})
    assert client().get(DIALECT, headers={"X-API-Key": "no uuid"}).status_code == 400
    for headers in ({"Authorization": "Token wrong"}, {"X-API-Key": WRONG}):
        assert client().get(OWN, headers=headers).status_code == 429


def test_a_right_key_is_not_shut_out_by_its_neighbours_wrong_ones(operator: User) -> None:
    key, text = make_key(name="door", scopes=[Scope.READ_PEOPLE], by=operator)
    for _ in range(5):
        client().get(OWN, headers={"X-API-Key": WRONG})
    assert client().get(OWN, headers={"X-API-Key": text}).status_code == 200
    revoke_key(key=key, by=operator)
    assert client().get(OWN, headers={"X-API-Key": text}).status_code == 429


def test_a_wrong_key_costs_one_query_and_no_write(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1) as queries:
        client().get(OWN, headers={"X-API-Key": WRONG})
    _, _, asked = queries.captured_queries[0]["sql"].rpartition("; ")  # behind its time limit, in the same message
    assert asked.startswith("SELECT")
    with django_assert_num_queries(0):
        client().get(OWN, headers={"X-API-Key": "no uuid"})


def test_they_are_counted_for_monitoring() -> None:
    def counted() -> dict[str, float]:
        return {sample.labels["answer"]: sample.value for sample in failed_login_figures()[0].samples}

    before = counted()
    for _ in range(5):
        client().get(OWN, headers={"X-API-Key": WRONG})
    assert {answer: number - before[answer] for answer, number in counted().items()} == {"refused": 3, "throttled": 2}


@pytest.mark.parametrize("url", [OWN, DIALECT])
def test_a_revoked_key_is_refused_at_the_next_request(operator: User, url: str) -> None:
    key, text = make_key(name="door", scopes=[Scope.READ_PEOPLE], by=operator)
    same = client()
    assert same.get(url, headers={"X-API-Key": text}).status_code == 200
    revoke_key(key=key, by=operator)
    assert same.get(url, headers={"X-API-Key": text}).status_code in (401, 404)
