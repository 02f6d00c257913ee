"""A real server over the test's database, with rows of everything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile

from people.editing import services
from people.records.person import Person
from people.records.photo import Photo
from people.records.watchlist import Watchlist
from streams.cameras import errands
from streams.channels.queueing import queue_test
from streams.channels.services import save_channel
from streams.correcting.corrections import Correction, correct
from streams.records.camera import Camera, CameraStatus
from streams.records.channel import Channel
from streams.records.detection import Detection
from streams.records.sighting import Sighting
from streams.records.states import EditKind
from streams.records.stranger import Stranger
from tests.serving import serving

ROWS = 24
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def live(transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Address of a real uvicorn over the test's database."""
    monkeypatch.setattr(errands, "TAKEN_WITHIN_S", 0.2)  # no worker runs here
    settings.API_CALLS_PER_KEY = settings.API_CALLS_PER_ADDRESS = 10**9
    with serving(access_log=False) as (host, port):
        yield f"http://{host}:{port}"


@pytest.fixture
def known(transactional_db: None, portraits: Path, media: Path) -> dict[str, list[str]]:
    """Ids of ROWS rows of everything, by the name of their list."""
    found: dict[str, list[str]] = {}
    picture, snapshot = ((portraits / name).read_bytes() for name in ("astronaut.png", "obama.jpg"))
    for number in range(ROWS):
        for name, key in a_row_of_everything(number, picture, snapshot).items():
            found.setdefault(name, []).append(str(key))
    found["recognition/subjects"] = [f"Person {number}" for number in range(ROWS)]
    found["recognition/faces"] = found["recognition/embeddings/faces"] = found["photos"]
    return found


def a_row_of_everything(number: int, picture: bytes, snapshot: bytes) -> dict[str, object]:
    person = Person.objects.create(name=f"Person {number}", external_id=f"P-{number}")
    photo = services.add_photo(person=person, file=picture + bytes([number]), original_name="a.png", by=None)
    faces = [{"box": [0, 0, 9, 9], "score": 1, "quality": {"size": 0.9}}]
    detail = {"other_person": str(uuid4()), "distance": 0.3}
    held = Photo.objects.filter(pk=photo.pk)
    held.update(state="review", reason="looks_like_other", reason_detail=detail, faces=faces, crop=photo.image.name)
    watchlist = Watchlist.objects.create(name=f"List {number}")
    watchlist.people.add(person)
    camera = Camera.objects.create(name=f"Camera {number}", slug=f"camera-{number}", source="0")
    CameraStatus.objects.create(camera=camera, state="live", fps_read=25.0, heartbeat_at=NOW, last_frame_at=NOW)
    sighting = Sighting.objects.create(
        id=uuid4(), camera=camera, verdict="match", person=person, first_seen_at=NOW, last_seen_at=NOW, distance=0.2,
        margin=0.3, match_threshold=0.5, review_threshold=0.55, gallery_version=1,
    )  # fmt: skip
    detection = Detection.objects.create(
        id=uuid4(), sighting=sighting, captured_at=NOW, box=[0, 0, 9, 9], frame_width_px=9, frame_height_px=9,
        score=1, quality=1, verdict="unknown", gallery_version=1, snapshot=ContentFile(snapshot, "a.jpg"),
    )  # fmt: skip
    edit = correct(sighting=sighting.pk, says=Correction(EditKind.CONFIRM, person.pk), by=None, page="/sightings/")
    return {
        "edits": edit.pk,
        "strangers": a_stranger(number, camera, snapshot).pk,
        "people": person.pk,
        "photos": photo.pk,
        "watchlists": watchlist.pk,
        "cameras": camera.slug,
        "sightings": sighting.pk,
        "detections": detection.pk,
        **a_channel(number),
    }


def a_channel(number: int) -> dict[str, object]:
    """Returns a webhook and a test that waits for it."""
    channel = Channel(name=f"Channel {number}", kind="webhook")
    save_channel(channel=channel, entered={"url": "https://example.org/hook"}, groups=None, by=None)
    return {"channels": channel.pk, "deliveries": queue_test(channel).pk}


def a_stranger(number: int, camera: Camera, snapshot: bytes) -> Stranger:
    """Returns somebody whom nobody knows, seen twice."""
    stranger = Stranger.objects.create(number=number + 1, first_seen_at=NOW, last_seen_at=NOW, sightings=2)
    for _ in range(2):
        sighting = Sighting.objects.create(
            id=uuid4(), camera=camera, verdict="unknown", first_seen_at=NOW, last_seen_at=NOW, ended_at=NOW,
            match_threshold=0.5, review_threshold=0.55, gallery_version=1, stranger=stranger,
        )  # fmt: skip
        Detection.objects.create(
            id=uuid4(), sighting=sighting, captured_at=NOW, box=[0, 0, 9, 9], frame_width_px=9, frame_height_px=9,
            score=1, quality=1, verdict="unknown", gallery_version=1, snapshot=ContentFile(snapshot, "a.jpg"),
        )  # fmt: skip
    return stranger
