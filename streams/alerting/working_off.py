"""What people do with an alert: acknowledge it, write beside it, and say what it was."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from people.audit.acting import at_work
from people.base.history import name_of
from people.base.site_time import time_words
from streams.alerting.suspending import tell_if_suspended
from streams.alerting.telling import tell_dashboards
from streams.errors import AlertWasDecided, WantsAnother
from streams.records.alert import Alert, AlertNote
from streams.records.states import AlertOutcome, AlertState

RIGHTS = ("streams.view_alert", "streams.work_off_alert")


@transaction.atomic
def acknowledge(*, alert: Alert, by: Any) -> Alert:
    """Says that `by` looks after it. Raises AlertWasDecided, naming who was first."""
    mine = {"state": AlertState.ACKNOWLEDGED, "acknowledged_at": timezone.now(), **_who("acknowledged", by)}
    if not Alert.objects.filter(pk=alert.pk, state=AlertState.NEW).update(**mine):
        raise AlertWasDecided(_already(alert))
    return _told(alert)


@transaction.atomic
def close(*, alert: Alert, outcome: AlertOutcome, by: Any, seen: str = "", note: str = "") -> Alert:
    """Says what it was; closes it, unless its rule or list wants two people and `by` is the first.

    If it was one false alarm too many, the entry of its watchlist is suspended in the same transaction.
    `seen`: the state in which `by` saw it; empty: as it is now. Whoever saw it undecided is not taken for the second
    person. Raises AlertWasDecided, naming who was first, and WantsAnother.
    """
    now_row = Alert.objects.select_for_update(of=("self",)).filter(pk=alert.pk).first()
    if now_row is None or now_row.state == AlertState.CLOSED or _changed(seen, now_row.state):
        raise AlertWasDecided(_already(alert))
    with at_work(by):
        if now_row.state == AlertState.SECOND:
            _decide_second(now_row, outcome, by)
        else:
            _decide_first(now_row, outcome, by)
    if note.strip():
        add_note(alert=alert, text=note, by=by)
    if outcome == AlertOutcome.FALSE and now_row.watchlist_id:
        tell_if_suspended(now_row)
    return _told(alert)


def add_note(*, alert: Alert, text: str, by: Any) -> AlertNote:
    return AlertNote.objects.create(alert=alert, by_id=by.pk, who=name_of(by), text=text.strip()[:2000])


def _decide_first(row: Alert, outcome: AlertOutcome, by: Any) -> None:
    said: dict[str, Any] = {"decided": outcome, "decided_at": timezone.now(), **_who("decided", by)}
    if row.two_people:
        said |= {"state": AlertState.SECOND}
    else:
        said |= {"state": AlertState.CLOSED, "outcome": outcome}
    Alert.objects.filter(pk=row.pk).update(**said)


def _decide_second(row: Alert, outcome: AlertOutcome, by: Any) -> None:
    if by.pk is not None and row.decided_by_id == by.pk:
        raise WantsAnother
    said: dict[str, Any] = {"second": outcome, "second_at": timezone.now(), **_who("second", by)}
    agreed = outcome if outcome == row.decided else AlertOutcome.UNSURE
    Alert.objects.filter(pk=row.pk).update(state=AlertState.CLOSED, outcome=agreed, **said)


def _changed(seen: str, state: str) -> bool:
    return bool(seen) and (seen == AlertState.SECOND) != (state == AlertState.SECOND)


def _who(what: str, by: Any) -> dict[str, Any]:
    return {f"{what}_by": by.pk, f"{what}_who": name_of(by)}


def _already(alert: Alert) -> str:
    """Says in a sentence who did what with it by now."""
    row = Alert.objects.filter(pk=alert.pk).first()
    if row is None:
        return "This alert is not there any more. Nothing was changed."
    if row.state == AlertState.CLOSED:
        who, at = (row.second_who, row.second_at) if row.second_at else (row.decided_who, row.decided_at)
        return f"{who} has closed it ({row.get_outcome_display()}){_at(at)}. Nothing was changed."
    if row.state == AlertState.SECOND:
        return (
            f"{row.decided_who} has said that it was {row.get_decided_display()}{_at(row.decided_at)}. "
            "Look again: it waits for a second person now. Nothing was changed."
        )
    return f"{row.acknowledged_who} has acknowledged it{_at(row.acknowledged_at)}. Nothing was changed."


def _at(moment: Any) -> str:
    return f" on {time_words(moment)}" if moment else ""


def _told(alert: Alert) -> Alert:
    tell_dashboards([alert.pk])
    return Alert.objects.select_related("rule", "camera", "person", "stranger", "sighting").get(pk=alert.pk)


def false_alarms(user: Any, **of: Any) -> tuple[int, int]:
    """Returns how many alerts of a rule, person or camera that `user` may see were false, and how many were closed."""
    rows = Alert.objects.within_limits_of(user).filter(state=AlertState.CLOSED, **of)
    counted = rows.aggregate(false=Count("pk", filter=Q(outcome=AlertOutcome.FALSE)), closed=Count("pk"))
    return counted["false"], counted["closed"]
