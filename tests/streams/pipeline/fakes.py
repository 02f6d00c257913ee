"""Scripted parts for the camera pipeline: faces painted as squares, a source that plays a script, a clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from people.recognition.engine.distances import Distances
from people.recognition.engine.kinds import FUSED, distances_of
from people.recognition.engine.scales import LARGEST_PX, scale_for
from people.recognition.engine.views import Encoded
from people.recognition.errors import WrongEncoder
from people.recognition.gallery.gallery import Gallery
from people.recognition.types import Box, Face, FoundFace, Image, Points, Quality, Vector
from streams.pipeline.clock import Clock
from streams.pipeline.errors import SourceEnded
from streams.pipeline.frames import Frame
from streams.pipeline.sources.wanting import IsWanted, always

BEGIN = datetime(2030, 1, 1, tzinfo=UTC)
ENGINE, OTHER_ENGINE = "fake", FUSED.key
WIDTHS = {ENGINE: 128, OTHER_ENGINE: 256}
"""How many numbers their encodings have."""
WIDTH, HEIGHT = 640, 480
ANNA, BELA, CARL = 10, 11, 12
"""People are grey levels in hundreds of a picture: a face is a square of one colour with its person in red."""


def vector(number: int, towards: int | None = None, share: float = 0.0, engine: str = ENGINE) -> Vector:
    """Unit vector of one person, leaning by `share` towards another. Different people are 1.41 apart."""
    result = np.zeros(WIDTHS[engine], np.float32)
    result[number] = 1 - share
    if towards is not None:
        result[towards] = share
    return result / np.float32(np.linalg.norm(result))


def gallery(*people: int, version: int = 1, engine: str = ENGINE) -> Gallery:
    return Gallery.of_encodings(version, engine, [(str(person), vector(person, engine=engine)) for person in people])


def face(box: Box, quality: float = 1.0, score: float = 1.0) -> Face:
    return Face(box, score, np.zeros((5, 2), np.float32), Quality(quality, 1, 1, 1))


def square(left: int, top: int = 100, size: int = 100) -> Box:
    return Box(left, top, left + size, top + size)


def picture(*people: tuple[int, Box], quality: float = 1.0) -> Image:
    """Faces as squares: red says who, green how good, blue that it is a face."""
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for person, box in people:
        image[box.top : box.bottom, max(0, box.left) : box.right] = (person, round(quality * 200), 255)
    return image


class FakeEngine:
    """Finds the squares of `picture` and encodes them as their person."""

    def __init__(self, key: str = ENGINE) -> None:
        self.key = key
        self.distances: Distances = distances_of(key)
        self.looked: list[Box | None] = []
        self.encoded = self.rests = 0
        self.hidden_from_near: set[int] = set()
        """People who are taken for a face from afar, and not in a look at them alone."""

    def of_key(self, key: str) -> FakeEngine:
        if key not in WIDTHS:
            raise WrongEncoder(f"no engine {key}")
        return FakeEngine(key)

    def rest(self) -> None:
        self.rests += 1

    def find(self, image: Image, smallest_px: int = 40, *, region: Box | None = None) -> list[FoundFace]:
        self.looked.append(region)
        left, top, right, bottom = region or (0, 0, image.shape[1], image.shape[0])
        part = image[top:bottom, left:right]
        faces = []
        for person in np.unique(part[..., 0][part[..., 2] == 255]):
            rows, columns = np.nonzero((part[..., 0] == person) & (part[..., 2] == 255))
            box = Box(
                left + int(columns.min()),
                top + int(rows.min()),
                left + int(columns.max()) + 1,
                top + int(rows.max()) + 1,
            )
            is_near = box.width * scale_for(smallest_px) > 60
            if smallest_px * 0.9 <= box.width <= LARGEST_PX / scale_for(smallest_px) and not (
                is_near and person in self.hidden_from_near
            ):
                faces.append(FoundFace(box, 1.0))
        return sorted(faces, key=lambda found: found.box.area, reverse=True)

    def face_at(self, image: Image, box: Box, score: float, seen: Points | None = None) -> Face:
        return face(box, float(image[max(0, box.top), max(0, box.left), 1]) / 200, score)

    def encode_faces(self, image: Image, faces: Sequence[Face]) -> list[Encoded]:
        self.encoded += len(faces)
        shades = [int(image[f.box.top + 1, max(0, f.box.left) + 1, 0]) for f in faces]
        return [Encoded(vector(shade, engine=self.key), 1.0) for shade in shades]


class FakeClock(Clock):
    def __init__(self) -> None:
        self.s = 0.0

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self.s)

    def monotonic(self) -> float:
        return self.s


def frame(number: int, at_s: float, image: Image, gap_s: float = 0.0) -> Frame:
    return Frame(number, image, BEGIN + timedelta(seconds=at_s), at_s, gap_s)


class ScriptedSource:
    """Gives these pictures one after another and ends; an exception among them is raised."""

    def __init__(self, script: Iterable[Image | Exception]) -> None:
        self._script = iter(script)
        self.closed = False

    def read(self, is_wanted: IsWanted = always) -> Image | None:
        for step in self._script:
            if isinstance(step, Exception):
                raise step
            return step if is_wanted() else None
        raise SourceEnded("the script has ended")

    def close(self) -> None:
        self.closed = True
