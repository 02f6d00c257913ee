"""Cameras that play videos of a bucket: fetched in pieces, kept within a limit, and refused in words."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from streams.pipeline.child.trial import TrialOrder, try_once
from streams.pipeline.errors import Fetching, SourceDown, SourceEnded
from streams.pipeline.sources import bucket as storage
from streams.pipeline.sources import stored
from streams.pipeline.sources.sources import Source, open_source
from streams.pipeline.sources.videos import Videos
from tests.parts.conftest import BUCKET

pytestmark = pytest.mark.integration
DOOR = f"gs://{BUCKET}/clips/front door.mp4"


def clip(path: Path, *, frames: int) -> None:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 25, (160, 120))
    for number in range(frames):
        writer.write(np.full((120, 160, 3), 10 * number, np.uint8))
    writer.release()


@pytest.fixture
def videos(tmp_path: Path, bucket: Any) -> Iterator[Videos]:
    storage._client.cache_clear()  # the emulator has an address of its own in each session
    yield Videos((BUCKET,), str(tmp_path / "videos"), 1_000_000)
    storage._client().close()
    storage._client.cache_clear()


@pytest.fixture
def door(bucket: Any, tmp_path: Path) -> bytes:
    """A clip of a second in the bucket; its bytes."""
    path = tmp_path / "door.mp4"
    clip(path, frames=10)
    bucket.blob("clips/front door.mp4").upload_from_filename(path)
    return path.read_bytes()


def opened(videos: Videos, source: str = DOOR, *, within_s: float = 10.0) -> Source:
    """As a camera does it: again and again until all of it is there."""
    until = time.monotonic() + within_s
    while True:
        try:
            return open_source(source, False, videos=videos)
        except Fetching:
            assert time.monotonic() < until


def pictures(source: Source) -> int:
    count = 0
    with pytest.raises(SourceEnded):
        while source.read() is not None:
            count += 1
    source.close()
    return count


def kept(videos: Videos) -> list[Path]:
    return sorted(Path(videos.folder).iterdir())


def test_an_object_is_played_and_fetched_once(videos: Videos, door: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert pictures(opened(videos)) == 10
    (path,) = kept(videos)
    assert path.read_bytes() == door
    monkeypatch.setattr(storage.StoredObject, "read", lambda *_: pytest.fail("it was fetched again"))
    assert pictures(opened(videos)) == 10


def test_it_tells_how_far_it_is_and_goes_on_from_there(
    videos: Videos, door: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "PIECE_BYTES", -(-len(door) // 3))
    monkeypatch.setattr(stored, "SLICE_S", 0.0)
    sizes = []
    for _ in range(2):
        with pytest.raises(Fetching, match="being fetched: 0 of 0 MB"):
            open_source(DOOR, False, videos=videos)
        (part,) = kept(videos)
        assert part.suffix == ".part"
        sizes.append(part.stat().st_size)
    assert 0 < sizes[0] < sizes[1] < len(door)
    assert pictures(opened(videos)) == 10


def test_what_a_killed_process_had_fetched_is_gone_on_with(videos: Videos, door: bytes) -> None:
    """The file alone tells how far it was; half a file is never taken for a whole one."""
    pictures(opened(videos))
    (path,) = kept(videos)
    part = path.rename(f"{path}.part")
    os.truncate(part, len(door) // 2)
    assert pictures(opened(videos)) == 10
    assert path.read_bytes() == door


def test_damage_is_found_and_fetched_again(videos: Videos, door: bytes) -> None:
    pictures(opened(videos))
    (path,) = kept(videos)
    part = path.rename(f"{path}.part")
    part.write_bytes(bytes(len(door)))
    with pytest.raises(SourceDown, match="damaged"):
        opened(videos)
    assert pictures(opened(videos)) == 10


def test_a_replaced_object_is_fetched_anew(videos: Videos, door: bytes, bucket: Any, tmp_path: Path) -> None:
    assert pictures(opened(videos)) == 10
    clip(tmp_path / "longer.mp4", frames=20)
    bucket.blob("clips/front door.mp4").upload_from_filename(tmp_path / "longer.mp4")
    assert pictures(opened(videos)) == 20


def test_two_cameras_do_not_fetch_the_same_twice(videos: Videos, door: bytes) -> None:
    pictures(opened(videos))
    (path,) = kept(videos)
    part = path.rename(f"{path}.part")
    with part.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Fetching):
            open_source(DOOR, False, videos=videos)
    assert pictures(opened(videos)) == 10


def test_what_is_played_stays_and_the_longest_unused_goes(videos: Videos, door: bytes, bucket: Any) -> None:
    for number in range(3):
        bucket.blob(f"{number}.mp4").upload_from_string(door)
    room_for_two = Videos(videos.buckets, videos.folder, 2 * len(door) + len(door) // 2)
    names = [f"gs://{BUCKET}/{number}.mp4" for number in range(3)]
    playing = opened(room_for_two, names[0])
    assert pictures(opened(room_for_two, names[1])) == 10
    assert pictures(opened(room_for_two, names[2])) == 10  # 1 makes room, though 0 was used before it
    assert len(kept(room_for_two)) == 2
    assert pictures(playing) == 10
    busy = [opened(room_for_two, name) for name in (names[0], names[2])]
    with pytest.raises(SourceDown, match="no room"):
        opened(room_for_two, names[1])
    for source in busy:
        source.close()


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (f"gs://{BUCKET}/clips/nobody.mp4", f"There is no gs://{BUCKET}/clips/nobody.mp4"),
        ("gs://somebody-elses/clip.mp4", "VIDEO_BUCKETS"),
        (f"gs://{BUCKET}/", "gs://bucket/folder"),
        (f"gs://{BUCKET}/text.mp4", "The file is not a video."),
    ],
)
def test_what_cannot_be_played_says_why(videos: Videos, bucket: Any, source: str, reason: str) -> None:
    bucket.blob("text.mp4").upload_from_string("#EXTM3U\nhttp://169.254.169.254/")
    with pytest.raises(SourceDown, match=reason):
        opened(videos, source)


def test_a_video_beyond_the_limit_is_not_fetched_at_all(videos: Videos, door: bytes) -> None:
    with pytest.raises(SourceDown, match=r"at most 0 MB are fetched \(VIDEO_CACHE_BYTES\)"):
        opened(Videos(videos.buckets, videos.folder, 100))
    assert not Path(videos.folder).exists()


def test_a_storage_that_is_away_is_a_reason(videos: Videos, monkeypatch: pytest.MonkeyPatch) -> None:
    storage._client().close()
    storage._client.cache_clear()
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:9")
    with pytest.raises(SourceDown, match="cannot be reached"):
        opened(videos)


def test_it_can_be_tested_before_it_is_saved(videos: Videos, door: bytes) -> None:
    result = try_once(TrialOrder(DOOR, (), videos))
    assert result.picture.startswith(b"\xff\xd8"), result.reason
