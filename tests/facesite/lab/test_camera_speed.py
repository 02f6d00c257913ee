"""Real children on a clip, heard and counted."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.conf import settings

from facesite.lab import camera_speed
from facesite.lab.camera_speed import run_cameras


@pytest.mark.integration
@pytest.mark.alone
def test_cameras_are_run_and_their_frames_counted(
    portraits: Path, shared_faces: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera_speed, "MEASURED_S", 4.0)
    clip = shared_faces / "video" / "obama_library_5s.mp4"
    report = run_cameras(1, clip, [portraits / "obama.jpg"], Path(settings.MODEL_CACHE))
    assert report["cameras"] == 1
    assert 0.5 < report["analysed_fps"]["least"] <= 6
    assert report["delay_ms"]["p95"] >= report["delay_ms"]["p50"] > 0
    assert report["cpu_cores"] > 0


@pytest.mark.integration
@pytest.mark.alone
def test_a_clip_that_no_camera_can_play_is_said_as_soon_as_one_says_so(portraits: Path, tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(ValueError, match=r"The file does not exist\."):
        run_cameras(1, tmp_path / "none.mp4", [portraits / "obama.jpg"], Path(settings.MODEL_CACHE))
    assert time.monotonic() - began < camera_speed.START_S / 2
