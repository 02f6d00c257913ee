"""`manage.py benchmark_erasure`: an erasure and its verification, in a database of its own."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from tests.facesite.lab.conftest import Benchmark

SIZE = ("--sightings", "300", "--theirs", "30", "--objects", "50")


def test_senseless_sizes_are_refused() -> None:
    with pytest.raises(CommandError, match="expected"):
        call_command("benchmark_erasure", sightings=10, theirs=10, stdout=io.StringIO())


@pytest.mark.integration
def test_it_says_how_long_an_erasure_takes(benchmark: Benchmark) -> None:
    timing = benchmark("erasure", *SIZE)
    assert (timing["erased_sightings"], timing["erased_objects"], timing["found"]) == (30, 90, 0)
