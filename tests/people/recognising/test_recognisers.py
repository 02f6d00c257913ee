"""The children that look at uploaded pictures: shared, bounded, replaced."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from people.errors import Busy, NotAvailable, ReaderDied
from people.recognising.reader import PhotoReader
from people.recognising.recognisers import Recognisers
from people.recognition.reading.probing import ProbePicture, Probes

PICTURE = ProbePicture(b"picture", 1000)


class FakeReader:
    """Answers when it is let."""

    engine = "fake"

    def __init__(self, *, starts: bool = True) -> None:
        self.let = threading.Event()
        self.let.set()
        self.begun = threading.Semaphore(0)
        self.starts = starts
        self.calls = 0

    def start(self) -> None:
        if not self.starts:
            raise ReaderDied("the weights are gone")

    def probe(self, picture: ProbePicture) -> Probes:
        self.begun.release()
        assert self.let.wait(5)
        self.calls += 1
        if picture.data == b"deadly":
            raise ReaderDied("the reader crashed")
        return Probes("ok")

    def close(self) -> None:
        self.let.set()


@pytest.fixture
def reader() -> Iterator[FakeReader]:
    reader = FakeReader()
    yield reader
    reader.let.set()


def pool_of(*readers: Any, **options: Any) -> Recognisers:
    return Recognisers(list(readers), **options)


def test_who_waits_too_long_is_told_to_come_back(reader: FakeReader) -> None:
    pool = pool_of(reader, wait_s=0.05)
    reader.let.clear()
    first = threading.Thread(target=pool.look, args=(PICTURE,))
    first.start()
    assert reader.begun.acquire(timeout=5)
    with pytest.raises(Busy) as busy:
        pool.look(PICTURE)
    assert busy.value.retry_after_s > 0
    reader.let.set()
    first.join()
    assert pool.look(PICTURE) == (Probes("ok"), PICTURE.engine)


def test_a_full_queue_refuses_at_once(reader: FakeReader) -> None:
    pool = pool_of(reader, wait_s=60, most_waiting=0)
    reader.let.clear()
    first = threading.Thread(target=pool.look, args=(PICTURE,))
    first.start()
    assert reader.begun.acquire(timeout=5)
    with pytest.raises(Busy):
        pool.look(PICTURE)
    reader.let.set()
    first.join()


def test_a_picture_that_kills_its_child_costs_no_place(reader: FakeReader) -> None:
    pool = pool_of(reader, wait_s=0.05, most_waiting=0)
    for _ in range(3):
        with pytest.raises(ReaderDied):
            pool.look(ProbePicture(b"deadly", 1000))
    assert pool.look(PICTURE)[0].verdict == "ok"


def test_two_children_work_at_once() -> None:
    one, other = FakeReader(), FakeReader()
    pool = pool_of(one, other, wait_s=5)
    one.let.clear()
    other.let.clear()
    threads = [threading.Thread(target=pool.look, args=(PICTURE,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert one.begun.acquire(timeout=5) and other.begun.acquire(timeout=5)
    for reader in (one, other):
        reader.let.set()
    for thread in threads:
        thread.join()
    assert (one.calls, other.calls) == (1, 1)


def test_an_engine_that_does_not_come_up_is_not_the_pictures_fault() -> None:
    with pytest.raises(NotAvailable):
        pool_of(FakeReader(starts=False)).look(PICTURE)


def until(condition: Any, timeout_s: float = 10) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_child_that_has_long_had_nothing_to_do_is_ended_and_the_next_picture_starts_one(portraits: Path) -> None:
    reader = PhotoReader(Path(settings.MODEL_CACHE))
    pool = pool_of(reader, idle_s=0.2)
    picture = ProbePicture((portraits / "astronaut.png").read_bytes(), 10_000_000)
    assert len(pool.look(picture)[0].found) == 1
    until(lambda: reader.pid is None)
    assert len(pool.look(picture)[0].found) == 1
    pool.close()


def test_a_child_in_use_is_not_ended(reader: FakeReader) -> None:
    pool = pool_of(reader, idle_s=0.02)
    pool.look(PICTURE)
    reader.let.clear()
    busy = threading.Thread(target=pool.look, args=(PICTURE,))
    busy.start()
    time.sleep(0.1)
    assert busy.is_alive()  # FakeReader.close would have let it go
    reader.let.set()
    busy.join()


def test_the_child_used_last_stays_warm() -> None:
    one, other = FakeReader(), FakeReader()
    pool = pool_of(one, other, idle_s=60)
    pool.look(PICTURE)
    assert pool.end_idle(0.0) is False
    pool.look(PICTURE)
    assert (one.calls, other.calls) == (0, 2)
    pool.close()
