"""The engine, which finds faces in an image and encodes them, with published weights on ONNX Runtime."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from people.recognition.engine.distances import Distances
from people.recognition.engine.fusing import SMALL_SHARE, AllPoints, by_landmarks, side_by_side, small_again
from people.recognition.engine.kinds import OFFERED, EngineKind, offered
from people.recognition.engine.landmarks import chip
from people.recognition.engine.networks import Networks, networks_of
from people.recognition.engine.quality import quality, tilt
from people.recognition.engine.scales import (
    BIGGEST_FIRST_PX,
    ENOUGH_PX,
    PLAIN_PX,
    joined,
    scale_for,
    scales,
    usual_smallest,
)
from people.recognition.engine.sface import aligned
from people.recognition.engine.views import Crops, Encoded, averaged, unit
from people.recognition.engine.weights import SFACE
from people.recognition.engine.yunet import SURE
from people.recognition.errors import WrongEncoder
from people.recognition.types import Box, Face, FoundFace, Image, Matrix, Points

__all__ = ["Crops", "Encoded", "Engine"]


class Engine:
    """One kind of engine over the networks of this process. It uses one core, so busy threads do not share it."""

    def __init__(self, kind: EngineKind, networks: Networks) -> None:
        self.kind, self.networks = kind, networks

    @classmethod
    def load(cls, cache_dir: Path, kind: EngineKind = OFFERED[0], *, weights_dir: Path | None = None) -> Engine:
        """Opens and checks the networks of one engine, over graphs cached in `cache_dir`.

        MMOD, which only photos need, is opened at its first use. Raises BadWeights and GoldenMismatch as Networks does.
        """
        return cls(kind, Networks(cache_dir, weights_dir=weights_dir)).ready()

    @classmethod
    def resting(cls, cache_dir: Path, kind: EngineKind = OFFERED[0], *, weights_dir: Path | None = None) -> Engine:
        """Returns an engine whose networks this process was forked with.

        Without such, each is opened at its first use, which then raises what `load` raises.
        """
        return cls(kind, networks_of(cache_dir, weights_dir))

    @property
    def key(self) -> str:
        """Returns the key of its encodings; only those with the same key can be compared."""
        return self.kind.key

    @property
    def distances(self) -> Distances:
        return self.kind.distances

    def of_key(self, key: str) -> Engine:
        """Returns the engine with this key, ready, over the same networks. Raises WrongEncoder if none is offered."""
        kind = offered(key)
        if kind is None:
            raise WrongEncoder(f"this release has no engine {key}")
        return self if kind is self.kind else Engine(kind, self.networks).ready()

    def ready(self) -> Engine:
        """Opens what this engine needs beside MMOD."""
        parts = self.networks.yunet, self.networks.landmarks, self.networks.encoder
        assert all(parts)
        if self._is_fused:
            assert self.networks.sface
        return self

    def find(
        self, image: Image, smallest_px: int = 40, *, region: Box | None = None, lowest_score: float = SURE
    ) -> list[FoundFace]:
        """Finds faces at least about `smallest_px` wide in one run, surest first, in the image or in a `region` of it.

        A smaller wanted face makes the search slower: the image is scaled so that such a face is SEEN_PX wide, but at
        most enlarged twice. Faces wider than LARGEST_PX in the scaled image may be missed. Boxes are in pixels of the
        whole image.
        """
        part, left, top = _cut(image, region)
        found = self.networks.yunet.find(part, scale_for(smallest_px), lowest_score)
        return [face.moved(left, top) for face in found]

    def detect(
        self, image: Image, smallest_px: int = 0, *, lowest_score: float = SURE, biggest: bool = False
    ) -> list[Face]:
        """Finds faces of every size from `smallest_px` on, biggest first, with landmarks and quality.

        0: from SMALLEST_PX on, or a sixty-fourth of the image if that is more, which takes at most 30 ms. With
        `biggest` the search ends at the first scale that shows a face plainly: smaller scales show the bigger faces.
        """
        found: list[FoundFace] = []
        enough_px = BIGGEST_FIRST_PX if biggest else ENOUGH_PX
        for scale in scales(image.shape[1], image.shape[0], smallest_px or usual_smallest(image), enough_px):
            found = joined([*found, *self.networks.yunet.find(image, scale, lowest_score)])
            if biggest and any(face.box.width * scale >= PLAIN_PX for face in found):
                break
        return self._faces(image, found)

    def detect_beside_biggest(self, image: Image, share: float, *, lowest_score: float = SURE) -> list[Face]:
        """Finds the biggest face that is seen plainly, and others from `share` of its width on, biggest first.

        It is for portraits: where `detect` looks for small faces in all of the picture, this looks once more just
        closely enough for those beside a large one, which takes 5 ms. Returns no face if none is plain.
        """
        usual = usual_smallest(image)
        for scale in scales(image.shape[1], image.shape[0], usual, BIGGEST_FIRST_PX):
            found = self.networks.yunet.find(image, scale, lowest_score)
            biggest = max((face.box.width for face in found if face.score >= SURE), default=0)
            if biggest * scale >= PLAIN_PX:
                closer = min(scale_for(usual), scale_for(max(1, round(share * biggest))))
                more = self.networks.yunet.find(image, closer, lowest_score) if closer > scale else []
                return self._faces(image, joined([*found, *more]))
        return []

    def face_at(self, image: Image, box: Box, score: float, seen: Points | None = None) -> Face:
        """Returns the face in a box that was found elsewhere; `seen` are YuNet's points if it found the face."""
        image = np.ascontiguousarray(image)  # dlib reads only such arrays
        points = self.networks.landmarks.of(image, box)
        return Face(box, score, points, quality(image, box, points, seen))

    def encode(self, image: Image, faces: Sequence[Face], crops: Crops = Crops.PROBE) -> Matrix:
        """Returns one encoding per face: (len(faces), width) float32, rows of unit length."""
        vectors = [encoded.vector for encoded in self.encode_faces(image, faces, crops)]
        return np.array(vectors, np.float32).reshape(len(faces), self.kind.width)

    def encode_faces(self, image: Image, faces: Sequence[Face], crops: Crops = Crops.PROBE) -> list[Encoded]:
        """Returns the encoding of each face, and how well dlib's views of it agree."""
        if not faces:
            return []
        image = np.ascontiguousarray(image)
        points = [self._points_of(image, face, crops) for face in faces]
        vectors, steadiness = self._vectors(image, points, crops)
        if self._is_fused and crops is Crops.ENROLMENT:
            vectors = unit(vectors + SMALL_SHARE * self._seen_small(image, faces, points))
        return [Encoded(vector, float(length)) for vector, length in zip(vectors, steadiness, strict=True)]

    def rest(self) -> None:
        """Gives the memory back that faces in sight need.

        If this process was not forked with its networks, it opens them at the next face, in 0.3 s.
        """
        self.networks.rest()

    def _faces(self, image: Image, found: Sequence[FoundFace]) -> list[Face]:
        """Returns found faces with landmarks and quality, biggest first."""
        faces = [self.face_at(image, face.box, face.score, face.points) for face in found]
        return sorted(faces, key=lambda face: face.box.area, reverse=True)

    @property
    def _is_fused(self) -> bool:
        return SFACE in self.kind.weights

    def _points_of(self, image: Image, face: Face, crops: Crops) -> AllPoints:
        """Returns the points that align a face: dlib's, and YuNet's if this engine needs them."""
        networks = self.networks
        landmarks = face.landmarks if crops is Crops.PROBE else networks.landmarks.steadied(image, face.box)
        if not self._is_fused:
            return AllPoints(landmarks, None)
        found = networks.yunet.points_in(image, face.box, tilt(landmarks))
        return AllPoints(landmarks, by_landmarks(landmarks) if found is None else found)

    def _vectors(self, image: Image, points: Sequence[AllPoints], crops: Crops) -> tuple[Matrix, Matrix]:
        """Returns one unit vector per face, and the lengths of the means of dlib's views."""
        views = np.array([[chip(image, each.dlib, padding) for padding in crops.paddings] for each in points])
        vectors, steadiness = averaged(self.networks.encoder.raw, views, mirrors=True)
        if self._is_fused:
            chips = np.array([[aligned(image, each.five)] for each in points if each.five is not None])
            by_sface, _ = averaged(self.networks.sface.raw, chips, mirrors=False)
            vectors = side_by_side(vectors, by_sface)
        return vectors, steadiness

    def _seen_small(self, image: Image, faces: Sequence[Face], points: Sequence[AllPoints]) -> Matrix:
        """Returns the encodings of the faces as a camera would see them from afar, SMALL_PX wide.

        In the template they bring faces that a camera sees small or blurred nearer to their person, and take nothing
        from the others (docs/accuracy.md).
        """
        rows = []
        for face, each in zip(faces, points, strict=True):
            picture, left, top, scale = small_again(image, face.box)
            rows.append(self._vectors(picture, [each.moved(-left, -top, scale)], Crops.PROBE)[0])
        return np.concatenate(rows)


def _cut(image: Image, region: Box | None) -> tuple[Image, int, int]:
    """Returns the part of the image in `region`, and where it begins."""
    if region is None:
        return image, 0, 0
    left, top = max(0, region.left), max(0, region.top)
    return image[top : max(top, region.bottom), left : max(left, region.right)], left, top
