"""Searches past sightings by a face, from an uploaded picture or another sighting, and logs each search."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from uuid import UUID

import numpy as np
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection, transaction
from django.db.models import Q, TextChoices

from people.accounts.api_key import KeyUser
from people.accounts.distances import WHY_NOT, reads_exact_distances
from people.base.statement_limit import is_too_slow, statement_limit
from people.editing.services import Actor
from people.errors import Busy, NoSuchFace
from people.recognising.uploaded import bad_picture, look, pair_thresholds, thresholds_for
from people.recognition.engine.kinds import OFFERED, distances_of
from people.recognition.reading.probing import Probe, Probes
from people.recognition.types import Box, Thresholds, Vector, Verdict
from streams.errors import NothingToSearchBy, TooSlow
from streams.records.search_log import SearchLog
from streams.records.sighting import Sighting, SightingQuerySet
from streams.records.sighting_encoding import SightingEncoding
from streams.searching.near_people import FoundPerson, FoundStranger, people_near, strangers_near
from streams.searching.nearest import nearest
from streams.searching.sureness import sureness

FURTHEST = max(kind.distances.furthest for kind in OFFERED)
"""The largest distance that may be asked for; a search goes no further than its engine's own."""
MOST_FOUND = 100
MOST_NEAR = 1000
"""Sightings, the nearest ones, that are put in order of time, and that pages lead through."""
MOST_COUNTED = 10_000
SAME_BOX_IOU = 0.3
# 20 s: a million sightings take 2 s on two busy cores.
TIMEOUT_S = 20
# Enough for the ids of a million sightings: with Postgres's usual 4 MB the join takes 1.5 times as long.
WORK_MEM = "64MB"
# An exact search reads every encoding: a third one would only slow down the other two.
MOST_AT_ONCE, WAIT_S = 2, 10.0
_places = threading.BoundedSemaphore(MOST_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The face to look for, the engine that encoded it, and its source for the log."""

    vector: Vector
    engine: str
    picture_sha256: str = ""
    sighting: Sighting | None = None
    picture: Probes | None = None
    """All faces of the picture, biggest first."""
    chosen: Probe | None = None


class FoundOrder(TextChoices):
    """The order of what was found."""

    LIKENESS = "likeness", "Most alike first"
    TIME = "time", "Newest first"


@dataclass(frozen=True, slots=True)
class FoundSighting:
    """A sighting, and the distance of its face from the wanted one, rounded for those without exact distances."""

    sighting: Sighting
    """With camera, person and snapshot, ready for lists."""
    distance: float
    similarity: Verdict
    """The verdict for this distance, by the site's thresholds."""


@dataclass(frozen=True, slots=True)
class Search:
    """The result of a search: one page of sightings, and the people and strangers who look like that."""

    wanted: Wanted
    thresholds: Thresholds
    within: float
    searched: int | None
    """Number of sightings that were compared; None: the index was asked, which does not compare all."""
    of_other_engines: int
    """Number of sightings that fit the filters and cannot be compared, because another engine encoded them; at most
    MOST_COUNTED."""
    found: tuple[FoundSighting, ...]
    more: bool
    """Whether more sightings are within the distance."""
    people: tuple[FoundPerson, ...]
    strangers: tuple[FoundStranger, ...]


def wanted_in_picture(data: bytes, box: Box | None = None) -> Wanted:
    """Returns the biggest face of the picture file `data`, or the face at `box`. A child process decodes it.

    Raises BadPicture (also "no_face"), NoSuchFace, Busy, ReaderDied.
    """
    probes, engine = look(data)
    chosen = _chosen(probes, box)
    if chosen.vector is None:
        raise bad_picture("no_face")
    digest = hashlib.sha256(data).hexdigest()
    return Wanted(chosen.vector, engine, picture_sha256=digest, picture=probes, chosen=chosen)


def wanted_in_sighting(sighting: Sighting) -> Wanted:
    """Returns the face of another sighting. Raises NothingToSearchBy."""
    kept = SightingEncoding.objects.filter(sighting=sighting).first()
    if kept is None or sighting.is_no_face:
        raise NothingToSearchBy
    return Wanted(np.asarray(kept.vector, np.float32), kept.engine, sighting=sighting)


def search(
    wanted: Wanted,
    *,
    among: SightingQuerySet,
    filters: Mapping[str, Any],
    within: float | None = None,
    most: int = MOST_FOUND,
    skip: int = 0,
    order: str = FoundOrder.LIKENESS,
    exact: bool = False,
    by: Actor,
) -> Search:
    """Returns `most` sightings of `among` near the wanted face, after the first `skip`, and writes a SearchLog.

    `among`: filtered sightings that `by` may see. `filters`: the filters in plain words for the log. `within`: None
    for the review threshold between two single photos; only those who read exact distances may choose another
    (PermissionDenied). `order`: by time, the nearest MOST_NEAR are put in order. `exact`: compare all, also among
    many. Raises Busy and TooSlow. One transaction covers search and log, so no result appears without its log entry.
    """
    reads_exact = reads_exact_distances(by)
    if within is not None and not reads_exact:
        raise PermissionDenied(WHY_NOT)
    thresholds = thresholds_for(wanted.engine)
    furthest = distances_of(wanted.engine).furthest
    within = pair_thresholds(wanted.engine).review if within is None else min(within, furthest)
    if wanted.sighting:
        among = among.exclude(pk=wanted.sighting.pk)
    with _a_place(), _in_time():
        page = _page(wanted, among, within, order, skip, most, exact)
        outcome = Search(
            wanted,
            thresholds,
            within,
            page.searched,
            _number_of_others(among, wanted.engine),
            tuple(_shown(page.found, thresholds, within, by)),
            page.more,
            people_near(wanted.vector, wanted.engine, thresholds, by),
            strangers_near(wanted.vector, wanted.engine, thresholds, within, by),
        )
        _record(outcome, filters, by)
    return outcome


@dataclass(frozen=True, slots=True)
class _Page:
    found: dict[UUID, float]
    """Distances by sighting."""
    searched: int | None
    more: bool


def _page(
    wanted: Wanted, among: SightingQuerySet, within: float, order: str, skip: int, most: int, exact: bool
) -> _Page:
    by_time = order == FoundOrder.TIME
    asked = MOST_NEAR if by_time else skip + most + 1
    near = nearest(among, engine=wanted.engine, vector=wanted.vector, within=within, most=asked, exact=exact)
    found = sorted(near.found, key=itemgetter(2, 0), reverse=True) if by_time else near.found
    page = {sighting: apart for sighting, apart, _began_at in found[skip : skip + most]}
    return _Page(page, near.searched, len(found) > skip + most)


def _shown(found: Mapping[UUID, float], thresholds: Thresholds, within: float, by: Actor) -> Iterator[FoundSighting]:
    """Yields the sightings in the order of `found`, with distances as `by` may know them."""
    exact = reads_exact_distances(by)
    shown = Sighting.objects.within_limits_of(by).with_snapshot(by).in_bulk(found)
    for sighting, distance in found.items():
        if sighting in shown:
            known = distance if exact else min(within, thresholds.rounded_up(distance))
            yield FoundSighting(shown[sighting], known, sureness(distance, thresholds))


def _number_of_others(among: SightingQuerySet, engine: str) -> int:
    """Returns how many of `among` another engine encoded; two looks into an index if there are none."""
    others = SightingEncoding.objects.filter(Q(engine__lt=engine) | Q(engine__gt=engine))
    return among.unsearchable(engine).order_by()[:MOST_COUNTED].count() if others.exists() else 0


def _chosen(probes: Probes, box: Box | None) -> Probe:
    if not probes.found:
        raise bad_picture("no_face")
    if box is None:
        return probes.found[0]
    nearest = max(probes.found, key=lambda probe: probe.face.box.iou(box))
    if nearest.face.box.iou(box) < SAME_BOX_IOU:
        raise NoSuchFace("There is no face at this place of the picture.")
    return nearest


def _record(outcome: Search, filters: Mapping[str, Any], by: Actor) -> None:
    key = by.key if isinstance(by, KeyUser) else None
    name = by.get_username() if by else "a command"
    SearchLog.objects.create(
        by_id=by.pk if by else None,
        key=key,
        who=f"{name} with the key {key}" if key else name,
        picture_sha256=outcome.wanted.picture_sha256,
        sighting=outcome.wanted.sighting.pk if outcome.wanted.sighting else None,
        filters=dict(filters),
        within=outcome.within,
        engine=outcome.wanted.engine,
        searched=outcome.searched,
        found=len(outcome.found),
    )


@contextmanager
def _a_place() -> Iterator[None]:
    if not _places.acquire(timeout=WAIT_S):
        raise Busy
    try:
        yield
    finally:
        _places.release()


@contextmanager
def _in_time() -> Iterator[None]:
    """Opens a transaction in which no statement may take longer than TIMEOUT_S. Raises TooSlow."""
    try:
        with statement_limit(TIMEOUT_S), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL work_mem = %s", [WORK_MEM])
            yield
    except OperationalError as error:
        if is_too_slow(error):
            raise TooSlow from None
        raise
