"""Draws pictures as if somebody held them before a camera, and counts which the hint at held pictures notices.

Drawn, not filmed: the project has no films of held pictures. Real ones move, shine and bend, so these counts say what
the network reacts to rather than how often it notices somebody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol

import cv2
import numpy as np

from people.recognition.types import Box, Image

WIDTHS_PX = (40, 60, 120)
"""Of the face, as the camera would see it; cameras do not look at narrower ones."""
DRAWN_OF_EACH = 2
"""Photos of each person that are drawn."""
WIDEST_PX = 2 * max(WIDTHS_PX)
LOOKS, BELOW = 5, 0.3
"""As on cameras (streams/pipeline/analysis/liveness_looks.py)."""
FRAME_PX = 640, 480
TILT_DEGREES, BEND = 12.0, 0.04
"""Most that a drawn picture is turned, and that its corners move, as a share of its width."""
PAPER, BEZEL = (232, 238, 240), (14, 12, 12)


class Held(StrEnum):
    PRINT = "print"
    PHONE = "phone"
    BORDERLESS = "borderless"


class Scores(Protocol):
    def score(self, image: Image, box: Box) -> float: ...


class Finds(Protocol):
    def box_in(self, image: Image) -> Box | None: ...


@dataclass(frozen=True, slots=True)
class FacePhoto:
    """A photo of one living person, and where their face is in it."""

    person: str
    image: Image
    box: Box

    @classmethod
    def of(cls, person: str, image: Image, box: Box) -> FacePhoto:
        """Keeps the photo no larger than it is drawn: its face at most WIDEST_PX wide."""
        return cls(person, *_scaled(image, box, min(1.0, WIDEST_PX / box.width)))


@dataclass(frozen=True, slots=True)
class HintRow:
    """What the hint says of one kind of faces at one width: groups of five looks, and those below the limit."""

    kind: str
    face_px: int
    groups: int
    look_closer: int
    lowest: float
    highest: float


def evaluate_hints(
    network: Scores, finds: Finds, photos: Sequence[FacePhoto], rooms: Iterable[Image]
) -> list[dict[str, Any]]:
    """Returns a HintRow as an object for living people (five photos of one person are a group), and each Held kind."""
    rows, behind, some = [], [_room(image) for image in rooms], _some_of_each(photos)
    for width in WIDTHS_PX:
        rows.append(_row("living", width, _living(network, photos, width)))
        rows += [_row(kind, width, _held(network, finds, some, behind, kind, width)) for kind in Held if behind]
    return [asdict(row) for row in rows]


def _some_of_each(photos: Sequence[FacePhoto]) -> list[FacePhoto]:
    drawn: Counter[str] = Counter()
    some = []
    for photo in photos:
        drawn[photo.person] += 1
        if drawn[photo.person] <= DRAWN_OF_EACH:
            some.append(photo)
    return some


def _row(kind: str, width: int, groups: Iterator[float]) -> HintRow:
    means = list(groups)
    below = sum(mean < BELOW for mean in means)
    lowest, highest = round(min(means, default=0.0), 3), round(max(means, default=0.0), 3)
    return HintRow(kind, width, len(means), below, lowest, highest)


def _living(network: Scores, photos: Sequence[FacePhoto], width: int) -> Iterator[float]:
    scores: dict[str, list[float]] = {}
    for photo in photos:
        image, box = _scaled(photo.image, photo.box, min(1.0, width / photo.box.width))
        of_person = scores.setdefault(photo.person, [])
        of_person.append(network.score(image, box))
        if len(of_person) == LOOKS:
            yield float(np.mean(scores.pop(photo.person)))


def _held(
    network: Scores, finds: Finds, photos: Sequence[FacePhoto], rooms: Sequence[Image], kind: Held, width: int
) -> Iterator[float]:
    """Yields the mean of five drawings of each photo in which its face is found."""
    chance = np.random.default_rng(0)
    for number, photo in enumerate(photos):
        room = rooms[number % len(rooms)]
        drawings = [drawn(photo, kind, width, room, chance) for _ in range(LOOKS)]
        seen = [(image, box) for image in drawings if (box := finds.box_in(image))]
        if len(seen) == LOOKS:
            yield float(np.mean([network.score(image, box) for image, box in seen]))


def drawn(photo: FacePhoto, kind: Held, width: int, room: Image, chance: np.random.Generator) -> Image:
    """Returns `room` with the photo held in its middle, turned a little, its face `width` px wide."""
    sheet = _sheet(photo, kind, width)
    height, across = sheet.shape[:2]
    corners = np.array([[0, 0], [across, 0], [across, height], [0, height]], np.float32)
    angle = np.radians(chance.uniform(-TILT_DEGREES, TILT_DEGREES))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    middle = np.array([room.shape[1], room.shape[0]]) * chance.uniform(0.45, 0.55, 2)
    bent = chance.uniform(-BEND, BEND, (4, 2)) * across
    places = ((corners - [across / 2, height / 2]) @ turn + middle + bent).astype(np.float32)
    matrix, size = cv2.getPerspectiveTransform(corners, places), (room.shape[1], room.shape[0])
    held = cv2.warpPerspective(sheet, matrix, size)
    share = cv2.warpPerspective(np.ones(sheet.shape[:2], np.float32), matrix, size)[..., None]
    return _as_filmed(room * (1 - share) + held * share, chance)


def _sheet(photo: FacePhoto, kind: Held, width: int) -> Image:
    """Cuts the photo around its face, and gives it a white border or a phone's black one."""
    x, y = photo.box.centre
    half = min(0.95 * photo.box.width, x, photo.image.shape[1] - x)
    tall = half * (1.6 if kind is Held.PHONE else 1.35)
    top, bottom = max(0, round(y - tall)), min(photo.image.shape[0], round(y + tall))
    part = photo.image[top:bottom, max(0, round(x - half)) : max(1, round(x + half))]
    part, _ = _scaled(part, photo.box, width / photo.box.width)
    edge = max(1, round(0.12 * width))
    if kind is Held.BORDERLESS:
        return part
    sides = (2 * edge, 2 * edge, edge // 2, edge // 2) if kind is Held.PHONE else (edge,) * 4
    colour = BEZEL if kind is Held.PHONE else PAPER
    return np.asarray(cv2.copyMakeBorder(part, *sides, cv2.BORDER_CONSTANT, value=colour), np.uint8)


def _as_filmed(image: Any, chance: np.random.Generator) -> Image:
    """Softens the picture, adds a sensor's noise, and saves it as JPEG, as cameras do."""
    soft = cv2.GaussianBlur(image.astype(np.float32), (0, 0), 0.7) + chance.normal(0, 3, image.shape)
    _, jpeg = cv2.imencode(".jpg", np.clip(soft, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 80])
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)


def _scaled(image: Image, box: Box, scale: float) -> tuple[Image, Box]:
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    ways = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, size, interpolation=ways), np.uint8), Box(
        *(round(side * scale) for side in box)
    )


def _room(image: Image) -> Image:
    """Returns the middle of a picture in the size of a frame."""
    width, height = FRAME_PX
    scale = max(width / image.shape[1], height / image.shape[0])
    size = max(width, round(image.shape[1] * scale)), max(height, round(image.shape[0] * scale))
    large = cv2.resize(image, size, interpolation=cv2.INTER_CUBIC)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.asarray(large[top : top + height, left : left + width], np.uint8)
