"""The child that reads videos, as a process of its own, on real files: good ones, and all kinds of bad ones."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from django.conf import settings as site_settings
from PIL import Image

from people.recognition.engine.kinds import OFFERED
from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Thresholds
from streams.pipeline.child.orders import send
from streams.pipeline.child.video import FromVideo, VideoEnded, VideoOrder, VideoRefused, run_video
from streams.pipeline.messages import SightingChange, UseGallery
from streams.pipeline.replay.replaying import seconds_in
from streams.pipeline.sources.videos import Videos
from tests.streams.pipeline.coded import video

Look = Callable[..., list[FromVideo]]


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """Analyses a file with this content in a child, and returns all that it says."""

    def looked(content: bytes, **more: Any) -> list[FromVideo]:
        file = tmp_path / "video"
        file.write_bytes(content)
        cache, engine = str(site_settings.MODEL_CACHE), OFFERED[0].key
        order = VideoOrder(
            str(file), Videos(), cache, engine, **{"analysis_fps": 4.0, "smallest_face_px": 40, "most_s": 60.0, **more}
        )
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        child = context.Process(target=run_video, args=(order, theirs), daemon=True)
        child.start()
        theirs.close()
        send(ours, UseGallery(Gallery.empty(engine), {}, Thresholds(0.6, 0.65)))
        said: list[FromVideo] = []
        try:
            while not said or not isinstance(said[-1], VideoEnded | VideoRefused):
                assert ours.poll(90), "the child says nothing"
                said.append(ours.recv())
        finally:
            child.kill()
            child.join()
            ours.close()
        return said

    return looked


def sound() -> bytes:
    file = BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def film(portrait: Path, container_format: str = "matroska") -> bytes:
    """Two seconds of a still portrait."""
    with Image.open(portrait) as picture:
        picture = picture.convert("RGB")
        picture.thumbnail((640, 640))
        pixels = np.asarray(picture)[: picture.height // 2 * 2, : picture.width // 2 * 2]
    file = BytesIO()
    with av.open(file, "w", format=container_format) as container:
        stream = container.add_stream("libx264", rate=10)
        stream.height, stream.width, stream.pix_fmt = *pixels.shape[:2], "yuv420p"
        for _ in range(20):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), "rgb24")))
        container.mux(stream.encode(None))
    return file.getvalue()


BAD = {
    "nothing": (lambda: b"", "The file is empty."),
    "no video": (lambda: b"just text " * 100, "The file is not a video."),
    "sound alone": (sound, "The file holds sound only, no video."),
    "cut off": (lambda: video("mp4")[: len(video("mp4")) // 2], "The file is cut short: its index is missing."),
}


@pytest.mark.integration
@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_a_sentence(look: Look, name: str) -> None:
    content, words = BAD[name]
    assert look(content()) == [VideoRefused(words)]  # type: ignore[arg-type]


@pytest.mark.integration
def test_a_video_that_is_too_long_is_refused_before_it_is_analysed(look: Look) -> None:
    (said,) = look(video("mp4", pictures=50), most_s=1.5)
    assert isinstance(said, VideoRefused)
    assert "cut it into parts" in said.reason


@pytest.mark.integration
def test_a_picture_that_is_too_large_is_refused(look: Look) -> None:
    (said,) = look(video("matroska", "mpeg4", pictures=1, size=(8_000, 5_000)))
    assert isinstance(said, VideoRefused)
    assert said.reason == "Pictures of 8000 × 5000 pixels are too large; set the camera or make the video to 4K."


@pytest.mark.integration
def test_a_face_is_seen_once_with_the_times_of_the_file(look: Look, portraits: Path) -> None:
    said = look(film(portraits / "astronaut.png"))
    changes = [each for each in said if isinstance(each, SightingChange)]
    assert len({change.id for change in changes}) == 1
    assert changes[-1].ended
    assert 1 < (changes[-1].last_seen_at - changes[-1].first_seen_at).total_seconds() <= 2
    ended = said[-1]
    assert isinstance(ended, VideoEnded) and not ended.is_counted
    assert ended.length_s == pytest.approx(2, abs=0.2)


@pytest.mark.integration
def test_recordings_one_behind_the_other_are_seen_to_the_end(look: Look, portraits: Path) -> None:
    said = look(2 * film(portraits / "astronaut.png", "mpegts"))
    last = [each for each in said if isinstance(each, SightingChange)][-1]
    assert 3.5 < seconds_in(last.last_seen_at) <= 4
    assert isinstance(said[-1], VideoEnded) and said[-1].is_counted
    assert said[-1].at_s == pytest.approx(4, abs=0.3)


@pytest.mark.integration
def test_a_stream_without_times_is_seen_at_the_usual_rate(look: Look, portraits: Path) -> None:
    said = look(film(portraits / "astronaut.png", "h264"))
    assert len({each.id for each in said if isinstance(each, SightingChange)}) == 1
    assert isinstance(said[-1], VideoEnded) and 0.7 < said[-1].at_s < 2.1  # 20 pictures, at 25 or at 10 a second


@pytest.mark.integration
def test_a_file_that_ends_early_is_analysed_as_far_as_it_goes(look: Look) -> None:
    whole = video("mpegts", pictures=100)
    ended = look(whole[: len(whole) // 2])[-1]
    assert isinstance(ended, VideoEnded)
    assert 1 < ended.at_s < 3
