"""`manage.py benchmark_search`: every kind of search is timed, and compared with what comparing all finds."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from facesite.lab import filling, search_timing, site_size
from facesite.lab.filling import SiteSize
from streams.records import near_index
from streams.searching import nearest


@pytest.fixture
def in_place(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command fills the test's database in place of one of its own."""

    @contextmanager
    def here(size: SiteSize, *, keep: bool) -> Iterator[SiteSize]:
        filling.fill(size)
        yield size

    monkeypatch.setattr(site_size, "filled_site", here)


def report(**options: Any) -> str:
    out = io.StringIO()
    call_command("benchmark_search", people=20, sightings=200, faces=4, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def test_every_kind_of_search_is_timed(in_place: None) -> None:
    said = json.loads(report(json=True))
    assert (said["people"], said["sightings"], said["edits"]) == (20, 200, 200)
    timings = {each["name"]: each for each in said["searches"]}
    assert list(timings) == [
        *(f"sightings, {order}, {how}" for order in ("likeness", "time") for how in ("by the index", "exact")),
        "people, exact",
        "strangers, by the index",
        "strangers, exact",
    ]
    for name, timing in timings.items():
        assert 0 < timing["median_ms"] <= timing["p95_ms"]
        assert (timing["recall"], timing["worst"]) == ((None, None) if "exact" in name else (1, 1))
        assert timing["own"] == (1 if name.startswith("sightings") and "index" in name else None)


def test_what_the_index_misses_is_said(in_place: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest, "EXACT_UP_TO", 1)
    monkeypatch.setattr(nearest, "WIDTH", 1)
    monkeypatch.setattr(near_index, "LOOKED_AT", 1)
    table = report()
    assert "recall" in table and "sightings, likeness, by the index" in table


def test_the_share_is_of_what_comparing_all_finds() -> None:
    timing = search_timing.SearchTiming("search", 1, 1, 1)
    said = search_timing._with_recall(timing, [["a"], ["b"], []], [["a", "c"], ["b"], []])
    assert (said.recall, said.worst) == (0.75, 0.5)


@pytest.mark.parametrize("faces", [1, 10_000])
def test_a_number_of_faces_without_sense_is_refused(faces: int) -> None:
    with pytest.raises(CommandError, match="expected 2 to 1000 faces"):
        call_command("benchmark_search", faces=faces)
