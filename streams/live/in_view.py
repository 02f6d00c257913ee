"""Who is in view now, as one viewer may see it: kept from the sightings that are told to that viewer.

Each person and each stranger is one entry, however many cameras see them. A viewer is told what changes, and nothing
while everybody merely stays. No query is made: the greeting brings whoever is in view, and events do the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from streams.records.in_view import silent_after_s
from streams.wire.builders import presence_event, present_record
from streams.wire.shapes import CameraState, PresenceEvent, PresentRecord, SightingRecord


@dataclass(slots=True)
class _OpenSeen:
    record: SightingRecord
    at: float


class InView:
    """Times are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._open: dict[str, _OpenSeen] = {}
        """By the id of the sighting."""
        self._told: dict[str, PresentRecord] = {}
        """By key, as the viewer knows them."""
        self._has_changed = False
        self._paces: dict[str, float | None] = {}
        """How many pictures a second each camera looks at, by its slug."""

    def hear(self, states: Iterable[CameraState]) -> None:
        """Notes at which pace cameras look, so that a slow one has time to confirm whom it sees."""
        self._paces.update((state["camera"]["slug"], state["fps_analysed"]) for state in states)

    def greet(self, records: Iterable[SightingRecord], now: float) -> list[PresentRecord]:
        """Notes that the viewer is told of exactly these open sightings; returns the entries to tell, oldest first."""
        self._open = {record["id"]: _OpenSeen(record, now) for record in records if _is_there(record)}
        self._told, self._has_changed = self._entries(), False
        return list(self._told.values())

    def take(self, record: SightingRecord, now: float) -> None:
        """Notes what a camera or somebody says of a sighting now."""
        if not _is_there(record):
            self.drop(record["id"])
            return
        before = self._open.get(record["id"])
        self._has_changed |= before is None or _said(before.record) != _said(record)
        self._open[record["id"]] = _OpenSeen(record, now)

    def drop(self, sighting: str) -> None:
        """Notes that this sighting is over, or is nothing for this viewer any more."""
        self._has_changed |= self._open.pop(sighting, None) is not None

    def drop_silent(self, now: float) -> None:
        """Drops whoever no camera has confirmed for longer than it takes at its pace."""
        for sighting in [key for key, heard in self._open.items() if now - heard.at > self._silent_after_s(heard)]:
            self.drop(sighting)

    def _silent_after_s(self, heard: _OpenSeen) -> float:
        return silent_after_s(self._paces.get(heard.record["camera"]["slug"]))

    def change(self) -> PresenceEvent | None:
        """Returns what the viewer has not been told yet; None if that is nothing."""
        if not self._has_changed:
            return None
        before, self._told, self._has_changed = self._told, self._entries(), False
        came = [entry for key, entry in self._told.items() if before.get(key) != entry]
        left = [key for key in before if key not in self._told]
        return presence_event(came, left) if came or left else None

    def _entries(self) -> dict[str, PresentRecord]:
        """Returns the entry of everybody, those who have been in view longest first."""
        by_who = sorted((heard.record for heard in self._open.values()), key=_key_and_time)
        found = [present_record(key, list(records)) for key, records in groupby(by_who, key_of)]
        return {entry["key"]: entry for entry in sorted(found, key=lambda entry: (entry["since"], entry["key"]))}


def key_of(record: SightingRecord) -> str:
    """Returns who it is: the same for all sightings of one person, likely person, or stranger."""
    if record["person"] is not None and record["verdict"] != "unknown":
        return f"{record['verdict']}:{record['person']['id']}"
    return f"stranger:{record['stranger']}" if record["stranger"] else f"unknown:{record['id']}"


def _key_and_time(record: SightingRecord) -> tuple[str, str, str]:
    return key_of(record), record["first_seen_at"], record["id"]


def _is_there(record: SightingRecord) -> bool:
    return record["ended_at"] is None and not record["no_face"]


def _said(record: SightingRecord) -> tuple[Any, ...]:
    """Returns what an entry is made of: the times at which somebody was seen again are not."""
    person = record["person"]
    return (
        key_of(record),
        person and person["name"],
        record["camera"],
        record["first_seen_at"],
        record["snapshot_url"],
    )
