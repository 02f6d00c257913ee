"""Fills a database of any size for measurements: people, cameras, and sixty days of sightings, strangers and edits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from django.utils import timezone
from numpy.typing import NDArray

from facesite.lab.databases import own_database
from people.recognition.engine.kinds import OFFERED
from people.recognition.types import Matrix
from people.records.groups import PersonGroup
from people.records.person import Person
from people.records.photo import Photo
from people.records.states import PhotoState
from people.records.watchlist import Watchlist
from streams.cases.case import Case
from streams.jobs.job_row import JobState
from streams.records.camera import Camera, CameraStatus
from streams.records.identity_edit import IdentityEdit
from streams.records.rule import Rule
from streams.records.sighting import Sighting
from streams.records.states import CameraStateName, RuleKind
from streams.videos.video import Video

ENGINE, WIDTH = OFFERED[0].key, OFFERED[0].width
CAMERAS = 20
DAYS = 60
CHUNK = 50_000
SPREAD = 0.35
"""Distance of a sighting from its person's face: two sightings of one person lie 0.49 apart."""

COMMON, EFFECTIVE = 0.8, 60
"""What all faces have in common, and in how many directions they differ: so two people lie 0.85 apart."""
OLD = 0.01
"""The last camera saw the oldest part of all sightings and has been quiet since: lists of it, newest first, must not
pass over all that came later."""

# Rows are numbered, newest first, and an id is made from the number, so that rows can name each other.
_SIGHTINGS = """
CREATE TEMPORARY VIEW numbered AS SELECT n, now() - n * (interval '1 day' * %(days)s / %(sightings)s) seen,
    CASE WHEN n %% 10 < 6 THEN 'match' WHEN n %% 10 = 6 THEN 'review' ELSE 'unknown' END verdict,
    md5('person' || 1 + n %% %(people)s)::uuid person,
    md5('stranger' || n * 7919::bigint %% %(strangers)s)::uuid stranger,
    CASE WHEN n > (1 - %(old)s) * %(sightings)s THEN %(cameras)s - 1 ELSE n / 10 %% (%(cameras)s - 1) END camera
FROM generate_series(1, %(sightings)s) n;
INSERT INTO streams_identityedit (id, at, who, page, kind, person, stranger, other_stranger, detail, state, total,
    changed)
SELECT %(edits)s + 1 - n, seen, 'benchmark', '/sightings/',
    CASE verdict WHEN 'match' THEN 'confirm' WHEN 'review' THEN 'different' ELSE 'ignore' END,
    CASE WHEN verdict = 'match' THEN person END, CASE WHEN verdict <> 'match' THEN stranger END,
    CASE WHEN verdict = 'review' THEN md5('stranger' || n %% %(strangers)s)::uuid END, '{}', 'done',
    (verdict = 'match')::int, (verdict = 'match')::int
FROM numbered WHERE n <= %(edits)s;
SELECT setval(pg_get_serial_sequence('streams_identityedit', 'id'), %(edits)s + 1);
INSERT INTO streams_sighting (id, camera_id, verdict, person_id, first_seen_at, last_seen_at, ended_at, distance,
    margin, match_threshold, review_threshold, votes, encodings, gallery_version, stranger_id, edit_id,
    machine_verdict, machine_person_id)
SELECT md5('sighting' || n)::uuid, (SELECT min(id) FROM streams_camera) + camera, verdict,
    CASE WHEN verdict <> 'unknown' THEN person END, seen, seen + interval '40 seconds', seen + interval '40 seconds',
    0.3, 0.2, 0.34, 0.39, 8, 10, 1, CASE WHEN verdict = 'unknown' THEN stranger END,
    CASE WHEN is_edited THEN %(edits)s + 1 - n END, CASE WHEN is_edited THEN verdict END,
    CASE WHEN is_edited THEN person END
FROM numbered, LATERAL (SELECT n <= %(edits)s AND verdict = 'match') edited (is_edited);
INSERT INTO streams_editedsighting (edit_id, sighting_id, verdict, person_id, is_no_face, stranger_due)
SELECT %(edits)s + 1 - n, md5('sighting' || n)::uuid, verdict, person, false, false
FROM numbered WHERE n <= %(edits)s AND verdict = 'match';
INSERT INTO streams_stranger (id, number, state, first_seen_at, last_seen_at, sightings)
SELECT stranger_id, row_number() OVER (), 'open', min(first_seen_at), max(last_seen_at), count(*)
FROM streams_sighting WHERE stranger_id IS NOT NULL GROUP BY stranger_id;
SELECT setval('streams_stranger_number', (SELECT count(*) + 1 FROM streams_stranger));
INSERT INTO streams_detection (id, sighting_id, captured_at, box, frame_width_px, frame_height_px, score, quality,
    verdict, person_id, distance, margin, gallery_version, snapshot)
SELECT md5('detection' || look || id)::uuid, id, first_seen_at + look * interval '5 seconds', '[1, 2, 3, 4]', 640, 480,
    1, 0.4 + 0.1 * look, verdict, person_id, distance, margin, 1, 'snapshots/' || id || look
FROM streams_sighting, generate_series(1, 2) look;
DROP VIEW numbered;
"""


@dataclass(frozen=True, slots=True)
class SiteSize:
    """How much to put into the database; each person has three photos, each sighting two detections."""

    people: int
    sightings: int
    edits: int = 0
    """Rows of the ledger, at most one for each sighting."""

    @property
    def strangers(self) -> int:
        """Three sightings in ten are of strangers, who come three times each."""
        return 1 + self.sightings // 10


def fill(size: SiteSize) -> None:
    """Fills an empty, migrated database; a million sightings take two minutes, and their index many more."""
    faces, strangers = faces_of(size.people), faces_of(size.strangers, seed=1)
    fill_people(faces)
    cameras = [Camera(name=f"Camera {n}", slug=f"camera-{n}", source="0", enabled=False) for n in range(1, CAMERAS + 1)]
    for camera in Camera.objects.bulk_create(cameras):
        CameraStatus.objects.create(camera=camera, state=CameraStateName.OFF)
    _fill_cases_and_videos(size.people // 10)
    _fill_alerts(size.sightings, size.people)
    numbers = {"people": size.people, "sightings": size.sightings, "strangers": size.strangers}
    with connection.cursor() as cursor:
        cursor.execute(_SIGHTINGS, numbers | {"edits": size.edits, "cameras": CAMERAS, "days": DAYS, "old": OLD})
        with index_built_afterwards(cursor, "sighting_encoding_near_256"):
            for first in range(1, size.sightings + 1, CHUNK):
                sightings = np.arange(first, min(first + CHUNK, size.sightings + 1))
                rows = _seen(faces, strangers, sightings)
                _copy("streams_sightingencoding (sighting_id, engine, vector, quality)", rows)
        fill_stranger_encodings(strangers)
        cursor.execute("VACUUM ANALYZE")


# As many alerts as sightings, at most MOST_ALERTS, over half a year by twenty rules for twenty lists; a tenth is open.
_ALERTS = """
INSERT INTO streams_alert (id, rule_id, rule_name, kind, severity, camera_id, camera_name, person_id, watchlist_id,
    list_name, subject, verdict, text, raised_at, captured_at, state, two_people, acknowledged_who, decided_who,
    decided, decided_at, second_who, second, outcome)
SELECT gen_random_uuid(), rule.id, rule.name, 'watchlist', 'warning', camera.id, camera.name,
    md5('person' || 1 + n %% %(people)s)::uuid, rule.watchlist_id, '', 'benchmark', 'match', '', moment, moment,
    CASE WHEN said = '' THEN 'new' ELSE 'closed' END, FALSE, '', CASE WHEN said = '' THEN '' ELSE 'benchmark' END, said,
    CASE WHEN said = '' THEN NULL ELSE moment END, '', '', said
FROM (
    SELECT n, now() - n * (interval '180 days' / %(alerts)s) AS moment,
        CASE n %% 10 WHEN 0 THEN '' WHEN 1 THEN 'unsure' WHEN 2 THEN 'false' WHEN 3 THEN 'false' ELSE 'true' END said
    FROM generate_series(1, %(alerts)s) n) numbered
JOIN (SELECT *, row_number() OVER (ORDER BY name) place FROM streams_rule) rule ON rule.place = 1 + n %% 20
JOIN (SELECT *, row_number() OVER (ORDER BY id) place FROM streams_camera) camera ON camera.place = 1 + n / 20 %% 20
"""
MOST_ALERTS = 100_000


def _fill_alerts(number: int, people: int) -> None:
    Rule.objects.bulk_create(
        Rule(name=f"Rule {place}", kind=RuleKind.WATCHLIST, watchlist=watchlist)
        for place, watchlist in enumerate(Watchlist.objects.order_by("pk"))
    )
    with connection.cursor() as cursor:
        cursor.execute(_ALERTS, {"alerts": min(number, MOST_ALERTS), "people": people})


def _fill_cases_and_videos(number: int) -> None:
    now = timezone.now()
    ended = {"who": "benchmark", "state": JobState.DONE, "finished_at": now}
    Case.objects.bulk_create(Case(title=f"Case {n}", reason="To the police", total=20, **ended) for n in range(number))
    Video.objects.bulk_create(Video(title=f"Video {n}", length_s=60, done_s=60, **ended) for n in range(number))


def fill_stranger_encodings(faces: Matrix) -> None:
    """Gives stranger n of the filled in the n-th of `faces`; the index is built afterwards, which is far quicker."""
    with connection.cursor() as cursor, index_built_afterwards(cursor, "stranger_encoding_near_256"):
        cursor.execute("CREATE TEMPORARY TABLE means (id uuid, engine text, vector vector, quality float)")
        numbers = np.arange(len(faces))
        _copy("means (id, engine, vector, quality)", _rows("stranger", numbers, faces))
        cursor.execute(
            'INSERT INTO streams_strangerencoding (stranger_id, engine, vector, "of") SELECT means.id, engine, vector, '
            "sightings FROM means JOIN streams_stranger USING (id)"
        )
        cursor.execute("DROP TABLE means")


@contextmanager
def index_built_afterwards(cursor: Any, name: str) -> Iterator[None]:
    """Drops an index and builds it again at the end: filling it row by row takes ten times as long."""
    cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
    (definition,) = cursor.fetchone()
    cursor.execute(f"DROP INDEX {name}")
    yield
    cursor.execute("SET maintenance_work_mem = '2GB'")
    cursor.execute(definition)
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


def faces_of(number: int, seed: int = 0) -> Matrix:
    """Returns the face of each person, (number, WIDTH) float32 of unit length, the same in every run."""
    faces = np.zeros((number, WIDTH), np.float32)
    faces[:, :EFFECTIVE] = np.random.default_rng(seed).standard_normal((number, EFFECTIVE), np.float32)
    faces[:, :EFFECTIVE] *= np.sqrt((1 - COMMON**2) / EFFECTIVE)
    faces[:, -1] = COMMON
    return _unit(faces)


def near(faces: Matrix, seed: int) -> Matrix:
    """Returns each face as it was seen once: about SPREAD away."""
    noise = np.random.default_rng(seed).standard_normal(faces.shape, np.float32)
    return _unit(faces + noise * np.float32(SPREAD / np.sqrt(WIDTH)))


def _unit(vectors: Matrix) -> Matrix:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def _encodings(faces: Matrix, photos: NDArray[np.int64]) -> bytes:
    return _rows("photo", photos, near(faces[photos // 3], 1), created_at=True)


def _seen(faces: Matrix, strangers: Matrix, sightings: NDArray[np.int64]) -> bytes:
    """Encodes the mean encodings of these sightings: of a person, or three in ten of a stranger."""
    wanted = faces[sightings % len(faces)]
    unknown = sightings % 10 > 6
    wanted[unknown] = strangers[sightings[unknown] * 7919 % len(strangers)]
    return _rows("sighting", sightings, near(wanted, int(sightings[0])))


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


@contextmanager
def filled_site(size: SiteSize, *, keep: bool = False) -> Iterator[SiteSize]:
    """Fills a database of its own, and removes it; yields how big it is.

    `keep`: leaves it; the next time that keeps it takes it as it is, whatever its size.
    """
    with own_database("facesite_benchmark_site", keep=keep):
        if not Person.objects.exists():
            fill(size)
        yield SiteSize(Person.objects.count(), Sighting.objects.count(), IdentityEdit.objects.count())
