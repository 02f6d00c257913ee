"""Measures by how much requests are slower with the audit: each is asked with it and without it, in turn."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.test.utils import override_settings

from people.records.person import Person

MIDDLEWARE = "facesite.web.audited.with_audit"
PAIRS = 60
"""Pairs of requests for each address, unless others are asked for; a machine that is busy now and then slows both of a
pair."""


@dataclass(frozen=True, slots=True)
class AuditShare:
    """One address, in milliseconds by the clock: medians, without the audit and with it."""

    without_ms: float
    with_ms: float
    slower: float
    """The median of what a pair differed by, as a share of `without_ms`: 0.03 is three in a hundred."""


def shares(user: User, pairs: int) -> dict[str, AuditShare]:
    """Asks as `user` for what is written down most often. Needs people in the database."""
    client, bare = Client(headers={"host": "localhost"}), Client(headers={"host": "localhost"})
    for each in (client, bare):
        each.force_login(user)
    addresses = dict(_addresses())
    without = [name for name in settings.MIDDLEWARE if name != MIDDLEWARE]
    assert len(without) == len(settings.MIDDLEWARE) - 1
    with override_settings(MIDDLEWARE=without):  # a client reads them with its first request
        bare.get(next(iter(addresses.values())))
    return {name: _share(address, bare, client, pairs) for name, address in addresses.items()}


def _addresses() -> Iterator[tuple[str, str]]:
    person = Person.objects.order_by("id")[0].pk
    yield "people, over the API", "/api/v1/people/"
    yield "one person, over the API", f"/api/v1/people/{person}/"
    yield "the page of a person", f"/people/{person}/"
    yield "the page of sightings", "/sightings/"


def _share(address: str, bare: Client, client: Client, pairs: int) -> AuditShare:
    timed: list[Sequence[float]] = []
    for number in range(pairs + 5):
        order = (bare, client) if number % 2 else (client, bare)
        took = {each: _asked_ms(each, address) for each in order}
        if number >= 5:  # the first ones fill caches
            timed.append((took[bare], took[client]))
    without, more = median(pair[0] for pair in timed), median(pair[1] - pair[0] for pair in timed)
    return AuditShare(round(without, 2), round(median(pair[1] for pair in timed), 2), round(more / without, 4))


def _asked_ms(client: Any, address: str) -> float:
    began = time.perf_counter()
    answer = client.get(address)
    took = (time.perf_counter() - began) * 1000
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    return took
