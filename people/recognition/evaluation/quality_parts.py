"""Measures what each part of quality is worth: does it know which faces will lie far from their own person?

Each picture is compared with the template of its person's other good photos, and with everybody else's templates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from people.recognition.engine.engine import Crops, Encoded
from people.recognition.errors import TooFewPeople
from people.recognition.evaluation.degraded import found_again
from people.recognition.evaluation.degrading import Degradation
from people.recognition.evaluation.files import Entry
from people.recognition.evaluation.methods import Ours, Photos
from people.recognition.types import Face, Image, Quality

Floats = NDArray[np.float64]
CLEAN = "as they are"
FALSE_MATCH_RATE = 0.001
REFUSED = (0.05, 0.10, 0.20)
"""Shares of the pictures that are refused, the worst by one part of quality."""


@dataclass(frozen=True, slots=True)
class JudgedPicture:
    """One face in a photo as it is, or degraded."""

    person: str
    path: str
    kind: str
    quality: Quality
    encodings: Mapping[Crops, Encoded]

    def part(self, name: str, crops: Crops) -> float:
        """Returns one part of quality, 0 to 1."""
        steadiness = self.encodings[crops].steadiness
        return steadiness if name == "steadiness" else float(getattr(self.quality, name))


PARTS = ("size", "sharpness", "exposure", "pose", "overall", "steadiness")


@dataclass(frozen=True, slots=True)
class ApartDistances:
    """(n,) distances of pictures to their own person, and (n, people) to everybody, NaN where it is their own."""

    own: Floats
    others: Floats

    def missed(self, kept: NDArray[np.bool_]) -> float:
        """Returns the share of the `kept` that lie too far from their own, while 0.1 % of the others are accepted."""
        others = np.sort(self.others[kept][~np.isnan(self.others[kept])])
        allowed = int(FALSE_MATCH_RATE * len(others))
        limit = others[allowed] if allowed < len(others) else np.inf
        return float((self.own[kept] >= limit).mean()) if kept.any() else 0.0


def evaluate_quality(
    ours: Ours, photos: Photos, entries: Sequence[Entry], kinds: Sequence[Degradation]
) -> dict[str, Any]:
    """Returns `quality`: one row for each kind of pictures, and one for all together. Raises TooFewPeople.

    People with a single photo count as others only. Degraded pictures in which the detector does not find the face are
    left out; their number is `undetected`.
    """
    pictures, undetected = _judged(ours, photos, entries, kinds)
    clean = [one for one in pictures if one.kind == CLEAN]
    apart = {crops: _apart(clean, pictures, crops) for crops in Crops}
    of_kind = np.array([one.kind for one in pictures])
    rows = []
    for kind in [CLEAN, *(one.name for one in kinds), *(["all of these"] if kinds else [])]:
        chosen = (of_kind == kind) if kind in of_kind else np.ones(len(pictures), bool)
        missing = undetected.get(kind, 0) if kind != "all of these" else sum(undetected.values())
        rows += [_row(kind, crops, pictures, apart[crops], chosen, missing) for crops in Crops]
    return {"quality": rows}


def _judged(
    ours: Ours, photos: Photos, entries: Sequence[Entry], kinds: Sequence[Degradation]
) -> tuple[list[JudgedPicture], dict[str, int]]:
    pictures, undetected = [], dict[str, int]()
    for entry in entries:
        image = photos.image(entry.path)
        face = None if image is None else ours.face(image)
        if image is None or face is None:
            photos.failures.setdefault(entry.path, "no_face")
            continue
        pictures.append(_picture(ours, entry, CLEAN, image, face))
        for kind in kinds:
            degraded = kind.of(image, face.box)
            found = found_again(ours, degraded)
            if found is None:
                undetected[kind.name] = undetected.get(kind.name, 0) + 1
            else:
                pictures.append(_picture(ours, entry, kind.name, degraded.image, found))
    return pictures, undetected


def _picture(ours: Ours, entry: Entry, kind: str, image: Image, face: Face) -> JudgedPicture:
    encodings = {crops: ours.engine.encode_faces(image, [face], crops)[0] for crops in Crops}
    return JudgedPicture(entry.person, entry.path, kind, face.quality, encodings)


def _apart(clean: Sequence[JudgedPicture], pictures: Sequence[JudgedPicture], crops: Crops) -> ApartDistances:
    """Returns how far each picture lies from templates of good photos, its own person's made without that photo."""
    names = sorted({one.person for one in clean})
    if len(names) < 2:
        raise TooFewPeople(f"expected photos of two people or more, got {len(names)} with a face")
    enrolled = {(one.person, one.path): one.encodings[Crops.ENROLMENT].vector.astype(np.float64) for one in clean}
    sums = np.array([np.sum([row for (who, _), row in enrolled.items() if who == name], axis=0) for name in names])
    templates = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    own, others = np.full(len(pictures), np.nan), np.empty((len(pictures), len(names)))
    for number, one in enumerate(pictures):
        vector, mine = one.encodings[crops].vector, names.index(one.person)
        others[number] = np.linalg.norm(templates - vector, axis=1)
        others[number, mine] = np.nan
        rest = sums[mine] - enrolled[one.person, one.path]
        if np.linalg.norm(rest) > 1e-6:
            own[number] = np.linalg.norm(rest / np.linalg.norm(rest) - vector)
    return ApartDistances(own, others)


def _row(
    kind: str,
    crops: Crops,
    pictures: Sequence[JudgedPicture],
    apart: ApartDistances,
    chosen: NDArray[np.bool_],
    undetected: int,
) -> dict[str, Any]:
    comparable = chosen & ~np.isnan(apart.own)
    values = {name: np.array([one.part(name, crops) for one in pictures]) for name in PARTS}
    return {
        "pictures": kind,
        "crops": crops.value,
        "count": int(comparable.sum()),
        "undetected": undetected,
        "missed": apart.missed(comparable),
        "parts": {name: _worth(value, apart, comparable) for name, value in values.items()},
    }


def _worth(values: Floats, apart: ApartDistances, comparable: NDArray[np.bool_]) -> dict[str, Any]:
    """Returns the rank correlation with the distance to one's own, and what is missed without the worst pictures."""
    order = np.flatnonzero(comparable)[np.argsort(values[comparable], kind="stable")]
    missed = {}
    for share in REFUSED:
        kept = comparable.copy()
        kept[order[: round(share * len(order))]] = False
        missed[f"{share:.0%}"] = apart.missed(kept)
    low, middle, high = np.percentile(values[comparable], [5, 50, 95]) if len(order) else (0.0, 0.0, 0.0)
    return {
        "rank_correlation": rank_correlation(values[comparable], apart.own[comparable]),
        "missed_without_worst": missed,
        "within": [float(low), float(middle), float(high)],
    }


def rank_correlation(one: Floats, other: Floats) -> float:
    """Returns Spearman's coefficient, -1 to 1; equal values share their mean rank. 0 if one of them never changes."""
    if len(one) < 2 or one.min() == one.max() or other.min() == other.max():
        return 0.0
    return float(np.corrcoef(_ranks(one), _ranks(other))[0, 1])


def _ranks(values: Floats) -> Floats:
    _kinds, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[place], np.float64)
