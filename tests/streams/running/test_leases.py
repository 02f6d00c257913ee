"""Leases: a camera is run by one worker, and moves on when that worker is gone."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from streams.records.camera import Camera, CameraStatus
from streams.records.worker_presence import WorkerPresence
from streams.running import leases

pytestmark = pytest.mark.django_db


def cameras(number: int, **fields: Any) -> list[Camera]:
    return [
        Camera.objects.create(name=f"Camera {n}", slug=f"camera-{n}", source=f"clips/{n}.mp4", **fields)
        for n in range(number)
    ]


def sweep(holder: str, running: Any = (), capacity: int = 10) -> set[int]:
    return {camera.pk for camera in leases.sweep(holder=holder, running=set(running), capacity=capacity).cameras}


def let_leases_end() -> None:
    CameraStatus.objects.update(lease_expires_at=Now() - timedelta(seconds=1))
    WorkerPresence.objects.update(expires_at=Now() - timedelta(seconds=1))


def test_a_camera_gets_its_status_and_is_claimed() -> None:
    (camera,) = cameras(1)
    assert sweep("a") == {camera.pk}
    status = CameraStatus.objects.get()
    assert (status.state, status.lease_holder) == ("connecting", "a")


def test_a_camera_is_held_by_one_worker() -> None:
    cameras(3)
    assert len(sweep("a")) == 3
    assert sweep("b") == set()


def test_a_worker_takes_no_more_than_its_capacity() -> None:
    every = {camera.pk for camera in cameras(5)}
    first = sweep("a", capacity=2)
    assert len(first) == 2
    assert sweep("b") == every - first
    assert sweep("a", running=first, capacity=2) <= first


def test_a_renewed_lease_ends_later() -> None:
    cameras(1)
    held = sweep("a")
    CameraStatus.objects.update(lease_expires_at=Now() + timedelta(seconds=3))
    sweep("a", running=held)
    assert CameraStatus.objects.filter(lease_expires_at__gt=Now() + timedelta(seconds=15)).count() == 1


def test_the_cameras_of_a_dead_worker_are_taken_when_their_leases_end() -> None:
    cameras(2)
    held = sweep("dead")
    let_leases_end()
    assert sweep("b") == held


def test_a_lease_that_ended_and_was_taken_is_not_renewed() -> None:
    cameras(1)
    held = sweep("slow")
    let_leases_end()
    sweep("quick")
    assert leases.renew(holder="slow") == set()
    assert sweep("slow", running=held) == set()


def test_a_disabled_camera_is_called_off_once_nobody_runs_it() -> None:
    (camera,) = cameras(1)
    held = sweep("a")
    Camera.objects.update(enabled=False)
    assert sweep("a", running=held) == set()
    assert CameraStatus.objects.get().state == "connecting"
    assert [c.pk for c in leases.sweep(holder="a", running=set(), capacity=10).switched] == [camera.pk]
    status = CameraStatus.objects.get()
    assert (status.state, status.lease_holder) == ("off", "")


def test_an_enabled_camera_is_claimed_again() -> None:
    cameras(1, enabled=False)
    assert sweep("a") == set()
    Camera.objects.update(enabled=True)
    assert len(sweep("a")) == 1


def test_an_enabled_camera_without_a_worker_waits() -> None:
    cameras(1, enabled=False)
    sweep("a")
    Camera.objects.update(enabled=True)
    sweep("a", capacity=0)
    assert CameraStatus.objects.get().state == "waiting"


def test_a_file_that_has_ended_gives_its_place_to_another_camera() -> None:
    first, second = cameras(2)
    assert sweep("a", capacity=1) == {first.pk}
    leases.finish(holder="a", cameras={first.pk: "The file has ended."})
    assert sweep("a", capacity=1) == {second.pk}
    status = CameraStatus.objects.get(camera=first)
    assert (status.state, status.reason, status.lease_holder) == ("ended", "The file has ended.", "")
    assert CameraStatus.objects.get(camera=second).reason == "", "nobody waits for a place"


def test_a_file_that_has_ended_plays_again_when_its_camera_is_saved_or_switched_on_again() -> None:
    (camera,) = cameras(1)
    for again in ({"enabled": True}, {"enabled": False}):
        sweep("a")
        leases.finish(holder="a", cameras={camera.pk: "The file has ended."})
        assert sweep("a") == set()
        for key, value in again.items():
            setattr(camera, key, value)
        camera.save()
        if not camera.enabled:
            sweep("a")
            camera.enabled = True
            camera.save()
        assert sweep("a") == {camera.pk}


def test_another_worker_cannot_end_a_camera() -> None:
    (camera,) = cameras(1)
    sweep("a")
    leases.finish(holder="b", cameras={camera.pk: "The file has ended."})
    assert CameraStatus.objects.get().lease_holder == "a"


def test_a_released_camera_is_free_at_once() -> None:
    cameras(1)
    held = sweep("a")
    assert leases.release(holder="b", cameras=held) == 0
    assert leases.release(holder="a", cameras=held) == 1
    assert sweep("b") == held


def test_the_number_of_queries_does_not_grow_with_the_cameras() -> None:
    counts = []
    for _ in range(2):
        Camera.objects.all().delete()
        cameras(2 if not counts else 20)
        held = sweep("a", capacity=30)
        with CaptureQueriesContext(connection) as queries:
            sweep("a", running=held, capacity=30)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_lease_that_a_worker_has_but_gave_up_running_is_renewed_before_it_runs_again() -> None:
    (camera,) = cameras(1)
    sweep("a")
    CameraStatus.objects.update(lease_expires_at=Now() + timedelta(seconds=1))
    assert sweep("a", running=()) == {camera.pk}
    assert CameraStatus.objects.filter(lease_expires_at__gt=Now() + timedelta(seconds=15)).count() == 1


def test_cameras_that_a_worker_has_but_gave_up_running_count_as_its_share() -> None:
    cameras(4)
    first = sweep("a", capacity=2)
    assert len(first) == 2
    assert sweep("a", running=(), capacity=2) == first
    assert CameraStatus.objects.filter(lease_holder="a").count() == 2


@pytest.mark.parametrize(("renewing", "most"), [(True, 7), (False, 5)])
def test_a_sweep_that_finds_nothing_to_do_asks_little(renewing: bool, most: int) -> None:
    cameras(5)
    held = sweep("a")
    with CaptureQueriesContext(connection) as queries:
        leases.sweep(holder="a", running=held, capacity=10, renewing=renewing)
    assert len(queries) == most
    assert renewing or all(query["sql"].startswith("SELECT") for query in queries)


def test_a_sweep_between_two_renewals_leaves_the_leases_as_they_are() -> None:
    first, second = cameras(2)
    Camera.objects.filter(pk=second.pk).update(enabled=False)
    held = sweep("a")
    soon = Now() + timedelta(seconds=3)
    CameraStatus.objects.update(lease_expires_at=soon)
    Camera.objects.update(enabled=True)
    found = leases.sweep(holder="a", running=held, capacity=10, renewing=False)
    assert {camera.pk for camera in found.cameras} == {first.pk, second.pk}
    assert CameraStatus.objects.filter(lease_expires_at__lt=Now() + timedelta(seconds=4)).get().camera_id == first.pk


@pytest.mark.django_db(transaction=True)
def test_ten_workers_that_claim_at_once_share_without_overlap() -> None:
    every = {camera.pk for camera in cameras(20)}
    sweep("nobody", capacity=0)
    claimed: list[set[int]] = []
    start = threading.Barrier(10)

    def claim(holder: str) -> None:
        start.wait()
        claimed.append(leases.claim(holder=holder, at_most=3))
        connection.close()

    threads = [threading.Thread(target=claim, args=(f"worker {n}",)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = [pk for share in claimed for pk in share]
    assert len(taken) == len(set(taken)) == CameraStatus.objects.exclude(lease_holder="").count()
    assert set(taken) <= every


@pytest.mark.django_db(transaction=True)
def test_a_claim_does_not_wait_for_a_row_that_another_worker_is_claiming() -> None:
    cameras(2)
    sweep("nobody", capacity=0)
    first = CameraStatus.objects.order_by("camera_id").first()
    shares: list[set[int]] = []

    def claim() -> None:
        shares.append(leases.claim(holder="b", at_most=5))
        connection.close()

    with transaction.atomic():
        CameraStatus.objects.select_for_update().get(pk=first.pk)
        other = threading.Thread(target=claim)
        other.start()
        other.join(5)
        assert not other.is_alive()
    assert len(shares[0]) == 1
    assert first.pk not in shares[0]


WORK = "Mon-Fri 07:00-19:00"
EVENING, MORNING = datetime(2026, 11, 30, 20, tzinfo=UTC), datetime(2026, 12, 1, 8, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the clock by which cameras sleep and wake, in the zone of the site, which is UTC."""
    return lambda moment: monkeypatch.setattr(leases.timezone, "now", lambda: moment)


def test_a_camera_outside_of_its_hours_is_run_by_nobody_and_says_until_when(at: Callable[[datetime], None]) -> None:
    sleeper, other = cameras(2)
    Camera.objects.filter(pk=sleeper.pk).update(hours=WORK)
    at(EVENING)
    assert sweep("a") == {other.pk}
    status = CameraStatus.objects.get(camera=sleeper)
    assert (status.state, status.reason, status.lease_holder) == ("asleep", "Asleep until 07:00 UTC.", "")
    at(MORNING)
    assert sweep("a", running={other.pk}) == {sleeper.pk, other.pk}


def test_a_camera_that_runs_is_let_go_when_its_hours_end_and_is_told_asleep_once(
    at: Callable[[datetime], None],
) -> None:
    (sleeper,) = cameras(1, hours=WORK)
    at(MORNING)
    assert sweep("a") == {sleeper.pk}
    at(EVENING)
    assert sweep("a", running={sleeper.pk}) == set()  # its child is stopped now
    told = leases.sweep(holder="a", running=set(), capacity=10)
    assert [camera.pk for camera in told.switched] == [sleeper.pk]
    assert leases.sweep(holder="a", running=set(), capacity=10).switched == ()
    assert CameraStatus.objects.get().lease_holder == ""


def test_sleeping_cameras_take_no_places_and_switched_off_ones_stay_off(at: Callable[[datetime], None]) -> None:
    sleeping = cameras(3, hours=WORK)
    Camera.objects.filter(pk=sleeping[0].pk).update(enabled=False)
    awake = Camera.objects.create(name="Awake", slug="awake", source="0")
    at(EVENING)
    assert sweep("a", capacity=1) == {awake.pk}
    states = dict(CameraStatus.objects.values_list("camera_id", "state"))
    assert [states[camera.pk] for camera in sleeping] == ["off", "asleep", "asleep"]
    assert CameraStatus.objects.get(camera=awake).reason == ""


def test_a_camera_whose_hours_were_damaged_looks_always_and_stops_no_sweep(at: Callable[[datetime], None]) -> None:
    (damaged,) = cameras(1, hours="never again")
    at(EVENING)
    assert sweep("a") == {damaged.pk}
