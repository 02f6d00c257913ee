"""Faces of every size are found by the real engine, from the smallest wanted to one that fills the frame."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from people.recognition.engine.engine import Engine
from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Image, Verdict
from streams.pipeline.analysis.analysis import Analysis
from streams.pipeline.messages import Overlay, SightingChange, UseGallery
from tests.streams.pipeline.fakes import BEGIN, frame

WIDTH_PX, HEIGHT_PX = 1920, 1080


@dataclass(frozen=True)
class Portrait:
    image: Image
    face_px: int
    """How wide the face in it is."""


@pytest.fixture(scope="module")
def portrait(engine: Engine, portraits: Path) -> Portrait:
    image = np.ascontiguousarray(np.asarray(Pillow.open(portraits / "obama.jpg").convert("RGB")))
    return Portrait(image, engine.detect(image)[0].box.width)


def shown(portrait: Portrait, face_px: int, at: tuple[int, int] = (0, 0)) -> Image:
    """Returns a large grey frame with the portrait in it, its face this wide."""
    scale = face_px / portrait.face_px
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(portrait.image, None, fx=scale, fy=scale, interpolation=how)
    picture = np.full((HEIGHT_PX, WIDTH_PX, 3), 120, np.uint8)
    part = small[: HEIGHT_PX - at[1], : WIDTH_PX - at[0]]
    picture[at[1] : at[1] + part.shape[0], at[0] : at[0] + part.shape[1]] = part
    return picture


def play(
    engine: Engine, gallery: Gallery, smallest_px: int, pictures: list[Image]
) -> tuple[list[SightingChange], list[Overlay]]:
    analysis = Analysis(engine, None, smallest_px)
    analysis.use(UseGallery(gallery, {}, engine.distances.thresholds), BEGIN)
    changes: list[SightingChange] = []
    overlays = []
    for number, picture in enumerate(pictures):
        said, overlay = analysis.frame(frame(number, number / 8, picture))
        changes += said
        overlays.append(overlay)
    return changes + analysis.close(BEGIN), overlays


@pytest.mark.parametrize(("smallest_px", "face_px"), [(18, 22), (20, 60), (20, 620), (40, 620), (80, 100)])
def test_a_face_is_found_whatever_its_size(
    engine: Engine, demo_gallery: Gallery, portrait: Portrait, smallest_px: int, face_px: int
) -> None:
    two = [shown(portrait, face_px, (left, 0)) for left in (0, 8)]
    changes, overlays = play(engine, demo_gallery, smallest_px, two * 4)
    (face,) = overlays[-1].faces
    assert face.box.width == pytest.approx(face_px, rel=0.25)
    verdict = Verdict.MATCH if face_px >= 60 else None
    assert (face.verdict, face.person if verdict else None) == (verdict, "obama" if verdict else None)
    assert changes, "even the smallest is recorded"


def test_a_face_smaller_than_wanted_is_not_looked_for(
    engine: Engine, demo_gallery: Gallery, portrait: Portrait
) -> None:
    _, overlays = play(engine, demo_gallery, 80, [shown(portrait, 30, (8 * n, 0)) for n in range(6)])
    assert not any(overlay.faces for overlay in overlays)
