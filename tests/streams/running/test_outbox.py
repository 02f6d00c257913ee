"""Sightings that wait to be written: joined, in order, with their best evidence."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from streams.running.outbox import MOST_DETECTIONS, CloseOpen, Entry, PendingFootage, PendingSighting, SightingOutbox
from tests.streams.said import NOON, encoding, footage, new_detection, sighting_change


async def taken(outbox: SightingOutbox) -> list[Entry]:
    return [await outbox.take() for _ in range(len(outbox))]


def changes(entries: list[Entry]) -> list[object]:
    return [entry.change if isinstance(entry, PendingSighting) else entry for entry in entries]


async def test_sightings_come_out_in_the_order_they_began() -> None:
    outbox = SightingOutbox()
    first, second = sighting_change(), sighting_change()
    for change in (first, second, replace(first, votes=9)):
        outbox.put(1, change)
    assert changes(await taken(outbox)) == [replace(first, votes=9), second]


async def test_the_evidence_of_changes_that_were_joined_is_kept() -> None:
    outbox = SightingOutbox()
    change = sighting_change(detections=(new_detection(quality=0.3, captured_at=NOON),))
    outbox.put(1, change)
    later = new_detection(quality=0.9, captured_at=NOON + timedelta(seconds=1))
    outbox.put(1, replace(change, detections=(later,)))
    (entry,) = await taken(outbox)
    assert isinstance(entry, PendingSighting)
    assert [item.quality for item in entry.change.detections] == [0.3, 0.9]


async def test_what_a_sighting_is_found_by_is_not_lost_when_a_later_change_says_nothing_of_it() -> None:
    outbox = SightingOutbox()
    change = sighting_change(encoding=encoding())
    outbox.put(1, change)
    outbox.put(1, replace(change, encoding=None, votes=9))
    assert changes(await taken(outbox)) == [replace(change, votes=9)]


async def test_of_much_evidence_the_best_is_kept() -> None:
    outbox = SightingOutbox()
    change = sighting_change()
    for step in range(20):
        outbox.put(1, replace(change, detections=(new_detection(quality=step / 20),)))
    (entry,) = await taken(outbox)
    assert isinstance(entry, PendingSighting)
    assert len(entry.change.detections) == MOST_DETECTIONS
    assert min(item.quality for item in entry.change.detections) == 14 / 20


async def test_a_sighting_that_ended_stays_ended() -> None:
    outbox = SightingOutbox()
    change = sighting_change(ended=True)
    outbox.put(1, change)
    outbox.put(1, replace(change, ended=False))
    (entry,) = await taken(outbox)
    assert isinstance(entry, PendingSighting)
    assert entry.change.ended


async def test_closing_ends_what_waits_and_precedes_what_comes_after() -> None:
    outbox = SightingOutbox()
    before, elsewhere, after = sighting_change(), sighting_change(), sighting_change()
    outbox.put(1, before)
    outbox.put(2, elsewhere)
    outbox.close_open(1)
    outbox.put(1, after)
    assert changes(await taken(outbox)) == [replace(before, ended=True), elsewhere, CloseOpen(1), after]


async def test_memory_is_bounded_and_pictures_go_before_facts() -> None:
    outbox = SightingOutbox(most_sightings=5, most_snapshot_bytes=2_500)
    for _ in range(8):
        outbox.put(1, sighting_change(detections=(new_detection(snapshot=bytes(1_000)),)))
    entries = await taken(outbox)
    sizes = [len(entry.change.detections[0].snapshot) for entry in entries if isinstance(entry, PendingSighting)]
    assert sizes == [0, 0, 0, 1_000, 1_000]
    assert outbox.sightings_dropped == 3


async def test_frames_wait_behind_their_looks_and_go_before_snapshots_and_facts() -> None:
    outbox = SightingOutbox(most_footage_bytes=2_500)
    change = sighting_change(detections=(new_detection(),))
    outbox.put(1, change)
    told = [footage(change, detection=uuid4(), content=bytes(1_000)) for _ in range(4)]
    for one in told:
        outbox.put_footage(1, one)
    outbox.put(1, replace(change, votes=9))
    first, *rest = await taken(outbox)
    assert isinstance(first, PendingSighting) and first.change.votes == 9 and first.change.detections[0].snapshot
    assert rest == [PendingFootage(1, one) for one in told[2:]]
    assert (outbox.footage_dropped, outbox.snapshots_dropped, outbox.sightings_dropped) == (2, 0, 0)


async def test_frames_that_crowd_an_outbox_are_no_lost_sightings() -> None:
    outbox = SightingOutbox(most_sightings=3)
    change = sighting_change(detections=(new_detection(),))
    for _ in range(3):
        outbox.put_footage(1, footage(change))
    outbox.put(1, change)
    assert (outbox.footage_dropped, outbox.sightings_dropped) == (1, 0)
