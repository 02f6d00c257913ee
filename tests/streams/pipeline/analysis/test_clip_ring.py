"""The pictures from which clips are made: some a second, small, and never more than so many seconds and bytes."""

from __future__ import annotations

import cv2
import numpy as np

from people.recognition.types import Image
from streams.pipeline.analysis.clip_ring import CLIP_WIDTH_PX, ClipRing
from tests.streams.pipeline.fakes import frame

NOISE = np.random.default_rng(1).integers(0, 255, (360, 640, 3), np.uint8)


def ring_of(seconds: float, fps: int, image: Image = NOISE, **limits: int) -> ClipRing:
    ring = ClipRing(keeps_s=5, **limits)
    for number in range(round(seconds * fps)):
        ring.add(frame(number, number / fps, image))
    return ring


def test_about_eight_pictures_a_second_are_kept_however_many_come() -> None:
    for fps, expected in ((4, 4), (8, 8), (10, 8), (30, 8)):
        assert abs(len(ring_of(4, fps).between(0, 99)) / 4 - expected) <= 1, fps


def test_what_is_older_than_it_keeps_goes() -> None:
    pictures = ring_of(60, 8).between(0, 99)
    assert pictures[0].taken_s >= 60 - 5 - 0.2 and pictures[-1].taken_s > 59.8
    assert [each.taken_s for each in ring_of(60, 8).between(57, 58)] == [57 + step / 8 for step in range(9)]


def test_its_bytes_are_counted_and_bounded() -> None:
    free, bound = ring_of(5, 8), ring_of(5, 8, most_bytes=300_000)
    assert free.bytes == sum(len(each.jpeg) for each in free.between(0, 99)) > 1_000_000
    assert bound.bytes == sum(len(each.jpeg) for each in bound.between(0, 99)) <= 300_000
    assert bound.between(0, 99)[-1] == free.between(0, 99)[-1], "the newest stay"


def test_pictures_are_small_and_small_ones_stay_as_they_are() -> None:
    for width, height in ((1920, 1080), (320, 240)):
        (picture,) = ring_of(0.1, 10, np.zeros((height, width, 3), np.uint8)).between(0, 1)
        shape = cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_COLOR).shape
        assert shape[1] == min(width, CLIP_WIDTH_PX) and abs(shape[0] / shape[1] - height / width) < 0.01
