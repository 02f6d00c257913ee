"""Attacks on the boundary: bodies, names, lookups, log lines."""

from __future__ import annotations

import json
import logging
from typing import Any

from django.db import transaction
from django.test import Client

from facesite.monitoring.logging import JsonFormatter, LineFormatter
from people.records.person import Person
from tests.attacks.attackers import Attacker
from tests.attacks.table import attack
from tests.attacks.world import World

SHORTENED = [
    "subjects/",
    "subjects/.",
    "subjects/..",
    "subjects/%2e",
    "subjects/%20",
    "faces/",
    "faces?subject=",
]
QUESTIONS = [
    "/admin/people/person/?name__regex=%5B",
    "/admin/people/person/?created_at__year=99999999999",
    "/admin/people/person/?q=%00",
    "/admin/people/person/?p=99999999999999999999",
    "/admin/autocomplete/?app_label=people&model_name=photo&field_name=person&term=%00",
    "/sightings/?before=0001-01-01T00:00:00%2B14:00",
    "/sightings/?camera=%00",
    "/sightings/attendance/?first=0000-00-00",
    "/api/v1/people/?metadata.a=%00",
    "/api/v1/people/?search=%00",
    "/api/v1/sightings/?before=9999-12-31T23:59:59-23:59",
    "/api/v1/sightings/?cursor=%00",
    "/media/detections/by-link/%00",
]


@attack("lookups", "No question in an address makes the site fail.")
def hostile_lookups(attacker: Attacker, world: World) -> None:
    doors = ((client, url) for client in (attacker.pages, attacker.api) for url in QUESTIONS)
    answered = {url: _status_of(client, url) for client, url in doors}
    assert not {url: status for url, status in answered.items() if status >= 500}


def _status_of(client: Client, url: str) -> int:
    with transaction.atomic():  # a question that the database refuses would end the transaction of the test
        status = client.get(url).status_code
        transaction.set_rollback(True)
    return int(status)


@attack("names", "No form of a name that a client may shorten deletes anybody.")
def one_call_for_everybody(attacker: Attacker, world: World) -> None:
    everybody = Person.objects.count()
    client = attacker.with_key()
    for form in SHORTENED:
        answer = client.delete(f"/api/v1/recognition/{form}")
        assert 400 <= answer.status_code < 500, (form, answer.status_code)
    assert Person.objects.count() == everybody


@attack("names", "Only who may delete everybody does so with one call, and only within their limits.")
def everybody_on_purpose(attacker: Attacker, world: World) -> None:
    answer = attacker.with_key().delete("/api/v1/recognition/subjects")
    left = set(Person.objects.values_list("name", flat=True))
    if attacker.name == "administrator":
        assert (answer.status_code, left) == (200, set())
    elif attacker.name == "limited administrator":
        assert (answer.status_code, left) == (200, {world.outside.name})
    else:
        assert 400 <= answer.status_code < 500
        assert left == {world.inside.name, world.outside.name}


@attack("logs", "Nobody adds a line to the log by what they ask for.")
def forged_log_lines(attacker: Attacker, world: World) -> None:
    lines = Lines()
    root = logging.getLogger()
    root.addHandler(lines)
    try:
        for client in (attacker.pages, attacker.api):
            for bent in ("%0d%0aCRITICAL forged", "%e2%80%a8CRITICAL forged", "%1b[2J", "%00"):
                client.get(f"/nowhere/{bent}")
                client.get(f"/api/v1/people/{bent}/")
    finally:
        root.removeHandler(lines)
    assert lines.written, "a refused address is logged"
    for line in lines.written:
        assert line.isprintable(), line


class Lines(logging.Handler):
    """Keeps what both formats make of each record."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.written: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        plain = LineFormatter("{levelname} {name}: {message}", style="{").format(record)
        self.written += [plain, JsonFormatter().format(record)]


@attack("parameters", "A threshold that is no probability is refused in words of the dialect.")
def impossible_thresholds(attacker: Attacker, world: World) -> None:
    client: Any = attacker.with_key()
    for wrong in ("2", "-1", "nan", "x"):
        url = f"/api/v1/recognition/faces?subject=Ada&det_prob_threshold={wrong}"
        answer = client.post(url, {"file": "aGVsbG8="}, format="json")
        assert 400 <= answer.status_code < 500, (wrong, answer.status_code)
        assert set(json.loads(answer.content)) == {"message", "code"}
