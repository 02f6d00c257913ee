"""`manage.py benchmark_gallery`: a database of its own, whose gallery is loaded and changed on real children."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from tests.facesite.lab.conftest import Benchmark


@pytest.mark.parametrize("sizes", [{"people": [10]}, {"cameras": 0}, {"people": [100], "changes": 30}])
def test_senseless_sizes_are_refused(sizes: dict[str, object]) -> None:
    with pytest.raises(CommandError, match="expected"):
        call_command("benchmark_gallery", **sizes, stdout=io.StringIO())


@pytest.mark.integration
def test_it_says_what_a_change_costs(benchmark: Benchmark) -> None:
    timing = benchmark("gallery", "--people", "100", "--cameras", "2", "--changes", "2")
    assert timing["people"] == 100 and timing["child_mb"]["pss_with"] > 0
    assert all(took["p95"] > 0 for took in timing["change_ms"].values())
