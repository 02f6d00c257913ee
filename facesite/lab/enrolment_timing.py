"""Measures what one more photo costs in a gallery of any size: everything but reading the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median
from time import perf_counter

import numpy as np
from django.db import connection

from facesite.lab.filling import ENGINE, WIDTH, fill_people, near
from people.enrolling.enrolment import claim_photo, record_reading
from people.enrolling.looking_again import look_at_next
from people.gallery.nearby import nearby
from people.recognition.reading.photo import PhotoReading
from people.recognition.types import Matrix, Quality
from people.records.encoding import Encoding
from people.records.photo import Photo
from people.records.states import PhotoState

DIRECTIONS, APART = 43, 0.56
"""Faces differ in 43 directions, and two people's are 0.56 apart on average, give or take 0.06: as on our photos."""
GOOD = Quality(1.0, 1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class EnrolmentTiming:
    """Medians and 95th percentiles in milliseconds, among `photos` encodings."""

    photos: int
    first_s: float
    """Reading everybody, once in a process."""
    claim_ms: float
    record_ms: float
    """Judging and recording, in one transaction."""
    record_p95_ms: float
    second_look_ms: float


def faces_like_ours(people: int) -> Matrix:
    """Returns (people, width) float32 of unit length, as far from each other as people are; the same in every run."""
    numbers = np.random.default_rng(5)
    directions = np.linalg.qr(numbers.standard_normal((WIDTH, DIRECTIONS + 1)))[0].astype(np.float32)
    spread = numbers.standard_normal((people, DIRECTIONS), np.float32) * np.float32(APART / np.sqrt(2 * DIRECTIONS))
    faces = directions[:, 0] * np.float32(np.sqrt(1 - APART**2 / 2)) + spread @ directions[:, 1:].T
    return np.asarray(faces / np.linalg.norm(faces, axis=1, keepdims=True), np.float32)


def measured(photos: int, *, enrol: int) -> EnrolmentTiming:
    """Fills an empty, migrated database with `photos` and enrols the next `enrol` of its waiting ones."""
    faces = faces_like_ours(max(1, photos // 3))
    fill_people(faces)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    first = _timed(nearby(ENGINE).renew)
    looks = near(faces, 77)
    claims, records = [], []
    for _ in range(min(enrol, Photo.objects.due().count())):
        started = perf_counter()
        claim = claim_photo("benchmark")
        assert claim is not None
        claims.append(perf_counter() - started)
        vector = looks[int(claim.photo.original_name.removesuffix(".jpg")) // 3]
        reading = PhotoReading("ok", 640, 480, vector=vector, quality=GOOD)
        Encoding.objects.filter(photo=claim.photo).delete()
        records.append(_timed(partial(record_reading, claim, reading, ENGINE)))
    second = [_timed(partial(look_at_next, ENGINE)) for _ in range(Photo.objects.for_second_look().count())]
    return EnrolmentTiming(
        photos=Photo.objects.filter(state=PhotoState.ENROLLED).count(),
        first_s=round(first, 2),
        claim_ms=_ms(median(claims)),
        record_ms=_ms(median(records)),
        record_p95_ms=_ms(float(np.quantile(records, 0.95))),
        second_look_ms=_ms(median(second)),
    )


def _timed(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 1)
