"""Real clips through the real engine: who is named, when, and who is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from people.recognition.engine.engine import Crops, Engine
from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Verdict
from streams.pipeline.analysis.analysis import Analysis
from streams.pipeline.messages import Overlay, SightingChange, UseGallery
from streams.pipeline.replay.replaying import BEGIN, Replay, seconds_in


@pytest.fixture(scope="module")
def known(engine: Engine, shared_faces: Path) -> Gallery:
    """One photo each of six people, two of whom are in the clips."""
    people = ("barack_obama", "lin_manuel_miranda", "vlado", "john_salley", "stock_a", "caltech_01")
    rows = []
    for person in people:
        photo = sorted((shared_faces / "people" / person).iterdir())[0]
        upright = ImageOps.exif_transpose(Image.open(photo)).convert("RGB")
        image = np.ascontiguousarray(np.asarray(upright))
        rows.append((person, engine.encode(image, engine.detect(image, 60)[:1], Crops.ENROLMENT)[0]))
    return Gallery.of_encodings(1, engine.key, rows)


def replay(
    clip: Path, engine: Engine, gallery: Gallery, smallest_px: int = 80, fps: float = 5
) -> tuple[list[SightingChange], list[Overlay]]:
    analysis = Analysis(engine, None, smallest_px)
    analysis.use(UseGallery(gallery, {}, engine.distances.thresholds), BEGIN)
    told = list(Replay(str(clip), analysis, fps))
    return [m for m in told if isinstance(m, SightingChange)], [m for m in told if isinstance(m, Overlay)]


def named(changes: list[SightingChange]) -> set[str | None]:
    return {change.person for change in changes if change.verdict is Verdict.MATCH}


def test_a_clearly_visible_person_is_named_within_a_second_in_one_sighting(
    engine: Engine, known: Gallery, shared_faces: Path
) -> None:
    changes, overlays = replay(shared_faces / "video" / "obama_library_5s.mp4", engine, known)
    assert changes[0].person == "barack_obama"
    assert changes[0].verdict is Verdict.MATCH
    assert seconds_in(changes[0].captured_at) <= 1
    assert len({change.id for change in changes}) == 1
    assert changes[-1].ended
    assert all(overlay.faces for overlay in overlays[2:])


def test_walkers_too_far_away_are_not_named(engine: Engine, known: Gallery, shared_faces: Path) -> None:
    changes, _ = replay(shared_faces / "video" / "pedestrians_no_faces_20s.mp4", engine, known, fps=1)
    assert changes == []


def test_a_face_that_is_cut_away_and_returns_is_one_sighting(
    engine: Engine, known: Gallery, shared_faces: Path
) -> None:
    """Miranda: small until 0.7 s, then a profile of somebody else, then near from 2.7 s to 7 s, then an audience.

    At the 8 frames a second that are the default: at 3 the name takes 1.3 s.
    """
    changes, _ = replay(shared_faces / "video" / "short_hamilton_clip.mp4", engine, known, smallest_px=40, fps=8)
    his = [change for change in changes if change.person == "lin_manuel_miranda"]
    assert len({change.id for change in his}) == 1
    assert seconds_in(his[0].captured_at) <= 1
    assert 6.5 <= seconds_in(his[-1].last_seen_at) <= 7.3, "the name must not outlive the cut"
    assert named(changes) == {"lin_manuel_miranda"}


def test_a_clip_filmed_on_its_side_is_recognised(engine: Engine, known: Gallery, shared_faces: Path) -> None:
    changes, _ = replay(shared_faces / "bad" / "video" / "phone_rotation_flag.mp4", engine, known)
    assert named(changes) == {"barack_obama"}


def test_a_single_frame_names_nobody(engine: Engine, known: Gallery, shared_faces: Path) -> None:
    changes, overlays = replay(shared_faces / "bad" / "video" / "one_frame.mp4", engine, known)
    assert changes == []
    assert len(overlays) == 1
