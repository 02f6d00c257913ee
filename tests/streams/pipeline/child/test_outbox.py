"""A full pipe never stops recognition and never loses a sighting."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from multiprocessing import Pipe
from uuid import uuid4

from people.recognition.types import Thresholds, Verdict
from streams.pipeline.child.outbox import PipeOutbox
from streams.pipeline.messages import Footage, FootageKind, Overlay, SightingChange
from tests.streams.pipeline.fakes import BEGIN

OVERLAY = Overlay(1, BEGIN, 640, 480, (), bytes(100_000), None)
CHANGE = SightingChange(
    uuid4(), BEGIN, BEGIN, BEGIN, False, Verdict.UNKNOWN, None, None, None, Thresholds(0.31, 0.36), 3, 3, 1, ()
)


def test_a_reader_that_stalls_costs_pictures_and_not_sightings() -> None:
    ours, theirs = Pipe()
    outbox = PipeOutbox(ours)
    outbox.start()
    began = time.monotonic()
    for number in range(200):
        outbox.put(replace(OVERLAY, frame=number))
        if number % 10 == 0:
            outbox.put(replace(CHANGE, votes=number))
    assert time.monotonic() - began < 1, "putting must not block"
    time.sleep(0.1)
    assert outbox.overlays_dropped > 150
    received = []
    while theirs.poll(0.3):
        received.append(theirs.recv())
    assert [m.votes for m in received if isinstance(m, SightingChange)] == list(range(0, 200, 10))
    overlays = [m.frame for m in received if isinstance(m, Overlay)]
    assert overlays[-1] == 199, "the newest picture is kept"
    assert overlays == sorted(overlays)


def test_closing_sends_what_is_left() -> None:
    ours, theirs = Pipe()
    outbox = PipeOutbox(ours)
    outbox.start()
    later = replace(CHANGE, ended=True, last_seen_at=BEGIN + timedelta(seconds=9))
    outbox.put(later)
    outbox.close(2)
    assert theirs.recv() == later
    assert not outbox.is_alive()


def test_closing_does_not_wait_for_a_reader_that_is_stuck() -> None:
    ours, _theirs = Pipe()
    outbox = PipeOutbox(ours)
    outbox.start()
    outbox.put(OVERLAY)
    outbox.put(OVERLAY)
    time.sleep(0.05)
    outbox.put(CHANGE)
    began = time.monotonic()
    outbox.close(0.2)
    assert time.monotonic() - began < 1


def test_a_parent_that_is_gone_ends_the_writer() -> None:
    ours, theirs = Pipe()
    outbox = PipeOutbox(ours)
    theirs.close()
    outbox.start()
    outbox.put(CHANGE)
    outbox.join(2)
    assert outbox.broken


def test_frames_come_after_facts_and_the_oldest_go_when_too_many_wait() -> None:
    ours, theirs = Pipe()
    outbox = PipeOutbox(ours)
    frames = [Footage(CHANGE.id, uuid4(), FootageKind.FRAME, bytes([number]) * 3_000_000) for number in range(4)]
    for frame in frames:
        outbox.put(frame)
    outbox.put(CHANGE)
    outbox.start()
    received = [theirs.recv() for _ in range(3)]
    assert received == [CHANGE, *frames[2:]]
    assert outbox.footage_dropped == 2
