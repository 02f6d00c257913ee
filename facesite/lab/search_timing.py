"""Measures the search by a face: how long it takes, and how much of what comparing all finds the indexes find, too."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.test import Client

from facesite.lab.list_timing import Asked, answer_of, client_for, superuser
from facesite.lab.processes import cpu_with_database_ms
from people.recognising.uploaded import pair_thresholds, thresholds_for
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.searching.near_people import people_near, strangers_near
from streams.searching.search import MOST_FOUND

URL = "/api/v1/sightings/search/"
Found = list[str]
"""Ids of what one search found."""


@dataclass(frozen=True, slots=True)
class SearchTiming:
    """What one kind of search took for one face, in milliseconds."""

    name: str
    median_ms: float
    p95_ms: float
    cpu_ms: float
    """Processor time of this process and of the connection's own database process, without parallel helpers."""
    recall: float | None = None
    """Share of what comparing all finds; None: this compares all."""
    worst: float | None = None
    """The same for the face for which it is lowest."""
    own: float | None = None
    """The same of the wanted one's own sightings alone; the others are of people who look alike."""


def searches(faces: int) -> Iterator[SearchTiming]:
    """Yields the timing of each kind of search, for the faces of so many sightings, of known people and of strangers.

    Sightings through the whole stack, the nearest MOST_FOUND of each; people and strangers as a part of that.
    """
    wanted = list(SightingEncoding.objects.order_by("pk")[:faces])  # ids are random
    client = client_for(Asked("search", URL))
    for order in ("likeness", "time"):
        exact, timed = _timed(f"sightings, {order}, exact", partial(_sightings, client, order, "true"), wanted)
        found, by_index = _timed(
            f"sightings, {order}, by the index", partial(_sightings, client, order, "false"), wanted
        )
        yield replace(_with_recall(by_index, found, exact), own=_mean(_shares(found, _own(wanted, exact))))
        yield timed
    yield _timed("people, exact", _people, wanted)[1]
    exact, timed = _timed("strangers, exact", partial(_strangers, exact=True), wanted)
    found, by_index = _timed("strangers, by the index", _strangers, wanted)
    yield _with_recall(by_index, found, exact)
    yield timed


def _timed(
    name: str, search: Callable[[SightingEncoding], Found], wanted: Sequence[SightingEncoding]
) -> tuple[list[Found], SearchTiming]:
    search(wanted[0])  # the first loads what is loaded only once
    found, took, began_cpu_ms = [], [], cpu_with_database_ms()
    for each in wanted:
        began = perf_counter()
        found.append(search(each))
        took.append(1000 * (perf_counter() - began))
    cpu_ms = (cpu_with_database_ms() - began_cpu_ms) / len(wanted)
    p95 = statistics.quantiles(took, n=20, method="inclusive")[-1]
    return found, SearchTiming(name, round(statistics.median(took), 1), round(p95, 1), round(cpu_ms, 1))


def _with_recall(timing: SearchTiming, found: list[Found], exact: list[Found]) -> SearchTiming:
    shares = _shares(found, exact)
    return replace(timing, recall=_mean(shares), worst=round(min(shares), 4) if shares else None)


def _shares(found: list[Found], exact: list[Found]) -> list[float]:
    return [len({*some} & {*every}) / len(every) for some, every in zip(found, exact, strict=True) if every]


def _mean(shares: list[float]) -> float | None:
    return round(statistics.mean(shares), 4) if shares else None


def _own(wanted: Sequence[SightingEncoding], exact: list[Found]) -> list[Found]:
    """Leaves of what was found the sightings of the wanted one's person or stranger."""
    return [
        [pk for pk in found if who[pk] == who[str(each.pk)]]
        for each, found in zip(wanted, exact, strict=True)
        if (who := _who([str(each.pk), *found]))
    ]


def _who(sightings: Found) -> dict[str, Any]:
    rows = Sighting.objects.filter(pk__in=sightings).values_list("pk", "person", "stranger")
    return {str(pk): person or stranger for pk, person, stranger in rows}


def _sightings(client: Client, order: str, exact: str, wanted: SightingEncoding) -> Found:
    body = {"sighting": str(wanted.pk), "order": order, "exact": exact, "limit": MOST_FOUND}
    answer = answer_of(client, Asked("search", URL, body))
    return [each["sighting"]["id"] for each in json.loads(answer)["results"]]


def _people(wanted: SightingEncoding) -> Found:
    vector = np.asarray(wanted.vector, np.float32)
    found = people_near(vector, wanted.engine, thresholds_for(wanted.engine), superuser())
    return [str(each.person.pk) for each in found]


@transaction.atomic
def _strangers(wanted: SightingEncoding, exact: bool = False) -> Found:
    vector = np.asarray(wanted.vector, np.float32)
    thresholds, within = thresholds_for(wanted.engine), pair_thresholds(wanted.engine).review
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = %s", ["off" if exact else "on"])
    found: Any = strangers_near(vector, wanted.engine, thresholds, within, superuser())
    return [str(each.stranger.pk) for each in found]
