"""Measures an open set whose probes and strangers are degraded as cameras degrade them; the gallery stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from people.recognition.engine.engine import Crops
from people.recognition.evaluation.degrading import Degradation, DegradedPicture
from people.recognition.evaluation.files import Entry
from people.recognition.evaluation.methods import Ours, Photos, rows_of
from people.recognition.evaluation.protocols import Encoded, identify
from people.recognition.types import Face

SAME_PLACE = 0.25
"""A found face is the one that was degraded if it overlaps its place by this much (intersection over union)."""


def evaluate_degraded(
    ours: Ours, photos: Photos, entries: Sequence[Entry], kinds: Sequence[Degradation]
) -> dict[str, dict[str, Any]]:
    """Returns for each degradation's name an object with the keys of Identification.

    The detector searches the degraded picture. A face that it does not find there counts as missed, and is listed among
    the failures of `photos`. Probes are encoded as on a camera, with fewer views than enrolled photos.
    """
    gallery = ours.gallery(
        rows_of(photos, [(entry.person, entry.path) for entry in entries if entry.role == "gallery"])
    )
    probes = [entry for entry in entries if entry.role == "probe"]
    strangers = [entry for entry in entries if entry.role == "unknown"]
    seen = {
        path: degraded_encodings(ours, photos, path, kinds) for path in {entry.path for entry in [*probes, *strangers]}
    }
    return {
        kind.name: identify(
            gallery,
            [(entry.person, seen[entry.path][number]) for entry in probes],
            [seen[entry.path][number] for entry in strangers],
            ours.thresholds,
        ).as_json()
        for number, kind in enumerate(kinds)
    }


def degraded_encodings(ours: Ours, photos: Photos, path: str, kinds: Sequence[Degradation]) -> list[Encoded]:
    """Returns one encoding for each degradation; all None if the good photo shows no face."""
    image = photos.image(path)
    face = None if image is None else ours.face(image)
    if image is None or face is None:
        photos.failures.setdefault(path, "no_face")
        return [None] * len(kinds)
    encodings = []
    for kind in kinds:
        picture = kind.of(image, face.box)
        found = found_again(ours, picture)
        encodings.append(None if found is None else ours.engine.encode(picture.image, [found], Crops.PROBE)[0])
        if found is None:
            photos.failures[f"{path} ({kind.name})"] = "no_face"
    return encodings


def found_again(ours: Ours, picture: DegradedPicture) -> Face | None:
    """Returns the face that the detector finds at the place where it must be, or None."""
    faces = ours.faces(picture.image)
    overlaps = [face.box.iou(picture.box) for face in faces]
    best = int(np.argmax(overlaps)) if faces else 0
    return faces[best] if faces and overlaps[best] >= SAME_PLACE else None
