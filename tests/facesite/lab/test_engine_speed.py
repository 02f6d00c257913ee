"""The benchmark measures every step and reports it under its stable keys. Ratios themselves are not tested."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings

from facesite.lab.engine_speed import benchmark


def test_the_report_has_the_promised_keys(portraits: Path) -> None:
    report = benchmark([portraits / "astronaut.png"], Path(settings.MODEL_CACHE), sizes={"1k": 1000})
    answer = json.loads(json.dumps(report.as_json()))
    assert {"encode_ratio", "detect_cnn_ratio", "search_ms", "enrol_photos_per_s", "vector_difference"} <= set(answer)
    assert answer["vector_difference"] < 1e-5
    assert answer["search_ms"]["1k"] >= 0
    assert all(step["ours_ms"] > 0 for step in answer["steps"].values())


def test_a_clip_that_is_none_is_refused(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"text")
    with pytest.raises(ValueError, match="has none"):
        benchmark([], Path(settings.MODEL_CACHE), clip)
