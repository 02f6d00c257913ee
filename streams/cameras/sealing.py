"""Encrypts stored passwords of cameras with a key that is not in the database.

The first of CAMERA_KEYS seals, or SECRET_KEY if CAMERA_KEYS is empty. All of CAMERA_KEYS, SECRET_KEY and its fallbacks
open. To change the key, put the new one first and run `manage.py reseal_cameras`.
"""

from __future__ import annotations

from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings

from people.base.seal_keys import seal_keys
from streams.errors import SealBroken


def seal(text: str) -> str:
    """Returns an authenticated, encrypted token; "" for ""."""
    return _keys().encrypt(text.encode()).decode() if text else ""


def unseal(token: str) -> str:
    """Returns the text in `token`. Raises SealBroken if no key opens it."""
    try:
        return _keys().decrypt(token.encode()).decode() if token else ""
    except InvalidToken:
        raise SealBroken() from None


def resealed(token: str) -> str:
    """Returns the same text, sealed with the newest key. Raises SealBroken."""
    return seal(unseal(token))


def _keys() -> MultiFernet:
    return seal_keys("facesite camera passwords", settings.CAMERA_KEYS)
