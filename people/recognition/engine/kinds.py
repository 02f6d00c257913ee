"""The engines that this release offers, each a way to encode a face with a key, a width and distances of its own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from people.recognition.engine.distances import DLIB as DLIB_DISTANCES
from people.recognition.engine.distances import FUSED as FUSED_DISTANCES
from people.recognition.engine.distances import Distances
from people.recognition.engine.views import Crops
from people.recognition.engine.weights import ENCODER, LANDMARKS, MMOD, SFACE, YUNET, WeightFile


@dataclass(frozen=True, slots=True)
class EngineKind:
    """One way to encode faces."""

    key: str
    """Engine, version and preprocessing digest; only encodings with the same key can be compared."""
    name: str
    """What commands and pages call it."""
    about: str
    accuracy: str
    """How sure it is, in one sentence for people (docs/accuracy.md)."""
    width: int
    """How many numbers an encoding has."""
    distances: Distances
    weights: tuple[WeightFile, ...]
    """Of the networks that encode a face; finding faces is the same in all engines."""


SFACE_WEIGHT = 0.3
"""Share of SFace in a squared distance of the fused engine. From 0.15 to 0.5 the figures differ within chance."""


def _digest(*recipe: str) -> str:
    return hashlib.sha256("|".join(recipe).encode()).hexdigest()[:8]


# The recipe has the digests of all of dlib's files in order, as it had when MMOD found the faces: a face's encoding
# hardly depends on who found it (docs/accuracy.md), so what was enrolled stays valid.
_DLIB_RECIPE = (
    *sorted(file.sha256 for file in (ENCODER, MMOD, LANDMARKS)),
    *map(str, Crops.ENROLMENT.paddings),
    *("median of 7", "mirrors", "unit"),
)
DLIB = EngineKind(
    key=f"dlib-resnet-v1+5pt+{_digest(*_DLIB_RECIPE)}",
    name="dlib",
    about="dlib's network alone: smaller and quicker, as in releases up to 0.2.",
    accuracy="In tests it named 6 of 23 faces 22 pixels wide, and no stranger.",
    width=128,
    distances=DLIB_DISTANCES,
    weights=(ENCODER, LANDMARKS),
)
_FUSED_RECIPE = (
    YUNET.sha256,
    SFACE.sha256,
    str(SFACE_WEIGHT),
    "upright points at 72 px",
    "half seen at 22 px",
    "one view of sface",
)
FUSED = EngineKind(
    key=f"dlib+sface-v1+{_digest(*_DLIB_RECIPE, *_FUSED_RECIPE)}",
    name="fused",
    about="dlib's network and SFace side by side: names faces that are small, dark or blurred more often.",
    accuracy="In tests it named 21 of 23 faces 22 pixels wide, and no stranger.",
    width=256,
    distances=FUSED_DISTANCES,
    weights=(ENCODER, LANDMARKS, SFACE),
)
OFFERED = (FUSED, DLIB)
"""The first is what a new site starts with."""


def offered(key_or_name: str) -> EngineKind | None:
    """Returns the engine with this key or name, or None if this release has none."""
    return next((kind for kind in OFFERED if key_or_name in (kind.key, kind.name)), None)


def engine_name(key: str) -> str:
    """Returns the name of the engine with this key for people; keys are for programs."""
    kind = offered(key)
    return kind.name if kind else "an engine of another release"


def engine_named(text: str) -> EngineKind:
    """Returns the engine with this key or name. Raises ValueError, which argparse shows, if there is none."""
    kind = offered(text)
    if kind is None:
        raise ValueError(f"this release has no engine {text!r}: {', '.join(each.name for each in OFFERED)}")
    return kind


def distances_of(key: str) -> Distances:
    """Returns the distances of the engine with this key; of dlib's for a key of another release, which all were it."""
    kind = offered(key)
    return kind.distances if kind else DLIB_DISTANCES


def width_of(key: str) -> int:
    """Returns how many numbers an encoding of the engine with this key has; 128 for a key of another release."""
    kind = offered(key)
    return kind.width if kind else DLIB.width


def engine_key() -> str:
    """Returns the key of the engine that a new site starts with."""
    return OFFERED[0].key
