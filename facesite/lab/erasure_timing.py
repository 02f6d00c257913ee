"""Measures how long one person's erasure takes on a large site, and how long it takes to verify it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from uuid import uuid4

from django.conf import settings
from django.db import connection
from django.test.utils import override_settings

from facesite.lab.processes import cpu_with_database_ms
from people.audit.anchors import site_keys
from people.records.person import Person
from streams.erasing.certificate import Certificate
from streams.erasing.erasing import erasure_loop
from streams.erasing.erasure import ErasureCertificate
from streams.erasing.searching import search
from streams.erasing.services import erase_person
from streams.records.camera import Camera

LOOKS = 3
CAMERAS = 50
SPREAD_S = 40.0
"""Between two sightings of all cameras together: a million are 15 months."""
SNAPSHOT = b"\xff\xd8\xff" + bytes(6_000)
AT_ONCE = 100_000
SIGHTINGS = """
INSERT INTO streams_sighting (id, camera_id, verdict, person_id, first_seen_at, last_seen_at, ended_at, distance,
                              margin, match_threshold, review_threshold, votes, encodings, gallery_version, is_no_face)
SELECT gen_random_uuid(), cameras.id, CASE WHEN %(person)s::uuid IS NULL THEN 'unknown' ELSE 'match' END,
       %(person)s::uuid, at, at + interval '5 seconds', at + interval '5 seconds', 0.4, 0.2, 0.5, 0.55, 4, 5, 1, FALSE
FROM (SELECT n, now() - make_interval(secs => n * %(spread)s + 86400) AS at, 1 + n %% %(cameras)s AS camera
      FROM generate_series(%(first)s, %(last)s) n) made
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS number FROM streams_camera) cameras ON cameras.number = made.camera
"""
DETECTIONS = """
INSERT INTO streams_detection (id, sighting_id, captured_at, box, frame_width_px, frame_height_px, score, quality,
                               verdict, person_id, distance, margin, gallery_version, snapshot)
SELECT gen_random_uuid(), sighting.id, sighting.first_seen_at + make_interval(secs => n), '[10, 10, 90, 90]', 1280,
       720, 1, 0.8, sighting.verdict, sighting.person_id, 0.4, 0.2, 1,
       'snapshots/' || replace(gen_random_uuid()::text, '-', '') || '.jpg'
FROM streams_sighting sighting, generate_series(1, %s) n
WHERE NOT EXISTS (SELECT FROM streams_detection look WHERE look.sighting_id = sighting.id)
"""
ENCODINGS = """
INSERT INTO streams_sightingencoding (sighting_id, engine, vector, quality)
SELECT id, 'engine of the benchmark', array_fill(0.0883883::real, ARRAY[128])::vector, 0.8
FROM streams_sighting WHERE person_id = %s
"""


@dataclass(frozen=True, slots=True)
class ErasureTiming:
    """Seconds, and what was there. `objects`: of everybody, in the storage."""

    sightings: int
    objects: int
    erased_sightings: int
    erased_objects: int
    erased_s: float
    erased_core_s: float
    """Processor time of process and database."""
    certificate_bytes: int
    verified_s: float
    verified_core_s: float
    found: int


def measured(sightings: int, theirs: int, objects: int) -> ErasureTiming:
    """Fills an empty, migrated database, erases somebody with `theirs` of the `sightings`, and verifies it.

    `objects`: stored snapshots of others, beside the person's own.
    """
    with TemporaryDirectory(prefix="erasure-") as folder, _media(folder):
        person = _fill(sightings, theirs)
        names = _store(Path(folder), person, objects)
        erasure = erase_person(person=person, by=None, request="benchmark")
        began, before = time.monotonic(), cpu_with_database_ms()
        erasure_loop().work_on_one(Event())
        erased_s, erased_core_s = time.monotonic() - began, (cpu_with_database_ms() - before) / 1000
        row = ErasureCertificate.objects.get(reference=erasure.reference)
        began, before = time.monotonic(), cpu_with_database_ms()
        certificate = Certificate.read(row.text)
        certificate.check(site_keys())
        found = list(search([certificate]))
        verified_s, verified_core_s = time.monotonic() - began, (cpu_with_database_ms() - before) / 1000
        erased = certificate.said["erased"]
    return ErasureTiming(
        sightings, objects + names, erased["sightings"], erased["snapshots"], round(erased_s, 1),
        round(erased_core_s, 1), len(row.text), round(verified_s, 1), round(verified_core_s, 1), len(found),
    )  # fmt: skip


def _media(folder: str) -> override_settings:
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
    return override_settings(STORAGES={**settings.STORAGES, "default": storage})


def _fill(sightings: int, theirs: int) -> Person:
    person = Person.objects.create(name="Somebody Else")
    Camera.objects.bulk_create(Camera(name=f"Camera {n}", slug=f"camera-{n}", source="0") for n in range(CAMERAS))
    with connection.cursor() as cursor:
        usual = {"spread": SPREAD_S, "cameras": CAMERAS}
        for first in range(1, sightings - theirs, AT_ONCE):
            last = min(first + AT_ONCE, sightings - theirs + 1) - 1
            cursor.execute(SIGHTINGS, {**usual, "person": None, "first": first, "last": last})
        cursor.execute(SIGHTINGS, {**usual, "person": str(person.pk), "first": 1, "last": theirs})
        cursor.execute(DETECTIONS, [LOOKS])
        cursor.execute(ENCODINGS, [str(person.pk)])
        cursor.execute("ANALYZE")
    return person


def _store(folder: Path, person: Person, objects: int) -> int:
    """Stores the person's snapshots, and as many of others as wanted; returns how many are the person's."""
    (folder / "snapshots").mkdir()
    with connection.cursor() as cursor:
        cursor.execute("SELECT snapshot FROM streams_detection WHERE person_id = %s", [str(person.pk)])
        names = [name for (name,) in cursor.fetchall()]
    for name in [*names, *(f"snapshots/{uuid4().hex}.jpg" for _ in range(objects))]:
        (folder / name).write_bytes(SNAPSHOT)
    return len(names)
