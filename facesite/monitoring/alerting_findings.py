"""What `manage.py doctor` says of channels, their deliveries, and rules that were switched off by themselves."""

from __future__ import annotations

from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone

from facesite.monitoring.finding import Finding, unwell
from people.base.site_time import time_words
from streams.records.channel import Channel
from streams.records.delivery import Delivery
from streams.records.rule import Rule

# 5 min: a worker sends within a second, and looks by itself every few; a channel that fails is said by itself.
LATE = timedelta(minutes=5)
DAY = timedelta(days=1)


def channels() -> list[Finding]:
    """Those that fail, deliveries that nobody sends, and what was given up in the last day."""
    try:
        count = Channel.objects.on().count()
        wrong = [*_failing(), *_late(), *_given_up()]
    except DatabaseError:
        return []  # said already
    return wrong or [Finding("channels", True, f"none of {count} fails" if count else "there are none")]


def rules() -> list[Finding]:
    try:
        count = Rule.objects.on().count()
        wrong = [
            unwell("rules", f"“{rule.name}” was switched off by itself: {rule.get_off_because_display()}", _CHOOSE)
            for rule in Rule.objects.exclude(off_because="")
        ]
    except DatabaseError:
        return []
    return wrong or [Finding("rules", True, f"{count} are on, and none was switched off by itself")]


_CHOOSE = "Choose again on its page, and switch it on."
_LOOK = "Its deliveries (admin, Channels) say what happened at each attempt; “Send a test” tries it now."


def _failing() -> list[Finding]:
    return [
        unwell("channels", f"“{each.name}” fails since {time_words(each.failing_since)}: {each.last_problem}", _LOOK)
        for each in Channel.objects.failing()
        if each.failing_since
    ]


def _late() -> list[Finding]:
    """Deliveries to channels that work, which a worker would have sent."""
    late = Delivery.objects.waiting().filter(next_at__lt=timezone.now() - LATE).count()
    if not late:
        return []
    return [unwell("channels", f"{late} deliveries are due and nobody sends them", "Is a worker running?")]


def _given_up() -> list[Finding]:
    given_up = Delivery.objects.given_up_since(timezone.now() - DAY).count()
    if not given_up:
        return []
    return [unwell("channels", f"{given_up} deliveries were given up in the last day", _LOOK)]
