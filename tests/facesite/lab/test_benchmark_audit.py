"""`manage.py benchmark_audit`: what the audit costs, in a database of its own."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from tests.facesite.lab.conftest import Benchmark


def test_senseless_sizes_are_refused() -> None:
    with pytest.raises(CommandError, match="expected"):
        call_command("benchmark_audit", entries=1, stdout=io.StringIO())


@pytest.mark.integration
def test_it_says_what_the_audit_costs(benchmark: Benchmark) -> None:
    timing = benchmark("audit", "--entries", "1000", "--pairs", "9")
    assert (timing["fault"], timing["entries"] > 1000) == ("", True)
    assert timing["walked_a_second"] > 0 and timing["pages_ms"]["newest"][0] > 0
    assert len(timing["requests"]) == 4
    for share in timing["requests"].values():
        assert share["without_ms"] > 0 and abs(share["slower"]) < 1, share
