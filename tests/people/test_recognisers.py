"""The children that look at uploaded pictures: shared, bounded, replaced."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from people.errors import ReaderDied
from people.recognisers import Busy, NotAvailable, Recognisers
from people.recognition.probing import ProbePicture, Probes

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
    assert pool.look(PICTURE) == (Probes("ok"), "fake")


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
