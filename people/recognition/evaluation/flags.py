"""Counts which pictures would be held as a drawing or as a photo of a screen: genuine, spoiled and made ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from people.recognition.engine.mmod import resized
from people.recognition.evaluation.drawing_styles import STYLES
from people.recognition.evaluation.screens import recaptures_of
from people.recognition.evaluation.spoiled import SPOILINGS
from people.recognition.pictures.images import decode, jpeg
from people.recognition.types import Face, Image

SMALLEST_PX, LARGEST_PX = 50, 640
"""Narrower faces are not enrolled; photos of one person are made at most so wide and high before anything is made."""

DRAWN_QUALITY, MAX_BYTES = 90, 100_000_000
"""Drawings are saved as JPEG of this quality, which blurs their flat colours."""


class Eyes(Protocol):
    def faces(self, image: Image) -> list[Face]:
        """Returns the faces of a picture, biggest first."""

    def flag(self, image: Image, face: Face) -> str:
        """Returns why somebody should look at a photo, "" if there is nothing."""


@dataclass(slots=True)
class FlagRow:
    """What was flagged of one kind of picture."""

    group: str
    """genuine, drawing or screen."""
    kind: str
    faces: int = 0
    """That were found, from SMALLEST_PX on; where none is found, nobody is enrolled."""
    unseen: int = 0
    drawings: int = 0
    """Flagged as `drawing`."""
    screens: int = 0
    """Flagged as `photo_of_screen`."""
    others: int = 0
    """Flagged for another reason, which comes first: tilted, or the mouth covered."""

    def count(self, flags: Iterable[str]) -> None:
        seen = list(flags)
        self.faces += len(seen)
        self.unseen += not seen
        self.drawings += seen.count("drawing")
        self.screens += seen.count("photo_of_screen")
        self.others += sum(flag not in ("", "drawing", "photo_of_screen") for flag in seen)


def evaluate_flags(eyes: Eyes, photos: Iterable[Image], groups: Iterable[Image] = ()) -> list[dict[str, Any]]:
    """Returns a FlagRow as an object for each spoiling, style of drawing and blur of a screen.

    `photos` show one person each; every face of `groups` is counted, only as they are and spoiled.
    """
    rows: dict[tuple[str, str], FlagRow] = {}
    for number, large in enumerate(photos):
        photo = resized(large, min(1.0, LARGEST_PX / max(large.shape[:2])))
        for group, kind, made in _made(eyes, photo, number):
            row = rows.setdefault((group, kind), FlagRow(group, kind))
            row.count(eyes.flag(made, face) for face in _wide(eyes.faces(made))[:1])
    for picture in groups:
        for kind, spoil in SPOILINGS.items():
            made = spoil(picture)
            row = rows.setdefault(("genuine, groups", kind), FlagRow("genuine, groups", kind))
            row.count(eyes.flag(made, face) for face in _wide(eyes.faces(made)))
    return [asdict(row) for row in sorted(rows.values(), key=lambda row: _ORDER.index(row.group))]


_ORDER = ("genuine", "genuine, groups", "drawing", "screen")


def _made(eyes: Eyes, photo: Image, number: int) -> Iterator[tuple[str, str, Image]]:
    """Yields group, kind and picture of everything that is made of one photo in which a face is found."""
    faces = _wide(eyes.faces(photo))
    if not faces:
        return
    for kind, spoil in SPOILINGS.items():
        yield "genuine", kind, spoil(photo)
    for kind, draw in STYLES.items():
        yield "drawing", kind, decode(jpeg(draw(photo), DRAWN_QUALITY), max_bytes=MAX_BYTES)
    for kind, on_screen in recaptures_of(photo, faces[0].box, number):
        yield "screen", kind, on_screen


def _wide(faces: list[Face]) -> list[Face]:
    return [face for face in faces if face.box.width >= SMALLEST_PX]
