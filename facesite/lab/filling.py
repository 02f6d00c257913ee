"""Fills a database of any size for measurements: people with photos, cameras, and sixty days of their sightings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from people.recognition.engine.kinds import OFFERED
from people.recognition.types import Matrix
from people.records.groups import PersonGroup
from people.records.person import Person
from people.records.photo import Photo
from people.records.states import PhotoState
from people.records.watchlist import Watchlist
from streams.records.camera import Camera, CameraStatus
from streams.records.states import CameraStateName

ENGINE, WIDTH = OFFERED[0].key, OFFERED[0].width
CAMERAS = 20
DAYS = 60
CHUNK = 50_000
SPREAD = 0.35
"""Distance of a sighting from its person's face. Two sightings of one person lie 0.49 apart, as the fused
engine's do, and those of two people 1.3 to 1.5."""

# Rows are numbered, and an id is made from the number, so that rows can name each other.
_SIGHTINGS = """
INSERT INTO streams_sighting (id, camera_id, verdict, person_id, first_seen_at, last_seen_at, ended_at, distance,
    margin, match_threshold, review_threshold, votes, encodings, gallery_version, stranger_id)
SELECT md5('sighting' || n)::uuid, (SELECT min(id) FROM streams_camera) + n %% %(cameras)s, verdict,
    CASE WHEN verdict = 'unknown' THEN NULL ELSE md5('person' || 1 + n %% %(people)s)::uuid END,
    seen, seen + interval '40 seconds', seen + interval '40 seconds', 0.3, 0.2, 0.34, 0.39, 8, 10, 1,
    CASE WHEN verdict = 'unknown' THEN md5('stranger' || n * 7919::bigint %% (1 + %(sightings)s / 10))::uuid END
FROM (SELECT n, now() - n * (interval '1 day' * %(days)s / %(sightings)s) seen, CASE WHEN n %% 10 < 6 THEN 'match'
    WHEN n %% 10 = 6 THEN 'review' ELSE 'unknown' END verdict FROM generate_series(1, %(sightings)s) n) numbered;
INSERT INTO streams_stranger (id, number, state, first_seen_at, last_seen_at, sightings)
SELECT stranger_id, row_number() OVER (), 'open', min(first_seen_at), max(last_seen_at), count(*)
FROM streams_sighting WHERE stranger_id IS NOT NULL GROUP BY stranger_id;
INSERT INTO streams_detection (id, sighting_id, captured_at, box, frame_width_px, frame_height_px, score, quality,
    verdict, person_id, distance, margin, gallery_version, snapshot)
SELECT md5('detection' || look || id)::uuid, id, first_seen_at + look * interval '5 seconds', '[1, 2, 3, 4]', 640, 480,
    1, 0.4 + 0.1 * look, verdict, person_id, distance, margin, 1, 'snapshots/' || id || look
FROM streams_sighting, generate_series(1, 2) look;
"""


@dataclass(frozen=True, slots=True)
class SiteSize:
    """How much to put into the database; each person has three photos, each sighting two detections."""

    people: int
    sightings: int


def fill(size: SiteSize) -> None:
    """Fills an empty, migrated database; a million sightings take two minutes."""
    numbers = {"people": size.people, "sightings": size.sightings, "cameras": CAMERAS, "days": DAYS}
    faces = faces_of(size.people)
    fill_people(faces)
    cameras = [Camera(name=f"Camera {n}", slug=f"camera-{n}", source="0", enabled=False) for n in range(1, CAMERAS + 1)]
    for camera in Camera.objects.bulk_create(cameras):
        CameraStatus.objects.create(camera=camera, state=CameraStateName.OFF)
    with connection.cursor() as cursor:
        cursor.execute(_SIGHTINGS, numbers)
        cursor.execute("DROP INDEX IF EXISTS sighting_encoding_near_256")
        for first in range(1, size.sightings + 1, CHUNK):
            sightings = np.arange(first, min(first + CHUNK, size.sightings + 1))
            _copy("streams_sightingencoding (sighting_id, engine, vector, quality)", _sightings(faces, sightings))
        build_search_index()
        cursor.execute("VACUUM ANALYZE")


def build_search_index() -> None:
    """Builds the index of the search by a face as the migration does; filling it row by row takes ten times as long."""
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '2GB'")
        cursor.execute(
            "CREATE INDEX sighting_encoding_near_256 ON streams_sightingencoding USING hnsw "
            "((vector::halfvec(256)) halfvec_l2_ops) WITH (m = 16, ef_construction = 64) "
            "WHERE vector_dims(vector) = 256"
        )
        cursor.execute("RESET maintenance_work_mem")


def fill_people(faces: Matrix) -> None:
    """Makes a person with three photos and their encodings for each of `faces`, (people, width) of unit length."""
    _people(len(faces))
    photos = np.arange(3 * len(faces))
    _copy("people_encoding (photo_id, engine, vector, quality, created_at)", _encodings(faces, photos))


def _people(number: int) -> None:
    """Makes people with three photos each, twenty watchlists of fifty, and a group of fifty."""
    ids = _uuids("person", np.arange(1, number + 1))
    people = [Person(id=pk, name=f"Person {pk.hex[::-1]}", metadata={"badge": n}) for n, pk in enumerate(ids)]
    Person.objects.bulk_create(people, batch_size=CHUNK)
    for place in range(20):
        Watchlist.objects.create(name=f"List {place}").people.set(people[place:1000:20])
    PersonGroup.objects.create(name="Fifty").people.set(people[::-1][:50])
    photos = [_photo(n, pk, people[n // 3]) for n, pk in enumerate(_uuids("photo", np.arange(3 * number)))]
    Photo.objects.bulk_create(photos, batch_size=CHUNK)


_NOT_ENROLLED = (PhotoState.REJECTED, PhotoState.REVIEW, PhotoState.CHOOSE, PhotoState.PENDING)


def _photo(number: int, pk: UUID, person: Person) -> Photo:
    """Makes a photo: of 50, one is rejected, one held for review, one to be chosen from, one waiting, 46 enrolled."""
    state = dict(enumerate(_NOT_ENROLLED)).get(number % 50, PhotoState.ENROLLED)
    return Photo(
        id=pk,
        person=person,
        image=f"photos/{number}",
        crop=f"crops/{number}",
        original_name=f"{number}.jpg",
        sha256=f"{number:064}",
        state=state,
        reason="" if state in (PhotoState.PENDING, PhotoState.ENROLLED) else "no_face",
    )


def faces_of(people: int) -> Matrix:
    """Returns the face of each person, (people, width) float32, the same in every run."""
    return _unit(np.random.default_rng(0).standard_normal((people, WIDTH), np.float32))


def near(faces: Matrix, seed: int) -> Matrix:
    """Returns each face as it was seen once: about SPREAD away."""
    noise = np.random.default_rng(seed).standard_normal(faces.shape, np.float32)
    return _unit(faces + noise * np.float32(SPREAD / np.sqrt(WIDTH)))


def _unit(vectors: Matrix) -> Matrix:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def _encodings(faces: Matrix, photos: NDArray[np.int64]) -> bytes:
    return _rows("photo", photos, near(faces[photos // 3], 1), created_at=True)


def _sightings(faces: Matrix, sightings: NDArray[np.int64]) -> bytes:
    return _rows("sighting", sightings, near(faces[sightings % len(faces)], int(sightings[0])))


def copy_encodings(photos: NDArray[np.int64], vectors: Matrix, engine: str) -> None:
    """Writes one encoding by `engine` for each of the photos, given by number."""
    rows = _rows("photo", photos, vectors, created_at=True, engine=engine)
    _copy("people_encoding (photo_id, engine, vector, quality, created_at)", rows)


def _rows(
    kind: str, numbers: NDArray[np.int64], vectors: Matrix, *, created_at: bool = False, engine: str = ENGINE
) -> bytes:
    """Encodes rows as binary for Postgres: each field after its length, a vector after its dimensions, big-endian."""
    fields: list[tuple[str, Any, Any]] = [
        ("fields", ">i2", 4 + created_at),
        ("id_length", ">i4", 16),
        ("id", "V16", None),
    ]
    fields += [("engine_length", ">i4", len(engine)), ("engine", f"S{len(engine)}", engine.encode())]
    fields += [("vector_length", ">i4", 4 + WIDTH * 4), ("dimensions", ">i2", WIDTH), ("unused", ">i2", 0)]
    fields += [("vector", (">f4", (WIDTH,)), None), ("quality_length", ">i4", 8), ("quality", ">f8", 0.7)]
    if created_at:
        fields += [("created_length", ">i4", 8), ("created", ">i8", 0)]
    rows = np.zeros(len(numbers), np.dtype([(name, kind_) for name, kind_, _ in fields]))
    for name, _, value in fields:
        if value is not None:
            rows[name] = value
    rows["id"] = np.frombuffer(b"".join(_ids(kind, numbers)), "V16")
    rows["vector"] = vectors
    return b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows.tobytes() + b"\xff\xff"


def _uuids(kind: str, numbers: NDArray[np.int64]) -> list[UUID]:
    return [UUID(bytes=each) for each in _ids(kind, numbers)]


def _ids(kind: str, numbers: NDArray[np.int64]) -> Iterator[bytes]:
    for number in numbers.tolist():
        digest = hashlib.md5(f"{kind}{number}".encode(), usedforsecurity=False)
        yield UUID(digest.hexdigest()).bytes


def _copy(into: str, rows: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {into} FROM STDIN (FORMAT binary)", BytesIO(rows))
