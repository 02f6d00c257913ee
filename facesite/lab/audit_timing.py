"""Measures the audit: what an entry costs a request, how fast the chain grows and is walked, how quick pages are."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from facesite.lab.audit_share import AuditShare, shares
from facesite.lab.processes import cpu_with_database_ms
from people.audit.acting import Actor
from people.audit.chaining import chain_all
from people.audit.entry import AuditEntry
from people.audit.keeping import KeptEntries
from people.audit.storing import NewEntry, store
from people.audit.verifying import verify
from people.audit.words import Action
from people.records.person import Person

PEOPLE, USERS, CAMERAS = 10_000, 50, 200
DAYS = 730
STORED = 5_000
REPEATED = 10
AT_ONCE = 100_000
# A few users and people are looked at often, and most rarely: ids by the square of a random number. Times are spread
# over two years, as the chain grew.
FILL = """
INSERT INTO people_pendingentry (at, "user", who, address, action, kind, about, detail, request_id)
SELECT clock_timestamp() - make_interval(secs => %(days)s * 86400.0 * (1 - (%(first)s + n) / %(all)s::float)),
       u, 'user ' || u, '192.0.2.' || u,
       (ARRAY['looked', 'listed', 'saw_pictures', 'saw_pictures', 'searched', 'exported', 'watched', 'changed'])
           [1 + (random() * 7)::int],
       (ARRAY['person', 'sighting', 'photo', 'camera'])[1 + (random() * 3)::int],
       ARRAY['person:' || ids.id, 'sighting:' || gen_random_uuid(), 'camera:' || (1 + (random() * %(cameras)s)::int)],
       CASE WHEN random() < 0.5 THEN '{"asked": "verdict=match&camera=hall"}'::jsonb END, md5(n::text)
FROM (SELECT n, 1 + (power(random(), 2) * %(users)s)::int u, 1 + (power(random(), 2) * (%(people)s - 1))::int p
      FROM generate_series(1, %(number)s) n) made
JOIN (SELECT id, row_number() OVER (ORDER BY id) p FROM people_person) ids USING (p)
"""


@dataclass(frozen=True, slots=True)
class AuditTiming:
    entries: int
    kept_us: float
    """What a request waits for its entry: microseconds."""
    stored_ms: float
    """Processor time of storing and chaining one entry, of process and database, off the path of the request."""
    chained_a_second: float
    walked_a_second: float
    walked_core_s: float
    """Processor time of walking a million entries, seconds."""
    fault: str
    pages_ms: dict[str, tuple[float, float]]
    """The median of the whole page, and its processor time with the database's, by what was asked for."""
    requests: dict[str, AuditShare]
    """How much slower requests are with the audit, by what was asked for."""


def measured(entries: int, pairs: int) -> AuditTiming:
    """Fills an empty, migrated database with `entries` and measures."""
    kept_us, stored_ms = _one_entry()
    began = time.monotonic()
    _fill(entries)
    chained = entries / (time.monotonic() - began)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE people_auditentry")
    before = cpu_with_database_ms()
    walked = verify()
    walked_s = (cpu_with_database_ms() - before) / 1000
    return AuditTiming(
        entries=walked.entries,
        kept_us=round(kept_us, 1),
        stored_ms=round(stored_ms, 3),
        chained_a_second=round(chained),
        walked_a_second=round(walked.entries / walked.seconds),
        walked_core_s=round(walked_s / walked.entries * 1e6, 1),
        fault=walked.fault,
        pages_ms={name: _page_ms(query) for name, query in _queries()},
        requests=shares(_auditor(), pairs),
    )


def _one_entry() -> tuple[float, float]:
    actor = Actor("user 7", 7, address="192.0.2.7", request_id="0" * 32)
    kept, made = KeptEntries(), []
    began = time.perf_counter()
    for number in range(STORED):
        made.append(NewEntry(actor, Action.LOOKED, "person", (f"person:{number}",), {"asked": "x"}))
        kept.keep(made[-1])
    kept_us = (time.perf_counter() - began) / STORED * 1e6
    before = cpu_with_database_ms()
    for first in range(0, STORED, 20):
        store(made[first : first + 20])
        chain_all()
    return kept_us, (cpu_with_database_ms() - before) / STORED


def _fill(entries: int) -> None:
    Person.objects.bulk_create(Person(name=f"Person {number}") for number in range(PEOPLE))
    chain_all()
    for first in range(0, entries, AT_ONCE):
        said = {"days": DAYS, "first": first, "all": entries, "number": min(AT_ONCE, entries - first)}
        with connection.cursor() as cursor:
            cursor.execute(FILL, {**said, "users": USERS, "people": PEOPLE, "cameras": CAMERAS})
        chain_all()


def _queries() -> Iterator[tuple[str, dict[str, str]]]:
    day = str(timezone.localdate() - timedelta(days=3))
    rare, common = (Person.objects.order_by(order)[0] for order in ("-id", "id"))
    middle = AuditEntry.objects.order_by("number")[AuditEntry.objects.count() // 2].number
    yield "newest", {}
    yield "in the middle", {"before": str(middle)}
    yield "a person looked at often", {"person": str(common.pk)}
    yield "a person looked at rarely", {"person": str(rare.pk)}
    yield "a camera", {"about": "camera:7"}
    yield "a user", {"who": "user 7"}
    yield "searches of a user", {"who": "user 7", "action": "searched"}
    yield "nobody of this name", {"who": "nobody"}
    yield "copies", {"action": "exported"}
    yield "a day", {"since": day, "until": day}
    yield "a person on a day", {"person": str(common.pk), "since": day, "until": day}


def _page_ms(query: dict[str, str]) -> tuple[float, float]:
    client = Client(headers={"host": "localhost"})
    client.force_login(_auditor())
    client.get("/audit/", query)
    before = cpu_with_database_ms()
    times = [_timed(lambda: client.get("/audit/", query)) for _ in range(REPEATED)]
    return round(median(times), 1), round((cpu_with_database_ms() - before) / REPEATED, 1)


def _auditor() -> User:
    return User.objects.filter(username="auditor").first() or User.objects.create_superuser("auditor")


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
