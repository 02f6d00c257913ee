"""Who made a link: an API key, a token or a session, as a word in the link, which ends with it.

A session's key would let whoever sees the link log in, so it is encrypted there. A token is named by a hash of it.
"""

from __future__ import annotations

from typing import Any

from cryptography.fernet import InvalidToken
from django.contrib.auth.models import User
from rest_framework.authtoken.models import Token
from rest_framework.request import Request

from people.accounts.api_key import ApiKey, KeyUser
from people.accounts.sessions import user_of_session
from people.accounts.tokens import fingerprint_of, row_with_fingerprint
from people.base.seal_keys import seal_keys

_PURPOSE = "facesite picture links"


def maker_of(request: Request) -> str:
    """Returns the word for whatever `request` logged in with."""
    auth: Any = request.auth
    if isinstance(auth, ApiKey):
        return f"key {auth.pk}"
    if isinstance(auth, Token):
        return f"token {auth.user_id} {fingerprint_of(auth)}"
    return f"session {seal_keys(_PURPOSE).encrypt(str(request.session.session_key).encode()).decode()}"


def holder_of(maker: str) -> User | None:
    """Returns the user whom a word of `maker_of` speaks for now; None once the key, token or session is over."""
    kind, _, rest = maker.partition(" ")
    if kind == "key":
        key = ApiKey.objects.usable().filter(pk=int(rest)).first()
        return KeyUser.of(key) if key else None
    if kind == "token":
        row = row_with_fingerprint(*rest.split())
        return row.user if row and row.user.is_active else None
    user = user_of_session(_opened(rest))
    return user if user.is_authenticated else None


def _opened(sealed: str) -> str | None:
    try:
        return seal_keys(_PURPOSE).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None
