"""Tells what kind of source a camera's text names, and hides its secrets before it is shown."""

from __future__ import annotations

import re
from enum import Enum
from urllib.parse import urlsplit

from streams.pipeline.errors import BadAddress
from streams.pipeline.reasons import Reason

USER_NAMES = frozenset({"user", "usr", "username", "login", "loginuse"})
PASSWORD_NAMES = frozenset({"pwd", "pass", "password", "passwd", "loginpas"})
SECRET_NAMES = PASSWORD_NAMES | {"token", "access_token", "key", "apikey", "api_key", "auth"}
"""Names that cameras give to user, password and token in a query or a path."""
_SECRET_IN_QUERY = re.compile(rf"([?&;/_](?:{'|'.join(sorted(USER_NAMES | SECRET_NAMES))})=)[^&;#\s]*", re.I)
_CREDENTIALS = re.compile(r"(://)[^/?#\s]*@")


class SourceKind(Enum):
    FILE = "file"
    NETWORK = "network"
    DEVICE = "device"
    STORAGE = "storage"
    BROWSER = "browser"


BROWSER = "browser:"
"""The source of a camera whose pictures come from a page on a phone or a laptop."""


SCHEMES = frozenset({"rtsp", "rtsps", "http", "https"})
STORAGE_SCHEME = "gs"


def kind_of(source: str) -> SourceKind:
    """Returns the kind of a file path, network address, device number, cloud storage object, or browser.

    Raises BadAddress for an empty text or a scheme that is not allowed (FFmpeg knows dozens,
    some of which read local files or run other protocols).
    """
    if not source.strip():
        raise BadAddress(Reason.NO_SOURCE.said())
    if source.isdecimal():
        return SourceKind.DEVICE
    if source == BROWSER:
        return SourceKind.BROWSER
    if "://" not in source:
        return SourceKind.FILE
    scheme = source.split("://", 1)[0].lower()
    if scheme == STORAGE_SCHEME:
        return SourceKind.STORAGE
    if scheme not in SCHEMES:
        known = ", ".join(sorted({*SCHEMES, STORAGE_SCHEME}))
        raise BadAddress(Reason.SCHEME.said(known=known, scheme=scheme))
    try:
        host, _ = urlsplit(source).hostname, urlsplit(source).port  # reading the port checks it
    except ValueError as bad:
        raise BadAddress(Reason.UNREADABLE_ADDRESS.said(why=redact(str(bad)))) from None
    if not host:
        raise BadAddress(Reason.NO_HOST.said())
    return SourceKind.NETWORK


def is_address(source: str) -> bool:
    """Returns whether `source` is the address of a network camera; False if it cannot be understood."""
    try:
        return kind_of(source) is SourceKind.NETWORK
    except BadAddress:
        return False


def redact(text: str) -> str:
    """Returns `text` with user names, passwords and tokens of addresses replaced, fit for logs and pages."""
    return _SECRET_IN_QUERY.sub(r"\1***", _CREDENTIALS.sub(r"\1***@", text))
