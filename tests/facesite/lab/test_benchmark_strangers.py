"""`manage.py benchmark_strangers`: a database of its own, in which people pass by."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from tests.facesite.lab.conftest import Benchmark


@pytest.mark.parametrize("sizes", [{"strangers": [10]}, {"visits": 1}, {"visits": 10_000}])
def test_senseless_sizes_are_refused(sizes: dict[str, object]) -> None:
    with pytest.raises(CommandError, match="expected"):
        call_command("benchmark_strangers", **sizes, stdout=io.StringIO())


@pytest.mark.integration
def test_it_says_what_joining_a_visit_takes(benchmark: Benchmark) -> None:
    timing = benchmark("strangers", "--strangers", "200", "--visits", "10")
    assert timing["strangers"] == 200 and timing["found"] == 1
    assert timing["p95_ms"] >= timing["p50_ms"] > 0
