"""Where the rows of a gallery lie in a memory, and how far they go: some bytes, however many people there are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from people.recognition.gallery.code_products import SLAB
from people.recognition.gallery.memory import Memory

LONGEST_NAME = 800
"""Bytes: 200 characters of at most four."""
PAGE = 4096


class LedgerRoom(NamedTuple):
    """For how much a memory has room."""

    width: int
    rows: int
    counter_examples: int


@dataclass(frozen=True, slots=True)
class Extent:
    """How far one version of a gallery goes. Rows are only added, so what lies before the ends never changes.

    A reader needs no lock: it reads nothing that the writer has not finished before the extent was sent.
    """

    memory: str
    """Tells one memory from another."""
    version: int
    engine: str
    room: LedgerRoom
    rows: int = 0
    gone: int = 0
    """How many numbers of rows that count no more."""
    coded: int = 0
    """Rows that have codes: whole blocks."""
    off: float = 0.0
    reach: float = 0.0
    """As in Coarse."""
    counter_examples: int = 0
    """How many; one counts no more when its row does not."""


@dataclass(frozen=True, slots=True)
class SharedRows:
    """A gallery's memory and extent: what another process needs to have the same gallery."""

    memory: Memory
    extent: Extent


class Columns:
    """The arrays in a memory that has this room."""

    def __init__(self, memory: Memory, room: LedgerRoom) -> None:
        array = {name: memory.array(at, shape, kind) for name, at, shape, kind in _places(room)}
        self.mean: NDArray[np.float32] = array["mean"]
        self.steps: NDArray[np.float32] = array["steps"]
        self.ids: NDArray[np.uint64] = array["ids"]
        self.gone: NDArray[np.int64] = array["gone"]
        self.templates: NDArray[np.float32] = array["templates"]
        self.codes: list[NDArray[np.uint8]] = [array[f"codes{first}"] for first in range(0, room.width, SLAB)]
        self.name_starts: NDArray[np.int64] = array["name_starts"]
        self.name_lengths: NDArray[np.int64] = array["name_lengths"]
        self.names: NDArray[np.uint8] = array["names"]
        self.counter_rows: NDArray[np.int64] = array["counter_rows"]
        """The row of the person for whom each counter-example is taken, ascending."""
        self.counter_ids: NDArray[np.int64] = array["counter_ids"]
        self.counter_vectors: NDArray[np.float32] = array["counter_vectors"]

    @staticmethod
    def size(room: LedgerRoom) -> int:
        """Returns the bytes that they take if every row is written; most of the names' room never is."""
        _name, at, shape, kind = _places(room)[-1]
        return at + _bytes(shape, kind)


def _places(room: LedgerRoom) -> list[tuple[str, int, tuple[int, ...], Any]]:
    """Returns name, first byte, shape and kind of each array; each begins on a page of its own."""
    width, capacity, counter_examples = room
    shapes: list[tuple[str, tuple[int, ...], Any]] = [
        ("mean", (width,), np.float32),
        ("steps", (width,), np.float32),
        ("ids", (capacity, 2), np.uint64),
        ("gone", (capacity,), np.int64),
        ("templates", (capacity, width), np.float32),
        *((f"codes{first}", (capacity, min(SLAB, width - first)), np.uint8) for first in range(0, width, SLAB)),
        ("name_starts", (capacity,), np.int64),
        ("name_lengths", (capacity,), np.int64),
        ("names", (capacity * LONGEST_NAME,), np.uint8),
        ("counter_rows", (counter_examples,), np.int64),
        ("counter_ids", (counter_examples,), np.int64),
        ("counter_vectors", (counter_examples, width), np.float32),
    ]
    places, at = [], 0
    for name, shape, kind in shapes:
        places.append((name, at, shape, kind))
        at += -(-_bytes(shape, kind) // PAGE) * PAGE
    return places


def _bytes(shape: tuple[int, ...], kind: Any) -> int:
    return math.prod(shape) * int(np.dtype(kind).itemsize)
