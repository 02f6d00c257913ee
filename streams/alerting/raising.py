"""Raises alerts of a sighting, in the transaction that writes it: both are there, or neither is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from django.db import transaction
from django.utils import timezone

from people.base.site_time import local
from streams.alerting.matching import Looked, WatchedRule, subject_of
from streams.alerting.rule_book import lists_of
from streams.alerting.telling import said_of, tell
from streams.channels.queueing import queue
from streams.records.alert import Alert
from streams.records.rule import Rule
from streams.records.sighting import Sighting
from streams.wire.announcing import AlertSaid

# 15 min: what a worker could not write for longer, because the database was away, is history and no alert.
LATEST = timedelta(minutes=15)

# One statement for all rules: whoever comes second finds the first's row, and a rule that was switched off meanwhile
# gives none. Nor does one whose list has suspended the person, whatever the rule book still says. Rows are locked in
# one order, so that two workers never wait for each other. Quiet for more than a minute longer than a rule says was
# made by a clock that was ahead, or by what the rule said before, and ends.
LOUD = """
WITH loud AS (
    INSERT INTO streams_rulequiet (rule_id, subject, until)
    SELECT id, %(subject)s, statement_timestamp() + make_interval(secs => cool_down_s)
    FROM (
        SELECT id, cool_down_s, watchlist_id FROM streams_rule
        WHERE id = ANY(%(rules)s::uuid[]) AND is_on ORDER BY id FOR KEY SHARE
    ) on_now
    WHERE NOT EXISTS (SELECT FROM streams_alert WHERE rule_id = on_now.id AND sighting_id = %(sighting)s::uuid)
      AND NOT EXISTS (SELECT FROM people_suspension held WHERE held.watchlist_id = on_now.watchlist_id
                      AND held.person_id = %(person)s::uuid AND held.revived_at IS NULL)
    ON CONFLICT (rule_id, subject) DO UPDATE SET until = EXCLUDED.until
    WHERE streams_rulequiet.until <= statement_timestamp()
       OR streams_rulequiet.until > EXCLUDED.until + interval '1 minute'
    RETURNING rule_id
)
SELECT rule.*, coalesce(list.name, '') AS list_name
FROM loud
JOIN streams_rule rule ON rule.id = loud.rule_id
LEFT JOIN people_watchlist list ON list.id = rule.watchlist_id AND rule.kind = 'watchlist'
"""


@dataclass(frozen=True, slots=True)
class Raised:
    """What came of holding rules against something."""

    answered: Sequence[WatchedRule] = ()
    """The rules that waited for it: each has raised an alert, or is quiet about it."""
    alerts: Sequence[AlertSaid] = ()
    """What open dashboards are to be told after the commit."""
    deliveries: int = 0
    """How many wait for a worker, whose doorbell is to be rung after the commit."""


def raise_alerts(
    sighting: Sighting,
    rules: Sequence[WatchedRule],
    captured_at: datetime,
    lists: Callable[[str], frozenset[int]] = lists_of,
) -> Raised:
    """Raises an alert of each of `rules` that waits for `sighting`, unless it is quiet.

    `captured_at`: when the frame was captured that decided it; `lists` gives the watchlists of a person. Call it in the
    transaction that writes the sighting, and `tell` what came of it after the commit.
    """
    if sighting.is_no_face or timezone.now() - captured_at > LATEST:
        return Raised()
    looked = looked_at(sighting, captured_at)
    waiting = waiting_for(looked, rules, lists)
    loud = loud_rules([rule.id for rule in waiting], subject_of(looked), sighting.pk, sighting.person_id)
    return replace(write_alerts(_alerts(sighting, looked, loud, captured_at)), answered=waiting)


def looked_at(sighting: Sighting, at: datetime) -> Looked:
    person = str(sighting.person_id) if sighting.person_id else None
    return Looked(sighting.camera_id, sighting.verdict, person, sighting.votes, local(at))


def waiting_for(
    looked: Looked, rules: Iterable[WatchedRule], lists: Callable[[str], frozenset[int]] = lists_of
) -> list[WatchedRule]:
    """Returns those of `rules` that wait for it. Asks for the person's watchlists, once, if these decide."""

    @cache
    def listed() -> frozenset[int]:
        return lists(looked.person) if looked.person else frozenset()

    return [rule for rule in rules if rule.waits_for(looked, listed)]


def loud_rules(rules: Sequence[UUID], subject: str, sighting: UUID, person: UUID | None = None) -> list[Any]:
    """Makes `rules` quiet about `subject`, each for as long as it says, and returns them as rows with `list_name`.

    Those are left out that are quiet already, have an alert of this sighting, are off or gone, or wait for a list that
    has suspended `person`. One statement.
    """
    if not rules:
        return []
    asked = {
        "rules": list(map(str, rules)),
        "subject": subject,
        "sighting": str(sighting),
        "person": str(person) if person else None,
    }
    return list(Rule.objects.raw(LOUD, asked))


def new_alert(rule: Rule, **fields: Any) -> Alert:
    """Returns an alert by `rule`, not saved yet."""
    return Alert(
        rule=rule,
        rule_name=rule.name,
        kind=rule.kind,
        severity=rule.severity,
        text=rule.text,
        two_people=rule.two_people,
        watchlist_id=rule.watchlist_id,
        **fields,
    )


def write_alerts(alerts: Sequence[Alert]) -> Raised:
    """Saves new alerts with a delivery for each of their channels: three statements, however many alerts of a camera.

    `tell` what it returns after the commit. Give the rows of camera, person and stranger with the alerts.
    """
    if not alerts:
        return Raised()
    Alert.objects.bulk_create(alerts)
    deliveries = queue(alerts)
    return Raised(alerts=said_of(alerts), deliveries=deliveries)


def save_alerts(alerts: Sequence[Alert]) -> None:
    """The same, and tells after the commit: for code that has no event loop."""
    raised = write_alerts(alerts)
    if raised.alerts:
        transaction.on_commit(partial(async_to_sync(tell), raised.alerts, raised.deliveries), robust=True)


def _alerts(sighting: Sighting, looked: Looked, rules: Sequence[Any], captured_at: datetime) -> list[Alert]:
    return [
        new_alert(
            rule,
            camera=sighting.camera,
            camera_name=sighting.camera.name,
            sighting=sighting,
            person=sighting.person,
            list_name=rule.list_name,
            subject=subject_of(looked),
            verdict=sighting.verdict,
            distance=sighting.distance,
            looks=sighting.votes,
            captured_at=captured_at,
        )
        for rule in rules
    ]
