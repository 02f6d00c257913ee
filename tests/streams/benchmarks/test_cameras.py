"""Real children on a clip, heard and counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from streams.benchmarks import cameras
from streams.benchmarks.cameras import run_cameras


@pytest.mark.integration
def test_cameras_are_run_and_their_frames_counted(
    portraits: Path, shared_faces: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cameras, "MEASURED_S", 4.0)
    clip = shared_faces / "video" / "obama_library_5s.mp4"
    report = run_cameras(1, clip, [portraits / "obama.jpg"], Path(settings.MODEL_CACHE))
    assert report["cameras"] == 1
    assert 0.5 < report["analysed_fps"]["least"] <= 6
    assert report["delay_ms"]["p95"] >= report["delay_ms"]["p50"] > 0
    assert report["cpu_cores"] > 0


@pytest.mark.integration
def test_a_clip_that_cannot_be_played_is_said(portraits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cameras, "START_S", 4.0)
    with pytest.raises(ValueError, match="1 of 1 cameras showed nothing"):
        run_cameras(1, tmp_path / "none.mp4", [portraits / "obama.jpg"], Path(settings.MODEL_CACHE))
