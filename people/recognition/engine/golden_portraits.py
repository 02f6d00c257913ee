"""Checks the whole way from a picture file to an encoding against known values, where the portraits are at hand.

golden_portraits.json keeps the encodings of two official portraits and one of NASA's, all in the public domain, of
people who hold or held public office. They are biometric data all the same: nobody else's belong into that file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from people.recognition.engine.engine import Crops, Engine
from people.recognition.engine.golden import difference
from people.recognition.errors import GoldenMismatch
from people.recognition.pictures.images import decode

FILE = Path(__file__).with_name("golden_portraits.json")
PORTRAITS = ("obama.jpg", "biden.jpg", "astronaut.png")
MAX_BYTES = 15_000_000
TOLERANCE = 1e-3
"""For any number of an encoding. Processors that scale and turn a picture with other instructions differ by a grey
level here and there: with AVX2 alone one view of one portrait is off by 0.0005 (a distance of 0.002), the others by
0.0000001. Chips with the wrong padding are off by 0.008 to 0.017."""


@dataclass(frozen=True, slots=True)
class SeenPortrait:
    """What the engine makes of one portrait."""

    enrolment: list[float]
    """(width,) of unit length, encoded as an enrolled photo is."""
    probe: list[float]
    """(width,) of unit length, encoded as a face on video is."""


def observe(engine: Engine, picture: bytes) -> SeenPortrait:
    """Encodes one portrait. Raises GoldenMismatch unless it has exactly one face, and BadImage if it is no picture."""
    image = decode(picture, max_bytes=MAX_BYTES)
    faces = engine.detect(image)
    if len(faces) != 1:
        raise GoldenMismatch(f"expected 1 face in a portrait, found {len(faces)}")
    enrolment, probe = (engine.encode(image, faces, crops)[0] for crops in (Crops.ENROLMENT, Crops.PROBE))
    return SeenPortrait([round(float(v), 7) for v in enrolment], [round(float(v), 7) for v in probe])


def check_portraits(engine: Engine, folder: Path) -> dict[str, float]:
    """Returns, by portrait, the largest difference from the recorded encodings.

    Raises GoldenMismatch if one is above TOLERANCE or the record is of another engine, and OSError if a portrait is
    missing.
    """
    recorded = json.loads(FILE.read_text())["engines"]
    if engine.key not in recorded:
        raise GoldenMismatch(f"the recorded encodings are of {', '.join(recorded)}, this is {engine.key}")
    found = {}
    for name in PORTRAITS:
        expected = SeenPortrait(**recorded[engine.key][name])
        seen = observe(engine, (folder / name).read_bytes())
        found[name] = max(difference(seen.enrolment, expected.enrolment), difference(seen.probe, expected.probe))
    for name, off in found.items():
        if not off <= TOLERANCE:
            raise GoldenMismatch(f"the encodings of {name} are off by {off:.3g}, at most {TOLERANCE:g} is allowed")
    return found


def record_portraits(engines: Sequence[Engine], folder: Path, path: Path = FILE) -> None:
    """Writes the record anew, after an intended change of an engine."""
    recorded = {
        engine.key: {name: asdict(observe(engine, (folder / name).read_bytes())) for name in PORTRAITS}
        for engine in engines
    }
    about = (__doc__ or "").split("\n\n")[1].replace("\n", " ").strip()
    path.write_text(json.dumps({"about": about, "engines": recorded}) + "\n")
