"""Tokens, with which scripts log in as a user. Whoever reads the row in the database still has no token."""

from __future__ import annotations

from hashlib import sha256

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.crypto import constant_time_compare, salted_hmac
from rest_framework.authtoken.models import Token

LENGTH = 40
"""Characters of the secret part, hexadecimal: 160 bits."""
LONGEST_ID = 18
SALT = "people.keys.tokens"
"""Stays as it is, wherever this module goes: with another salt no token would open the API after an upgrade."""


def token_of(user: User) -> str:
    """Returns the text of the user's token. It stays the same until it is revoked or the password changes.

    It is made of the row, the password's hash and SECRET_KEY, so neither a backup nor an admin page that shows the
    row opens the API.
    """
    row, _ = Token.objects.get_or_create(user=user)
    return f"{user.pk}-{_secret(row, user, settings.SECRET_KEY)}"


def row_of(text: str) -> Token | None:
    """Returns the row of a token's text with its user, or None for a wrong or an old token. At most one query."""
    number, dash, secret = text.partition("-")
    if not (dash and number.isascii() and number.isdecimal() and len(number) <= LONGEST_ID and len(secret) == LENGTH):
        return None
    row = Token.objects.select_related("user").filter(user=int(number)).first()
    return row if row and any(constant_time_compare(secret, known) for known in _secrets(row)) else None


def fingerprint_of(row: Token) -> str:
    """Returns a hash by which a link names its maker's token, without giving the token away."""
    return _fingerprint(_secret(row, row.user, settings.SECRET_KEY))


def row_with_fingerprint(number: str, fingerprint: str) -> Token | None:
    """Returns the row of the token with this fingerprint, and its user; None for a wrong or an old one."""
    row = Token.objects.select_related("user").filter(user=int(number)).first()
    return row if row and fingerprint in map(_fingerprint, _secrets(row)) else None


def _fingerprint(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()[:32]


def _secrets(row: Token) -> list[str]:
    return [_secret(row, row.user, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _secret(row: Token, user: User, key: str) -> str:
    told = f"{row.key} {user.password}"
    return salted_hmac(SALT, told, secret=key, algorithm="sha256").hexdigest()[:LENGTH]
