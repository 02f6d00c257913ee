"""Measures what rules cost a worker: the same changes of sightings, recorded without any rule and with many."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from facesite.lab.processes import cpu_with_database_ms
from people.recognition.types import Thresholds, Verdict
from people.records.person import Person
from people.records.watchlist import Watchlist
from streams.alerting.absences import look_for_absences
from streams.alerting.rule_book import LOOK_EVERY_S, RuleBook
from streams.alerting.telling import tell
from streams.pipeline.messages import SightingChange
from streams.records.alert import Alert
from streams.records.camera import Camera
from streams.records.rule import Rule
from streams.running.recording import Recorded, record_sighting

PEOPLE = 2_000
PER_CAMERA_S = 1.0
"""Changes a second of one camera with two people before it: each is told every 2 s while it goes on."""
CHANGES_EACH = 8
"""Changes of one sighting, which is 16 s before its camera."""
SWEEP_S = 5.0
REPEATED = 20
NOT_NOW = "Mon-Sun 00:00-24:00"
"""Outside of these hours is never: as rules for the night are by day."""
KINDS = (
    "person", "watchlist", "unknown", "enrolled", "to_review",
    "person", "watchlist", "camera_down", "nobody_came", "unknown",
)  # fmt: skip

SeenChange = tuple[int, SightingChange]
"""A change of a sighting, and its camera's id."""


@dataclass(frozen=True, slots=True)
class RuleTiming:
    """Processor time, of the worker and its database together."""

    cameras: int
    rules: int
    changes: int
    bare_ms: float
    """For one change of a sighting without rules."""
    ruled_ms: float
    """For one with all rules, alerts included."""
    reading_ms: float
    """For reading all rules, which is done every LOOK_EVERY_S."""
    looking_ms: float
    """For one look for what does not happen, every SWEEP_S."""
    alerts: int
    core: float
    """Share of one core that rules cost at this rate."""


def measured(cameras: int, rules: int, changes: int) -> RuleTiming:
    """Fills an empty, migrated database and measures."""
    places, people = _fill(cameras)
    _make_rules(places, people, rules)
    reading_ms = _mean_ms(lambda: RuleBook().rules())
    book = RuleBook()
    book.rules()
    bare_ms, ruled_ms = _recorded(_changes(places, people, changes), _changes(places, people, changes), book)
    looking_ms = _mean_ms(look_for_absences)
    rate = cameras * PER_CAMERA_S
    busy_ms = rate * max(0.0, ruled_ms - bare_ms) + reading_ms / LOOK_EVERY_S + looking_ms / SWEEP_S
    return RuleTiming(
        cameras=cameras,
        rules=rules,
        changes=changes,
        bare_ms=round(bare_ms, 3),
        ruled_ms=round(ruled_ms, 3),
        reading_ms=round(reading_ms, 2),
        looking_ms=round(looking_ms, 2),
        alerts=Alert.objects.count(),
        core=round(busy_ms / 1000, 4),
    )


def _fill(cameras: int) -> tuple[list[Camera], list[Person]]:
    names = [f"Camera {number}" for number in range(cameras)]
    places = [Camera.objects.create(name=name, slug=name.lower().replace(" ", "-"), source="0") for name in names]
    people = Person.objects.bulk_create([Person(name=f"Person {number}") for number in range(PEOPLE)])
    return places, people


def _make_rules(places: Sequence[Camera], people: Sequence[Person], number: int) -> None:
    """Rules of all kinds, half of them at four cameras; about anybody only by night, and it is day."""
    lists = [Watchlist.objects.create(name=f"List {each}") for each in range(10)]
    for each, row in enumerate(lists):
        row.people.set(people[each * 10 : each * 10 + 20])
    for each in range(number):
        kind = KINDS[each % len(KINDS)]
        rule = Rule.objects.create(
            name=f"Rule {each}",
            kind=kind,
            person=people[each] if kind in ("person", "nobody_came") else None,
            watchlist=lists[each % len(lists)] if kind == "watchlist" else None,
            everywhere=each % 2 == 0,
            hours=NOT_NOW if kind in ("unknown", "enrolled", "nobody_came") else "",
            outside_hours=kind in ("unknown", "enrolled"),
        )
        if not rule.everywhere:
            rule.cameras.set([places[(each + step) % len(places)] for step in range(4)])


def _changes(places: Sequence[Camera], people: Sequence[Person], number: int) -> list[SeenChange]:
    """Sightings of known and unknown people in turn, each told several times, spread over the cameras."""
    changes = []
    for each in range(number // CHANGES_EACH):
        sighting, person = uuid4(), people[each % len(people)] if each % 3 else None
        for _ in range(CHANGES_EACH):
            changes.append((places[each % len(places)].pk, _change(sighting, person)))
    return changes


def _change(sighting: UUID, person: Person | None) -> SightingChange:
    now = timezone.now()
    return SightingChange(
        id=sighting,
        captured_at=now,
        first_seen_at=now - timedelta(seconds=2),
        last_seen_at=now,
        ended=False,
        verdict=Verdict.MATCH if person else Verdict.UNKNOWN,
        person=str(person.pk) if person else None,
        distance=0.3,
        margin=0.4,
        thresholds=Thresholds(match=0.5, review=0.55),
        votes=5,
        encodings=5,
        gallery_version=1,
        detections=(),
    )


def _recorded(bare: Sequence[SeenChange], ruled: Sequence[SeenChange], book: RuleBook) -> tuple[float, float]:
    """Records changes without rules and others with those of `book`, a sighting of each in turn: so a machine that is
    busy now and then slows both alike. Returns the processor time of one change of each, in ms.
    """
    spent_ms = [0.0, 0.0]
    with asyncio.Runner() as loop:
        for first in range(0, len(bare), CHANGES_EACH):
            for number, (changes, its_book) in enumerate(((bare, RuleBook()), (ruled, book))):
                before = cpu_with_database_ms()
                for change in changes[first : first + CHANGES_EACH]:
                    _record(loop, change, its_book)
                if first:  # what is loaded only once is loaded by the first sighting
                    spent_ms[number] += cpu_with_database_ms() - before
    counted = len(bare) - CHANGES_EACH
    return spent_ms[0] / counted, spent_ms[1] / counted


def _record(loop: asyncio.Runner, seen: SeenChange, book: RuleBook) -> None:
    """As a worker does, but for the reading of rules, which is measured by itself."""
    camera, change = seen
    rules = book.unanswered(change)
    recorded = record_sighting(camera_id=camera, change=change, snapshots={}, rules=rules, lists=book.lists_of)
    if isinstance(recorded, Recorded) and rules:
        book.answer(change, recorded.raised.answered)
        loop.run(tell(recorded.raised.alerts, recorded.raised.deliveries))


def _mean_ms(work: Callable[[], object]) -> float:
    before = cpu_with_database_ms()
    for _ in range(REPEATED):
        work()
    return (cpu_with_database_ms() - before) / REPEATED
