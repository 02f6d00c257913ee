"""What every step of an erasure stands on: it writes down what it erases, and deletes the objects afterwards."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import Model

from people.base.sweeping import StopFlag
from streams.erasing.erasure import ErasedPart, Erasure
from streams.erasing.traces import OBJECT, tracer_called

logger = logging.getLogger(__name__)

# 16 at once: a bucket takes some 30 ms for each, whatever else is asked of it.
AT_ONCE = 16
PARTS_AT_ONCE = 20


class ErasureInterrupted(Exception):
    """The worker stops: the next one goes on."""


class ErasureWork:
    """One erasure at work. `alive` says that it still is, and raises ClaimLost if another worker has it."""

    def __init__(self, erasure: Erasure, alive: Callable[[], None], stop: StopFlag) -> None:
        self.erasure, self._alive, self._stop = erasure, alive, stop
        self._tracer = tracer_called(erasure.trace_key)

    @property
    def ids(self) -> list[UUID]:
        """All ids that the person had."""
        return [UUID(key) for key in self.erasure.ids]

    def go_on(self) -> None:
        """Call it between two transactions. Raises ClaimLost and ErasureInterrupted."""
        self._alive()
        if self._stop.is_set():
            raise ErasureInterrupted

    def remember(self, kind: type[Model] | str, keys: Iterable[object], *, objects: Iterable[str | None] = ()) -> int:
        """Writes down rows that the caller's transaction deletes, by their ids, and their stored objects.

        Returns how many rows they are.
        """
        keys = list(keys)
        if keys:
            label = kind if isinstance(kind, str) else kind._meta.label
            self._write(label, keys)
        self.remember_objects(objects)
        return len(keys)

    def remember_objects(self, names: Iterable[str | None]) -> None:
        folders: dict[str, list[str]] = {}
        for name in filter(None, names):
            folders.setdefault(name.partition("/")[0], []).append(name)
        for folder, found in folders.items():
            self._write(f"{OBJECT}{folder}", found, waiting=found)

    def delete_objects(self) -> None:
        """Deletes every object that was written down. Raises any error of the storage, and then goes on there later."""
        while parts := list(self.erasure.parts.exclude(waiting=[])[:PARTS_AT_ONCE]):
            for part in parts:
                self.go_on()
                _delete_all(part.waiting)
                ErasedPart.objects.filter(pk=part.pk).update(waiting=[])

    def _write(self, kind: str, keys: Sequence[object], waiting: Sequence[str] = ()) -> None:
        ErasedPart.objects.create(
            erasure=self.erasure,
            kind=kind,
            number=len(keys),
            traces=self._tracer.traces(kind, keys),
            waiting=list(waiting),
        )


def _delete_all(names: Sequence[str]) -> None:
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="erase") as pool:
        for _ in pool.map(_delete_each, (names[first::AT_ONCE] for first in range(AT_ONCE))):
            pass


def _delete_each(names: Sequence[str]) -> None:
    for name in names:
        default_storage.delete(name)


def files_of(rows: Any, *fields: str) -> list[str]:
    """Returns the names of all objects that `rows` name in `fields`."""
    return [name for names in rows.order_by().values_list(*fields) for name in names if name]
