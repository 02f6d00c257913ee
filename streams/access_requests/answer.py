"""Writes the ZIP of an answer: pages that anybody can read, the same as JSON, pictures and documents."""

from __future__ import annotations

import json
import mimetypes
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import IO, Any, TypeVar

from django.template.loader import render_to_string

from people.base.site_time import time_words, zone_name
from people.editing.documents import document_type
from people.recognition.pictures.formats import content_type
from people.records.person import Person
from streams.access_requests import gathering

FOLDER = "streams/answer"
Alive = Callable[[int], None]
"""Is told, now and then, how many sightings are in it."""
TELL_EVERY = 50
T = TypeVar("T")


class AnswerArchive:
    """The files of one answer. `alive` is called between sightings."""

    def __init__(self, file: IO[bytes], made_at: datetime, alive: Alive) -> None:
        self._zip = zipfile.ZipFile(file, "w")
        self._at, self._alive = made_at.timetuple()[:6], alive
        self._made_at = made_at

    def __enter__(self) -> AnswerArchive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def write(self, person: Person, *, site: str) -> int:
        """Writes everything; returns the number of sightings."""
        told: dict[str, Any] = {
            "made": time_words(self._made_at),
            "time_zone": zone_name(),
            "site": site,
            "about": gathering.about(person),
            "photos": [
                {**said, "picture": self._add("photos", number, stored, _picture_ending)}
                for number, (said, stored) in enumerate(self._slowly(gathering.photos(person)), start=1)
            ],
            "encodings": gathering.encodings(person),
            "bases": [
                {**said, "document": self._add("documents", number, stored, _document_ending)}
                for number, (said, stored) in enumerate(gathering.bases(person), start=1)
            ],
            "encodings_of_sightings": gathering.encodings_of_sightings(person),
            "enrolment_links": self._with_pictures("links", gathering.links(person)),
            "in_videos": self._with_pictures("videos", gathering.in_videos(person)),
            "alerts": gathering.alerts(person),
            "rules": gathering.rules(person),
            "proposals": gathering.proposals(person),
            "handed_over": gathering.handed_over(person),
            "looks": list(self._slowly(gathering.looks(person))),
        }
        told["sightings"], number = self._sightings(person, told), 0
        number = sum(month["number"] for month in told["sightings"])
        self._page("who-looked.html", "looks.html", told)
        self._page("index.html", "index.html", {**told, "number": number, "looked": len(told["looks"])})
        self._write("style.css", render_to_string(f"{FOLDER}/style.css").encode())
        self._write("everything.json", json.dumps(told, indent=1, ensure_ascii=False).encode())
        self._zip.close()
        return number

    def _sightings(self, person: Person, told: dict[str, Any]) -> list[dict[str, Any]]:
        """Writes a page for each month, so that no page has ten thousand pictures; returns the months."""
        months = []
        rows = groupby(gathering.sightings(person), key=lambda each: each[0]["month"])
        seen = 0
        for month, group in rows:
            entries = []
            for said, snapshots in group:
                pictures = [
                    self._add("sightings", f"{seen + 1:06d}-{at}", each, _jpeg) for at, each in enumerate(snapshots, 1)
                ]
                entries.append({**said, "pictures": [name for name in pictures if name]})
                seen += 1
                if seen % TELL_EVERY == 0:
                    self._alive(seen)
            page = f"sightings-{month}.html"
            self._page(page, "sightings.html", {**told, "month": month, "entries": entries})
            months.append({"month": month, "page": page, "number": len(entries), "entries": entries})
        return months

    def _with_pictures(self, folder: str, rows: Iterable[tuple[dict[str, Any], list[Any]]]) -> list[dict[str, Any]]:
        """Adds the pictures of each row; returns the rows with the names of those that are there."""
        told = []
        for number, (said, stored) in enumerate(self._slowly(rows), start=1):
            names = [self._add(folder, f"{number}-{at}", each, _picture_ending) for at, each in enumerate(stored, 1)]
            told.append({**said, "pictures": [name for name in names if name]})
        return told

    def _slowly(self, rows: Iterable[T]) -> Iterator[T]:
        """Says now and then that it is alive: thousands of photos of a bucket take longer than a claim lasts."""
        for number, row in enumerate(rows, start=1):
            if number % TELL_EVERY == 0:
                self._alive(0)
            yield row

    def _add(self, folder: str, name: object, stored: Any, ending: Callable[[bytes], str]) -> str:
        """Adds a stored object; returns its name in the ZIP, or "" if there is none or it is gone."""
        if not stored:
            return ""
        try:
            with stored.open("rb") as file:
                content = file.read()
        except FileNotFoundError:
            return ""
        place = f"{folder}/{name}{ending(content)}"
        self._write(place, content, packed=False)
        return place

    def _page(self, name: str, template: str, context: dict[str, Any]) -> None:
        self._write(name, render_to_string(f"{FOLDER}/{template}", context).encode())

    def _write(self, name: str, content: bytes, *, packed: bool = True) -> None:
        info = zipfile.ZipInfo(name, self._at)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o644 << 16
        self._zip.writestr(info, content)


def _jpeg(_: bytes) -> str:
    return ".jpg"


def _picture_ending(content: bytes) -> str:
    return mimetypes.guess_extension(content_type(content[:64]) or "") or ""


def _document_ending(content: bytes) -> str:
    return mimetypes.guess_extension(document_type(content[:64]) or "") or ""
