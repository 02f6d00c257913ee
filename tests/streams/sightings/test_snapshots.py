"""The pictures of detections."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from tests.streams.pages.rows import JPEG, WEBM, a_camera, a_detection, a_sighting


def test_a_snapshot_is_a_private_jpeg_that_browsers_do_not_guess_about(
    client: Client, viewer: User, media: Path
) -> None:
    detection = a_detection(a_sighting(a_camera()))
    client.force_login(viewer)
    answer = client.get(reverse("detection_snapshot", args=[detection.pk]))
    assert (answer.content, answer["Content-Type"]) == (JPEG, "image/jpeg")
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["X-Content-Type-Options"] == "nosniff"
    again = client.get(reverse("detection_snapshot", args=[detection.pk]), headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content, again["Cache-Control"]) == (304, b"", "private, no-cache")


def test_a_detection_without_a_picture_is_not_found(client: Client, viewer: User, media: Path) -> None:
    detection = a_detection(a_sighting(a_camera()), picture=b"")
    client.force_login(viewer)
    assert client.get(reverse("detection_snapshot", args=[detection.pk])).status_code == 404
    assert client.get(reverse("detection_snapshot", args=[uuid4()])).status_code == 404


def test_a_picture_that_storage_lost_is_not_found(client: Client, viewer: User, media: Path) -> None:
    detection = a_detection(a_sighting(a_camera()))
    (media / detection.snapshot.name).unlink()
    client.force_login(viewer)
    assert client.get(reverse("detection_snapshot", args=[detection.pk])).status_code == 404


def test_the_right_to_see_cameras_alone_shows_no_snapshot(client: Client, stranger: User, media: Path) -> None:
    stranger.user_permissions.add(Permission.objects.get(codename="view_camera"))
    detection = a_detection(a_sighting(a_camera()))
    client.force_login(stranger)
    assert client.get(reverse("detection_snapshot", args=[detection.pk])).status_code == 404


def test_a_whole_frame_is_as_private_as_a_snapshot(client: Client, viewer: User, stranger: User, media: Path) -> None:
    kept, bare = (a_detection(a_sighting(a_camera(name)), frame=frame) for name, frame in (("A", JPEG), ("B", b"")))
    client.force_login(viewer)
    answer = client.get(reverse("detection_frame", args=[kept.pk]))
    assert (answer.content, answer["Content-Type"], answer["Cache-Control"]) == (
        JPEG,
        "image/jpeg",
        "private, no-cache",
    )
    assert client.get(reverse("detection_frame", args=[bare.pk])).status_code == 404
    (media / kept.frame.name).unlink()
    assert client.get(reverse("detection_frame", args=[kept.pk])).status_code == 404
    client.force_login(stranger)
    assert client.get(reverse("detection_frame", args=[kept.pk])).status_code == 404


def test_a_clip_is_played_whole_or_in_parts_by_whoever_sees_snapshots(
    client: Client, viewer: User, stranger: User, media: Path
) -> None:
    kept, bare = (a_detection(a_sighting(a_camera(name)), clip=clip) for name, clip in (("A", WEBM), ("B", b"")))
    address = reverse("detection_clip", args=[kept.pk])
    client.force_login(viewer)
    whole, part = client.get(address), client.get(address, headers={"Range": "bytes=4-9"})
    assert (whole.status_code, whole.getvalue(), whole["Content-Type"]) == (200, WEBM, "video/webm")
    assert (part.status_code, part.getvalue()) == (206, WEBM[4:10])
    assert part["Content-Range"] == f"bytes 4-9/{len(WEBM)}"
    assert client.get(address, headers={"Range": "bytes=999-"}).status_code == 416
    assert client.get(reverse("detection_clip", args=[bare.pk])).status_code == 404
    (media / kept.clip.name).unlink()
    assert client.get(address).status_code == 404
    client.force_login(stranger)
    assert client.get(address).status_code == 404
