"""Raises alerts of a sighting, in the transaction that writes it: both are there, or neither is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from people.base.site_time import local
from people.records.watchlist import Watchlist
from streams.alerting.matching import Looked, WatchedRule, subject_of
from streams.alerting.telling import tell_dashboards
from streams.channels.queueing import queue
from streams.records.alert import Alert
from streams.records.rule import Rule
from streams.records.sighting import Sighting
from streams.records.states import RuleKind

# 15 min: what a worker could not write for longer, because the database was away, is history and no alert.
LATEST = timedelta(minutes=15)

# One statement: whoever comes second finds the first's row, and a rule that was switched off meanwhile gives none.
HUSH = """
INSERT INTO streams_rulequiet (rule_id, subject, until)
SELECT id, %s, statement_timestamp() + make_interval(secs => %s) FROM streams_rule WHERE id = %s AND is_on
FOR KEY SHARE
ON CONFLICT (rule_id, subject) DO UPDATE SET until = EXCLUDED.until
WHERE streams_rulequiet.until <= statement_timestamp()
RETURNING rule_id
"""


def raise_alerts(sighting: Sighting, rules: Sequence[WatchedRule], captured_at: datetime) -> list[WatchedRule]:
    """Raises an alert of each of `rules` that waits for `sighting`, unless it is quiet; returns those that did wait.

    `captured_at`: when the frame was captured that decided it. Call it in the transaction that writes the sighting.
    """
    if sighting.is_no_face or timezone.now() - captured_at > LATEST:
        return []
    looked = looked_at(sighting, captured_at)
    waiting = waiting_for(looked, rules)
    loud = [rule for rule in waiting if hush(rule.id, subject_of(looked), rule.cool_down_s)]
    if loud:
        _raise(sighting, looked, loud, captured_at)
    return waiting


def looked_at(sighting: Sighting, at: datetime) -> Looked:
    person = str(sighting.person_id) if sighting.person_id else None
    return Looked(sighting.camera_id, sighting.verdict, person, sighting.votes, local(at))


def waiting_for(looked: Looked, rules: Iterable[WatchedRule]) -> list[WatchedRule]:
    """Returns those of `rules` that wait for it. Reads the person's watchlists, once, if these decide."""

    @cache
    def lists() -> frozenset[int]:
        if looked.person is None:
            return frozenset()
        return frozenset(Watchlist.objects.filter(people=UUID(looked.person)).values_list("pk", flat=True))

    return [rule for rule in rules if rule.waits_for(looked, lists)]


def hush(rule: UUID, subject: str, cool_down_s: int) -> bool:
    """Makes the rule quiet about `subject` for so long; False if it is quiet already, off or gone."""
    with connection.cursor() as cursor:
        cursor.execute(HUSH, [subject, cool_down_s, rule])
        return cursor.fetchone() is not None


def new_alert(rule: Rule, **fields: Any) -> Alert:
    """Returns an alert by `rule`, not saved yet."""
    return Alert(
        rule=rule,
        rule_name=rule.name,
        kind=rule.kind,
        severity=rule.severity,
        text=rule.text,
        two_people=rule.two_people,
        **fields,
    )


def save_alerts(alerts: Sequence[Alert]) -> None:
    """Saves new alerts with a delivery for each of their channels, and tells whoever watches after the commit."""
    for alert in alerts:
        alert.save(force_insert=True)
        queue(alert)
    tell_dashboards([alert.pk for alert in alerts])


def _raise(sighting: Sighting, looked: Looked, rules: Sequence[WatchedRule], captured_at: datetime) -> None:
    raised = set(Alert.objects.filter(sighting=sighting.pk).values_list("rule", flat=True))
    rows = Rule.objects.filter(pk__in={rule.id for rule in rules} - raised).select_related("watchlist")
    save_alerts([
        new_alert(
            rule,
            camera=sighting.camera,
            camera_name=sighting.camera.name,
            sighting=sighting,
            person_id=sighting.person_id,
            list_name=rule.watchlist.name if rule.watchlist and rule.kind == RuleKind.WATCHLIST else "",
            subject=subject_of(looked),
            verdict=sighting.verdict,
            distance=sighting.distance,
            looks=sighting.votes,
            captured_at=captured_at,
        )
        for rule in rows
    ])  # fmt: skip
