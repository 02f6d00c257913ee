"""What certificates call the kinds of things that were erased, in the words of the glossary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.apps import apps

from streams.erasing.traces import NAMELESS, OBJECT

OBJECTS: Mapping[str, str] = {
    "photos": "stored photos",
    "crops": "stored crops of photos",
    "documents": "documents of bases",
    "link-pictures": "pictures sent by links",
    "imports": "ZIPs of imports",
    "snapshots": "snapshots",
    "sighting-frames": "whole frames",
    "sighting-clips": "clips",
    "videos": "files of videos",
    "video-faces": "pictures of faces in videos",
    "cases": "ZIPs of cases",
    "access-requests": "answers to access requests",
}
"""Every folder of the storage that can hold something of a person."""
ROWS: Mapping[str, str] = {
    "people.Person": "people",
    "people.Encoding": "encodings of photos",
    "streams.SightingEncoding": "encodings of sightings",
    "streams.Detection": "looks of sightings",
    "streams.EditedSighting": "sightings as they were before a correction",
    "streams.Stranger": "strangers",
    "streams.VideoLook": "looks in videos",
    "streams.LastSeen": "moments at which people were last recognised",
    "streams.RuleQuiet": "pauses of rules",
    "people.ImportEntry": "lines of imports' reports",
    "people.KeptAnswer": "answers kept for repeated requests",
    NAMELESS: "sightings made nameless",
}
"""Where the name of the table is not what people call it."""


def words_of(kind: str) -> str:
    """Returns what a kind is called, in the plural."""
    if kind.startswith(OBJECT):
        folder = kind.removeprefix(OBJECT)
        return OBJECTS.get(folder, f"objects in {folder}")
    return ROWS.get(kind) or str(apps.get_model(kind)._meta.verbose_name_plural)


def counted(numbers: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Returns how many there were of each kind, rows before objects."""
    found: dict[str, int] = {}
    for kind, number in sorted(numbers, key=lambda each: (each[0].startswith(OBJECT), words_of(each[0]))):
        found[words_of(kind)] = found.get(words_of(kind), 0) + number
    return found
