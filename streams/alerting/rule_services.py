"""Services that write rules: each is one transaction that tells the workers, and writes the history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from people.base.doorbells import ring_rules
from people.base.history import log_added, log_changed, log_deleted
from streams.alerting.lowering import check_certainty
from streams.errors import BadRule
from streams.records.camera import Camera
from streams.records.channel import Channel
from streams.records.groups import CameraGroup
from streams.records.rule import Rule
from streams.records.states import RuleKind

WAITS = ("kind", "person_id", "watchlist_id", "hours", "exceptions")
"""What says for whom a rule waits, and until when."""
ABOUT_A_PERSON = (RuleKind.PERSON, RuleKind.NOBODY_CAME)
ABOUT_A_LIST = (RuleKind.WATCHLIST, RuleKind.NOBODY_CAME)


@transaction.atomic
def save_rule(
    *,
    rule: Rule,
    cameras: Iterable[Camera],
    camera_groups: Iterable[CameraGroup],
    channels: Iterable[Channel],
    by: Any,
) -> Rule:
    """Saves a rule, new or changed, with where it looks and whom it tells. Raises BadRule or RuleWantsTwo, with nothing
    saved.

    What does not belong to its kind is taken out. Channels that do not exist for `by` stay. `by` must be able to see it
    afterwards: so nobody makes a rule about cameras and people whom they may not see.
    """
    is_new = rule._state.adding
    keep_what_belongs(rule)
    rule.off_because = "" if rule.is_on else rule.off_because
    if is_new:
        rule.made_by_id = by.pk if by else None
    _complain(lacks(rule))
    check_certainty(rule)
    if not is_new and rule.is_on and _waits_anew(rule):
        rule.looked_until = timezone.now()
    rule.save()
    rule.cameras.set([] if rule.everywhere else cameras)
    rule.camera_groups.set([] if rule.everywhere else camera_groups)
    rule.channels.set([*channels, *_channels_unseen(rule, by)])
    _check(rule, by)
    log_added(rule, by=by) if is_new else log_changed(rule, "Changed.", by=by)
    ring_rules()
    return rule


@transaction.atomic
def switch_rule(*, rule: Rule, on: bool, by: Any) -> Rule:
    """Switches a rule on or off. Raises BadRule if nothing is left of what it names."""
    rule.is_on, rule.off_because = on, "" if on else rule.off_because
    if on:
        _complain(lacks(rule))
        _check(rule, by)
        if _waits_anew(rule):
            rule.looked_until = timezone.now()
    rule.save(update_fields=["is_on", "off_because", "looked_until", "updated_at"])
    log_changed(rule, "Switched on." if on else "Switched off.", by=by)
    ring_rules()
    return rule


@transaction.atomic
def delete_rule(*, rule: Rule, by: Any) -> None:
    """Deletes a rule; its alerts stay."""
    log_deleted([rule], by=by)
    rule.delete()
    ring_rules()


def keep_what_belongs(rule: Rule) -> None:
    """Takes out, unsaved, what the rule's kind does not ask for."""
    if rule.kind not in ABOUT_A_PERSON:
        rule.person = None
    if rule.kind not in ABOUT_A_LIST:
        rule.watchlist = None
    if rule.kind == RuleKind.NOBODY_CAME:
        rule.outside_hours = False


def _channels_unseen(rule: Rule, by: Any) -> list[Channel]:
    """Returns the rule's channels that do not exist for `by`: whoever cannot see them does not take them out."""
    return list(rule.channels.exclude(pk__in=Channel.objects.within_limits_of(by).values("pk")))


def _waits_anew(rule: Rule) -> bool:
    """Returns whether the rule was off, or waited for something else: hours that are over are none of its then."""
    same = {name: getattr(rule, name) for name in WAITS}
    return not Rule.objects.filter(pk=rule.pk, is_on=True, **same).exists()


def _check(rule: Rule, by: Any) -> None:
    if not Rule.objects.within_limits_of(by).filter(pk=rule.pk).exists():
        raise BadRule(
            "You may not see every camera or every person that this rule would tell of. Choose cameras, groups or a "
            "person that you may see."
        )
    if rule.is_on and not (rule.everywhere or rule.cameras.exists() or rule.camera_groups.exists()):
        raise BadRule("Choose where it looks: a camera, a group of cameras, or all cameras.")


def _complain(why: str) -> None:
    if why:
        raise BadRule(why)


def lacks(rule: Rule) -> str:
    """Returns what a rule lacks to be on, in a sentence, or ""."""
    if not rule.is_on:
        return ""
    if rule.kind == RuleKind.PERSON and rule.person_id is None:
        return "Choose the person whom it waits for."
    if rule.kind == RuleKind.WATCHLIST and rule.watchlist_id is None:
        return "Choose the watchlist that it waits for."
    if rule.kind == RuleKind.NOBODY_CAME and (rule.person_id is None) == (rule.watchlist_id is None):
        return "Choose either the person or the watchlist that does not come."
    if rule.kind == RuleKind.NOBODY_CAME and not rule.hours:
        return "Say in its hours by when somebody must have come, such as Mon-Fri 07:00-09:15."
    return ""
