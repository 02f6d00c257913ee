"""Keys that seal what neither the database nor a link may show."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def seal_keys(purpose: str, first: Sequence[str] = ()) -> MultiFernet:
    """Returns the keys for one purpose, made of the texts `first`, then SECRET_KEY and its fallbacks.

    The first of them seals, and all open. `purpose` stays as it is for ever: with another nothing sealed would open.
    """
    texts = (*first, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([_key(purpose, text) for text in texts])


def _key(purpose: str, text: str) -> Fernet:
    """Makes a key from any long random text: settings require 32 characters, so a plain hash is strong enough."""
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"{purpose}\0{text}".encode()).digest()))
