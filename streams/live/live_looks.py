"""Writes down who watches live: the pictures of which cameras, and who is seen by which; from when to when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings

from people.audit.acting import Actor
from people.audit.keeping import KEPT
from people.audit.storing import NewEntry, store
from people.audit.words import Action

PICTURES, SEEN = KINDS = ("camera", "sighting")
"""What is watched: a camera's pictures, or whom it sees: names and times come without the pictures, too."""


class LiveLooks:
    """What one viewer watches, as far as it is written down: one entry for all cameras that begin or stop at once."""

    def __init__(self, user: Any, address: str) -> None:
        self._actor = Actor.of(user, address=address if settings.AUDIT_ADDRESSES else "")
        self._watched = {kind: frozenset[int]() for kind in KINDS}

    async def change_to(self, cameras: Iterable[int], kind: str = PICTURES) -> None:
        """Writes down that exactly `cameras` are watched from now on; of `kind`, their pictures or whom they see.

        Raises DatabaseError if entries must be stored first (AUDIT_STRICT) and cannot be; nobody may watch then.
        """
        now = frozenset(cameras)
        entries = list(self._entries(kind, now))
        if entries and settings.AUDIT_STRICT:
            await database_sync_to_async(store)(entries)
        else:
            for entry in entries:
                KEPT.keep(entry)
        self._watched[kind] = now

    def end(self) -> None:
        """Writes down that nothing is watched any more, which cannot be refused."""
        for kind in KINDS:
            for entry in self._entries(kind, frozenset()):
                KEPT.keep(entry)
            self._watched[kind] = frozenset()

    def _entries(self, kind: str, now: frozenset[int]) -> Iterator[NewEntry]:
        before = self._watched[kind]
        for action, cameras in ((Action.WATCHED, now - before), (Action.STOPPED_WATCHING, before - now)):
            if cameras:
                yield NewEntry(self._actor, action, kind, tuple(f"camera:{pk}" for pk in sorted(cameras)))


def address_of(scope: dict[str, Any]) -> str:
    """Returns the network address of a socket's client, behind trusted proxies (facesite/web/proxies.py)."""
    client = scope.get("client")
    return str(client[0]) if client else ""
