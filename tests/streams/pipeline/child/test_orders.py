"""A gallery in shared memory comes to a child as a few bytes and an open file."""

from __future__ import annotations

from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from people.recognition.gallery.counter_examples import OwnCounterExamples
from people.recognition.gallery.ledger import GalleryEntry, Ledger
from people.recognition.types import Thresholds
from streams.pipeline.child.orders import MapGallery, Orders, send
from streams.pipeline.messages import Stop, UseGallery, WatchMode

ANNA, BELA = str(UUID(int=1)), str(UUID(int=2))
THRESHOLDS = Thresholds(0.31, 0.36)


def face(number: int) -> np.ndarray:
    vector = np.zeros(128, np.float32)
    vector[number] = 1
    return vector


@pytest.fixture
def ledger() -> Ledger:
    made = Ledger("e", 128, 2)
    made.change({ANNA, BELA}, {ANNA: GalleryEntry(face(1), "Anna"), BELA: GalleryEntry(face(2), "Béla")})
    return made


@pytest.fixture
def pipe() -> tuple[Connection, Connection]:
    return Pipe()


def use(ledger: Ledger, version: int) -> UseGallery:
    return UseGallery(*ledger.at(version), THRESHOLDS)


def test_the_child_has_the_same_gallery_and_names(ledger: Ledger, pipe: tuple[Connection, Connection]) -> None:
    send(pipe[0], use(ledger, 7))
    said = Orders(pipe[1]).receive()
    assert isinstance(said, UseGallery) and said.thresholds == THRESHOLDS
    assert (said.gallery.version, said.gallery.identify(face(2)).person) == (7, BELA)
    assert said.names == {ANNA: "Anna", BELA: "Béla"}


def test_the_child_decides_by_counter_examples_from_the_message_on(
    ledger: Ledger, pipe: tuple[Connection, Connection]
) -> None:
    orders = Orders(pipe[1])
    known = OwnCounterExamples(np.array([5]), face(2)[None])
    for entry in (GalleryEntry(face(2), "Béla", known), GalleryEntry(face(2), "Béla")):
        ledger.change({BELA}, {BELA: entry})
        send(pipe[0], use(ledger, 8))
    named = []
    for _ in range(2):
        said = orders.receive()
        assert isinstance(said, UseGallery)
        named.append((said.gallery.identify(face(2)).person, said.gallery.identify(face(1)).person))
    assert named == [(ANNA, ANNA), (BELA, ANNA)]


def test_orders_stay_in_their_order(ledger: Ledger, pipe: tuple[Connection, Connection]) -> None:
    sent = [use(ledger, 1), WatchMode(True, False), use(ledger, 2), Stop()]
    for message in sent:
        send(pipe[0], message)
    orders = Orders(pipe[1])
    said = [orders.receive() for _ in sent]
    assert [type(message) for message in said] == [UseGallery, WatchMode, UseGallery, Stop]
    assert [message.gallery.version for message in said if isinstance(message, UseGallery)] == [1, 2]


def test_a_thousand_versions_map_one_memory_and_leave_no_file_open(
    ledger: Ledger, pipe: tuple[Connection, Connection]
) -> None:
    orders, opened = Orders(pipe[1]), 0
    for version in range(1000):
        ledger.change({ANNA}, {ANNA: GalleryEntry(face(3 + version % 2), "Anna")})
        send(pipe[0], use(ledger, version))
        said = orders.receive()
        assert isinstance(said, UseGallery) and len(said.gallery) == 2
        if version == 10:
            opened = len(list(Path("/proc/self/fd").iterdir()))
    assert len(list(Path("/proc/self/fd").iterdir())) <= opened + 1
    maps = Path("/proc/self/maps").read_text().count("memfd:gallery")
    assert maps <= 4  # the writer's and the reader's, perhaps of another test's too


def test_a_new_memory_takes_the_place_of_the_old(ledger: Ledger, pipe: tuple[Connection, Connection]) -> None:
    orders = Orders(pipe[1])
    other = Ledger("e", 128, 1)
    other.change({BELA}, {BELA: GalleryEntry(face(9), "B.")})
    for each in (ledger, other, ledger):
        send(pipe[0], use(each, 1))
    sizes = []
    for _ in range(3):
        said = orders.receive()
        assert isinstance(said, UseGallery)
        sizes.append(len(said.gallery))
    assert sizes == [2, 1, 2]


def test_a_parent_that_dies_before_the_memory_came_is_gone(ledger: Ledger, pipe: tuple[Connection, Connection]) -> None:
    gallery, _names = ledger.at(1)
    assert gallery.shared is not None
    pipe[0].send(MapGallery(gallery.shared.extent, THRESHOLDS))
    pipe[0].close()
    with pytest.raises(EOFError):
        Orders(pipe[1]).receive()
