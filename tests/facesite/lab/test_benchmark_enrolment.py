"""`manage.py benchmark_enrolment`: databases of its own, whose galleries are as far apart as people are."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from facesite.lab.enrolment_timing import APART, faces_like_ours


def test_made_up_people_are_as_far_apart_as_people_are() -> None:
    faces = faces_like_ours(400)
    apart = np.linalg.norm(faces[:200] - faces[200:], axis=1)
    assert abs(apart.mean() - APART) < 0.02 and 0.04 < apart.std() < 0.08


@pytest.mark.parametrize("sizes", [{"photos": [10]}, {"enrol": 0}])
def test_senseless_sizes_are_refused(sizes: dict[str, object]) -> None:
    with pytest.raises(CommandError, match="expected"):
        call_command("benchmark_enrolment", **sizes, stdout=io.StringIO())


@pytest.mark.integration
def test_it_says_what_a_photo_costs(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "benchmark_enrolment", "--photos", "150", "--enrol", "2", "--json"],
        cwd=settings.ROOT,
        env={**os.environ, "VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "facesite.settings"},
        capture_output=True,
        text=True,
        timeout=110,
        check=True,
    )
    timing = json.loads(done.stdout)
    assert timing["photos"] > 100 and timing["record_ms"] > 0 and timing["second_look_ms"] > 0
