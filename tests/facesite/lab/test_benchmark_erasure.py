"""`manage.py benchmark_erasure`: an erasure and its verification, in a database of its own."""

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

SIZE = ("--sightings", "300", "--theirs", "30", "--objects", "50")


def test_senseless_sizes_are_refused() -> None:
    with pytest.raises(CommandError, match="expected"):
        call_command("benchmark_erasure", sightings=10, theirs=10, stdout=io.StringIO())


@pytest.mark.integration
def test_it_says_how_long_an_erasure_takes(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "benchmark_erasure", "--json", *SIZE],
        cwd=settings.ROOT,
        env={**os.environ, "VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "facesite.settings"},
        capture_output=True,
        text=True,
        timeout=110,
        check=True,
    )
    timing = json.loads(done.stdout)
    assert (timing["erased_sightings"], timing["erased_objects"], timing["found"]) == (30, 90, 0)
