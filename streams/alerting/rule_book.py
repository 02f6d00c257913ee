"""The rules that a worker holds in memory, so that a sighting that none waits for costs no query."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch

from people.recognition.types import Verdict
from people.records.suspension import Suspension
from people.records.watchlist import Watchlist
from streams.alerting.matching import WatchedRule
from streams.alerting.schedule import Schedule
from streams.pipeline.messages import SightingChange
from streams.records.camera import Camera
from streams.records.groups import CameraGroup
from streams.records.hours import BadHours
from streams.records.rule import Rule, RuleQuerySet
from streams.records.states import Certainty, RuleKind, StoredVerdict

# 5 s: a rule that was changed holds so soon if every doorbell is lost.
LOOK_EVERY_S = 5.0
# 20,000: as many sightings as may wait for the database.
MOST_ASKED = 20_000
PLACES = (
    Prefetch("cameras", Camera.objects.only("pk")),
    Prefetch("camera_groups", CameraGroup.objects.only("pk")),
    Prefetch("camera_groups__cameras", Camera.objects.only("pk")),
)
"""What `cameras_of` reads of each rule. Whole cameras, with some forty columns, take ten times as long."""
NAMED = (RuleKind.PERSON, RuleKind.WATCHLIST, RuleKind.ENROLLED)


class RuleBook:
    """The rules in force, read again when they are old or a doorbell rang; and which sightings they have answered."""

    def __init__(self) -> None:
        self._rules: tuple[WatchedRule, ...] = ()
        self._read_s = float("-inf")
        self._answered: OrderedDict[tuple[UUID, UUID, str | None], None] = OrderedDict()
        self._lists: dict[str, frozenset[int]] = {}

    def expire(self) -> None:
        """Has the rules read again before the next sighting."""
        self._read_s = float("-inf")

    def rules(self) -> tuple[WatchedRule, ...]:
        """Returns the rules in force, at most LOOK_EVERY_S old. Reads the database if they are older."""
        now_s = time.monotonic()
        if now_s - self._read_s >= LOOK_EVERY_S:
            self._read_s = now_s
            self._rules = watched(Rule.objects.on())
            self._lists.clear()
        return self._rules

    def unanswered(self, change: SightingChange) -> list[WatchedRule]:
        """Returns the rules that have neither raised an alert of this sighting nor been quiet about whom it names.

        One that was quiet about the person whom a camera took the face for first is asked again about another.
        """
        named = _named(change)
        return [rule for rule in self._rules if rule.verdicts and (rule.id, change.id, named) not in self._answered]

    def lists_of(self, person: str) -> frozenset[int]:
        """The same as `lists_of`, at most as old as the rules: each change of a sighting asks, every 2 s."""
        if person not in self._lists:
            self._lists[person] = lists_of(person)
        return self._lists[person]

    def answer(self, change: SightingChange, rules: Iterable[WatchedRule]) -> None:
        """Remembers, after the commit, that `rules` are done with this sighting and whom it names."""
        for rule in rules:
            self._answered[rule.id, change.id, _named(change)] = None
        while len(self._answered) > MOST_ASKED:
            self._answered.popitem(last=False)


def _named(change: SightingChange) -> str | None:
    return None if change.verdict is Verdict.UNKNOWN else change.person


def lists_of(person: str) -> frozenset[int]:
    """Returns the ids of the watchlists on which the person with this id is, and which have not suspended them."""
    held = Suspension.objects.holding().filter(person=UUID(person), watchlist=OuterRef("pk"))
    return frozenset(Watchlist.objects.filter(~Exists(held), people=UUID(person)).values_list("pk", flat=True))


def watched(rules: RuleQuerySet) -> tuple[WatchedRule, ...]:
    """Returns `rules` as they are held in memory, in four queries. One that cannot be read never raises an alert."""
    return tuple(filter(None, map(watched_rule, rules.prefetch_related(*PLACES))))


def watched_rule(rule: Rule) -> WatchedRule | None:
    """Reads the row and, unless they are prefetched, its cameras; None if its hours are damaged."""
    schedule = schedule_of(rule)
    if schedule is None:
        return None
    return WatchedRule(
        id=rule.pk,
        verdicts=verdicts_of(rule),
        person=str(rule.person_id) if rule.person_id else None,
        watchlist=rule.watchlist_id,
        cameras=cameras_of(rule),
        schedule=schedule,
        looks=rule.looks,
        cool_down_s=rule.cool_down_s,
    )


def verdicts_of(rule: Rule) -> frozenset[str]:
    if rule.kind == RuleKind.UNKNOWN:
        return frozenset({StoredVerdict.UNKNOWN.value})
    if rule.kind == RuleKind.TO_REVIEW:
        return frozenset({StoredVerdict.REVIEW.value})
    if rule.kind not in NAMED:
        return frozenset()
    likely = {StoredVerdict.REVIEW.value} if rule.certainty == Certainty.LIKELY else set()
    return frozenset({StoredVerdict.MATCH.value, *likely})


def cameras_of(rule: Rule) -> frozenset[int] | None:
    """Returns the ids of the cameras where it looks; None: everywhere."""
    if rule.everywhere:
        return None
    grouped = (camera.pk for group in rule.camera_groups.all() for camera in group.cameras.all())
    return frozenset({*(camera.pk for camera in rule.cameras.all()), *grouped})


def schedule_of(rule: Rule) -> Schedule | None:
    try:
        return Schedule.read(rule.hours, rule.exceptions, outside=rule.outside_hours)
    except BadHours:
        return None
