"""Cameras, what they saw, and who searched it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tests.upgrade.filling.calls import PASSWORD, ask
from tests.upgrade.filling.rows import AT, EARLIER_ENGINE, identity, minute, row, unit_vector

SEEN = (
    ("door", "match", "paula"),
    ("yard", "match", "ruth"),
    ("door", "review", "ruth"),
    ("yard", "unknown", None),
    ("door", "match", "ruth"),  # went on when the site was stopped
)
"""Camera, verdict and person of each sighting."""


def add_cameras() -> dict[str, Any]:
    """By slug. The door plays a clip that the tests make; the yard is switched off, and its password is sealed."""
    ask("cameras/", {"name": "Front door", "slug": "door", "source": "clips/door.mp4", "loop": True})
    yard = {"name": "Yard", "slug": "yard", "source": "rtsp://10.0.0.7/1", "enabled": False, "match_threshold": 0.25}
    ask("cameras/", {**yard, "username": "yard", "password": PASSWORD})
    table: Any = apps.get_model("streams.Camera")._base_manager
    table.update(created_at=AT, updated_at=AT)
    cameras = {camera.slug: camera for camera in table.all()}
    apps.get_model("streams.CameraStatus")._base_manager.all().delete()
    lease = {"lease_holder": "worker-1", "lease_expires_at": AT, "heartbeat_at": AT, "gallery_version": 12}
    row("streams.CameraStatus", camera=cameras["door"], state="live", fps_read=15.0, frames_dropped=7, **lease)
    row("streams.CameraStatus", camera=cameras["yard"], state="off")
    row("streams.WorkerPresence", holder="worker-1", capacity=8, expires_at=AT)
    return cameras


def add_sightings(people: dict[str, Any], cameras: dict[str, Any], drawn: bytes) -> None:
    """With a detection and an encoding each."""
    for number, (camera, verdict, name) in enumerate(SEEN, 1):
        person = people[name] if name else None
        decided = {"verdict": verdict, "person": person, "distance": 0.25, "margin": 0.5, "gallery_version": 12}
        sighting = row(
            "streams.Sighting",
            id=identity(200 + number),
            camera=cameras[camera],
            first_seen_at=minute(number),
            last_seen_at=minute(number + 1),
            ended_at=minute(number + 2) if number < len(SEEN) else None,
            match_threshold=0.3,
            review_threshold=0.3625,
            votes=3,
            encodings=4,
            **decided,
        )
        _add_evidence(sighting, number, drawn, decided)


def _add_evidence(sighting: Any, number: int, drawn: bytes, decided: dict[str, Any]) -> None:
    found = {"box": [24, 33, 120, 129], "frame_width_px": 150, "frame_height_px": 150, "score": 1.5, "quality": 0.75}
    snapshot = default_storage.save(f"snapshots/{number:032}.jpg", ContentFile(drawn))
    told = {"captured_at": minute(number), "snapshot": snapshot, **found, **decided}
    row("streams.Detection", id=identity(300 + number), sighting=sighting, **told)
    values = {"engine": EARLIER_ENGINE, "vector": unit_vector(200 + number), "quality": 0.75}
    row("streams.SightingEncoding", sighting=sighting, **values)


def add_searches(users: dict[str, Any], door: Any) -> None:
    """By a picture, with a key, and from a sighting, by hand."""
    found = {"within": 0.3, "engine": EARLIER_ENGINE, "searched": 5, "found": 2}
    picture = {"picture_sha256": f"{1:064}", "filters": {"camera": "door"}, "key": door}
    row("streams.SearchLog", by=users["ann"], who="ann (key door)", **picture, **found)
    row("streams.SearchLog", by=users["olga"], who="olga", sighting=identity(201), **found)
