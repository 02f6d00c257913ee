"""Old sightings are forgotten with their pictures; everything else stays."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from streams import retention
from streams.models import Camera, Detection, Sighting
from streams.running.recording import record_sighting
from streams.services import save_snapshot
from streams.snapshots import sweep_orphans
from tests.streams.said import evidence, visit

pytestmark = pytest.mark.django_db


def seen(camera: Camera, *, days_ago: float) -> Path:
    """A visit with one stored snapshot; the snapshot's name."""
    at = timezone.now() - timedelta(days=days_ago)
    item = evidence(captured_at=at)
    name = save_snapshot(evidence=item)
    change = visit(first_seen_at=at, last_seen_at=at, evidence=(item,), ended=True)
    record_sighting(camera_id=camera.pk, change=change, snapshots={item.id: name})
    return Path(name)


def forget(*options: str) -> str:
    out = io.StringIO()
    call_command("forget", *options, stdout=out)
    return out.getvalue()


def test_what_is_older_than_it_may_be_kept_is_gone_with_its_pictures(hall: Camera, media: Path, settings: Any) -> None:
    settings.SIGHTINGS_KEEP_DAYS = 30
    old, young = seen(hall, days_ago=31), seen(hall, days_ago=29)
    assert "1 sightings and 1 snapshots deleted." in forget()
    assert not (media / old).exists() and (media / young).exists()
    assert Sighting.objects.count() == Detection.objects.count() == 1


def test_everything_is_kept_unless_somebody_says_how_long(hall: Camera, media: Path) -> None:
    seen(hall, days_ago=4000)
    assert "everything is kept" in forget()
    assert Sighting.objects.count() == 1


def test_many_are_forgotten_in_batches(hall: Camera, media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(5):
        seen(hall, days_ago=3)
    assert "5 sightings and 5 snapshots deleted." in forget("--older-than", "2")
    assert not any((media / "snapshots").iterdir())


def test_a_negative_age_is_refused() -> None:
    with pytest.raises(CommandError, match="number of days"):
        forget("--older-than=-1")


def test_the_sweep_of_snapshots_leaves_those_of_detections(
    hall: Camera, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = seen(hall, days_ago=3)
    lost = save_snapshot(evidence=evidence())
    assert sweep_orphans() == 0  # it may be on its way: it is young
    monkeypatch.setattr("people.objects.ORPHAN_AGE", timedelta(0))
    assert sweep_orphans() == 1
    assert (media / kept).exists() and not (media / lost).exists()


def test_the_daily_job_forgets_and_sweeps(hall: Camera, media: Path, settings: Any) -> None:
    settings.SIGHTINGS_KEEP_DAYS = 2
    seen(hall, days_ago=3)
    out = io.StringIO()
    call_command("tidy", stdout=out)
    assert out.getvalue() == (
        "0 encodings of sightings deleted.\n"
        "1 sightings and 1 snapshots deleted.\n"
        "0 imports forgotten.\n"
        "0 kept answers forgotten.\n"
        "0 objects deleted.\n"
    )
