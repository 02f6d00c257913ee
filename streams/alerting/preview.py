"""What a rule would have raised in the last seven days, before it is saved, by the matching that workers use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from streams.alerting.absences import came, may_be_seen
from streams.alerting.matching import Looked, WatchedRule, subject_of
from streams.alerting.raising import looked_at, waiting_for
from streams.alerting.rule_book import schedule_of, verdicts_of, watched_rule
from streams.records.rule import Rule
from streams.records.sighting import Sighting, SightingQuerySet
from streams.records.states import RuleKind, StrangerState

LOOKED_BACK = timedelta(days=7)
MOST_READ = 5_000
"""Sightings that are held against the rule, the newest: some tenths of a second."""
MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Preview:
    alerts: int
    days: int = LOOKED_BACK.days
    examples: list[Sighting] = field(default_factory=list)
    """The newest of them, with camera and person."""
    is_cut: bool = False
    """Whether there were more sightings than were read: it would have been at least so many."""
    unknowable: str = ""
    """Why it cannot be told, in a sentence."""


def preview(rule: Rule, user: Any) -> Preview:
    """Counts, among what `user` may see, how often `rule`, saved or not, would have raised an alert.

    The rule's cameras must be known: of one that is not saved, save it in a transaction and roll back.
    """
    if rule.kind == RuleKind.CAMERA_DOWN:
        return Preview(0, unknowable="How long cameras were down in the past is not kept, so nobody can tell.")
    watched = watched_rule(rule)
    if watched is None:
        return Preview(0, unknowable="Its hours cannot be read.")
    until = timezone.now()
    if rule.kind == RuleKind.NOBODY_CAME:
        if not may_be_seen(rule):
            return Preview(0, unknowable="Cameras may not recognise this person, so nobody can tell who came.")
        return Preview(_missed(rule, until))
    rows = list(_rows(rule, watched, user, until).select_related("camera", "person", "stranger")[: MOST_READ + 1])
    raised = list(_loud(watched, _waiting(rule, watched, rows[:MOST_READ])))
    return Preview(len(raised), examples=raised[::-1][:MOST_SHOWN], is_cut=len(rows) > MOST_READ)


def _rows(rule: Rule, watched: WatchedRule, user: Any, until: datetime) -> SightingQuerySet:
    """Returns sightings among which all are that it waits for, the newest first."""
    rows = Sighting.objects.visible_to(user).seen_since(until - LOOKED_BACK).begun_before(until)
    rows = rows.filter(is_no_face=False, votes__gte=rule.looks)
    if watched.cameras is not None:
        rows = rows.filter(camera__in=watched.cameras)
    if rule.kind == RuleKind.STRANGER_SEEN:
        seen = Q(stranger__state=StrangerState.OPEN, stranger__sightings__gte=rule.times)
        return rows.filter(seen).order_by("-first_seen_at", "-id")
    rows = rows.filter(verdict__in=verdicts_of(rule))
    if rule.person_id:
        rows = rows.filter(person=rule.person_id)
    if rule.watchlist_id:
        rows = rows.filter(person__watchlists=rule.watchlist_id)
    return rows.order_by("-first_seen_at", "-id")


def _waiting(rule: Rule, watched: WatchedRule, rows: list[Sighting]) -> Iterator[tuple[Sighting, Looked]]:
    """Yields those that raise it, the oldest first; watchlists were asked in the query."""
    visits = _visits_before(rows) if rule.kind == RuleKind.STRANGER_SEEN else {}
    for row in reversed(rows):
        looked = looked_at(row, row.first_seen_at)
        if rule.kind == RuleKind.STRANGER_SEEN:
            visits[row.stranger_id] += 1
            if visits[row.stranger_id] >= rule.times and watched.schedule.covers(looked.local):
                yield row, looked
        elif waiting_for(looked, [watched]):
            yield row, looked


def _visits_before(rows: list[Sighting]) -> dict[Any, int]:
    """Returns how often each stranger had come before the oldest of `rows` with them. One query for all."""
    oldest = {row.stranger_id: row.pk for row in rows}  # the newest first: what is written last is the oldest
    before = Sighting.objects.filter(stranger=OuterRef("stranger"), first_seen_at__lt=OuterRef("first_seen_at"))
    counted = before.order_by().values("stranger").annotate(visits=Count("*")).values("visits")
    first = Sighting.objects.filter(pk__in=oldest.values()).annotate(before=Coalesce(Subquery(counted), 0))
    return dict(first.values_list("stranger_id", "before"))


def _loud(watched: WatchedRule, waiting: Iterator[tuple[Sighting, Looked]]) -> Iterator[Sighting]:
    """Leaves out those about which it would have been quiet."""
    quiet_until: dict[str, datetime] = {}
    for row, looked in waiting:
        subject = str(row.stranger_id) if not watched.verdicts else subject_of(looked)
        if row.first_seen_at >= quiet_until.get(subject, row.first_seen_at):
            quiet_until[subject] = row.first_seen_at + timedelta(seconds=watched.cool_down_s)
            yield row


def _missed(rule: Rule, until: datetime) -> int:
    schedule = schedule_of(rule)
    assert schedule is not None  # the caller has looked
    zone = timezone.get_default_timezone()
    return sum(not came(rule, *window) for window in schedule.windows_ending(until - LOOKED_BACK, until, zone))
