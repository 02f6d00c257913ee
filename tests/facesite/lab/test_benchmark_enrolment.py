"""`manage.py benchmark_enrolment`: databases of its own, whose galleries are as far apart as people are."""

from __future__ import annotations

import io

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from facesite.lab.enrolment_timing import APART, faces_like_ours
from tests.facesite.lab.conftest import Benchmark


def test_made_up_people_are_as_far_apart_as_people_are() -> None:
    faces = faces_like_ours(400)
    apart = np.linalg.norm(faces[:200] - faces[200:], axis=1)
    assert abs(apart.mean() - APART) < 0.02 and 0.04 < apart.std() < 0.08


@pytest.mark.parametrize("sizes", [{"photos": [10]}, {"enrol": 0}])
def test_senseless_sizes_are_refused(sizes: dict[str, object]) -> None:
    with pytest.raises(CommandError, match="expected"):
        call_command("benchmark_enrolment", **sizes, stdout=io.StringIO())


@pytest.mark.integration
def test_it_says_what_a_photo_costs(benchmark: Benchmark) -> None:
    timing = benchmark("enrolment", "--photos", "150", "--enrol", "2")
    assert timing["photos"] > 100 and timing["record_ms"] > 0 and timing["second_look_ms"] > 0
