"""`manage.py benchmark_audit`: what the audit costs, in a database of its own."""

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


def test_senseless_sizes_are_refused() -> None:
    with pytest.raises(CommandError, match="expected"):
        call_command("benchmark_audit", entries=1, stdout=io.StringIO())


@pytest.mark.integration
def test_it_says_what_the_audit_costs(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "benchmark_audit", "--entries", "1000", "--json"],
        cwd=settings.ROOT,
        env={**os.environ, "VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "facesite.settings"},
        capture_output=True,
        text=True,
        timeout=110,
        check=True,
    )
    timing = json.loads(done.stdout)
    assert (timing["fault"], timing["entries"] > 1000) == ("", True)
    assert timing["walked_a_second"] > 0 and timing["pages_ms"]["newest"][0] > 0
    assert len(timing["requests"]) == 4
    for share in timing["requests"].values():
        assert share["without_ms"] > 0 and abs(share["slower"]) < 1, share
