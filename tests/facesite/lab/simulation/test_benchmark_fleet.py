"""`manage.py benchmark_fleet`: real workers over simulated cameras lose none, also when some of them are killed."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command


@pytest.mark.parametrize(
    "sizes", [{"workers": 1}, {"cameras": 3}, {"workers": 52}, {"seconds": 0.0}, {"changes": 0}, {"sightings": 99.0}]
)
def test_senseless_sizes_are_refused(sizes: dict[str, object]) -> None:
    with pytest.raises(CommandError, match="expected"):
        call_command("benchmark_fleet", **sizes, stdout=io.StringIO())


@pytest.mark.chaos
@pytest.mark.timeout(300)
def test_no_camera_is_lost_or_run_twice() -> None:
    command = [sys.executable, "manage.py", "benchmark_fleet", "--cameras", "20", "--workers", "4", "--json"]
    done = subprocess.run(
        [*command, "--seconds", "4", "--sightings", "30", "--changes", "2"],
        cwd=settings.ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "facesite.settings"},
        stdout=subprocess.PIPE,
        text=True,
        timeout=280,
        check=True,
    )
    report = json.loads(done.stdout)
    assert (report["quiet"]["leases_lost"], report["run_twice"], report["refused_sightings"]) == (0, 0, 0)
    assert report["quiet"]["postgres_cores"] > 0
    # In the documented time: a lease that has just been renewed, the next sweep, and a busy machine.
    assert report["killed"]["orphans"] == 10 and report["killed"]["all_run_s"] < 40
    assert report["killed"]["others_moved"] == 0
    assert report["joined"]["cameras_each"] == [5, 5]
