"""Measures the joining of visits among many strangers, and what a second look at all new ones takes."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from time import perf_counter
from uuid import UUID, uuid4

import numpy as np
from django.db import connection
from django.utils import timezone

from facesite.lab.filling import WIDTH, faces_of, index_built_afterwards
from facesite.lab.processes import cpu_with_database_ms
from people.recognition.engine.kinds import FUSED
from people.recognition.types import Matrix, Vector
from streams.records.camera import Camera
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.records.states import StoredVerdict
from streams.records.stranger import Stranger
from streams.strangers.joining import join_due
from streams.strangers.second_looks import look_again

OFF = 0.42
"""How far a visit lies from its stranger; two visits of one person lie 0.37 apart on shared/faces (median)."""
_STRANGERS = """
INSERT INTO streams_stranger (id, number, state, first_seen_at, last_seen_at, sightings)
SELECT md5('stranger' || n)::uuid, n, 'open', now() - interval '3 days', now() - interval '2 days', 3
FROM generate_series(1, %s) n
"""


@dataclass(frozen=True, slots=True)
class StrangerTiming:
    """What joining took, and how often it was right."""

    strangers: int
    visits: int
    p50_ms: float
    """Milliseconds for one visit, in a transaction of its own."""
    p95_ms: float
    cpu_ms: float
    """Processor time of one visit, here and in the database, on average: the same on a busy machine."""
    found: float
    """Share of the visits by known strangers that were joined with the right one."""
    looked_again: int
    """Visits by new strangers, whom one second look compares with everybody."""
    second_look_s: float


def fill_strangers(faces: Matrix) -> None:
    """Fills an empty, migrated database; the index is made afterwards, which is many times quicker."""
    with connection.cursor() as cursor:
        with index_built_afterwards(cursor, "stranger_encoding_near_256"):
            cursor.execute(_STRANGERS, [len(faces)])
            cursor.execute("SELECT id FROM streams_stranger ORDER BY number")
            lines = _lines([row[0] for row in cursor], faces)
            cursor.copy_expert('COPY streams_strangerencoding (stranger_id, engine, vector, "of") FROM STDIN', lines)
        cursor.execute("SELECT setval('streams_stranger_number', %s)", [len(faces)])
        cursor.execute("VACUUM ANALYZE")


def measured(faces: Matrix, visits: int) -> StrangerTiming:
    """Times `visits` one by one; every second one is by a known stranger."""
    camera = Camera.objects.create(name="Door", slug="door", source="0", enabled=False)
    chance = np.random.default_rng(1)
    new = faces_of(visits, seed=2)
    took, cpu_ms, found = [], 0.0, 0
    for visit in range(visits):
        number = int(chance.integers(len(faces))) if visit % 2 else None
        row = _visit(camera, new[visit] if number is None else faces[number], chance)
        began, began_cpu_ms = perf_counter(), cpu_with_database_ms()
        join_due(1)
        took.append(1000 * (perf_counter() - began))
        cpu_ms += cpu_with_database_ms() - began_cpu_ms
        found += (
            number is not None and Stranger.objects.filter(number=number + 1, last_seen_at=row.last_seen_at).exists()
        )
    began = perf_counter()
    look_again(FUSED.key, seen_since=timezone.now() - timedelta(days=1))
    return StrangerTiming(
        strangers=len(faces),
        visits=visits,
        p50_ms=round(statistics.median(took), 1),
        p95_ms=round(statistics.quantiles(took, n=20, method="inclusive")[-1], 1),
        cpu_ms=round(cpu_ms / visits, 1),
        found=round(found / (visits // 2), 4),
        looked_again=visits - visits // 2,
        second_look_s=round(perf_counter() - began, 1),
    )


def _visit(camera: Camera, face: Vector, chance: np.random.Generator) -> Sighting:
    """Makes a sighting of five seconds that is due, whose mean lies OFF from its face."""
    now = timezone.now()
    row = Sighting.objects.create(
        id=uuid4(), camera=camera, verdict=StoredVerdict.UNKNOWN, first_seen_at=now - timedelta(seconds=5),
        last_seen_at=now, ended_at=now, match_threshold=0.61, review_threshold=0.66, encodings=4, gallery_version=1,
        stranger_due=True,
    )  # fmt: skip
    noise = _unit(chance.standard_normal((1, WIDTH), np.float32))[0]
    vector = _unit((face + OFF * noise)[None])[0]
    SightingEncoding.objects.create(sighting=row, engine=FUSED.key, vector=vector, quality=0.8)
    return row


def _lines(ids: list[UUID], faces: Matrix) -> BytesIO:
    rows = (f"{pk}\t{FUSED.key}\t{face.tolist()}\t3\n" for pk, face in zip(ids, faces, strict=True))
    return BytesIO("".join(rows).replace(" ", "").encode())


def _unit(vectors: Matrix) -> Matrix:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)
