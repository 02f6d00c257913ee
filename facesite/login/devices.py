"""The devices on which somebody is logged in: each is a session that can be ended."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.http import HttpRequest

# The first that fits counts: nearly every browser also calls itself Safari, and Edge also Chrome.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "Linux": "Linux",
}


@dataclass(frozen=True, slots=True)
class Device:
    """One login of one browser, as its owner sees it."""

    pk: int
    browser: str
    ip: str
    created_at: datetime
    is_current: bool


def devices_of(user: User, request: HttpRequest) -> list[Device]:
    """Returns where `user` is logged in, the newest first; `request` comes from one of them."""
    if not UserSession.objects.filter(session_key=request.session.session_key).exists():
        UserSession.objects.create_from_request(request)  # logged in before this list existed
    sessions = sorted(UserSession.objects.purge_and_list(user), key=lambda each: each.created_at, reverse=True)
    return [Device(each.pk, named(each.user_agent), each.ip, each.created_at, each.is_current()) for each in sessions]


def end_session(user: User, pk: str) -> None:
    """Deletes one session of `user`. Does nothing if it is another user's, or gone."""
    for session in UserSession.objects.filter(user=user, pk=pk if pk.isdecimal() and len(pk) < 19 else None):
        session.end()


def end_sessions_of(user: User, *, but: str | None = None) -> None:
    """Deletes the sessions of `user` except the one with the key `but`."""
    for session in UserSession.objects.filter(user=user).exclude(session_key=but):
        session.end()


def named(user_agent: str) -> str:
    """Returns the name of a browser in words, such as "Firefox on Linux"."""
    browser = next((name for mark, name in BROWSERS.items() if re.search(rf"\b{mark}", user_agent)), "A program")
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser
