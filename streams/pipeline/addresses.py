"""What a camera's source text means, and how it may be shown."""

from __future__ import annotations

import re
from enum import Enum
from urllib.parse import urlsplit

USER_NAMES = frozenset({"user", "usr", "username", "login", "loginuse"})
SECRET_NAMES = frozenset(
    {"pwd", "pass", "password", "passwd", "loginpas", "token", "access_token", "key", "apikey", "api_key", "auth"}
)
"""What cameras call user and password in a query."""
_SECRET_IN_QUERY = re.compile(rf"([?&;](?:{'|'.join(sorted(USER_NAMES | SECRET_NAMES))})=)[^&;#\s]*", re.I)
_CREDENTIALS = re.compile(r"(://)[^/?#\s]*@")


class Kind(Enum):
    FILE = "file"
    NETWORK = "network"
    DEVICE = "device"
    STORAGE = "storage"
    BROWSER = "browser"


BROWSER = "browser:"
"""The source of a camera whose pictures a page on a phone or a laptop sends."""


SCHEMES = frozenset({"rtsp", "rtsps", "http", "https"})
STORAGE_SCHEME = "gs"


def kind_of(source: str) -> Kind:
    """File path, network address, device number, or object in cloud storage.

    Raises ValueError for an empty text or a scheme that is not allowed (FFmpeg knows dozens,
    some of which read local files or run other protocols).
    """
    if not source.strip():
        raise ValueError("no source is given")
    if source.isdecimal():
        return Kind.DEVICE
    if source == BROWSER:
        return Kind.BROWSER
    if "://" not in source:
        return Kind.FILE
    scheme = source.split("://", 1)[0].lower()
    if scheme == STORAGE_SCHEME:
        return Kind.STORAGE
    if scheme not in SCHEMES:
        known = ", ".join(sorted({*SCHEMES, STORAGE_SCHEME}))
        raise ValueError(f"addresses may begin with {known}; this one begins with {scheme!r}")
    try:
        if not urlsplit(source).hostname:
            raise ValueError("the address names no host")
        urlsplit(source).port  # noqa: B018 - asks for the port to have it checked
    except ValueError as bad:
        raise ValueError(f"the address cannot be read: {redact(str(bad))}") from None
    return Kind.NETWORK


def redact(text: str) -> str:
    """`text` with user names, passwords and tokens of addresses replaced, fit for logs and pages."""
    return _SECRET_IN_QUERY.sub(r"\1***", _CREDENTIALS.sub(r"\1***@", text))
