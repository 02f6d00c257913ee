"""Entries of the audit as pages and files show them: with the names and addresses of what they are about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from people.audit.entry import AuditEntry
from people.audit.words import ABOUT_ITSELF, WRITES
from people.base.ids import uuid_or_none
from people.records.person import Person
from streams.records.camera import Camera
from streams.records.stranger import Stranger

PAGES = {
    "person": ("person", "person_id"), "sighting": ("sighting", "sighting_id"), "alert": ("alert", "alert_id"),
    "case": ("case", "case_id"), "video": ("video", "video_id"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that an entry is about. `name`: as it is called today, or its id; `url`: its page, or ""."""

    about: str
    kind: str
    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One column before and after a write."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ShownEntry:
    entry: AuditEntry
    subjects: Sequence[Subject]
    changes: Sequence[Change]

    @property
    def asked(self) -> str:
        return str((self.entry.detail or {}).get("asked", ""))

    @property
    def times(self) -> int:
        return int((self.entry.detail or {}).get("times", 1))

    @property
    def hashes(self) -> tuple[str, str]:
        """Its own hash and that of the entry before it, hexadecimal."""
        return bytes(self.entry.hash).hex(), bytes(self.entry.previous).hex()

    @property
    def is_erased(self) -> bool:
        return self.entry.detail is None and self.entry.detail_hash is not None

    @property
    def said(self) -> str:
        """What the audit says of itself, in a sentence; "" for anything else."""
        detail = self.entry.detail or {}
        if self.entry.action not in ABOUT_ITSELF:
            return ""
        if "last" in detail:
            return f"Entries {detail.get('first')} to {detail['last']} were too old: {detail.get('count')} in all."
        return f"{detail['count']} entries: {detail.get('why', '')}." if "count" in detail else ""


def shown(entries: Sequence[AuditEntry]) -> list[ShownEntry]:
    """Returns `entries` with names, in three queries however many they are."""
    about = {each for entry in entries for each in entry.about}
    names = _names(about)
    return [ShownEntry(entry, [_subject(each, names) for each in entry.about], _changes(entry)) for entry in entries]


def _names(about: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Returns name and address of people, cameras and strangers, as far as they are still there."""
    ids: dict[str, list[str]] = {}
    for each in about:
        kind, _, key = each.partition(":")
        ids.setdefault(kind, []).append(key)
    people = Person.objects.filter(pk__in=_uuids(ids, "person")).values_list("pk", "name")
    cameras = Camera.objects.filter(pk__in=[key for key in ids.get("camera", ()) if key.isdecimal()])
    places = cameras.values_list("pk", "name", "slug")
    strangers = Stranger.objects.filter(pk__in=_uuids(ids, "stranger"), number__isnull=False)
    return {
        **{f"person:{key}": (name, reverse("person", args=[key])) for key, name in people},
        **{f"camera:{key}": (name, reverse("camera", args=[slug])) for key, name, slug in places},
        **{f"stranger:{row.pk}": (str(row), reverse("stranger", args=[row.number])) for row in strangers},
    }


def _uuids(ids: dict[str, list[str]], kind: str) -> list[Any]:
    return [key for text in ids.get(kind, ()) if (key := uuid_or_none(text))]


def _subject(about: str, names: dict[str, tuple[str, str]]) -> Subject:
    kind, _, key = about.partition(":")
    if about in names:
        return Subject(about, kind, *names[about])
    page = PAGES.get(kind)
    url = reverse(page[0], args=[key]) if page and kind != "person" and uuid_or_none(key) else ""
    return Subject(about, kind, key[:8] if uuid_or_none(key) else key, url)


def _changes(entry: AuditEntry) -> list[Change]:
    if entry.action not in WRITES:
        return []
    before, after = entry.before or {}, entry.after or {}
    return [Change(name, _said(before.get(name)), _said(after.get(name))) for name in sorted({*before, *after})]


def _said(value: Any) -> str:
    return "" if value is None else str(value)
