"""The engine is changed and changed back while a real clip runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from people.recognition.engine.engine import Crops, Engine
from people.recognition.engine.kinds import DLIB, FUSED
from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Verdict
from streams.pipeline.analysis.analysis import Analysis
from streams.pipeline.messages import Overlay, SightingChange, UseGallery
from streams.pipeline.replay.replaying import BEGIN, Replay, seconds_in

SWITCHES = {1.5: DLIB, 3.0: FUSED}
"""Seconds into the clip, and the engine that comes into use then."""


@pytest.fixture(scope="module")
def galleries(engine: Engine, portraits: Path) -> dict[str, UseGallery]:
    """The demo's two people as each engine encodes them, by the engine's key."""
    made = {}
    for version, kind in enumerate((FUSED, DLIB), 1):
        one = engine.of_key(kind.key)
        rows = []
        for name in ("obama", "obama2", "biden"):
            image = np.ascontiguousarray(np.asarray(Image.open(portraits / f"{name}.jpg").convert("RGB")))
            faces = one.detect(image, 80)[:1]
            rows.append((name.rstrip("2"), one.encode(image, faces, Crops.ENROLMENT)[0]))
        gallery = Gallery.of_encodings(version, one.key, rows)
        made[kind.key] = UseGallery(gallery, {}, one.distances.thresholds)
    return made


def test_a_name_is_never_lost_for_a_second_and_nobody_is_seen_twice(
    engine: Engine, galleries: dict[str, UseGallery], shared_faces: Path
) -> None:
    analysis = Analysis(engine, None, 80)
    analysis.use(galleries[engine.key], BEGIN)
    changes: list[SightingChange] = []
    named_s: list[float] = []
    waiting = dict(SWITCHES)
    for told in Replay(str(shared_faces / "video" / "obama_library_5s.mp4"), analysis, 8):
        if isinstance(told, SightingChange):
            changes.append(told)
            continue
        now_s = seconds_in(told.captured_at)
        if _is_named(told):
            named_s.append(now_s)
        for due_s in [due_s for due_s in waiting if due_s <= now_s]:
            changes += analysis.use(galleries[waiting.pop(due_s).key], told.captured_at)
    assert not waiting
    assert max(np.diff(named_s)) < 0.5
    assert (named_s[0] < 0.5, named_s[-1] > 4.5) == (True, True)
    assert len({change.id for change in changes}) == 1
    assert {change.verdict for change in changes} == {Verdict.MATCH}
    decided_by = [change.thresholds for change in changes]
    assert FUSED.distances.thresholds in decided_by
    assert DLIB.distances.thresholds in decided_by
    assert decided_by[-1] == FUSED.distances.thresholds


def _is_named(overlay: Overlay) -> bool:
    return any(face.verdict is Verdict.MATCH and face.person == "obama" for face in overlay.faces)


def test_a_child_of_dlibs_site_does_not_open_sface(galleries: dict[str, UseGallery], engine: Engine) -> None:
    alone = Engine.load(engine.networks._cache_dir, DLIB)
    Analysis(alone, None, 80).use(galleries[DLIB.key], BEGIN)
    assert "sface" not in vars(alone.networks)
    assert "mmod" not in vars(alone.networks)
