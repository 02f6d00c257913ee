"""Which sources a camera may be given, and what is shown of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from streams.cameras.source_rules import redacted, validate_source


@pytest.mark.parametrize(
    "source",
    [
        "rtsp://admin:secret@192.168.1.20:554/stream1",
        "rtsps://camera.example/1",
        "https://camera.example/live.m3u8?token=1",
        "http://[2606:4700::7]:8080/video",
        "clips/front door.mp4",
        "0",
        "12",
    ],
)
def test_addresses_files_and_devices_are_accepted(source: str) -> None:
    validate_source(source)


def test_only_videos_of_the_named_buckets_are_accepted(settings: Any) -> None:
    settings.VIDEO_BUCKETS = ["clips"]
    validate_source("gs://clips/front door/monday.mp4")
    for source, complaint in [
        ("gs://others/monday.mp4", "VIDEO_BUCKETS"),
        ("gs://clips/secrets.json", "video files end in"),
        ("gs://clips/", "gs://bucket/folder"),
        ("gs://clips/a.mp4?generation=1", "gs://bucket/folder"),
    ]:
        with pytest.raises(ValidationError, match=complaint):
            validate_source(source)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("file:///etc/passwd", "begin with"),
        ("concat:a.mp4|b.mp4", "path under the media folder"),
        ("pipe:0", "path under the media folder"),
        ("gopher://host/x", "begin with"),
        ("/etc/passwd.mp4", "path under the media folder"),
        ("..\\secret.mp4", "path under the media folder"),
        ("clips/../../secret.mp4", "cannot leave"),
        ("clips/list.m3u8", "video files end in"),
        ("rtsp://", "names no host"),
        ("rtsp://host:99999/1", "cannot be read"),
        ("rtsp://[::1/1", "cannot be read"),
        ("rtsp://host/a b", "spaces"),
        ("http://169.254.169.254/latest/meta-data", "not allowed for cameras"),
        ("http://metadata.google.internal./x", "not allowed for cameras"),
        ("http://0.0.0.0/x", "not allowed for cameras"),
        ("rtsp://host/\n", "cannot be printed"),
        ("64", "0 to 63"),
        ("٣", "0 to 63"),
        ("front door", "video files end in"),
        (" ", "no source"),
    ],
)
def test_everything_else_is_refused_with_a_reason(source: str, complaint: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_source(source)
    assert complaint.lower() in refused.value.message.lower()


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("rtsp://user:secret@host:554/1", "rtsp://…@host:554/1"),
        ("rtsp://user:se@cr/et@host/1", "rtsp://…@host/1"),
        ("rtsp://user:sec?ret@host/1", "rtsp://…"),
        ("http://host/video?user=a&pwd=secret", "http://host/video?…"),
        ("http://host/video?mail=secret@home", "http://…"),
        ("http://host/video#secret", "http://host/video?…"),
        ("clips/door.mp4", "clips/door.mp4"),
        ("0", "0"),
    ],
)
def test_secrets_are_never_shown(source: str, shown: str) -> None:
    assert redacted(source) == shown
    assert "secret" not in redacted(source)


@pytest.mark.parametrize("host", ["192.168.1.20", "127.0.0.1", "[fd00::7]", "10.1.2.3", "[::ffff:10.1.2.3]"])
def test_private_networks_are_for_cameras_only_where_they_are_named(host: str, settings: Any) -> None:
    validate_source(f"rtsp://{host}/1")  # a machine of one's own
    settings.CAMERA_NETWORKS = ["10.1.0.0/16"]
    if "10.1" in host:
        validate_source(f"rtsp://{host}/1")
        return
    with pytest.raises(ValidationError, match="CAMERA_NETWORKS"):
        validate_source(f"rtsp://{host}/1")
