"""Decides which sightings are one stranger: at once when it is sure, else by a second look that knows the crowd.

A mixed stranger is the worst that can happen: its mean lies near to everybody, draws more faces, and runs away. So a
sighting is joined on arrival only when it is very near. Whoever was seen once and stayed alone is looked at again
later, the nearest first: by then those who really belong together have met, and the order in which they came hardly
matters. The second look also asks how near a face lies to everybody, because some faces are near to many.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from people.recognition.engine.distances import StrangerDistances
from people.recognition.strangers.crowd import BLOCK, GONE, SMALLEST_CROWD, Crowd, Rows
from people.recognition.types import Matrix, Vector

CANDIDATES = 5
"""The nearest strangers that a second look compares: the crowd's view may turn their order around."""
MANY, FEW = 800, 100
"""Numbers of strangers between which the limit of the second look goes from its narrow to its wide end."""
ROUNDS = 6
"""Second looks, one after the other, until nothing more is joined; the third hardly ever joins anything."""


class Joint(NamedTuple):
    """One stranger to be joined with another, as rows of a Crowd."""

    doubt: float
    """0 at the limit, less for one who is surely the same."""
    row: int
    into: int


def join_all(sightings: Matrix, order: Iterable[int], limits: StrangerDistances) -> list[int]:
    """Joins sightings (n, width), which come in `order`; returns each one's stranger, in the order of the rows."""
    crowd = Crowd.with_room(len(sightings), sightings.shape[1])
    stranger_of = np.zeros(len(sightings), np.intp)
    for sighting in order:
        row = nearest(crowd, sightings[sighting], limits.sure)
        if row is None:
            row = crowd.add(sightings[sighting])
        else:
            crowd.put(row, sightings[sighting])
        stranger_of[sighting] = row
    for joints in second_looks(crowd, limits):
        for joint in joints:
            stranger_of[stranger_of == joint.row] = joint.into
    return stranger_of.tolist()


def nearest(crowd: Crowd, sighting: Vector, within: float) -> int | None:
    """Returns the row of the nearest stranger, or None if nobody is so near."""
    if not crowd.size:
        return None
    distances = crowd.distances(sighting[None])[0]
    row = int(distances.argmin())
    return row if distances[row] <= within else None


def second_looks(crowd: Crowd, limits: StrangerDistances) -> Iterable[list[Joint]]:
    """Joins those who were seen once, until nothing more is to be joined; yields what each round has joined."""
    for _ in range(ROUNDS):
        alone = np.flatnonzero(crowd.weights[: crowd.size] == 1)
        joints = apart(sorted(joints_of(crowd, alone, limits)))
        if not joints:
            return
        for joint in joints:
            crowd.join(joint.row, joint.into)
        yield joints


def joints_of(crowd: Crowd, rows: Rows, limits: StrangerDistances) -> list[Joint]:
    """Returns for each of these strangers with whom it should be joined, if with anybody."""
    found: list[Joint] = []
    for start in range(0, len(rows), BLOCK):
        found += _of_block(crowd, rows[start : start + BLOCK], limits)
    return found


def apart(joints: Iterable[Joint]) -> list[Joint]:
    """Leaves out those of a stranger who stands in an earlier one: its mean is another then."""
    taken: set[int] = set()
    kept = []
    for joint in joints:
        if taken.isdisjoint(joint[1:]):
            taken.update(joint[1:])
            kept.append(joint)
    return kept


def near_limit(living: int, limits: StrangerDistances) -> float:
    """Returns the limit of the second look among so many strangers."""
    share = math.log(MANY / max(1, living)) / math.log(MANY / FEW)
    return limits.near + limits.nearer_by * min(1.0, max(0.0, share))


def _of_block(crowd: Crowd, rows: Rows, limits: StrangerDistances) -> list[Joint]:
    distances = crowd.from_each_other(rows)
    hopeful = np.flatnonzero(distances.min(axis=1) <= limits.offered) if crowd.size > 1 else np.array([], np.intp)
    if not hopeful.size:
        return []
    rows, distances = rows[hopeful], distances[hopeful]
    most = min(CANDIDATES, crowd.size - 1)
    others = np.argpartition(distances, most - 1, axis=1)[:, :most]
    near = np.take_along_axis(distances, others, axis=1)
    doubts = np.where(near < GONE, _doubts(crowd, rows, others, near, limits), np.inf)
    best = doubts.argmin(axis=1)
    chosen = zip(doubts[np.arange(len(rows)), best], rows, others[np.arange(len(rows)), best], strict=True)
    return [Joint(float(doubt), int(row), int(other)) for doubt, row, other in chosen if doubt <= 0]


def _doubts(crowd: Crowd, rows: Rows, others: Rows, distances: Matrix, limits: StrangerDistances) -> Matrix:
    """Returns the doubt of each pair (n, k); half of it is the distance itself, half of it how the crowd sees it."""
    living = crowd.living
    by_distance = (distances - near_limit(living, limits)) / limits.spread
    if living < SMALLEST_CROWD:
        return np.asarray(by_distance, np.float32)
    mean, deviation = crowd.tails(rows)
    other_mean, other_deviation = (each.reshape(others.shape) for each in crowd.tails(others.ravel()))
    ranks = (distances - mean[:, None]) / deviation[:, None] + (distances - other_mean) / other_deviation
    return np.asarray((by_distance + ranks / 2 - limits.rank) / 2, np.float32)
