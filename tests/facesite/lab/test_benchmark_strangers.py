"""`manage.py benchmark_strangers`: a database of its own, in which people pass by."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command


@pytest.mark.parametrize("sizes", [{"strangers": [10]}, {"visits": 1}, {"visits": 10_000}])
def test_senseless_sizes_are_refused(sizes: dict[str, object]) -> None:
    with pytest.raises(CommandError, match="expected"):
        call_command("benchmark_strangers", **sizes, stdout=io.StringIO())


@pytest.mark.integration
def test_it_says_what_joining_a_visit_takes(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "benchmark_strangers"]
    done = subprocess.run(
        [*command, "--strangers", "200", "--visits", "10", "--json"],
        cwd=settings.ROOT,
        env={**os.environ, "VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "facesite.settings"},
        capture_output=True,
        text=True,
        timeout=110,
        check=True,
    )
    timing = json.loads(done.stdout)
    assert timing["strangers"] == 200 and timing["found"] == 1
    assert timing["p95_ms"] >= timing["p50_ms"] > 0
