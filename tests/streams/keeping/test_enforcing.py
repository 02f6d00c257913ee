"""The schedule is kept kind by kind, camera by camera, in batches; what came of it is written down."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from facesite.monitoring.keeping_findings import keeping
from people.records.keeping_run import KeepingRun
from people.records.keeping_term import KeepingTerm, KeptKind, bring_up_terms, days_kept
from people.records.person import Person
from streams.errors import KeepingRefused
from streams.keeping.clock import check_clock
from streams.keeping.enforcing import keep
from streams.keeping.keepers import KEEPERS
from streams.keeping.schedule import KeepingSchedule
from streams.keeping.standing import standing_as_told, standing_now
from streams.records.camera import Camera
from streams.records.camera_keeping import CameraKeeping
from streams.records.detection import Detection
from streams.records.last_seen import LastSeen
from streams.records.sighting import Sighting
from streams.sightings import retention
from tests.keeping import kept_for
from tests.streams.pages.rows import a_detection, a_sighting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def days_ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)


def a_seen(camera: Camera, days: float, person: Person | None = None) -> Sighting:
    at = days_ago(days)
    verdict = "match" if person else "unknown"
    return a_sighting(camera, person=person, verdict=verdict, first_seen_at=at, last_seen_at=at, ended_at=at)


def with_footage(sighting: Sighting) -> Detection:
    return a_detection(sighting, captured_at=sighting.last_seen_at, frame=b"a frame", clip=b"a clip")


def runs() -> dict[str, int]:
    return {run.kind: run.deleted for run in keep(KeepingSchedule.in_force()) if run.deleted or run.fault}


@pytest.fixture
def door(db: None) -> Camera:
    return Camera.objects.create(name="Door", slug="door", source="0")


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada")


def test_a_new_site_forgets_what_it_always_forgot(hall: Camera, ada: Person) -> None:
    a_seen(hall, 4000)
    a_seen(hall, 4000, ada)
    assert runs() == {}
    kinds = (
        KeptKind.ENCODINGS, KeptKind.SEARCHES, KeptKind.CASES, KeptKind.VIDEOS, KeptKind.IMPORTS, KeptKind.LINKS,
        KeptKind.AUDIT,
    )  # fmt: skip
    assert [days_kept(kind) for kind in kinds] == [30, 730, 30, 30, 30, 30, 730]
    assert [days_kept(kind) for kind in KeptKind if kind not in kinds] == [None] * 8


def test_known_people_and_strangers_have_days_of_their_own(hall: Camera, ada: Person) -> None:
    kept_for(30, KeptKind.SIGHTINGS_NAMED)
    kept_for(3, KeptKind.SIGHTINGS_STRANGERS)
    stay = {a_seen(hall, 29, ada), a_seen(hall, 2)}
    for days in (31, 32):
        a_seen(hall, days, ada)
    a_seen(hall, 4)
    assert runs() == {"sightings_named": 2, "sightings_strangers": 1}
    assert set(Sighting.objects.all()) == stay


def test_a_camera_keeps_longer_or_shorter_than_the_others(hall: Camera, door: Camera, ada: Person) -> None:
    kept_for(30)
    CameraKeeping.objects.create(camera=door, strangers_days=2, named_days=90)
    stay = {a_seen(hall, 20), a_seen(door, 80, ada), a_seen(door, 1)}
    a_seen(door, 3)
    a_seen(door, 91, ada)
    a_seen(hall, 31, ada)
    assert runs() == {"sightings_named": 2, "sightings_strangers": 1}
    assert set(Sighting.objects.all()) == stay


def test_pictures_and_footage_go_before_their_sighting(hall: Camera, door: Camera, media: Path) -> None:
    kept_for(10, KeptKind.FOOTAGE)
    kept_for(20, KeptKind.SNAPSHOTS)
    CameraKeeping.objects.create(camera=door, footage_days=40)
    young, middle, old = (with_footage(a_seen(hall, days)) for days in (9, 11, 21))
    longer = with_footage(a_seen(door, 21))
    assert runs() == {"footage": 4, "snapshots": 2}
    for look in (young, middle, old, longer):
        look.refresh_from_db()
    left = [
        [bool(getattr(look, field)) for field in ("snapshot", "frame", "clip")] for look in (young, middle, old, longer)
    ]
    assert left == [[True, True, True], [True, False, False], [False, False, False], [False, True, True]]
    assert len([path for path in media.rglob("*") if path.is_file()]) == 6
    assert Sighting.objects.count() == 4


def test_many_pictures_go_in_batches_past_those_that_are_kept(
    hall: Camera, door: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    kept_for(10, KeptKind.FOOTAGE)
    CameraKeeping.objects.create(camera=door, footage_days=400)
    for days in (50, 40, 30, 20):
        with_footage(a_seen(hall, days))
        with_footage(a_seen(door, days))
    assert runs() == {"footage": 8}
    assert Detection.objects.exclude(frame="").count() == 4


def test_when_somebody_was_last_seen_outlasts_the_sighting(hall: Camera, ada: Person) -> None:
    kept_for(30)
    for days in (100, 40):
        a_seen(hall, days, ada)
    runs()
    a_seen(hall, 60, ada)
    runs()
    assert not Sighting.objects.exists()
    assert abs(LastSeen.objects.get().at - days_ago(40)) < timedelta(minutes=1)


def test_a_kind_that_fails_is_written_down_and_the_others_go_on(hall: Camera, monkeypatch: pytest.MonkeyPatch) -> None:
    kept_for(30)
    a_seen(hall, 31)

    def fail(*_: Any, **__: Any) -> int:
        raise OSError("the disk is full")

    monkeypatch.setattr("streams.keeping.of_cameras.forget_stored", fail)
    kept_for(1, KeptKind.SNAPSHOTS)
    out = StringIO()
    with pytest.raises(CommandError, match="1 kinds of data"):
        call_command("tidy", stdout=out)
    assert "Pictures of faces: NOT KEPT. OSError: the disk is full" in out.getvalue()
    assert "Sightings of strangers: 1 deleted." in out.getvalue()
    assert "objects deleted" in out.getvalue()  # the rest of the daily work is done as well
    assert standing_as_told().faults == {"Pictures of faces": "OSError: the disk is full"}


def test_a_run_that_was_killed_is_gone_on_with(hall: Camera, monkeypatch: pytest.MonkeyPatch) -> None:
    kept_for(30)
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(5):
        a_seen(hall, 31)
    batches = iter([True, True, False])

    def killed(names: Any) -> None:
        if not next(batches):
            raise KeyboardInterrupt

    monkeypatch.setattr(retention, "remove", killed)
    with pytest.raises(KeyboardInterrupt):
        list(keep(KeepingSchedule.in_force()))
    broken = KeepingRun.objects.get(pk=KeptKind.SIGHTINGS_STRANGERS)
    assert broken.ended_at is None
    monkeypatch.setattr(retention, "remove", lambda names: None)
    for _ in range(2):
        a_seen(hall, 31)
    assert runs()["sightings_strangers"] == 2
    assert not Sighting.objects.exists()


def test_the_run_says_what_is_left_and_when_it_is_due(hall: Camera, door: Camera) -> None:
    kept_for(30)
    CameraKeeping.objects.create(camera=door, strangers_days=100)
    a_seen(hall, 10)
    a_seen(door, 20)
    list(keep(KeepingSchedule.in_force()))
    run = KeepingRun.objects.get(pk=KeptKind.SIGHTINGS_STRANGERS)
    assert run.oldest_at and run.due_at and run.ended_at
    assert abs(run.oldest_at - days_ago(20)) < timedelta(minutes=1)
    assert abs(run.due_at - days_ago(10) - timedelta(days=30)) < timedelta(minutes=1)
    assert standing_as_told().overdue == {}


def test_what_is_overdue_is_said_with_by_how_much(hall: Camera) -> None:
    kept_for(30)
    a_seen(hall, 35)
    late = standing_now().late
    assert list(late) == ["Sightings of strangers"]
    assert late["Sightings of strangers"].days in (4, 5)
    list(keep(KeepingSchedule.in_force()))
    assert standing_now().late == {}


def test_every_kind_has_a_keeper_and_a_row() -> None:
    assert set(KEEPERS) == set(KeptKind) == set(KeepingTerm.objects.values_list("pk", flat=True))


def test_the_deployment_fixes_days_and_they_stay_when_it_does_no_more(hall: Camera, settings: Any) -> None:
    a_seen(hall, 31)
    settings.FIXED_DAYS = {"sightings_strangers": 30}
    assert runs() == {"sightings_strangers": 1}
    assert KeepingTerm.objects.get(pk=KeptKind.SIGHTINGS_STRANGERS).days is None
    bring_up_terms()
    settings.FIXED_DAYS = {}
    assert days_kept(KeptKind.SIGHTINGS_STRANGERS) == 30


def test_rows_that_somebody_deleted_by_hand_are_as_on_a_new_site() -> None:
    KeepingTerm.objects.all().delete()
    assert days_kept(KeptKind.ENCODINGS) == 30
    bring_up_terms()
    assert KeepingTerm.objects.count() == len(KeptKind)


@pytest.mark.parametrize("days", ["0", "-3", "40000"])
def test_an_age_that_is_none_is_refused(days: str) -> None:
    with pytest.raises(CommandError, match="number of days"):
        call_command("forget", f"--older-than={days}")


def test_older_than_leaves_what_cameras_keep_of_pictures(door: Camera) -> None:
    CameraKeeping.objects.create(camera=door, strangers_days=400, footage_days=400)
    kept_for(10, KeptKind.FOOTAGE)
    young = with_footage(a_seen(door, 20))
    a_seen(door, 60)
    call_command("forget", "--older-than=50", stdout=StringIO())
    young.refresh_from_db()
    assert young.frame
    assert Sighting.objects.count() == 1


def last_run_was(ago: timedelta) -> None:
    KeepingRun.objects.update(began_at=timezone.now() - ago, ended_at=None)


@pytest.mark.parametrize("command", ["forget", "tidy"])
def test_a_clock_that_jumped_ahead_deletes_nothing_on_the_first_day(hall: Camera, command: str) -> None:
    """To the site it is the same as a run that was long ago; all days had passed at once, and all went."""
    kept_for(30)
    call_command("forget", stdout=StringIO())
    a_seen(hall, 31)
    last_run_was(timedelta(days=8))
    for _ in range(2):  # a job that failed is tried again within minutes
        with pytest.raises(CommandError, match="the last run was 8 days ago"):
            call_command(command, stdout=StringIO())
        assert Sighting.objects.exists()
    assert set(standing_as_told().faults) == {kind.label for kind in KeptKind}
    assert len(keeping()) == 1, "doctor says it once, not of each kind"
    last_run_was(timedelta(hours=21))
    call_command(command, stdout=StringIO())
    assert not Sighting.objects.exists() and not standing_as_told().faults


def test_whoever_knows_that_the_clock_is_right_need_not_wait(hall: Camera) -> None:
    kept_for(30)
    call_command("forget", stdout=StringIO())
    a_seen(hall, 31)
    last_run_was(timedelta(days=60))
    with pytest.raises(CommandError, match="60 days ago"):
        call_command("tidy", stdout=StringIO())
    call_command("forget", "--clock-is-right", stdout=StringIO())
    assert not Sighting.objects.exists() and not standing_as_told().faults


def test_a_machine_whose_clock_is_not_the_databases_deletes_nothing() -> None:
    check_clock(timezone.now() + timedelta(minutes=59))
    for wrong in (timedelta(hours=2), timedelta(days=-400)):
        with pytest.raises(KeepingRefused, match="differ by"):
            check_clock(timezone.now() + wrong)


def test_a_clock_that_was_set_right_again_deletes_at_once(hall: Camera) -> None:
    call_command("forget", stdout=StringIO())
    last_run_was(timedelta(days=400))
    with pytest.raises(CommandError, match="400 days ago"):
        call_command("forget", stdout=StringIO())
    last_run_was(timedelta(days=-400))
    call_command("forget", stdout=StringIO())
    assert not standing_as_told().faults
