"""Supervisors over fake children: cameras run, come back, and are run once."""

import asyncio
import os
import signal
from datetime import timedelta
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.db import OperationalError
from django.utils import timezone

from people.gallery.calibrating import set_thresholds
from people.records.gallery_version import GalleryVersion
from streams.pipeline.messages import CameraConfig, UseGallery, WatchMode
from streams.records.camera import Camera, CameraStatus
from streams.records.sighting import Sighting
from streams.running import fleet, leases, pace, runner
from streams.running import supervisor as supervising
from streams.running.recording import record_sighting
from streams.running.supervisor import Supervisor
from streams.wire.shapes import CameraRef
from streams.wire.watching import watch
from tests.streams import fake_children
from tests.streams.conftest import Start
from tests.streams.said import sighting_change
from tests.streams.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.alone, pytest.mark.django_db(transaction=True)]


async def status() -> CameraStatus:
    return await CameraStatus.objects.aget()


async def until_row(timeout_s: float = 20.0, **fields: Any) -> None:
    """Wait until the camera's status has these fields."""
    for _ in range(int(timeout_s / 0.1)):
        if await CameraStatus.objects.filter(**fields).aexists():
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"expected {fields}, got {await CameraStatus.objects.values().aget()}")


def pid_of(worker: Supervisor, camera: Camera) -> int | None:
    runner = worker.fleet.runners.get(camera.pk)
    return runner.pid if runner else None


async def test_an_enabled_camera_runs_and_says_so(hall: Camera, start: Start) -> None:
    worker = start()
    await until_row(state="live", gallery_version__gt=0, lease_holder=worker.holder)
    await until(lambda: worker.is_ready)


async def test_a_camera_whose_file_has_ended_gives_its_place_back(hall: Camera, start: Start) -> None:
    worker = start(target=fake_children.ends)
    await until_row(state="ended", reason="The file has ended.", lease_holder="")
    assert not worker.fleet.runners
    await worker.sweep()
    await until_row(state="ended", lease_holder="")


@pytest.mark.parametrize("gives_up", [False, True])
async def test_a_file_that_ended_while_the_database_was_away_is_not_played_again(
    hall: Camera, start: Start, monkeypatch: pytest.MonkeyPatch, gives_up: bool
) -> None:
    tries, begun, finish, begin = list[int](), list[int](), leases.finish, fleet.Fleet.start

    def finish_late(**ended: Any) -> None:
        tries.append(1)
        if len(tries) < 4:
            raise OperationalError("the database is away")
        finish(**ended)

    def counted(self: fleet.Fleet, camera: CameraRef, config: CameraConfig, gallery: UseGallery) -> None:
        begun.append(config.camera_id)
        begin(self, camera, config, gallery)

    monkeypatch.setattr(leases, "finish", finish_late)
    monkeypatch.setattr(fleet.Fleet, "start", counted)
    worker = start(target=fake_children.ends)
    for number in range(1, 4):
        await until(lambda number=number: len(tries) >= number)
        if gives_up and number == 1:
            worker._leased_until = 1.0  # too long without a renewal
            await asyncio.sleep(1)
        worker.wake()
    await until_row(state="ended", reason="The file has ended.", lease_holder="")
    assert begun == [hall.pk]


async def test_a_camera_whose_child_was_killed_lives_again(hall: Camera, start: Start) -> None:
    worker = start()
    await until_row(state="live")
    await until_sightings(1)
    first = pid_of(worker, hall)
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await until_row(state="down", reason__contains="signal 9")
    await until_row(state="live")
    assert pid_of(worker, hall) not in (None, first)
    # The sighting that the dead child left open is closed, and that of its successor is open.
    await until_sightings(2)
    assert await Sighting.objects.open().acount() == 1


async def until_sightings(number: int) -> None:
    for _ in range(200):
        if await Sighting.objects.acount() == number:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"expected {number} sightings, got {await Sighting.objects.acount()}")


async def test_a_child_that_falls_silent_is_killed_and_the_reason_stands_on_the_row(hall: Camera, start: Start) -> None:
    worker = start(target=fake_children.falls_silent, silent_s=0.5)
    await until_row(state="down", reason__contains="no sign of life")
    await until(lambda: worker.fleet.runners[hall.pk].starts >= 2)


async def test_two_workers_never_run_one_camera(hall: Camera, start: Start) -> None:
    for number in range(3):
        await Camera.objects.acreate(name=f"C{number}", slug=f"c{number}", source="0")
    one, other = start(capacity=2), start(capacity=2)
    await until(lambda: len(one.fleet) + len(other.fleet) == 4)
    for _ in range(5):
        await asyncio.gather(one.sweep(), other.sweep())
        assert not one.fleet.runners.keys() & other.fleet.runners.keys()


async def test_a_worker_that_stopped_leaves_its_camera_to_another(hall: Camera, start: Start) -> None:
    first, second = Supervisor(target=fake_children.talks), start()
    await until(lambda: len(second.fleet) == 1)
    stop = asyncio.Event()
    running = asyncio.create_task(first.run(stop))
    await asyncio.sleep(0.3)
    assert len(first.fleet) == 0
    stop.set()
    await running


async def test_only_so_many_cameras_begin_at_a_time_and_one_that_does_not_answer_keeps_nobody_waiting(
    hall: Camera, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "BEGINNING", 2)
    monkeypatch.setattr(runner, "BEGINS_S", 1.0)
    for number in range(4):
        await Camera.objects.acreate(name=f"C{number}", slug=f"c{number}", source="0")
    worker, began_s = start(target=fake_children.connects), dict[int, float]()

    def all_began() -> bool:
        for pk, one in worker.fleet.runners.items():
            if one.pid:
                began_s.setdefault(pk, asyncio.get_running_loop().time())
        return len(began_s) == 5

    await until(all_began)
    first, _, third, _, fifth = sorted(began_s.values())
    assert third - first > 0.8
    assert fifth - third > 0.8
    await worker.fleet.stop(list(worker.fleet.runners))
    assert not worker.fleet.runners


async def test_a_changed_camera_gets_a_new_child_and_a_disabled_one_is_off(hall: Camera, start: Start) -> None:
    worker = start()
    await until_row(state="live")
    first = pid_of(worker, hall)
    await Camera.objects.aupdate(smallest_face_px=120)
    worker.wake()
    await until(lambda: pid_of(worker, hall) not in (None, first))
    await Camera.objects.aupdate(enabled=False)
    worker.wake()
    await until_row(state="off", lease_holder="")
    assert len(worker.fleet) == 0


async def test_a_renamed_camera_keeps_its_child(hall: Camera, start: Start) -> None:
    worker = start()
    await until_row(state="live")
    first = pid_of(worker, hall)
    await Camera.objects.aupdate(name="Great hall")
    await worker.sweep()
    assert pid_of(worker, hall) == first


async def test_a_doorbell_that_was_lost_costs_only_until_the_next_sweep(
    hall: Camera, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "SWEEP_EVERY_S", 0.3)
    await Camera.objects.aupdate(enabled=False)
    worker = start()
    await until_row(state="off")
    await Camera.objects.aupdate(enabled=True)
    await until(lambda: len(worker.fleet) == 1, 3)


async def test_many_doorbells_are_few_sweeps(hall: Camera, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    worker, sweep, renewals = start(), leases.sweep, []
    await until_row(state="live")

    def counted(*, renewing: bool, **asked: Any) -> leases.Holding:
        renewals.append(renewing)
        return sweep(renewing=renewing, **asked)

    monkeypatch.setattr(leases, "sweep", counted)
    for _ in range(20):
        worker.wake()
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.7)
    assert 1 <= len(renewals) <= 4
    assert renewals.count(True) <= 1


async def test_a_gallery_that_changed_reaches_the_children_without_a_doorbell(hall: Camera, start: Start) -> None:
    start()
    await until_row(state="live", gallery_version__gt=0)
    await GalleryVersion.objects.aupdate(version=77)
    await until_row(gallery_version=77, timeout_s=4)


async def test_children_make_pictures_only_while_somebody_watches(hall: Camera, start: Start) -> None:
    worker = start()
    await until_row(state="live")
    assert worker.fleet.runners[hall.pk].watch_mode == WatchMode(False, False)
    await watch("frame", [hall.pk])
    await until(lambda: worker.fleet.runners[hall.pk].watch_mode == WatchMode(True, False), 3)


async def test_a_source_outside_of_the_media_folder_is_refused_in_words(hall: Camera, start: Start) -> None:
    await Camera.objects.aupdate(source="../../etc/passwd")
    worker = start()
    await until_row(state="down", reason__contains="outside of the media folder")
    assert len(worker.fleet) == 0


async def test_a_worker_that_cannot_renew_stops_before_its_leases_end(
    hall: Camera, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    worker = start()
    await until_row(state="live")
    pid = pid_of(worker, hall)

    def away(**asked: Any) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr(leases, "sweep", away)
    worker._leased_until -= leases.LEASE_S - supervising.GIVE_UP_BEFORE_S
    await until(lambda: len(worker.fleet) == 0, 5)
    with pytest.raises(ProcessLookupError):
        os.kill(pid or 0, 0)
    monkeypatch.undo()
    worker.wake()
    await until(lambda: len(worker.fleet) == 1)


async def test_stopping_closes_sightings_and_gives_the_leases_back(hall: Camera) -> None:
    stop = asyncio.Event()
    worker = Supervisor(target=fake_children.talks, capacity=8)
    running = asyncio.create_task(worker.run(stop))
    await until_row(state="live")
    await until_sightings(1)
    stop.set()
    await asyncio.wait_for(running, 10)
    row = await status()
    assert (row.lease_holder, row.state) == ("", "waiting")
    assert await Sighting.objects.open().acount() == 0


async def test_what_a_dead_worker_left_open_is_closed_by_the_next(hall: Camera, start: Start) -> None:
    left = sighting_change()
    await database_sync_to_async(record_sighting)(camera_id=hall.pk, change=left, snapshots={})
    start()
    await until_sightings(2)
    closed = await Sighting.objects.aget(pk=left.id)
    assert closed.ended_at == closed.last_seen_at


async def test_what_a_child_that_had_to_be_killed_left_open_is_closed(hall: Camera, start: Start) -> None:
    worker = start(target=fake_children.hangs_with_a_visitor)
    await until_sightings(1)
    await Camera.objects.aupdate(enabled=False)
    worker.wake()
    await until_row(state="off", lease_holder="")
    await until_none_is_open()


async def test_what_a_dead_worker_left_open_is_closed_if_its_camera_is_switched_off(hall: Camera, start: Start) -> None:
    await database_sync_to_async(record_sighting)(camera_id=hall.pk, change=sighting_change(), snapshots={})
    await Camera.objects.aupdate(enabled=False)
    await CameraStatus.objects.acreate(
        camera=hall, state="live", lease_holder="dead", lease_expires_at=timezone.now() - timedelta(minutes=1)
    )
    start()
    await until_row(state="off", lease_holder="")
    await until_none_is_open()


async def until_none_is_open() -> None:
    for _ in range(50):
        if not await Sighting.objects.open().aexists():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("a sighting is open that nobody goes on with")


async def test_the_death_of_the_publisher_ends_the_worker(hall: Camera, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Supervisor(target=fake_children.talks)

    async def breaks() -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(worker.publisher, "run", breaks)
    with pytest.raises(ExceptionGroup):
        await worker.run(asyncio.Event())


def test_no_name_of_a_worker_is_used_twice() -> None:
    assert supervising.this_worker() != supervising.this_worker()


async def test_why_a_child_gave_up_stands_on_the_row(hall: Camera, start: Start) -> None:
    start(target=fake_children.gives_up)
    await until_row(state="down", reason__contains="the encodings are not what they should be")


async def test_new_thresholds_reach_a_running_child_without_a_new_one(hall: Camera, start: Start) -> None:
    worker = start()
    await until_row(state="live", gallery_version__gt=0)
    pid, version = pid_of(worker, hall), (await status()).gallery_version
    await database_sync_to_async(set_thresholds)(match=0.3, reason="a try", by=None)
    worker.wake_gallery()
    await until_row(5, gallery_version__gt=version)
    assert worker.galleries.current is not None
    assert worker.galleries.current.thresholds.match == 0.3
    assert pid_of(worker, hall) == pid
