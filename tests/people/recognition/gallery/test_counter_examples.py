"""A person counts for a face only if no counter-example of theirs is nearly as near: in every kind of gallery."""

from __future__ import annotations

import math
import pickle
from uuid import UUID

import numpy as np
import pytest

from people.recognition.engine.distances import DLIB, FUSED
from people.recognition.engine.kinds import DLIB as DLIB_ENGINE
from people.recognition.engine.kinds import FUSED as FUSED_ENGINE
from people.recognition.gallery import gallery as gallery_module
from people.recognition.gallery.counter_examples import CounterExamples
from people.recognition.gallery.gallery import Gallery
from people.recognition.gallery.ranking import nearest_people
from people.recognition.types import Match, Matrix, RefusedPerson, Thresholds, Vector, Verdict
from tests.people.recognition.gallery.test_ledger import unit_rows

SLACK = 0.05
Known = list[tuple[str, int, Vector]]


def gallery_of(count: int, width: int = 128, seed: int = 0) -> Gallery:
    ids = tuple(str(UUID(int=number + 1)) for number in range(count))
    return Gallery(7, "e", ids, unit_rows(count, width, seed))


def at(distance: float, vector: Vector, seed: int = 5) -> Vector:
    """Returns a vector of unit length at `distance` from `vector`, in some direction."""
    aside = unit_rows(1, len(vector), 10_000 + seed)[0]
    aside -= (aside @ vector) * vector
    aside /= np.linalg.norm(aside)
    cosine = 1 - distance**2 / 2
    return np.asarray(cosine * vector + math.sqrt(1 - cosine**2) * aside, np.float32)


def expected(gallery: Gallery, known: Known, probe: Vector, slack: float = SLACK) -> list[tuple[str, float]]:
    """Compares with everybody, one by one; returns who counts, nearest first."""
    found = []
    for row, person in enumerate(gallery.ids):
        apart = float(np.linalg.norm(gallery.templates[row].astype(np.float64) - probe))
        against = [
            float(np.linalg.norm(vector.astype(np.float64) - probe)) for who, _id, vector in known if who == person
        ]
        if all(distance > apart + slack for distance in against):
            found.append((person, apart))
    return sorted(found, key=lambda each: each[1])


def some_counter_examples(gallery: Gallery, people: int, seed: int = 3) -> Known:
    chance = np.random.default_rng(seed)
    rows = chance.choice(len(gallery.ids), people, replace=False).tolist()
    return [
        (
            gallery.ids[row],
            100 * number + place,
            at(chance.uniform(0.2, 0.9), gallery.templates[row], 100 * number + place),
        )
        for number, row in enumerate(rows)
        for place in range(1 + number % 3)
    ]


def probes_of(gallery: Gallery, known: Known) -> Matrix:
    """Returns faces near to people, near to counter-examples, between both, and near to nobody."""
    chance = np.random.default_rng(9)
    rows = {person: row for row, person in enumerate(gallery.ids)}
    found = [at(chance.uniform(0.1, 0.7), gallery.templates[row], 7 * row + 1) for row in range(0, len(rows), 3)]
    for person, number, vector in known:
        between = gallery.templates[rows[person]] * chance.uniform(0.3, 0.7) + vector * chance.uniform(0.3, 0.7)
        found += [at(0.3, vector, number + 50), np.asarray(between / np.linalg.norm(between), np.float32)]
    return np.stack([*found, *unit_rows(5, gallery.width, 77)])


@pytest.mark.parametrize("width", [128, 256])
@pytest.mark.parametrize("count", [1, 2, 40, 700])
def test_the_nearest_who_counts_is_found_as_by_comparing_with_everybody(
    count: int, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in a large gallery, which is searched in two steps; with 700 people it is one here."""
    monkeypatch.setattr(gallery_module, "LARGE", 300)
    plain = gallery_of(count, width)
    known = some_counter_examples(plain, min(count, 20))
    gallery = plain.with_counter_examples(known, slack=SLACK)
    probes = probes_of(plain, known)
    changed = 0
    for match, probe in zip(gallery.identify_many(probes), probes, strict=True):
        want = [*expected(plain, known, probe), (None, math.inf), (None, math.inf)]
        assert (match.person, match.runner_up) == (want[0][0], want[1][0])
        assert match.distance == pytest.approx(want[0][1], abs=1e-3)
        assert gallery.identify(probe).person == match.person
        names = [person for person, _apart in nearest_people(gallery, probe, 3)]
        assert names == [person for person, _apart in want[:3] if person]
        before = plain.identify(probe)
        changed += before.person != match.person
        assert (match.refused is not None) == (before.person != match.person)
        if match.refused:
            assert (match.refused.person, match.refused.distance) == (
                before.person,
                pytest.approx(before.distance, abs=1e-3),
            )
    assert changed >= min(count, 20)


def test_what_refuses_is_the_nearest_counter_example_and_only_who_counts_is_verified() -> None:
    plain = gallery_of(5)
    person, template = plain.ids[2], plain.templates[2]
    stranger = at(0.5, template)
    known = [(person, 11, at(0.2, stranger, 8)), (person, 12, at(0.1, stranger, 9)), (plain.ids[3], 13, stranger)]
    gallery = plain.with_counter_examples(known, slack=SLACK)
    match = gallery.identify(stranger)
    assert match.refused == RefusedPerson(person, pytest.approx(0.5, abs=1e-3), 12)
    assert (gallery.refusing(person, stranger), gallery.refusing(person, template)) == (12, None)
    assert gallery.refusing(plain.ids[0], stranger) is None and gallery.refusing("nobody", stranger) is None


@pytest.mark.parametrize(("farther", "counts"), [(0.049, False), (0.051, True)])
def test_the_slack_is_how_much_farther_a_counter_example_must_be(farther: float, counts: bool) -> None:
    plain = gallery_of(3)
    probe = at(0.4, plain.templates[0])
    gallery = plain.with_counter_examples([(plain.ids[0], 1, at(0.4 + farther, probe, 6))], slack=SLACK)
    assert (gallery.identify(probe).person == plain.ids[0]) is counts


@pytest.mark.parametrize(("engine", "distances"), [(FUSED_ENGINE, FUSED), (DLIB_ENGINE, DLIB)], ids=["fused", "dlib"])
def test_the_slack_is_the_engines(engine: object, distances: object) -> None:
    assert isinstance(engine, type(FUSED_ENGINE)) and isinstance(distances, type(FUSED))
    plain = Gallery(1, engine.key, ("a",), unit_rows(1, engine.width, 0))
    known = plain.with_counter_examples([("a", 1, unit_rows(1, engine.width, 1)[0])]).counter_examples
    assert known is not None and known.slack == distances.counter_slack


def test_nobody_else_is_touched_and_without_counter_examples_there_is_nothing() -> None:
    plain = gallery_of(5)
    assert plain.with_counter_examples([]).counter_examples is None
    assert plain.with_counter_examples([("nobody", 1, plain.templates[0])]).counter_examples is None


def test_a_part_of_a_gallery_and_a_sent_one_have_those_of_their_people() -> None:
    plain = gallery_of(6)
    faces = [at(0.5, template, 4 + row) for row, template in enumerate(plain.templates)]
    gallery = plain.with_counter_examples([(plain.ids[row], row, faces[row]) for row in (4, 1, 2)], slack=SLACK)
    part = gallery.only({plain.ids[0], plain.ids[4], plain.ids[2]})
    for made in (part, pickle.loads(pickle.dumps(part))):
        refused = [made.refusing(plain.ids[row], faces[row]) for row in (0, 2, 4)]
        assert refused == [None, 2, 4] and made.counter_examples.slack == SLACK
    assert gallery.only({plain.ids[0]}).counter_examples is None


@pytest.mark.parametrize(("distance", "decides"), [(0.4, 3), (0.41, None)])
def test_it_has_decided_if_the_person_would_have_been_suggested(distance: float, decides: int | None) -> None:
    match = Match("b", 1.2, math.inf, None, 1, RefusedPerson("a", distance, 3))
    thresholds = Thresholds(match=0.3, review=0.4)
    assert thresholds.decide(match) is Verdict.UNKNOWN
    assert thresholds.decisive(match) == decides
    assert thresholds.decisive(Match("b", 0.2, math.inf, None, 1)) is None


def test_rows_that_do_not_ascend_are_refused() -> None:
    rows = unit_rows(2, 128, 0)
    with pytest.raises(ValueError, match="in the order of rows"):
        CounterExamples(np.array([3, 1]), np.array([1, 2]), rows, SLACK)
