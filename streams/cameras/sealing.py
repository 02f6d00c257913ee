"""Passwords of cameras at rest: sealed with a key that is not in the database.

The first of CAMERA_KEYS seals, all of them open, and so do SECRET_KEY and its fallbacks, which seal where no
CAMERA_KEYS is set. A key is changed by putting the new one first and running `manage.py reseal_cameras`.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from streams.errors import SealBroken


def seal(text: str) -> str:
    """An authenticated, encrypted token; nothing for nothing."""
    return _keys().encrypt(text.encode()).decode() if text else ""


def unseal(token: str) -> str:
    """Raises SealBroken when no key opens it."""
    try:
        return _keys().decrypt(token.encode()).decode() if token else ""
    except InvalidToken:
        raise SealBroken() from None


def resealed(token: str) -> str:
    """The same text, sealed with the newest key. Raises SealBroken."""
    return seal(unseal(token))


def _keys() -> MultiFernet:
    texts = [*settings.CAMERA_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([_key(text) for text in texts])


def _key(text: str) -> Fernet:
    """Any long random text makes a key: settings demand 32 characters, so a plain hash spreads it well enough."""
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"facesite camera passwords\0" + text.encode()).digest()))
