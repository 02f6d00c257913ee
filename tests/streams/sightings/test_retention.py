"""Old sightings are forgotten with their pictures; everything else stays."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from people.records.keeping_term import KeptKind
from streams.cameras.services import save_snapshot
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.search_log import SearchLog
from streams.records.sighting import Sighting
from streams.running.recording import record_sighting
from streams.sightings import retention
from streams.sightings.retention import sweep_orphans
from tests.keeping import kept_for
from tests.streams.said import new_detection, sighting_change

pytestmark = pytest.mark.django_db


def seen(camera: Camera, *, days_ago: float) -> Path:
    """A sighting with one stored snapshot; the snapshot's name."""
    at = timezone.now() - timedelta(days=days_ago)
    item = new_detection(captured_at=at)
    name = save_snapshot(detection=item)
    change = sighting_change(first_seen_at=at, last_seen_at=at, detections=(item,), ended=True)
    record_sighting(camera_id=camera.pk, change=change, snapshots={item.id: name})
    return Path(name)


def forget(*options: str) -> str:
    out = io.StringIO()
    call_command("forget", *options, stdout=out)
    return out.getvalue()


def test_what_is_older_than_it_may_be_kept_is_gone_with_its_pictures(hall: Camera, media: Path) -> None:
    kept_for(30)
    old, young = seen(hall, days_ago=31), seen(hall, days_ago=29)
    assert "Sightings of strangers: 1 deleted." in forget()
    assert not (media / old).exists() and (media / young).exists()
    assert Sighting.objects.count() == Detection.objects.count() == 1


def test_everything_is_kept_unless_somebody_says_how_long(hall: Camera, media: Path) -> None:
    seen(hall, days_ago=4000)
    assert "Sightings of strangers: 0 deleted." in forget()
    assert Sighting.objects.count() == 1


def test_many_are_forgotten_in_batches(hall: Camera, media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(5):
        seen(hall, days_ago=3)
    assert "Sightings of strangers: 5 deleted." in forget("--older-than", "2")
    assert not any((media / "snapshots").iterdir())


def searched(*, days_ago: float) -> SearchLog:
    row = SearchLog.objects.create(who="ann", picture_sha256="0" * 64, within=0.3, engine="e", searched=1, found=0)
    SearchLog.objects.filter(pk=row.pk).update(at=timezone.now() - timedelta(days=days_ago))
    return row


def test_who_searched_for_whom_is_kept_for_two_years_unless_somebody_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retention, "SEARCHES_BATCH", 2)
    rows = {days: searched(days_ago=days) for days in (0, 364, 729, 731, 732, 733)}
    kept_for(None, KeptKind.SEARCHES)
    assert "Who searched by a face: 0 deleted." in forget()
    kept_for(730, KeptKind.SEARCHES)
    assert "Who searched by a face: 3 deleted." in forget()
    assert set(SearchLog.objects.all()) == {rows[0], rows[364], rows[729]}
    kept_for(300, KeptKind.SEARCHES)
    assert "Who searched by a face: 2 deleted." in forget()


def test_the_record_of_a_search_outlasts_the_sightings_it_found(hall: Camera, media: Path) -> None:
    """And is not shortened by `--older-than`, which is of sightings."""
    seen(hall, days_ago=10)
    searched(days_ago=10)
    forget("--older-than", "1")
    assert not Sighting.objects.exists() and SearchLog.objects.exists()


def test_a_negative_age_is_refused() -> None:
    with pytest.raises(CommandError, match="number of days"):
        forget("--older-than=-1")


def test_the_sweep_of_snapshots_leaves_those_of_detections(
    hall: Camera, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = seen(hall, days_ago=3)
    lost = save_snapshot(detection=new_detection())
    assert sweep_orphans() == 0  # it may be on its way: it is young
    monkeypatch.setattr("people.records.stored_objects.ORPHAN_AGE", timedelta(0))
    assert sweep_orphans() == 1
    assert (media / kept).exists() and not (media / lost).exists()


def test_the_daily_job_forgets_and_sweeps(hall: Camera, media: Path) -> None:
    kept_for(2)
    seen(hall, days_ago=3)
    out = io.StringIO()
    call_command("tidy", stdout=out)
    assert out.getvalue() == (
        "Photos of people whose basis has ended: 0 deleted.\n"
        "People whose basis has ended: 0 deleted.\n"
        "People who are not seen any more: 0 deleted.\n"
        "Sightings of known people: 0 deleted.\n"
        "Sightings of strangers: 1 deleted.\n"
        "Pictures of faces: 0 deleted.\n"
        "Whole pictures and clips: 0 deleted.\n"
        "What a seen face is found by: 0 deleted.\n"
        "Who searched by a face: 0 deleted.\n"
        "Alerts: 0 deleted.\n"
        "Files of cases: 0 deleted.\n"
        "Analysed videos: 0 deleted.\n"
        "Reports of imports: 0 deleted.\n"
        "Pictures sent by links that wait for approval: 0 deleted.\n"
        "Who looked and who changed what: 0 deleted.\n"
        "0 names folded.\n"
        "0 kept answers forgotten.\n"
        "0 enrolment links that led to nothing deleted.\n"
        "0 answers to access requests deleted.\n"
        "0 uploads that a killed process had put aside deleted.\n"
        "0 objects deleted.\n"
    )
