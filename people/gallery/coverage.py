"""Rates a person's coverage as it stands in the database."""

from __future__ import annotations

import numpy as np

from people.gallery.engines import active_engine
from people.gallery.thresholds import DecisionThresholds
from people.recognition.engine.kinds import distances_of, width_of
from people.recognition.gallery.coverage import Coverage, coverage
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.states import PhotoState


def coverage_of(person: Person) -> Coverage:
    """Rates the person's photos that recognise, by the encodings of the engine in use. Takes three queries."""
    engine = active_engine()
    rows = Encoding.objects.filter(engine=engine, photo__person=person, photo__state=PhotoState.ENROLLED).order_by("pk")
    encodings = list(rows.values_list("vector", "quality"))
    vectors = np.array([vector for vector, _quality in encodings], np.float32).reshape(-1, width_of(engine))
    match, alike = DecisionThresholds.objects.in_force(engine).match, distances_of(engine).alike
    return coverage(vectors, [quality for _vector, quality in encodings], match=match, alike=alike)
