"""Draws boxes and names into a picture, for viewers that show plain MJPEG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from people.recognition.types import Box, Image, Verdict
from streams.pipeline.messages import TrackedFace

Colour = tuple[int, int, int]
COLOURS: dict[Verdict | None, Colour] = {
    Verdict.MATCH: (22, 132, 73),
    Verdict.REVIEW: (178, 98, 0),
    Verdict.UNKNOWN: (84, 94, 108),
    None: (120, 130, 144),
}
"""Dark enough for white text on top: contrast at least 4.5 to 1, except for pending (None)."""
WORDS = {Verdict.UNKNOWN: "unknown"}
FONTS = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "NotoSansCJK-Regular.ttc", "Arial Unicode.ttf")
"""Tried in this order; the first font with all letters of the name is used. Pillow's own has only Latin letters."""


def annotated(image: Image, faces: Sequence[TrackedFace], names: Mapping[str, str], scale: float) -> Image:
    """Returns a copy of `image` with `faces` drawn in; `scale` converts their pixels to those of `image`."""
    picture = Pillow.fromarray(image)
    draw = ImageDraw.Draw(picture)
    labels: list[Box] = []
    for face in faces:
        colour = COLOURS[face.verdict]
        left, top, right, bottom = (round(side * scale) for side in face.box)
        right, bottom = max(right, left + 1), max(bottom, top + 1)
        draw.rectangle((left, top, right, bottom), outline=colour, width=3)
        if text := label_of(face, names):
            labels.append(_label(draw, text, Box(left, top, right, bottom), colour, labels))
    return np.asarray(picture)


def label_of(face: TrackedFace, names: Mapping[str, str]) -> str:
    """Returns a name, a name with a question mark, "Stranger 12", "unknown", or "" while undecided."""
    if face.verdict is None or face.person is None:
        return face.name or WORDS.get(face.verdict, "") if face.verdict else ""
    name = " ".join((names.get(face.person) or face.name or "?").split())  # one of two lines cannot be measured
    return f"{name}?" if face.verdict is Verdict.REVIEW else name


def _label(draw: ImageDraw.ImageDraw, text: str, face: Box, colour: Colour, others: Sequence[Box]) -> Box:
    """Writes `text` at the box of a face, clear of `others` if that can be, and returns where it stands."""
    size = max(14, draw.im.size[1] // 32)
    font = font_for(text, size)
    text = text if len(text) <= 40 else f"{text[:39]}…"
    width, height = round(draw.textlength(text, font=font)) + 12, size + 8
    left = max(0, min(face.left - 1, draw.im.size[0] - width))
    places = _places(face, left, width, height, draw.im.size[1])
    place = next((each for each in places if not any(each.iou(other) for other in others)), places[0])
    draw.rectangle(tuple(place), fill=colour)
    draw.text((left + 6, place.top + height / 2), text, font=font, fill="white", anchor="lm")
    return place


def _places(face: Box, left: int, width: int, height: int, lowest: int) -> list[Box]:
    """Returns where a label may stand, best first: above the face, below it, or a line farther away."""
    tops = (face.top - height, face.bottom, face.top - 2 * height, face.bottom + height)
    seen = [top for top in tops if 0 <= top <= lowest - height] or [max(0, min(face.bottom, lowest - height))]
    return [Box(left, top, left + width, top + height) for top in seen]


@lru_cache(maxsize=256)
def font_for(text: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Returns the first installed font of FONTS that can write `text`; otherwise any font there is."""
    installed = [font for font in (_installed(name, size) for name in FONTS) if font]
    return next((font for font in installed if _can_write(font, text)), None) or (
        installed[0] if installed else ImageFont.load_default(size)
    )


def _installed(name: str, size: int) -> ImageFont.FreeTypeFont | None:
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return None


def _can_write(font: ImageFont.FreeTypeFont, text: str) -> bool:
    missing = bytes(font.getmask("\U0010fffe"))  # no font has a letter here: this is its "missing" box
    return all(letter.isspace() or bytes(font.getmask(letter)) != missing for letter in text)
