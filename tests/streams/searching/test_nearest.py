"""The index finds what comparing all finds, whatever the filters leave out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import numpy as np
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from people.recognition.types import Matrix
from streams.pipeline.messages import MeanEncoding
from streams.records.camera import Camera
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import keep_encoding
from streams.searching import nearest as nearest_module
from streams.searching.nearest import Nearest, nearest
from tests.streams.seen import seen

WITHIN = 0.6


@pytest.fixture
def by_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest_module, "EXACT_UP_TO", 0)


def faces(number: int, width: int) -> Matrix:
    """Faces of ten people, a dozen a person within WITHIN of each other."""
    random = np.random.default_rng(3)
    people = random.standard_normal((10, width))
    people /= np.linalg.norm(people, axis=1, keepdims=True)
    noise = random.standard_normal((number, width)) * 0.3 / np.sqrt(width)
    vectors = people[np.arange(number) % 10] + noise
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def stored(camera: Camera, vectors: Matrix, engine: str) -> None:
    for number, vector in enumerate(vectors):
        keep_encoding(
            sighting=seen(camera, distance=0.01 * (number % 7)), encoding=MeanEncoding(engine, vector.tobytes(), 0.8)
        )


def asked(vector: Any, engine: str, *, rows: Any = None, most: int = 100, exact: bool = False) -> Nearest:
    with transaction.atomic():
        rows = Sighting.objects.all() if rows is None else rows
        return nearest(rows, engine=engine, vector=vector, within=WITHIN, most=most, exact=exact)


@pytest.mark.parametrize("width", [128, 256])
def test_the_index_finds_what_comparing_all_finds(camera: Camera, by_index: None, width: int) -> None:
    vectors = faces(120, width)
    stored(camera, vectors, "engine")
    for vector in vectors[:20]:
        found, all_ = asked(vector, "engine"), asked(vector, "engine", exact=True)
        assert (found.searched, all_.searched) == (None, 120)
        assert [pk for pk, *_ in found.found] == [pk for pk, *_ in all_.found]
        assert [apart for _, apart, _ in found.found] == pytest.approx([apart for _, apart, _ in all_.found], abs=1e-6)
        assert len(all_.found) >= 10


def test_the_index_is_what_finds_them(camera: Camera, by_index: None) -> None:
    vectors = faces(60, 256)
    stored(camera, vectors, "engine")
    rows = Sighting.objects.all().searchable("engine").near_by_index("engine", vectors[0], 5)
    with CaptureQueriesContext(connection) as queries:
        list(rows)
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off; SET enable_sort = off")
        cursor.execute("EXPLAIN " + queries.captured_queries[-1]["sql"])
        plan = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("RESET enable_seqscan; RESET enable_sort")
    assert "sighting_encoding_near_256" in plan, plan


def test_filters_and_other_engines_are_left_out_by_the_index(camera: Camera, by_index: None) -> None:
    vectors = faces(60, 128)
    stored(camera, vectors, "engine")
    stored(camera, vectors, "another")
    rows = Sighting.objects.filter(distance__lt=0.015)
    found, all_ = asked(vectors[0], "engine", rows=rows), asked(vectors[0], "engine", rows=rows, exact=True)
    assert [pk for pk, *_ in found.found] == [pk for pk, *_ in all_.found]
    kept = set(rows.filter(encoding__engine="engine").values_list("pk", flat=True))
    assert found.found and {pk for pk, *_ in found.found} <= kept


@pytest.mark.parametrize(("few", "looks"), [(3, 2), (60, 1), (200, 1)])
def test_the_index_is_asked_again_only_if_all_that_it_found_are_near(
    camera: Camera, by_index: None, few: int, looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest_module, "FEW", few)
    vectors = faces(120, 128)  # twelve are near
    stored(camera, vectors, "engine")
    with CaptureQueriesContext(connection) as queries:
        found = asked(vectors[0], "engine")
    assert sum("ORDER BY" in query["sql"] for query in queries.captured_queries) == looks
    assert found.found == asked(vectors[0], "engine", exact=True).found


def test_few_are_all_compared(camera: Camera) -> None:
    vectors = faces(20, 128)
    stored(camera, vectors, "engine")
    assert asked(vectors[0], "engine").searched == 20


class NearlyInOrder:
    """What an index gives: so many sightings, each eight of them from the farthest to the nearest."""

    def __init__(self, number: int) -> None:
        order = [at ^ 7 for at in range(number)]
        self._rows = [(UUID(int=at), at / 10_000) for at in order]

    def near_by_index(self, engine: str, vector: Any, most: int) -> list[tuple[UUID, float]]:
        return self._rows[:most]


@pytest.mark.django_db
def test_pages_of_what_an_index_finds_neither_repeat_nor_pass_over_one() -> None:
    size, rows = 49, NearlyInOrder(1_200)
    paged: list[UUID] = []
    for page in range(12):
        wanted = (page + 1) * size + 1
        found = nearest_module._by_index(rows, "engine", np.zeros(128, np.float32), WITHIN, wanted)  # type: ignore[arg-type]
        paged += [pk for pk, *_ in sorted(found, key=lambda row: row[1])[:wanted][page * size :][:size]]
    assert paged == [UUID(int=at) for at in range(12 * size)]
