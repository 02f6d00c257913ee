"""Rules, alerts and channels as rows, for every test that needs some."""

from __future__ import annotations

from typing import Any

from streams.records.alert import Alert
from streams.records.camera import Camera
from streams.records.channel import Channel
from streams.records.rule import Rule
from tests.streams.seen import NOON


def a_rule(name: str = "After hours", **fields: Any) -> Rule:
    """An unknown person, at any camera and at any time, at the first look."""
    return Rule.objects.create(**{"name": name, "kind": "unknown", "looks": 1, **fields})


def an_alert(rule: Rule | None = None, camera: Camera | None = None, **fields: Any) -> Alert:
    """By a rule, if one is given, about an unknown person."""
    return Alert.objects.create(
        **{
            "rule": rule,
            "rule_name": rule.name if rule else "After hours",
            "kind": rule.kind if rule else "unknown",
            "severity": "warning",
            "camera": camera,
            "camera_name": camera.name if camera else "",
            "subject": "unknown",
            "captured_at": NOON,
            **fields,
        }
    )


def a_channel(name: str = "Door phone", **fields: Any) -> Channel:
    return Channel.objects.create(**{"name": name, "kind": "webhook", **fields})
