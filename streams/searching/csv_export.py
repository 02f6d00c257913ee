"""What a search by a face has found as a CSV file: people and strangers first, then sightings, one line each."""

from __future__ import annotations

from collections.abc import Iterator

from people.base.csv_files import number_cell
from people.base.site_time import file_time, zone_name
from people.base.spreadsheets import csv_lines, safe
from streams.searching.search import FoundSighting, Search
from streams.searching.sureness import WORDS

COLUMNS = (
    "kind", "likeness", "distance", "id", "who", "verdict", "camera", "first_seen_at", "last_seen_at", "time_zone",
)  # fmt: skip


def search_csv(search: Search) -> Iterator[str]:
    """Yields the file at once: a search finds some hundred sightings at most."""
    yield csv_lines([COLUMNS, *_near(search), *map(_sighting, search.found)])


def _near(search: Search) -> Iterator[list[object]]:
    for person in search.people:
        yield _cells("person", WORDS[person.similarity], "", person.person.pk, person.person.name)
    for stranger in search.strangers:
        yield _cells("stranger", WORDS[stranger.similarity], "", stranger.stranger.pk, str(stranger.stranger))


def _sighting(found: FoundSighting) -> list[object]:
    row = found.sighting
    seen = row.verdict, row.camera.slug, file_time(row.first_seen_at), file_time(row.last_seen_at)
    who = row.person or (row.stranger if row.stranger and row.stranger.number else "")
    return _cells("sighting", WORDS[found.similarity], number_cell(found.distance), row.pk, str(who), *seen)


def _cells(kind: str, likeness: str, distance: str, key: object, who: str, *seen: str) -> list[object]:
    return [kind, likeness, distance, key, safe(who), *(seen or ("",) * 4), zone_name()]
