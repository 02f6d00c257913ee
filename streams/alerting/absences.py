"""Alerts of what no sighting shows: a camera that gives no pictures, and somebody who did not come.

A worker looks every few seconds. `CameraOutage` and `Rule.looked_until` say up to where it has looked, and an alert of
one outage or one morning is there once: so any number of workers may look, and one that is killed loses nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from channels.db import database_sync_to_async
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from people.base.site_time import local
from people.base.sweeping import sweep
from people.records.person import Person
from streams.alerting.exits import note_exits
from streams.alerting.raising import new_alert, save_alerts
from streams.alerting.rule_book import PLACES, cameras_of, schedule_of
from streams.records.alert import Alert
from streams.records.camera import Camera
from streams.records.camera_outage import CameraOutage
from streams.records.rule import Rule
from streams.records.sighting import Sighting
from streams.records.states import CameraStateName, Certainty, RuleKind, StoredVerdict

GIVES_PICTURES = (CameraStateName.LIVE, CameraStateName.OFF, CameraStateName.ASLEEP, CameraStateName.ENDED)
"""And states in which nobody expects any."""
# A day: whoever did not come before that is not looked for any more, after a site was switched off over a weekend.
LOOKED_BACK = timedelta(days=1)


class AbsenceWatch:
    """The loop of a worker."""

    async def run(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        """Looks until `stop`, at every `wake` and every few seconds."""
        await sweep(stop, wake, self._look)

    async def _look(self) -> bool:
        await database_sync_to_async(look_for_absences)()
        return False


def look_for_absences() -> None:
    """Looks for what does not happen, for the rules that wait for that, and notes which exits give pictures."""
    now = timezone.now()
    note_exits(now)
    kinds = (RuleKind.CAMERA_DOWN, RuleKind.NOBODY_CAME)
    rules = list(Rule.objects.on().filter(kind__in=kinds).prefetch_related(*PLACES))
    if down := [rule for rule in rules if rule.kind == RuleKind.CAMERA_DOWN]:
        note_outages(now)
        raise_outages(down, now)
    else:
        # What nobody looks at any more would count as one long outage once a rule is switched on again.
        CameraOutage.objects.all().delete()
    raise_missing([rule for rule in rules if rule.kind == RuleKind.NOBODY_CAME], now)


@transaction.atomic
def note_outages(now: datetime) -> None:
    """Writes down since when each camera gives no pictures, and forgets it when it gives some again."""
    out = {camera.pk for camera in Camera.objects.select_related("status") if _is_out(camera, now)}
    # Noted by a clock that was ahead: it would be no outage until then.
    CameraOutage.objects.filter(since__gt=now).update(since=now)
    known = set(CameraOutage.objects.values_list("pk", flat=True))
    if known - out:
        CameraOutage.objects.filter(pk__in=known - out).delete()
    if out - known:
        # Locked: a camera that is being deleted would end the worker with a broken foreign key.
        there = Camera.objects.filter(pk__in=out - known).order_by("pk").select_for_update(no_key=True, of=("self",))
        new = [CameraOutage(camera_id=pk, since=now) for pk in there.values_list("pk", flat=True)]
        CameraOutage.objects.bulk_create(new, ignore_conflicts=True)


def raise_outages(rules: Sequence[Rule], now: datetime) -> None:
    """Raises an alert of each outage that has lasted long enough for one of `rules`, once."""
    outages = list(CameraOutage.objects.select_related("camera"))
    for rule in rules:
        where, schedule = cameras_of(rule), schedule_of(rule)
        due = [each for each in outages if each.since <= now - timedelta(minutes=rule.minutes)]
        due = [each for each in due if where is None or each.camera_id in where]
        if due and schedule and schedule.covers(local(now)):
            _raise_outages(rule, due, now)


def raise_missing(rules: Sequence[Rule], now: datetime) -> None:
    """Raises an alert of each of `rules` whose hours have ended without whom it waits for."""
    for rule in rules:
        if _looked_until(rule) > now:  # by a clock that was ahead: nobody would look again until then
            Rule.objects.filter(pk=rule.pk).update(looked_until=now)
        elif _ended(rule, now):
            with transaction.atomic():
                held = Rule.objects.on().select_for_update(skip_locked=True, no_key=True, of=("self",))
                if row := held.filter(pk=rule.pk, kind=RuleKind.NOBODY_CAME).first():
                    _look_for(row, now)


def _ended(rule: Rule, now: datetime) -> list[tuple[datetime, datetime]]:
    """Returns the hours of the rule that have ended since somebody looked."""
    schedule = schedule_of(rule)
    if schedule is None:
        return []
    since = max(_looked_until(rule), now - LOOKED_BACK)
    return list(schedule.windows_ending(since, now, timezone.get_default_timezone()))


def _looked_until(rule: Rule) -> datetime:
    return rule.looked_until or rule.created_at


def _is_out(camera: Camera, now: datetime) -> bool:
    state, _ = camera.state_at(now)
    return state not in GIVES_PICTURES


@transaction.atomic
def _raise_outages(rule: Rule, outages: list[CameraOutage], now: datetime) -> None:
    held = Rule.objects.on().select_for_update(no_key=True, of=("self",)).filter(pk=rule.pk).first()
    if held is None:
        return
    # Locked and read again: a camera may have been deleted, or give pictures again.
    rows = CameraOutage.objects.filter(pk__in=[each.pk for each in outages]).select_related("camera").order_by("pk")
    there = rows.select_for_update(no_key=True, of=("self",))
    subjects = {f"outage of {each.camera_id} since {each.since.isoformat()}": each for each in there}
    raised = set(Alert.objects.filter(rule=held, subject__in=subjects).values_list("subject", flat=True))
    save_alerts([
        new_alert(
            held,
            camera=each.camera,
            camera_name=each.camera.name,
            subject=subject,
            count=int((now - each.since).total_seconds() // 60),
            captured_at=each.since,
        )
        for subject, each in subjects.items()
        if subject not in raised
    ])  # fmt: skip


def _look_for(rule: Rule, now: datetime) -> None:
    if may_be_seen(rule):
        for begin, end in _ended(rule, now):
            if not came(rule, begin, end):
                save_alerts(list(_missing(rule, end)))
    Rule.objects.filter(pk=rule.pk).update(looked_until=now)


def may_be_seen(rule: Rule) -> bool:
    """Returns whether cameras may recognise the person of a rule: of anybody else nobody knows whether they came.

    A rule that waits for a list names nobody, and tells that nobody of the list was seen whoever is on it.
    """
    return not rule.person_id or Person.objects.matchable().filter(pk=rule.person_id).exists()


def came(rule: Rule, begin: datetime, end: datetime) -> bool:
    """Returns whether a sighting of whom the rule waits for fell into the time, at one of its cameras."""
    verdicts = [StoredVerdict.MATCH, *([StoredVerdict.REVIEW] if rule.certainty == Certainty.LIKELY else [])]
    rows = Sighting.objects.seen_since(begin).begun_before(end).filter(verdict__in=verdicts, votes__gte=rule.looks)
    where = cameras_of(rule)
    if where is not None:
        rows = rows.filter(camera__in=where)
    whom = Q(person=rule.person_id) if rule.person_id else Q(person__watchlists=rule.watchlist_id)
    return rows.filter(whom).exists()


def _missing(rule: Rule, end: datetime) -> Iterator[Alert]:
    subject = f"missing at {end.isoformat()}"
    if not Alert.objects.filter(rule=rule, subject=subject).exists():
        name = rule.watchlist.name if rule.watchlist else ""
        yield new_alert(rule, person=rule.person, list_name=name, subject=subject, captured_at=end)
