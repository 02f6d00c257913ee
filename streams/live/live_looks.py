"""Writes down who watches which camera live: when they begin, and when they stop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings

from people.audit.acting import Actor
from people.audit.keeping import KEPT
from people.audit.storing import NewEntry, store
from people.audit.words import Action


class LiveLooks:
    """What one viewer watches, as far as it is written down: one entry for all cameras that begin or stop at once."""

    def __init__(self, user: Any, address: str) -> None:
        self._actor = Actor.of(user, address=address if settings.AUDIT_ADDRESSES else "")
        self._watched: frozenset[int] = frozenset()

    async def change_to(self, cameras: Iterable[int]) -> None:
        """Writes down that exactly `cameras` are watched from now on.

        Raises DatabaseError if entries must be stored first (AUDIT_STRICT) and cannot be; nobody may watch then.
        """
        now = frozenset(cameras)
        entries = list(self._entries(now))
        if entries and settings.AUDIT_STRICT:
            await database_sync_to_async(store)(entries)
        else:
            for entry in entries:
                KEPT.keep(entry)
        self._watched = now

    def end(self) -> None:
        """Writes down that nothing is watched any more, which cannot be refused."""
        for entry in self._entries(frozenset()):
            KEPT.keep(entry)
        self._watched = frozenset()

    def _entries(self, now: frozenset[int]) -> Iterator[NewEntry]:
        for action, cameras in ((Action.WATCHED, now - self._watched), (Action.STOPPED_WATCHING, self._watched - now)):
            if cameras:
                yield NewEntry(self._actor, action, "camera", tuple(f"camera:{pk}" for pk in sorted(cameras)))


def address_of(scope: dict[str, Any]) -> str:
    """Returns the network address of a socket's client, behind trusted proxies (facesite/web/proxies.py)."""
    client = scope.get("client")
    return str(client[0]) if client else ""
