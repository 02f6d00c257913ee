"""Tokens: what scripts log in with as a user. The row in the database is none by itself, nor is a copy of it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.crypto import constant_time_compare, salted_hmac
from rest_framework.authtoken.models import Token

LENGTH = 40
"""Of the secret part, hexadecimal: 160 bits."""
LONGEST_ID = 18
SALT = "people.keys.tokens"
"""Stays as it is, wherever this module goes: with another salt no token would open the API after an upgrade."""


def token_of(user: User) -> str:
    """The text of the user's token: the same one until it is revoked or the password changes.

    It is made of the row, the password's hash and SECRET_KEY, so that neither a backup nor a page of the admin that
    tells of the row opens the API.
    """
    row, _ = Token.objects.get_or_create(user=user)
    return f"{user.pk}-{_secret(row, user, settings.SECRET_KEY)}"


def row_of(text: str) -> Token | None:
    """The row of a token's text, with its user; None for a wrong or an old one. One query at most."""
    number, dash, secret = text.partition("-")
    if not (dash and number.isascii() and number.isdecimal() and len(number) <= LONGEST_ID and len(secret) == LENGTH):
        return None
    row = Token.objects.select_related("user").filter(user=int(number)).first()
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if row and any(constant_time_compare(secret, _secret(row, row.user, key)) for key in keys):
        return row
    return None


def _secret(row: Token, user: User, key: str) -> str:
    told = f"{row.key} {user.password}"
    return salted_hmac(SALT, told, secret=key, algorithm="sha256").hexdigest()[:LENGTH]
