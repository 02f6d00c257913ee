"""A gallery in shared memory finds whom comparing with everybody finds, at every version, for every reader."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest

from people.recognition.errors import LedgerFull
from people.recognition.gallery import gallery as gallery_module
from people.recognition.gallery import ledger as ledger_module
from people.recognition.gallery.coarse import BLOCK_ROWS
from people.recognition.gallery.counter_examples import OwnCounterExamples
from people.recognition.gallery.gallery import Gallery
from people.recognition.gallery.ledger import GalleryEntry, Ledger, renewed
from people.recognition.gallery.shared_gallery import SharedNames
from people.recognition.types import Matrix, Vector

Everybody = dict[str, GalleryEntry]


def unit_rows(count: int, width: int, seed: int) -> Matrix:
    rows = np.random.default_rng(seed).standard_normal((count, width)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def people(count: int, width: int = 128, seed: int = 0) -> Everybody:
    ids = np.random.default_rng(seed).integers(0, 256, (count, 16), np.uint8)
    rows = unit_rows(count, width, seed)
    return {
        str(UUID(bytes=pk.tobytes())): GalleryEntry(row, f"Zoë {n}")
        for n, (pk, row) in enumerate(zip(ids, rows, strict=True))
    }


def ledger_of(everybody: Everybody, width: int = 128, engine: str = "e") -> Ledger:
    ledger = Ledger(engine, width, len(everybody))
    ledger.change(everybody, everybody)
    return ledger


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Galleries get codes from 300 people on, and so do 256 rows more."""
    for module in (gallery_module, ledger_module):
        monkeypatch.setattr(module, "LARGE", 300)
    monkeypatch.setattr(ledger_module, "TAIL_ROWS", BLOCK_ROWS)


def assert_finds_everybody(gallery: Gallery, names: SharedNames, everybody: Mapping[str, GalleryEntry]) -> None:
    ids, truth = list(everybody), np.array([entry.template for entry in everybody.values()], np.float64)
    probes = np.concatenate([truth[:: max(1, len(truth) // 20)], unit_rows(6, gallery.width, 77)]).astype(np.float32)
    cosines = probes.astype(np.float64) @ truth.T
    for match, row in zip(gallery.identify_many(probes), cosines, strict=True):
        nearest, second = np.argsort(-row, kind="stable")[:2]
        assert (match.person, match.runner_up) == (ids[nearest], ids[second])
        assert match.distance == pytest.approx(np.sqrt(max(0, 2 - 2 * row[nearest])), abs=1e-3)
    assert gallery.identify(probes[0]) == gallery.identify_many(probes[:1])[0]
    assert len(gallery) == len(everybody) and set(gallery.people) == set(ids)
    assert names == {person: entry.name for person, entry in everybody.items()}


@pytest.mark.parametrize("width", [128, 256])
@pytest.mark.parametrize("count", [250, 700])
def test_after_any_changes_it_is_what_a_matrix_of_everybody_is(small: None, width: int, count: int) -> None:
    chance = np.random.default_rng(1)
    everybody = people(count, width)
    ledger = ledger_of(everybody, width)
    seen = [(*ledger.at(0), dict(everybody))]
    for version in range(1, 12):
        new = people(60, width, seed=version)
        left = chance.choice(list(everybody), 20, replace=False).tolist()
        renamed = {pk: GalleryEntry(everybody[pk].template, f"New {version}") for pk in list(everybody)[-10:]}
        anew = dict(zip(list(everybody)[40:50], people(10, width, 100 + version).values(), strict=True))
        entries = {pk: entry for pk, entry in (new | renamed | anew).items() if pk not in left}
        ledger.change({*left, *entries}, entries)
        everybody = {pk: entry for pk, entry in (everybody | entries).items() if pk not in left}
        seen.append((*ledger.at(version), everybody))
    assert seen[-1][0].coarse is not None and seen[-1][0].coarse.count > BLOCK_ROWS
    for version, (gallery, names, known) in enumerate(seen):
        assert gallery.version == version
        assert_finds_everybody(gallery, names, known)
    fresh = renewed(seen[-1][0], seen[-1][1])
    assert_finds_everybody(*fresh.at(12), everybody)
    assert len(fresh.at(12)[0].gone) == 0


@pytest.mark.parametrize("left", [0, 1, 2])
@pytest.mark.parametrize("count", [5, 700])
def test_when_nearly_everybody_has_left_the_others_are_found(small: None, left: int, count: int) -> None:
    everybody = people(count)
    ledger = ledger_of(everybody)
    ledger.at(1)
    ledger.change(list(everybody)[left:], {})
    gallery, _names = ledger.at(2)
    match = gallery.identify(next(iter(everybody.values())).template)
    kept = list(everybody)[:left]
    assert [match.person, match.runner_up] == [*kept, None, None][:2]
    assert gallery.first(3) == kept and gallery.identify_many(unit_rows(1, 128, 5))[0].person in (kept or [None])


def test_a_face_without_a_name_has_none_and_so_has_somebody_who_is_not_there() -> None:
    _gallery, names = ledger_of(people(3)).at(1)
    nobody: Any = None
    for who in (nobody, "b" * 8, str(uuid4())):
        assert who not in names and names.get(who, "?") == "?"


def test_who_has_not_really_changed_keeps_the_row() -> None:
    everybody = people(3)
    ledger = ledger_of(everybody)
    before, _names = ledger.at(1)
    pk, entry = next(iter(everybody.items()))
    ledger.change({pk}, {pk: GalleryEntry(entry.template + np.float32(1e-8), entry.name)})
    after, _names = ledger.at(2)
    assert (len(after.ids), len(after.gone)) == (len(before.ids), 0)


def test_a_change_is_a_message_of_bytes_among_a_hundred_thousand_people() -> None:
    ledger = Ledger("e", 128, 100_000)
    ids = np.random.default_rng(0).integers(0, 2**63, (100_000, 2)).astype(np.uint64)
    ledger.add(ids, unit_rows(100_000, 128, 0))
    gallery, _names = ledger.at(1)
    assert gallery.shared is not None and len(pickle.dumps(gallery.shared.extent)) < 500
    assert gallery.coarse is not None and not len(gallery.gone)


def test_a_full_ledger_says_so_and_keeps_what_it_has() -> None:
    everybody = people(2)
    ledger = Ledger("e", 128, 0)
    ledger.add(np.zeros((ledger_module.SPARE_ROWS - 2, 2), np.uint64), np.zeros((1, 128), np.float32))
    ledger.change(everybody, everybody)
    assert ledger.is_worn
    with pytest.raises(LedgerFull, match="no"):
        ledger.change(people(1, seed=5) | everybody, people(1, seed=5))
    assert all(pk in ledger.at(1)[0] for pk in everybody)


def test_a_ledger_of_whom_many_have_left_is_worn(small: None) -> None:
    everybody = people(800)
    ledger = ledger_of(everybody)
    assert not ledger.is_worn
    ledger.change(list(everybody)[:400], {})
    assert ledger.is_worn and not renewed(*ledger.at(1)).is_worn


def test_a_face_does_not_outlast_its_person(small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = people(700)
    ledger = ledger_of(everybody)
    before, names = ledger.at(1)
    pk, entry = next(iter(everybody.items()))
    ledger.change({pk}, {})
    ledger.at(2)
    assert before.identify(entry.template).person == pk and names[pk] == entry.name
    monkeypatch.setattr(ledger_module, "BLANK_AFTER_S", 0.0)
    ledger.blank_gone()
    memory = ledger.columns.templates[:701].tobytes() + ledger.columns.names[:20_000].tobytes()
    assert entry.template.tobytes()[:64] not in memory and entry.name.encode() + b"Z" not in memory
    assert all((slab[0] == 128).all() for slab in ledger.columns.codes)
    assert before.identify(entry.template).person != pk  # a reader that hangs names somebody else at 1.4, not them
    assert ledger.at(3)[0].identify(entry.template).distance > 1


def refused_by(gallery: Gallery, probe: Vector) -> int | None:
    refused = gallery.identify(probe).refused
    return refused.counter_example if refused else None


def nearly(vector: Vector) -> Vector:
    moved = vector + np.float32(0.02) * unit_rows(1, len(vector), 31)[0]
    return np.asarray(moved / np.linalg.norm(moved), np.float32)


@pytest.mark.parametrize("count", [20, 700])
@pytest.mark.parametrize("width", [128, 256])
def test_counter_examples_come_and_go_with_their_person(small: None, width: int, count: int) -> None:
    """Also where codes are searched first: the person has some before, and stands after the coded rows with them."""
    everybody = people(count, width)
    ledger = ledger_of(everybody, width)
    before, _names = ledger.at(1)
    assert before.counter_examples is None
    person, entry = list(everybody.items())[5]
    probe = nearly(entry.template)
    known = OwnCounterExamples(np.array([41]), probe[None])
    ledger.change({person}, {person: replace(entry, counter_examples=known)})
    with_it, names = ledger.at(2)
    ledger.change({person}, {person: replace(entry, counter_examples=known)})
    assert len(ledger.at(2)[0].ids) == len(with_it.ids)  # nothing has changed
    ledger.change({person}, {person: entry})
    after, _names = ledger.at(3)
    assert [refused_by(gallery, probe) for gallery in (before, with_it, after)] == [None, 41, None]
    assert names[person] == entry.name and after.counter_examples is None
    fresh, _names = renewed(with_it, names).at(4)
    assert refused_by(fresh, probe) == 41 and len(fresh.gone) == 0


def test_a_counter_example_is_wiped_with_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = people(20)
    ledger = ledger_of(everybody)
    person, entry = list(everybody.items())[5]
    known = OwnCounterExamples(np.array([1, 2]), unit_rows(2, 128, 3))
    ledger.change({person}, {person: replace(entry, counter_examples=known)})
    ledger.change(
        {person}, {person: replace(entry, counter_examples=OwnCounterExamples(known.ids[1:], known.vectors[1:]))}
    )
    monkeypatch.setattr(ledger_module, "BLANK_AFTER_S", 0.0)
    ledger.blank_gone()
    assert not ledger.columns.counter_vectors[:2].any()
    np.testing.assert_array_equal(ledger.columns.counter_vectors[2], known.vectors[1])


def test_without_room_for_counter_examples_nothing_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "SPARE_COUNTER_EXAMPLES", 8)
    everybody = people(20)
    ledger = ledger_of(everybody)
    person, entry = list(everybody.items())[5]
    seven = OwnCounterExamples(np.arange(7), unit_rows(7, 128, 3))
    ledger.change({person}, {person: replace(entry, counter_examples=seven)})
    gallery, names = ledger.at(1)
    assert ledger.is_worn
    with pytest.raises(LedgerFull):
        ledger.change(
            {person},
            {
                person: replace(
                    entry, name="New", counter_examples=OwnCounterExamples(np.arange(2), unit_rows(2, 128, 4))
                )
            },
        )
    again, names = ledger.at(2)
    assert (len(again), names[person], len(again.ids)) == (20, entry.name, len(gallery.ids))
