"""Reads the user of a browser's session as the database has it now, without the request that the session came with."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest


def user_of_session(session_key: str | None) -> Any:
    """Returns the user of a session with the present rights.

    Returns an AnonymousUser after a log-out, a deactivation or a change of the password.
    """
    if session_key is None:
        return AnonymousUser()
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    return get_user(request)
