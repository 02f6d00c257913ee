"""What children say: the newest of pictures is kept, and every sighting."""

import threading
import time

from streams.pipeline.messages import SightingChange
from streams.running.inbox import MOST_FOOTAGE, MOST_SIGHTINGS, Inbox
from tests.streams.said import footage, heartbeat, new_detection, overlay, sighting_change


def test_of_overlays_and_heartbeats_the_newest_is_kept() -> None:
    inbox = Inbox(lambda: None)
    newest = (heartbeat(frame_age_ms=2), overlay(3))
    for message in (overlay(1), heartbeat(frame_age_ms=1), overlay(2), *newest):
        inbox.put(message)
    assert inbox.take() == list(newest)
    assert inbox.overlays_dropped == 2


def test_sightings_are_all_kept_in_order() -> None:
    inbox = Inbox(lambda: None)
    said = [sighting_change(), sighting_change(), sighting_change()]
    for change in said:
        inbox.put(change)
    assert inbox.take() == said


def test_the_loop_is_called_once_for_a_full_inbox() -> None:
    calls: list[int] = []
    inbox = Inbox(lambda: calls.append(1))
    for frame in range(50):
        inbox.put(overlay(frame))
    assert len(calls) == 1


def test_a_reader_that_is_too_quick_waits_and_loses_no_sighting() -> None:
    inbox = Inbox(lambda: None)
    said = [sighting_change() for _ in range(MOST_SIGHTINGS + 10)]
    reader = threading.Thread(target=lambda: [inbox.put(change) for change in said])
    reader.start()
    time.sleep(0.05)
    heard: list[SightingChange] = []
    while len(heard) < len(said):
        batch = inbox.take()
        assert len(batch) <= MOST_SIGHTINGS
        heard += [message for message in batch if isinstance(message, SightingChange)]
    reader.join(5)
    assert heard == said


def test_a_waiting_reader_goes_on_when_the_inbox_closes() -> None:
    inbox = Inbox(lambda: None)
    reader = threading.Thread(target=lambda: [inbox.put(sighting_change()) for _ in range(MOST_SIGHTINGS + 1)])
    reader.start()
    inbox.close()
    reader.join(5)
    assert not reader.is_alive()


def test_frames_wait_in_the_pipe_while_the_loop_is_busy() -> None:
    inbox = Inbox(lambda: None)
    change = sighting_change(detections=(new_detection(),))
    said = [footage(change) for _ in range(MOST_FOOTAGE + 1)]
    reader = threading.Thread(target=lambda: [inbox.put(one) for one in said])
    reader.start()
    heard: list[object] = []
    while len(heard) < len(said):
        batch = inbox.take()
        assert len(batch) <= MOST_FOOTAGE
        heard += batch
    reader.join(5)
    assert heard == said
