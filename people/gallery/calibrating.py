"""Calibrates the site on its own gallery's faces, and puts thresholds into force."""

from __future__ import annotations

import logging

from django.db import transaction

from people.base.doorbells import ring_gallery
from people.editing.services import Actor
from people.errors import BadThresholds
from people.gallery.engines import active_engine
from people.gallery.judged_looks import confirmed_looks, rejected_looks
from people.gallery.stored import encodings_of
from people.gallery.thresholds import DecisionThresholds
from people.recognition.engine.kinds import distances_of
from people.recognition.gallery.calibration import Calibration
from people.recognition.gallery.measuring import MOST_COMPARISONS, calibrate
from people.recognition.types import Thresholds

logger = logging.getLogger(__name__)

TIGHTEST = 0.1
"""Lower limit of a site's match distance: at 0.1 not even another photo of a sitting matches."""


def current_thresholds() -> Thresholds:
    """Returns the thresholds that decide now, except on cameras with a distance of their own."""
    return DecisionThresholds.objects.in_force(active_engine())


def furthest_match() -> float:
    """Returns the largest match distance that the site may choose with the engine in use."""
    return distances_of(active_engine()).furthest_match


def calibration_of_gallery(*, within: float, most_comparisons: int = MOST_COMPARISONS) -> Calibration:
    """Measures the distances of the encodings in use, and lists the pairs of people at most `within` apart.

    It learns from sightings, too: those that somebody confirmed, and those that were said not to be somebody.
    """
    engine = active_engine()
    people, vectors = encodings_of(engine)
    return calibrate(
        people,
        vectors,
        distances=distances_of(engine),
        within=within,
        most_comparisons=most_comparisons,
        confirmed=confirmed_looks(engine),
        rejected=rejected_looks(engine),
    )


@transaction.atomic
def set_thresholds(*, match: float, reason: str, by: Actor, wanted_rate: float | None = None) -> DecisionThresholds:
    """Decides with the distance `match` from now on; the band for review keeps its width. Cameras follow in seconds.

    Raises BadThresholds if the distance is not within TIGHTEST and the engine's furthest, or if the reason is missing.
    """
    engine = active_engine()
    furthest = distances_of(engine).furthest_match
    if not TIGHTEST <= match <= furthest:
        raise BadThresholds(f"Choose a distance between {TIGHTEST} and {furthest}.")
    if not reason.strip():
        raise BadThresholds("Say why.")
    values = current_thresholds().with_match(match)
    row = DecisionThresholds.objects.create(
        engine=engine,
        match=values.match,
        review=values.review,
        margin=values.margin,
        wanted_rate=wanted_rate,
        reason=reason.strip()[:300],
        created_by_id=by.pk if by else None,
    )
    ring_gallery()
    logger.info("thresholds of %s: match %.3f, review %.3f", engine, row.match, row.review)
    return row
