"""Keeps entries of reads until they are stored: off the path of the request, bounded, and never lost in silence."""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections import deque
from collections.abc import Sequence

from django.db import DatabaseError, Error, close_old_connections, connection
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from people.audit.acting import Actor
from people.audit.chaining import chain
from people.audit.storing import NewEntry, store
from people.audit.words import Action

logger = logging.getLogger(__name__)

MOST_KEPT = 20_000
"""Some 20 MB, and the reads of a busy site in a minute in which its database is away."""
AT_ONCE = 500
EVERY_S = 1.0
IDLE_S = 5.0
"""How often a process looks for entries of others that wait, while it has none of its own."""
BACK_OFF_S = 5.0
CLOSING_S = 5.0


class KeptEntries:
    """Entries of this process that are not stored yet. Any thread may `keep`, and one stores."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._waiting: deque[NewEntry] = deque()
        self._most, self._lock = most, threading.Lock()
        self.lost = self._unsaid = 0
        """Entries that were lost since the process began; those of them of which no entry tells yet."""

    def __len__(self) -> int:
        return len(self._waiting)

    def keep(self, entry: NewEntry) -> bool:
        """Keeps an entry to be stored within a second; returns False, and counts it as lost, if too many wait."""
        with self._lock:
            if len(self._waiting) >= self._most:
                self.lost += 1
                self._unsaid += 1
                return False
            self._waiting.append(entry)
            return True

    def store(self) -> int:
        """Stores some hundred entries and returns how many. Whatever it raises, it then has them still."""
        with self._lock:
            taken = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
            unsaid = self._unsaid
        try:
            store([*joined(taken), *([_lost(unsaid)] if unsaid else [])])
        except Exception:
            with self._lock:
                self._waiting.extendleft(reversed(taken))
            raise
        with self._lock:
            self._unsaid -= unsaid
        return len(taken)

    def figures(self) -> list[Metric]:
        return [
            CounterMetricFamily("facesite_audit_lost", "Entries of the audit that this process has lost.", self.lost),
            GaugeMetricFamily(
                "facesite_audit_unstored", "Entries of the audit that this process has not stored yet.", len(self)
            ),
        ]


def joined(entries: Sequence[NewEntry]) -> list[NewEntry]:
    """Makes one entry of the pictures that one client fetched at once: a page with fifty faces is one look."""
    kept: list[NewEntry] = []
    pictures: dict[object, list[NewEntry]] = {}
    for entry in entries:
        if entry.action != Action.SAW_PICTURES:
            kept.append(entry)
            continue
        actor = entry.actor
        same = pictures.setdefault((actor.user, actor.key, actor.who, actor.address, entry.kind), [])
        if not same:
            kept.append(entry)
        same.append(entry)
    together = {id(same[0]): _together(same) for same in pictures.values()}
    return [together.get(id(entry), entry) for entry in kept]


def _together(same: Sequence[NewEntry]) -> NewEntry:
    first = same[0]
    about = tuple(dict.fromkeys(each for entry in same for each in entry.about))
    detail = {"times": len(same)} if len(same) > 1 else first.detail
    return NewEntry(first.actor, first.action, first.kind, about, detail, first.made_at)


def _lost(number: int) -> NewEntry:
    return NewEntry(Actor.program(), Action.LOST, "audit", detail={"count": number, "why": "too many waited"})


class Keeper(threading.Thread):
    """Stores what a process has kept, and chains what waits. It ends with its process, after a last look."""

    def __init__(self, kept: KeptEntries) -> None:
        super().__init__(name="audit", daemon=True)
        self._kept, self._ending = kept, threading.Event()

    def run(self) -> None:
        chained_at = 0.0
        while not self._ending.wait(EVERY_S):
            if not self._kept and time.monotonic() - chained_at < IDLE_S:
                continue
            chained_at = time.monotonic()
            if not work_off(self._kept):
                self._ending.wait(BACK_OFF_S)
        work_off(self._kept)
        connection.close()

    def close(self) -> None:
        """Stores what is left; waits some seconds for that, and then gives up, and says what is lost."""
        self._ending.set()
        self.join(CLOSING_S)
        if self._kept:
            logger.error("%s entries of the audit are lost: the database did not take them at the end", len(self._kept))


def work_off(kept: KeptEntries) -> bool:
    """Stores all that is kept, and chains; returns False if the database is away or refuses, or for any other fault.

    Whatever it is, the thread goes on: without it every later look would be lost.
    """
    try:
        close_old_connections()
        while kept.store() or kept._unsaid:
            pass
        while chain():
            pass
    except (DatabaseError, Error) as error:
        logger.warning("%s entries of the audit wait for the database (%s)", len(kept), type(error).__name__)
        connection.close()
        return False
    except Exception:
        logger.exception("%s entries of the audit cannot be stored", len(kept))
        return False
    return True


KEPT = KeptEntries()
_keeper: Keeper | None = None
_starting = threading.Lock()


def start_keeper() -> None:
    """Lets this process store what it keeps from now on; a second call does nothing."""
    global _keeper
    if _keeper is not None:
        return
    with _starting:
        if _keeper is None:
            _keeper = Keeper(KEPT)
            _keeper.start()
            atexit.register(_keeper.close)
