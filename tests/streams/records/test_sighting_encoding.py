"""What sightings are found by later: kept with the sighting for a while, and gone with it."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.records.keeping_term import KeptKind
from streams.records.camera import Camera
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.running.recording import record_sighting
from streams.sightings import retention
from tests.keeping import kept_for
from tests.streams.said import encoding, sighting_change

pytestmark = pytest.mark.django_db


def seen(camera: Camera, *, days_ago: float = 0) -> Sighting:
    at = timezone.now() - timedelta(days=days_ago)
    change = sighting_change(first_seen_at=at, last_seen_at=at, ended=True, encoding=encoding())
    return record_sighting(camera_id=camera.pk, change=change, snapshots={}).sighting


def test_it_is_stored_beside_the_sighting_with_its_engine(hall: Camera) -> None:
    sighting = seen(hall)
    row = SightingEncoding.objects.get()
    assert (row.sighting, row.engine, row.quality) == (sighting, "engine", 0.8)
    assert np.asarray(row.vector, np.float32).tobytes() == encoding().vector


def test_the_last_word_replaces_the_one_before_and_silence_leaves_it(hall: Camera) -> None:
    change = sighting_change(encoding=encoding())
    for said in (change, replace(change, encoding=encoding(axis=5, towards=6)), replace(change, encoding=None)):
        record_sighting(camera_id=hall.pk, change=said, snapshots={})
    assert np.argmax(SightingEncoding.objects.get().vector) == 5


def test_it_costs_two_queries(hall: Camera) -> None:
    counts = []
    for said in (sighting_change(), sighting_change(encoding=encoding())):
        with CaptureQueriesContext(connection) as captured:
            record_sighting(camera_id=hall.pk, change=said, snapshots={})
        counts.append(len(captured))
    assert counts[1] == counts[0] + 2  # it, and whether any may be kept


def test_none_are_kept_where_none_may_be(hall: Camera) -> None:
    seen(hall)
    kept_for(0, KeptKind.ENCODINGS)
    seen(hall)
    assert (Sighting.objects.count(), SightingEncoding.objects.count()) == (2, 1)
    assert "What a seen face is found by: 1 deleted." in forgotten()
    assert (Sighting.objects.count(), SightingEncoding.objects.count()) == (2, 0)


def test_after_their_days_they_are_forgotten_and_the_sightings_stay(
    hall: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "ENCODINGS_BATCH", 2)
    kept_for(30, KeptKind.ENCODINGS)
    for days_ago in (29, 31, 32, 33):
        seen(hall, days_ago=days_ago)
    assert "What a seen face is found by: 3 deleted." in forgotten()
    assert (Sighting.objects.count(), SightingEncoding.objects.count()) == (4, 1)


def test_it_goes_with_the_sighting(hall: Camera) -> None:
    seen(hall).delete()
    assert not SightingEncoding.objects.exists()


def test_a_quality_beyond_1_is_refused_by_the_database(hall: Camera) -> None:
    seen(hall)
    with pytest.raises(IntegrityError, match="sighting_encoding_quality_0_to_1"):
        SightingEncoding.objects.update(quality=1.1)


def test_it_is_in_no_text_and_no_admin(hall: Camera) -> None:
    seen(hall)
    row = SightingEncoding.objects.get()
    assert str(row.vector[0]) not in f"{row!r} {row} {encoding()!r} {sighting_change(encoding=encoding())!r}"
    assert "vector" not in repr(encoding())
    assert not admin.site.is_registered(SightingEncoding)


def forgotten() -> str:
    out = io.StringIO()
    call_command("forget", stdout=out)
    return out.getvalue()
