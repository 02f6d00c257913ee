"""The rules for videos in cloud storage: which ones cameras may play, and how a source names one."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from streams.pipeline.errors import BadAddress
from streams.pipeline.reasons import Reason


@dataclass(frozen=True, slots=True)
class Videos:
    """Which videos in cloud storage may be played, and where they are kept. The parent sends it to the child."""

    buckets: tuple[str, ...] = ()
    """Deny by default: no other bucket is read."""
    folder: str = ""
    most_bytes: int = 0


def place_of(source: str) -> tuple[str, str]:
    """Returns bucket and object name of gs://bucket/object. Raises BadAddress if one is missing."""
    parts = urlsplit(source)
    bucket, name = parts.netloc, unquote(parts.path.removeprefix("/"))
    if not bucket or not name or parts.query or parts.fragment:
        raise BadAddress(Reason.STORED_PATH.said())
    return bucket, name
