"""Evaluates a folder of people's photos without tables: `ROOT/<person>/<photo>`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from people.recognition.errors import TooFewPeople
from people.recognition.evaluation.all_pairs import all_pairs
from people.recognition.evaluation.cross_validation import PhotoPairs, cross_validate
from people.recognition.evaluation.expecting import Assumptions, OpenSet, expect
from people.recognition.evaluation.files import Entry
from people.recognition.evaluation.harder import HARDSHIPS
from people.recognition.evaluation.methods import Ours, Photos, rows_of
from people.recognition.evaluation.photos_per_person import photos_per_person

Vectors = NDArray[np.floating[Any]]


def evaluate_folder(photos: Photos, entries: Sequence[Entry], folds: int | None, *, counts: bool) -> dict[str, Any]:
    """Returns `cross_validation` if `folds` are given, and `photos_per_person` with `counts`. Raises TooFewPeople.

    Photos without a face are left out and listed among the failures.
    """
    rows = rows_of(photos, [(entry.person, entry.path) for entry in entries])
    people = [person for person, _vector in rows]
    vectors = _several(people, [vector for _person, vector in rows])
    report: dict[str, Any] = {}
    if folds is not None:
        pairs = PhotoPairs.of(people, vectors)
        report["cross_validation"] = cross_validate(pairs, folds, photos.method.pair_threshold).as_json()
    if counts:
        report["photos_per_person"] = photos_per_person(people, vectors, photos.method.thresholds.match)
    return {**report, "seconds": photos.seconds}


def evaluate_all_pairs(photos: Photos, entries: Sequence[Entry]) -> dict[str, Any]:
    """Returns `all_pairs`; a photo without a face is refused in all its pairs, and listed among the failures."""
    found = all_pairs([entry.person for entry in entries], [photos[entry.path] for entry in entries])
    return {"all_pairs": found.as_json()}


def evaluate_expected(photos: Photos, entries: Sequence[Entry], size: OpenSet, assumed: Assumptions) -> dict[str, Any]:
    """Returns `expected`, a model of an open set of this size. Raises TooFewPeople."""
    rows = rows_of(photos, [(entry.person, entry.path) for entry in entries])
    people = [person for person, _vector in rows]
    vectors = _several(people, [vector for _person, vector in rows])
    return {"expected": expect(people, vectors, size, assumed, photos.method.thresholds.match)}


def evaluate_harder(ours: Ours, photos: Photos, entries: Sequence[Entry], folds: int) -> dict[str, Any]:
    """Returns `cross_validation_harder`, on pictures made from the photos (harder.py), never two of one photo.

    `photos` use the method that is measured; `ours` finds the faces that the pictures are made around. A picture
    without a found face is left out and counted in `undetected`.
    """
    shown = list(_harder(ours, photos, entries))
    seen = [(person, path, vector) for person, path, vector in shown if vector is not None]
    vectors = _several([person for person, _path, _vector in seen], [vector for _person, _path, vector in seen])
    pairs = PhotoPairs.of([person for person, *_ in seen], vectors, [path for _person, path, _vector in seen])
    found = cross_validate(pairs, folds, photos.method.pair_threshold).as_json()
    found |= {"pictures": len(shown), "undetected": len(shown) - len(seen)}
    return {"cross_validation_harder": found, "seconds": photos.seconds}


def _harder(ours: Ours, photos: Photos, entries: Sequence[Entry]) -> Iterator[tuple[str, str, Vectors | None]]:
    """Yields person, photo and encoding of each picture made from a photo."""
    for entry in entries:
        image = photos.image(entry.path)
        face = None if image is None else ours.face(image)
        if image is not None and face is not None:
            for hardship in HARDSHIPS:
                yield entry.person, entry.path, photos.method.encode(hardship.shown(image, face))


def _several(people: Sequence[str], vectors: Sequence[Vectors]) -> Vectors:
    if len(set(people)) < 2:
        raise TooFewPeople(f"expected photos of two people or more, got {len(set(people))} with a face")
    return np.array(vectors, np.float64)
