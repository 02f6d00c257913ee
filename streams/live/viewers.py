"""Counts each user's live connections in this process, and reads the user of a session again."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

# 20: a few browsers with a few tabs each; more comes from a script that has gone wrong.
MOST_PLACES = 20


class Places:
    """Counts live connections per user, at most MOST_PLACES each."""

    def __init__(self) -> None:
        self._taken: Counter[Any] = Counter()

    def has_room(self, user_id: Any) -> bool:
        return self._taken.get(user_id, 0) < MOST_PLACES

    def take(self, user_id: Any) -> bool:
        if not self.has_room(user_id):
            return False
        self._taken[user_id] += 1
        return True

    def give_back(self, user_id: Any) -> None:
        self._taken[user_id] -= 1
        if self._taken[user_id] <= 0:
            del self._taken[user_id]


PLACES = Places()


def user_now(session_key: str | None) -> Any:
    """Reads the user of a session as the database has it now, with the present rights.

    Returns an AnonymousUser after a log-out, a deactivation or a change of the password.
    """
    if session_key is None:
        return AnonymousUser()
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    return get_user(request)
