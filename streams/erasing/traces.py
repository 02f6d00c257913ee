"""Traces: keyed hashes of ids and object names, by which somebody with the site's key can look for them again.

Who has only a certificate learns nothing from them. The key is made of SECRET_KEY, so a site that has one of its old
keys still in SECRET_KEY_FALLBACKS can check old certificates.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b, sha256

from django.conf import settings

BYTES = 12
"""96 bits: among 5 million ids and 200,000 traces one would agree by chance once in 10^17 certificates."""
OBJECT = "object:"
NAMELESS = "streams.Sighting:nameless"
"""The kind of sightings that stay without a name, face or picture."""


class UnknownKey(Exception):
    """The traces were made with a key that this site does not have any more."""

    def __init__(self) -> None:
        super().__init__(
            "This certificate was made with a key that this site does not have: give the old SECRET_KEY back in "
            "SECRET_KEY_FALLBACKS."
        )


class Tracer:
    """Makes traces with one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.name = sha256(key).hexdigest()[:16]
        """Says which key it is, and nothing of it."""

    def trace(self, kind: str, value: bytes) -> bytes:
        return blake2b(value, key=self._key, person=_person(kind), digest_size=BYTES).digest()

    def traces(self, kind: str, values: Iterable[object]) -> bytes:
        """Returns the traces of all values, one after another."""
        return b"".join(self.trace(kind, str(value).encode()) for value in values)

    def seal(self, text: str) -> str:
        """Returns what only a site with this key can have made of `text`, hexadecimal."""
        return hmac.new(self._key, text.encode(), sha256).hexdigest()

    def has_sealed(self, text: str, seal: str) -> bool:
        return hmac.compare_digest(self.seal(text), seal)


def newest_tracer() -> Tracer:
    return _tracers()[0]


def tracer_called(name: str) -> Tracer:
    """Raises UnknownKey."""
    for tracer in _tracers():
        if tracer.name == name:
            return tracer
    raise UnknownKey


def split(traces: bytes) -> set[bytes]:
    return {traces[at : at + BYTES] for at in range(0, len(traces), BYTES)}


def _tracers() -> list[Tracer]:
    texts = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [Tracer(sha256(f"facesite erasure traces\0{text}".encode()).digest()) for text in texts]


@cache
def _person(kind: str) -> bytes:
    """Sets the traces of each kind apart: number 17 of one table is not number 17 of another."""
    return blake2b(kind.encode(), digest_size=16).digest()
