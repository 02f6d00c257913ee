"""Alerts of strangers who come again: raised in the transaction that joins a sighting to its stranger."""

from __future__ import annotations

from django.utils import timezone

from people.base.site_time import local
from streams.alerting.raising import LATEST, loud_rules, new_alert, save_alerts
from streams.alerting.rule_book import PLACES, cameras_of, schedule_of
from streams.records.alert import Alert
from streams.records.rule import Rule
from streams.records.sighting import Sighting
from streams.records.states import RuleKind, StrangerState
from streams.records.stranger import Stranger


def raise_for_stranger(stranger: Stranger, sighting: Sighting) -> None:
    """Raises an alert of each rule for which `stranger` has come often enough, with `sighting` the newest visit.

    Nobody is told of a stranger who is to be ignored, nor of a visit that is long past.
    """
    if stranger.state != StrangerState.OPEN or timezone.now() - sighting.last_seen_at > LATEST:
        return
    rules = Rule.objects.on().filter(kind=RuleKind.STRANGER_SEEN, times__lte=stranger.sightings)
    rules = rules.filter(looks__lte=sighting.votes).prefetch_related(*PLACES)
    waiting = [rule.pk for rule in rules if _waits(rule, sighting)]
    loud = loud_rules(waiting, _subject(stranger, sighting), sighting.pk)
    save_alerts([_alert(rule, stranger, sighting) for rule in loud])


def _waits(rule: Rule, sighting: Sighting) -> bool:
    where, schedule = cameras_of(rule), schedule_of(rule)
    if schedule is None or not schedule.covers(local(sighting.first_seen_at)):
        return False
    return where is None or sighting.camera_id in where


def _alert(rule: Rule, stranger: Stranger, sighting: Sighting) -> Alert:
    return new_alert(
        rule,
        camera=sighting.camera,
        camera_name=sighting.camera.name,
        sighting=sighting,
        stranger=stranger,
        subject=_subject(stranger, sighting),
        verdict=sighting.verdict,
        distance=sighting.distance,
        looks=sighting.votes,
        count=stranger.sightings,
        captured_at=sighting.last_seen_at,
    )


def _subject(stranger: Stranger, sighting: Sighting) -> str:
    return f"stranger {stranger.pk} at {sighting.camera_id}"
