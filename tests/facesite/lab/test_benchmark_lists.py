"""`manage.py benchmark_lists`: a filled database, every list of it asked for, and nothing left behind."""

from __future__ import annotations

import io
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from facesite.lab import filling, list_timing
from facesite.lab.filling import ENGINE, SPREAD, SiteSize, _uuids, faces_of, fill
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from streams.records.detection import Detection
from streams.records.identity_edit import EditedSighting, IdentityEdit
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.records.stranger import Stranger
from tests.facesite.lab.conftest import Benchmark, Manage

SIZE = SiteSize(people=20, sightings=60, edits=30)


@pytest.fixture
def filled(transactional_db: None) -> None:
    fill(SIZE)


def test_what_is_filled_in_is_what_the_site_writes(filled: None) -> None:
    assert (Person.objects.count(), Photo.objects.count(), Encoding.objects.count()) == (20, 60, 60)
    assert (Sighting.objects.count(), Detection.objects.count(), SightingEncoding.objects.count()) == (60, 120, 60)
    named = Sighting.objects.filter(verdict="match").select_related("person", "encoding")
    faces = faces_of(SIZE.people)
    numbers = {pk: number for number, pk in enumerate(_uuids("person", np.arange(1, SIZE.people + 1)))}
    for sighting in named:
        vector = np.asarray(sighting.encoding.vector, np.float32)
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
        assert sighting.person_id is not None
        apart = np.linalg.norm(vector - faces[numbers[sighting.person_id]])
        assert apart == pytest.approx(SPREAD, rel=0.3)
    assert set(SightingEncoding.objects.values_list("engine", flat=True)) == {ENGINE}


def test_strangers_are_as_near_to_their_sightings_and_counted_as_the_site_does(filled: None) -> None:
    strangers = Stranger.objects.select_related("encoding")
    assert strangers.count() == len(set(Sighting.objects.filter(verdict="unknown").values_list("stranger", flat=True)))
    for stranger in strangers:
        theirs = Sighting.objects.filter(stranger=stranger)
        assert theirs.count() == stranger.sightings == stranger.encoding.of
        mean = np.asarray(stranger.encoding.vector, np.float32)
        seen = [np.asarray(each.encoding.vector, np.float32) for each in theirs.select_related("encoding")]
        assert [np.linalg.norm(each - mean) for each in seen] == pytest.approx([SPREAD] * len(seen), rel=0.3)


def test_the_ledger_has_the_newest_sightings_and_goes_on_counting(filled: None) -> None:
    edits = IdentityEdit.objects.all()
    assert (edits.count(), Sighting.objects.filter(edit__isnull=False).count()) == (30, 18)
    kept = EditedSighting.objects.select_related("edit", "sighting")
    assert all(each.sighting.edit_id == each.edit_id and each.edit.person == each.sighting.person_id for each in kept)
    assert kept.count() == 18
    assert IdentityEdit.objects.create(kind="ignore", who="Ann").pk > edits.order_by("-pk")[1].pk
    assert [edit.pk for edit in edits] == sorted((edit.pk for edit in edits), reverse=True)


@pytest.mark.django_db
def test_a_database_is_kept_and_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr(filling, "own_database", lambda name, *, keep: nullcontext())
    monkeypatch.setattr(filling, "fill", made.append)
    with filling.filled_site(SIZE, keep=True) as found:
        assert (made, found) == ([SIZE], SiteSize(0, 0, 0))
    Person.objects.create(name="Ada")
    with filling.filled_site(SIZE, keep=True) as found:
        assert (made, found) == ([SIZE], SiteSize(1, 0, 0))


def test_every_list_answers_and_is_timed(filled: None, monkeypatch: pytest.MonkeyPatch, media: Path) -> None:
    for name in ("ROUNDS", "SEARCH_ROUNDS"):
        monkeypatch.setattr(list_timing, name, 1)
    for name in ("REQUESTS", "SEARCH_REQUESTS"):
        monkeypatch.setattr(list_timing, name, 2)
    timings = [list_timing.measured(asked) for asked in list_timing.lists()]
    assert len(timings) > 40
    assert all(0 < timing.median_ms <= timing.p95_ms and timing.queries > 1 for timing in timings)


def test_sizes_without_sense_are_refused() -> None:
    for sizes in ({"people": 0}, {"sightings": 10**9}, {"edits": -1}):
        with pytest.raises(CommandError, match="expected"):
            call_command("benchmark_lists", **sizes, stdout=io.StringIO())


@pytest.mark.integration
def test_it_leaves_no_database_behind(benchmark: Benchmark, manage: Manage) -> None:
    report = benchmark("lists", "--people", "10", "--sightings", "10", "--only", "watchlists")
    assert "GET /api/v1/watchlists/" in {line["name"] for line in report}
    query = "from django.db import connection as c; k = c.cursor(); "
    query += "k.execute('SELECT datname FROM pg_database'); print(sorted(r[0] for r in k.fetchall()))"
    assert "facesite_benchmark_site" not in manage("shell", "-v", "0", "-c", query)
