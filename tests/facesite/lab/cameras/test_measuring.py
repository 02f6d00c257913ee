"""A real worker on cameras that the test plays: what is busy is looked at, who steps in is seen."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from facesite.lab.cameras import measuring
from facesite.lab.cameras.enrolling import fill_with_cast, who
from facesite.lab.cameras.measuring import measured
from facesite.lab.cameras.report import CamerasAsked
from tests.facesite.lab.cameras.small_films import SMALL, small_films


@pytest.mark.integration
@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_a_busy_and_an_idle_camera_are_measured(
    portraits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.CAMERA_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setattr(measuring, "SETTLE_S", 14.0)
    monkeypatch.setattr(measuring, "MEASURED_S", 5.0)
    monkeypatch.setattr(measuring, "CHANGES", 3)
    films = small_films(portraits, tmp_path)
    cast = fill_with_cast(100, [portraits / "obama.jpg"], Path(settings.MODEL_CACHE))
    timing = asyncio.run(measured(CamerasAsked(SMALL, 2, 1), films, cast))
    assert timing.analysed_fps_min and 2 < timing.analysed_fps_min < 6
    assert timing.read_fps_min == pytest.approx(25, abs=3)
    assert 0 < timing.cores < 2 and timing.server_cores < 0.5
    assert timing.pss_mb_idle and timing.pss_mb_busy and timing.pss_mb_idle < timing.pss_mb_busy < 250
    assert timing.change_ms_p95 and timing.change_ms_p95 < 10_000
    assert (timing.visited, timing.unseen) == (1, 0)
    assert timing.wake_ms_p95 and timing.wake_ms_p95 < 8000


def test_the_cast_is_told_by_the_films_files() -> None:
    assert [who(file) for file in ("obama.jpg", "obama3.jpg", "astronaut.png")] == ["obama", "obama", "astronaut"]
