"""Clips are encoded beside the analysis, as WebM that browsers play, and nothing waits for them."""

from __future__ import annotations

import io
import threading
import time
from uuid import uuid4

import av
import numpy as np
import pytest

from streams.pipeline.analysis.clip_ring import ClipPicture
from streams.pipeline.analysis.footage import ClipOrder
from streams.pipeline.analysis.pictures import jpeg
from streams.pipeline.child import clips
from streams.pipeline.child.clips import MOST_WAITING, ClipEncoder, encoded
from streams.pipeline.messages import Footage, FootageKind


def taken(count: int = 24, gap_s: float = 0.125, size: tuple[int, int] = (640, 360)) -> tuple[ClipPicture, ...]:
    """A white square that goes from left to right."""
    pictures = []
    for number in range(count):
        image = np.zeros((size[1], size[0], 3), np.uint8)
        image[100:200, number * 20 : number * 20 + 60] = 255
        pictures.append(ClipPicture(100 + number * gap_s, jpeg(image)))
    return tuple(pictures)


def order(pictures: tuple[ClipPicture, ...] | None = None) -> ClipOrder:
    return ClipOrder(uuid4(), uuid4(), taken() if pictures is None else pictures)


def test_a_clip_is_webm_at_the_pace_at_which_its_pictures_were_taken() -> None:
    clip = encoded(taken())
    assert clip.startswith(b"\x1aE\xdf\xa3") and len(clip) < 200_000
    with av.open(io.BytesIO(clip)) as film:
        assert (film.streams.video[0].codec_context.name, len(film.streams)) == ("vp8", 1)
        assert film.duration == pytest.approx(3_000_000, abs=150_000)
        frames = list(film.decode(video=0))
    assert [round(frame.time * 1000) for frame in frames] == [number * 125 for number in range(24)]
    image = frames[-1].to_ndarray(format="rgb24")
    assert image[150, 23 * 20 + 30].min() > 200 and image[150, 30].max() < 50


def test_a_slow_camera_gives_a_slow_clip_and_odd_or_changing_sizes_are_no_matter() -> None:
    for pictures in (taken(3, 5.0), taken(5, size=(321, 241)), (*taken(3), *taken(3, size=(320, 200)))):
        pictures = tuple(ClipPicture(float(number), each.jpeg) for number, each in enumerate(pictures))
        with av.open(io.BytesIO(encoded(pictures))) as film:
            frames = list(film.decode(video=0))
        assert len(frames) == len(pictures)
        assert len({(frame.width, frame.height) for frame in frames}) == 1


def test_they_are_told_as_they_are_done_and_finishing_waits_for_them() -> None:
    told: list[Footage] = []
    encoder, wanted = ClipEncoder(told.append), [order(), order()]
    for each in wanted:
        encoder.put(each)
    encoder.finish(20)
    assert [(each.sighting, each.detection, each.kind) for each in told] == [
        (each.sighting, each.detection, FootageKind.CLIP) for each in wanted
    ]


def test_what_cannot_be_encoded_is_counted_and_the_next_is_made() -> None:
    told: list[Footage] = []
    encoder = ClipEncoder(told.append)
    encoder.put(order(tuple(ClipPicture(0.0, b"no picture") for _ in range(3))))
    encoder.put(order())
    encoder.finish(20)
    assert (encoder.dropped, len(told)) == (1, 1)


def test_putting_never_waits_and_too_many_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    may_go_on, told = threading.Event(), []

    def slow(pictures: object) -> bytes:
        may_go_on.wait(20)
        return b""

    monkeypatch.setattr(clips, "encoded", slow)
    encoder = ClipEncoder(told.append)
    began = time.monotonic()
    for _ in range(MOST_WAITING + 5):
        encoder.put(order(()))
    assert time.monotonic() - began < 1 and encoder.dropped >= 4
    encoder.finish(0.1)
    assert time.monotonic() - began < 2, "and a child that stops does not wait for ever"
    may_go_on.set()
    encoder.finish(20)
    assert len(told) + encoder.dropped == MOST_WAITING + 5


def test_a_camera_without_clips_has_no_thread_for_them() -> None:
    encoder = ClipEncoder(lambda _: None)
    encoder.finish(1)
    assert encoder.ident is None
