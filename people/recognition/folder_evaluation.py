"""An evaluation of a folder of people's photos, without tables: `ROOT/<person>/<photo>`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from people.recognition.cross_validation import PhotoPairs, TooFewPeople, cross_validate
from people.recognition.evaluation_files import Entry
from people.recognition.evaluation_methods import Photos, rows_of
from people.recognition.photos_per_person import photos_per_person


def evaluate_folder(photos: Photos, entries: Sequence[Entry], folds: int | None, *, counts: bool) -> dict[str, Any]:
    """`cross_validation` where `folds` are given, `photos_per_person` with `counts`. Raises TooFewPeople.

    Photos without a face are left out and listed among the failures.
    """
    rows = rows_of(photos, [(entry.person, entry.path) for entry in entries])
    people = [person for person, _vector in rows]
    if len(set(people)) < 2:
        raise TooFewPeople(f"expected photos of two people or more, got {len(set(people))} with a face")
    vectors = np.array([vector for _person, vector in rows], np.float64)
    report: dict[str, Any] = {"seconds": photos.seconds}
    if folds is not None:
        pairs = PhotoPairs.of(people, vectors)
        report["cross_validation"] = cross_validate(pairs, folds, photos.method.pair_threshold).as_json()
    if counts:
        report["photos_per_person"] = photos_per_person(people, vectors, photos.method.thresholds.match)
    return report
