"""Turns a photo into something comparable in two ways: ours, and face_recognition's usual one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from people.recognition.engine.engine import Crops, Engine
from people.recognition.errors import BadImage
from people.recognition.evaluation import reference
from people.recognition.gallery.gallery import Gallery
from people.recognition.pictures.images import decode
from people.recognition.reading.second_look import by_mmod
from people.recognition.types import Box, Face, Image, Thresholds

MAX_BYTES = 100_000_000
T = TypeVar("T")
Row = tuple[str, NDArray[np.floating[Any]]]


class Method(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def pair_threshold(self) -> float: ...

    @property
    def thresholds(self) -> Thresholds: ...

    def encode(self, image: Image) -> NDArray[np.floating[Any]] | None:
        """Encodes the face nearest to the centre; returns None without a face."""
        ...

    def gallery(self, rows: Iterable[Row]) -> list[Row]:
        """Returns what probes are compared with, from (person, encoding) rows."""
        ...


@dataclass(frozen=True, slots=True)
class Ours:
    """Our way: several views of a face, unit length, one template per person."""

    engine: Engine

    @property
    def thresholds(self) -> Thresholds:
        return self.engine.distances.thresholds

    @property
    def pair_threshold(self) -> float:
        return self.engine.distances.pair

    @property
    def name(self) -> str:
        return self.engine.key

    def encode(self, image: Image) -> NDArray[np.floating[Any]] | None:
        face = self.face(image)
        return None if face is None else self.engine.encode(image, [face], Crops.ENROLMENT)[0]

    def face(self, image: Image) -> Face | None:
        """Returns the face nearest to the centre."""
        return central(image, self.faces(image), lambda face: face.box)

    def faces(self, image: Image) -> list[Face]:
        """Returns the faces that enrolment would find; dlib's detector looks as well if YuNet is sure of none."""
        return self.engine.detect(image) or by_mmod(self.engine, image)

    def gallery(self, rows: Iterable[Row]) -> list[Row]:
        narrow = ((person, vector.astype(np.float32)) for person, vector in rows)
        gallery = Gallery.of_encodings(0, self.name, narrow)
        return list(zip(gallery.people, gallery.templates, strict=True))


@dataclass(frozen=True, slots=True)
class Usual:
    """face_recognition as most programs use it: HOG, the nearest photo, distance 0.6."""

    name: str = "face_recognition (HOG, nearest photo)"
    thresholds: Thresholds = field(default_factory=lambda: Thresholds(match=0.6, review=0.6))
    pair_threshold: float = 0.6

    def encode(self, image: Image) -> NDArray[np.floating[Any]] | None:
        box = central(image, reference.detect_hog(image, upsample=1), lambda box: box)
        return None if box is None else reference.face_encodings(image, [box])[0]

    def gallery(self, rows: Iterable[Row]) -> list[Row]:
        return list(rows)


def central(image: Image, faces: Iterable[T], box_of: Callable[[T], Box]) -> T | None:
    """Returns the face whose middle is nearest to the image's."""
    middle = np.array([image.shape[1], image.shape[0]]) / 2

    def off_centre(face: T) -> float:
        box = box_of(face)
        return float(np.hypot(*(np.array(box.centre) - middle)))

    return min(faces, key=off_centre, default=None)


class Photos:
    """Encodings of photos below a folder, each made once, and the reasons why some have none."""

    def __init__(self, root: Path, method: Method) -> None:
        self._root = root
        self.method = method
        self._encodings: dict[str, NDArray[np.floating[Any]] | None] = {}
        self.failures: dict[str, str] = {}
        self._began = time.monotonic()

    def __getitem__(self, path: str) -> NDArray[np.floating[Any]] | None:
        if path not in self._encodings:
            self._encodings[path] = self._encode(path)
        return self._encodings[path]

    @property
    def seconds(self) -> float:
        """Returns the seconds since this was made."""
        return round(time.monotonic() - self._began, 1)

    def image(self, path: str) -> Image | None:
        """Returns the photo upright, or None if it cannot be read; the reason is then among the failures."""
        try:
            return decode((self._root / path).read_bytes(), max_bytes=MAX_BYTES)
        except (OSError, ValueError) as error:  # a name with a zero byte is a ValueError
            self.failures[path] = getattr(error, "strerror", None) or "cannot be read"
        except BadImage as error:
            self.failures[path] = error.code
        return None

    def _encode(self, path: str) -> NDArray[np.floating[Any]] | None:
        image = self.image(path)
        if image is None:
            return None
        vector = self.method.encode(image)
        if vector is None:
            self.failures[path] = "no_face"
        return vector


def rows_of(photos: Photos, people: Iterable[tuple[str, str]]) -> list[Row]:
    """Returns (person, encoding) of every (person, path) that gave one."""
    return [(person, vector) for person, path in people if (vector := photos[path]) is not None]
