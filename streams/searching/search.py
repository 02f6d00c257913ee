"""Searches past sightings exactly by a face, from an uploaded picture or another sighting, and logs each search."""

from __future__ import annotations

import hashlib
import math
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection, transaction

from people.accounts.api_key import KeyUser
from people.accounts.distances import WHY_NOT, reads_exact_distances
from people.base.statement_limit import is_too_slow, statement_limit
from people.editing.services import Actor
from people.errors import Busy, NoSuchFace
from people.recognising.uploaded import bad_picture, look, pair_thresholds
from people.recognition.engine.kinds import OFFERED, distances_of
from people.recognition.reading.probing import Probe, Probes
from people.recognition.types import Box, Match, Thresholds, Vector, Verdict
from streams.errors import NothingToSearchBy, TooSlow
from streams.records.search_log import SearchLog
from streams.records.sighting import Sighting, SightingQuerySet
from streams.records.sighting_encoding import SightingEncoding

FURTHEST = max(kind.distances.furthest for kind in OFFERED)
"""The largest distance that may be asked for; a search goes no further than its engine's own."""
MOST_FOUND = 100
SAME_BOX_IOU = 0.3
# 20 s: a million sightings take 2 s on two busy cores.
TIMEOUT_S = 20
# Enough for the ids of a million sightings: with Postgres's usual 4 MB the join takes 1.5 times as long.
WORK_MEM = "64MB"
# Each search reads every encoding: a third one would only slow down the other two.
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


@dataclass(frozen=True, slots=True)
class FoundSighting:
    """A sighting, and the distance of its face from the wanted one, rounded for those without exact distances."""

    sighting: Sighting
    """With camera, person and snapshot, ready for lists."""
    distance: float
    similarity: Verdict
    """The verdict for this distance, with the thresholds for two single photos."""


@dataclass(frozen=True, slots=True)
class Search:
    """The result of a search, nearest first."""

    wanted: Wanted
    thresholds: Thresholds
    within: float
    searched: int
    """Number of sightings that were compared."""
    of_other_engines: int
    """Number of sightings that fit the filters and cannot be compared, because another engine encoded them."""
    found: tuple[FoundSighting, ...]
    more: bool
    """Whether more sightings are within the distance."""


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
    if kept is None:
        raise NothingToSearchBy
    return Wanted(np.asarray(kept.vector, np.float32), kept.engine, sighting=sighting)


def search(
    wanted: Wanted,
    *,
    among: SightingQuerySet,
    filters: Mapping[str, Any],
    within: float | None = None,
    most: int = MOST_FOUND,
    by: Actor,
) -> Search:
    """Returns the `most` sightings of `among` nearest to the wanted face, and writes a SearchLog.

    `among`: filtered sightings that `by` may see. `filters`: the filters in plain words for the log. `within`: None
    for the site's review threshold between two single photos; only those who read exact distances may choose another
    (PermissionDenied). Raises Busy and TooSlow. One transaction covers search and log, so no result appears without its
    log entry.
    """
    exact = reads_exact_distances(by)
    if within is not None and not exact:
        raise PermissionDenied(WHY_NOT)
    thresholds = pair_thresholds(wanted.engine)
    within = thresholds.review if within is None else min(within, distances_of(wanted.engine).furthest)
    if wanted.sighting:
        among = among.exclude(pk=wanted.sighting.pk)
    with _a_place(), _in_time():
        searchable = among.searchable(wanted.engine)
        near = list(searchable.near(wanted.engine, wanted.vector, within)[: most + 1])
        distances = dict(near[:most])
        shown = Sighting.objects.within_limits_of(by).with_snapshot(by).in_bulk(distances)
        found = tuple(
            FoundSighting(
                shown[sighting],
                distance if exact else thresholds.rounded_up(distance),
                _similarity(distance, thresholds),
            )
            for sighting, distance in distances.items()
            if sighting in shown
        )
        searched = searchable.order_by().count()
        others = among.unsearchable(wanted.engine).order_by().count()
        outcome = Search(wanted, thresholds, within, searched, others, found, len(near) > most)
        _record(outcome, filters, by)
    return outcome


def _chosen(probes: Probes, box: Box | None) -> Probe:
    if not probes.found:
        raise bad_picture("no_face")
    if box is None:
        return probes.found[0]
    nearest = max(probes.found, key=lambda probe: probe.face.box.iou(box))
    if nearest.face.box.iou(box) < SAME_BOX_IOU:
        raise NoSuchFace("There is no face at this place of the picture.")
    return nearest


def _similarity(distance: float, thresholds: Thresholds) -> Verdict:
    return thresholds.decide(Match("the wanted one", distance, math.inf, None, 0))


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
