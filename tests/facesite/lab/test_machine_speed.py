"""The yardstick of the benchmarks: what one view of a face costs here at this moment."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from facesite.lab.machine_speed import view_ms


def test_a_view_is_timed_in_a_process_of_its_own() -> None:
    assert 1 < view_ms(Path(settings.MODEL_CACHE)) < 1_000
