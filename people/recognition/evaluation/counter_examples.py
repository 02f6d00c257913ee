"""Measures counter-examples: how often a wrong name comes again after it was rejected once, and what that costs.

Of each person who is taken for another one, the first photo that is becomes a counter-example of the other one. The
other photos that were taken for the same one are the repeats. Own matches are those of enrolled people's further
photos, judged while everybody's counter-examples are in force.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from people.recognition.engine.distances import Distances
from people.recognition.errors import TooFewPeople
from people.recognition.evaluation.degraded import degraded_encodings
from people.recognition.evaluation.degrading import Degradation
from people.recognition.evaluation.files import Entry
from people.recognition.evaluation.methods import Ours, Photos, rows_of
from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Match, Vector

DRAWINGS, SEED = 20, 20
FEWEST_PHOTOS = 4
"""So many photos a person must have in a folder to be enrolled with half of them."""
OTHER_SLACKS = (0.0, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08)


@dataclass(frozen=True, slots=True)
class EvaluatedLook:
    """One encoding of somebody, who may be enrolled or not."""

    person: str
    photo: str
    vector: Vector


@dataclass(frozen=True, slots=True)
class CounterExampleTally:
    """Counts of looks, which can be added up."""

    rejected: int = 0
    """Counter-examples: one for each person and whom they were taken for."""
    repeats: int = 0
    came_again: int = 0
    renamed_right: int = 0
    """Repeats that got the right name instead."""
    renamed_wrong: int = 0
    own: int = 0
    own_lost: int = 0

    def plus(self, other: CounterExampleTally) -> CounterExampleTally:
        return CounterExampleTally(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def as_json(self) -> dict[str, Any]:
        """Returns the counts, and the shares `gone` and `lost`; a share is None where there was nothing to share."""
        return {
            **asdict(self),
            "gone": 1 - self.came_again / self.repeats if self.repeats else None,
            "lost": self.own_lost / self.own if self.own else None,
        }


def evaluate_counter_examples(
    ours: Ours,
    photos: Photos,
    entries: Sequence[Entry] | None,
    in_folder: Sequence[Entry],
    kinds: Sequence[Degradation] = (),
) -> dict[str, Any]:
    """Returns `counter_examples`: what they do at the engine's match limit and slack, and `rows` of other ones.

    There is one row for each of the engine's limits and each slack, its own slack first. They are measured on the
    table's roles, or without a table on drawings of the folder: half of its people enrolled with half of their photos,
    everybody else a stranger. Looks are the photos as they are, and degraded as `kinds` say. Raises TooFewPeople.
    """
    shown = entries if entries is not None else in_folder
    looks = {entry.path: _looks(ours, photos, entry, kinds) for entry in shown}
    sets = [_of_table(ours, photos, entries, looks)] if entries is not None else list(_drawn(photos, in_folder, looks))
    distances = ours.engine.distances
    slacks = [distances.counter_slack, *(slack for slack in OTHER_SLACKS if slack != distances.counter_slack)]
    rows = [
        {"match": match, "slack": slack, **_total(sets, match, slack).as_json()}
        for match in _limits(distances)
        for slack in slacks
    ]
    drawings = 0 if entries is not None else DRAWINGS
    return {"counter_examples": {"drawings": drawings, **rows[0], "rows": rows}}


def tally(gallery: Gallery, looks: Sequence[EvaluatedLook], match: float, slack: float) -> CounterExampleTally:
    """Rejects every first wrong name up to the distance `match`, and looks everybody up once more."""
    if not looks:
        return CounterExampleTally()
    vectors = np.stack([look.vector for look in looks])
    before = [_name(found, match) for found in gallery.identify_many(vectors)]
    first: dict[tuple[str, str], EvaluatedLook] = {}
    for look, name in zip(looks, before, strict=True):
        if name and name != look.person:
            first.setdefault((look.person, name), look)
    rejected = [(name, number, look.vector) for number, ((_person, name), look) in enumerate(first.items())]
    known = gallery.with_counter_examples(rejected, slack=slack)
    after = [_name(found, match) for found in known.identify_many(vectors)]
    found = [_judged(*each, first) for each in zip(looks, before, after, strict=True)]
    return sum_of([CounterExampleTally(rejected=len(rejected)), *found])


def sum_of(tallies: Sequence[CounterExampleTally]) -> CounterExampleTally:
    total = CounterExampleTally()
    for each in tallies:
        total = total.plus(each)
    return total


def _judged(
    look: EvaluatedLook, before: str | None, after: str | None, first: dict[tuple[str, str], EvaluatedLook]
) -> CounterExampleTally:
    if before is None:
        return CounterExampleTally()
    if before == look.person:
        return CounterExampleTally(own=1, own_lost=int(after != before))
    if first[look.person, before].photo == look.photo:
        return CounterExampleTally()  # the rejected photo itself
    renamed = after is not None and after != before
    return CounterExampleTally(
        repeats=1,
        came_again=int(after == before),
        renamed_right=int(renamed and after == look.person),
        renamed_wrong=int(renamed and after != look.person),
    )


def _name(found: Match, match: float) -> str | None:
    return found.person if found.distance <= match else None


def _limits(distances: Distances) -> tuple[float, float, float]:
    return distances.thresholds.match, distances.thresholds.review, distances.loosest


def _total(sets: Sequence[tuple[Gallery, list[EvaluatedLook]]], match: float, slack: float) -> CounterExampleTally:
    return sum_of([tally(gallery, looks, match, slack) for gallery, looks in sets])


def _of_table(
    ours: Ours, photos: Photos, entries: Sequence[Entry], looks: dict[str, list[EvaluatedLook]]
) -> tuple[Gallery, list[EvaluatedLook]]:
    enrolled = [(entry.person, entry.path) for entry in entries if entry.role == "gallery"]
    others = [look for entry in entries if entry.role != "gallery" for look in looks[entry.path]]
    return _gallery(ours.name, photos, enrolled), others


def _drawn(
    photos: Photos, entries: Sequence[Entry], looks: dict[str, list[EvaluatedLook]]
) -> Iterator[tuple[Gallery, list[EvaluatedLook]]]:
    of = defaultdict(list)
    for entry in entries:
        if photos[entry.path] is not None:
            of[entry.person].append(entry.path)
    many = sorted(person for person, paths in of.items() if len(paths) >= FEWEST_PHOTOS)
    if len(many) < 2:
        raise TooFewPeople(f"expected at least two people with {FEWEST_PHOTOS} photos, got {len(many)}")
    chance = np.random.default_rng(SEED)
    for _ in range(DRAWINGS):
        enrolled = {person: _half(of[person], chance) for person in chance.permutation(many)[: len(many) // 2].tolist()}
        rows = [(person, path) for person, paths in enrolled.items() for path in paths]
        known = {path for _person, path in rows}
        order = [path for paths in of.values() for path in chance.permutation(paths).tolist() if path not in known]
        yield _gallery(photos.method.name, photos, rows), [look for path in order for look in looks[path]]


def _half(paths: Sequence[str], chance: np.random.Generator) -> list[str]:
    half: list[str] = chance.permutation(paths)[: (len(paths) + 1) // 2].tolist()
    return half


def _gallery(engine: str, photos: Photos, enrolled: Sequence[tuple[str, str]]) -> Gallery:
    rows = ((person, vector.astype(np.float32)) for person, vector in rows_of(photos, enrolled))
    return Gallery.of_encodings(0, engine, rows)


def _looks(ours: Ours, photos: Photos, entry: Entry, kinds: Sequence[Degradation]) -> list[EvaluatedLook]:
    """Returns the encodings of one photo; a stranger without a name is nobody else."""
    found = [photos[entry.path]]
    if kinds and found[0] is not None:
        found += degraded_encodings(ours, photos, entry.path, kinds)
    who = entry.person or entry.path
    return [EvaluatedLook(who, entry.path, vector.astype(np.float32)) for vector in found if vector is not None]
