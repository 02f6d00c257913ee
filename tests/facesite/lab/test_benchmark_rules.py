"""`manage.py benchmark_rules`: what rules cost, in a database of its own."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from tests.facesite.lab.conftest import Benchmark


@pytest.mark.parametrize("sizes", [{"cameras": 1}, {"rules": 1_000}, {"changes": 1}])
def test_senseless_sizes_are_refused(sizes: dict[str, object]) -> None:
    with pytest.raises(CommandError, match="expected"):
        call_command("benchmark_rules", **sizes, stdout=io.StringIO())


@pytest.mark.integration
def test_it_says_what_rules_cost(benchmark: Benchmark) -> None:
    timing = benchmark("rules", "--rules", "10", "--changes", "80")
    assert (timing["rules"], timing["changes"]) == (10, 80)
    assert timing["bare_ms"] > 0 and timing["core"] >= 0
