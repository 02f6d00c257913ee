"""`manage.py benchmark_rules`: what rules cost, in a database of its own."""

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


@pytest.mark.parametrize("sizes", [{"cameras": 1}, {"rules": 1_000}, {"changes": 1}])
def test_senseless_sizes_are_refused(sizes: dict[str, object]) -> None:
    with pytest.raises(CommandError, match="expected"):
        call_command("benchmark_rules", **sizes, stdout=io.StringIO())


@pytest.mark.integration
def test_it_says_what_rules_cost(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "benchmark_rules", "--rules", "10", "--changes", "80", "--json"],
        cwd=settings.ROOT,
        env={**os.environ, "VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "facesite.settings"},
        capture_output=True,
        text=True,
        timeout=110,
        check=True,
    )
    timing = json.loads(done.stdout)
    assert (timing["rules"], timing["changes"]) == (10, 80)
    assert timing["bare_ms"] > 0 and timing["core"] >= 0
