"""Judges one enrolment photo: which face it shows, whether that face is good enough, and its encoding."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

from people.recognition.engine.engine import Crops, Engine
from people.recognition.engine.quality import encoded_quality, is_dark
from people.recognition.engine.yunet import SURE
from people.recognition.errors import BadImage
from people.recognition.pictures.decoded import Decoded
from people.recognition.pictures.images import face_crop, fitting_jpeg, jpeg, shown_by_browsers
from people.recognition.pictures.metadata import turned_jpeg
from people.recognition.reading.doubts import doubt
from people.recognition.reading.meant import meant
from people.recognition.reading.portrait import DOUBTED, UPRIGHT, decode_photo, portrait
from people.recognition.reading.second_look import by_mmod
from people.recognition.reading.turned import turned_picture, upright_turn
from people.recognition.types import Box, Face, Image, Quality, Vector

WANTED_PX = 50
"""Smallest accepted width: at 50 px a face's encoding lies 0.09 from that of the large picture (median), at 30 px
0.18."""
CUT = 0.05
"""A face counts as cut off if more than this share of its box lies outside the picture."""
REJECTED_BELOW = 0.25
"""A photo is rejected if a part of its quality is below this: the encoding has then moved by half of the match
threshold."""
EXPLAINED_BELOW = 0.5


@dataclass(frozen=True, slots=True)
class PhotoReading:
    """What a photo showed; `verdict` is "ok" or a stable reason, and only "ok" has a vector."""

    verdict: str
    width_px: int = 0
    height_px: int = 0
    faces: tuple[Face, ...] = ()
    """All faces that a person can choose from, biggest first."""
    face: Face | None = None
    """The face that was judged."""
    detail: dict[str, float | int] = field(default_factory=dict)
    """Numbers for the sentence about the verdict, such as {"face_px": 31, "wanted_px": 50}."""
    doubt: str = ""
    """A stable reason why somebody should look at the photo although it is ok; its numbers are in `detail`."""
    vector: Vector | None = None
    quality: Quality | None = None
    crop_jpeg: bytes | None = None
    picture_jpeg: bytes | None = None
    """The whole picture, upright, if browsers do not show its own format, or if it was turned. It replaces the file, so
    `width_px` and the boxes are in its pixels."""
    turned_degrees: int = 0
    """By how much the photo was turned clockwise because it lay on its side; `picture_jpeg` is it, turned."""


def read_photo(engine: Engine, data: bytes, *, chosen_box: Box | None, max_bytes: int) -> PhotoReading:
    """Decodes a photo, then finds, chooses, judges and encodes its face.

    Never raises for bad input: every failure is a verdict. `chosen_box` is the face that a person picked among several.
    Without it exactly one face is expected, not counting bystanders in the background. Verdicts: ok, no_face,
    several_faces, face_too_small, blurred, too_dark, too_bright, turned_away, face_cut, unclear, and the codes of
    images.decode.
    """
    try:
        picture = decode_photo(engine, data, box=chosen_box, max_bytes=max_bytes)
    except BadImage as error:
        limit: dict[str, float | int] = {"limit_mb": round(max_bytes / 1e6, 1)}
        return PhotoReading(error.code, detail=limit if error.code == "too_many_bytes" else {})
    shown = None if shown_by_browsers(data) else fitting_jpeg(picture.image, max_bytes)
    if shown is not None:
        picture = Decoded.whole(picture.image)  # what is stored from now on
    box = None if chosen_box is None else picture.own_box(chosen_box)
    reading = replace(_in_full_size(_read(engine, picture.image, box), picture), picture_jpeg=shown)
    upright = max((face.score for face in reading.faces), default=0.0)
    if upright >= UPRIGHT or box is not None:
        return reading
    return _read_turned(engine, data, picture, max_bytes, upright) or reading


def _read_turned(
    engine: Engine, data: bytes, picture: Decoded, max_bytes: int, upright_score: float
) -> PhotoReading | None:
    """Returns the reading of a photo that lies on its side, or None if it does not."""
    degrees = upright_turn(picture.image, partial(_surest, engine), upright_score)
    if not degrees:
        return None
    upright = turned_picture(picture, degrees)
    stored = turned_jpeg(data, degrees)
    if stored is None:  # another format: made anew from what was decoded
        upright, stored = Decoded.whole(upright.image), fitting_jpeg(upright.image, max_bytes)
    reading = _in_full_size(_read(engine, upright.image, None), upright)
    if stored is None or not reading.faces:
        return None
    return replace(reading, picture_jpeg=stored, turned_degrees=degrees)


def _surest(engine: Engine, image: Image) -> float:
    return max((face.score for face in engine.detect(image)), default=0.0)


def _in_full_size(reading: PhotoReading, picture: Decoded) -> PhotoReading:
    """Returns the reading of `picture.image` with faces and widths in pixels of the full size."""
    widths = {name: round(px * picture.scale) for name, px in reading.detail.items() if name.endswith("_px")}
    return replace(
        reading,
        width_px=picture.width_px,
        height_px=picture.height_px,
        faces=tuple(picture.full_face(face) for face in reading.faces),
        face=None if reading.face is None else picture.full_face(reading.face),
        detail={**reading.detail, **widths},
    )


def _read(engine: Engine, image: Image, chosen_box: Box | None) -> PhotoReading:
    faces = (portrait(engine, image) if chosen_box is None else []) or _found(engine, image)
    sure = tuple(face for face in faces if face.score >= SURE)
    reading = PhotoReading("no_face", faces=sure)
    if chosen_box is not None:
        return _judge(engine, image, replace(reading, face=_chosen(engine, image, sure, chosen_box)))
    wanted = meant(sure)
    if len(wanted) > 1:
        return replace(reading, verdict="several_faces", detail={"faces": len(wanted)})
    if not wanted:
        return _explain_absence(image, reading, faces)
    return _judge(engine, image, replace(reading, face=wanted[0]))


def _found(engine: Engine, image: Image) -> list[Face]:
    """Returns all faces, doubted ones too, biggest first; dlib's detector looks as well if YuNet is sure of none."""
    faces = engine.detect(image, lowest_score=DOUBTED)
    if any(face.score >= SURE for face in faces):
        return faces
    return by_mmod(engine, image) or faces


def _chosen(engine: Engine, image: Image, faces: tuple[Face, ...], box: Box) -> Face:
    """Returns the found face that the person meant, or the face in their own box if none was found there."""
    nearest = max(faces, key=lambda face: face.box.iou(box), default=None)
    if nearest is not None and nearest.box.iou(box) > 0.3:
        return nearest
    return engine.face_at(image, box, score=0.0)


def _judge(engine: Engine, image: Image, reading: PhotoReading) -> PhotoReading:
    """Returns the reading with the verdict on the chosen face, and with its encoding if the face is good enough."""
    assert reading.face is not None
    face = reading.face
    reading = replace(reading, quality=face.quality, crop_jpeg=_crop(image, face.box))
    fault = _fault(image, face, REJECTED_BELOW)
    if fault is not None:
        verdict, detail = fault
        return replace(reading, verdict=verdict, detail=detail)
    (encoded,) = engine.encode_faces(image, [face], Crops.ENROLMENT)
    reading = replace(reading, quality=encoded_quality(face.quality, encoded.steadiness, Crops.ENROLMENT))
    if reading.quality and reading.quality.steadiness < REJECTED_BELOW:
        return replace(reading, verdict="unclear", detail=_percent("steadiness", reading.quality.steadiness))
    reason, detail = doubt(image, face) or ("", {})
    detail = {"face_px": face.box.width, **detail}
    return replace(reading, verdict="ok", doubt=reason, vector=encoded.vector, detail=detail)


def _fault(image: Image, face: Face, lowest: float) -> tuple[str, dict[str, float | int]] | None:
    """Returns the first thing wrong with a face, as a verdict and its numbers, or None."""
    quality = face.quality
    if face.box.width < WANTED_PX:
        return "face_too_small", {"face_px": face.box.width, "wanted_px": WANTED_PX}
    if _outside(image, face.box) > CUT:
        return "face_cut", {"outside_percent": round(100 * _outside(image, face.box))}
    if quality.exposure < lowest:
        return "too_dark" if is_dark(image, face.box) else "too_bright", _percent("exposure", quality.exposure)
    if quality.sharpness < lowest:
        return "blurred", _percent("sharpness", quality.sharpness)
    if quality.pose < lowest:
        return "turned_away", _percent("pose", quality.pose)
    return None


def _percent(name: str, value: float) -> dict[str, float | int]:
    return {f"{name}_percent": round(100 * value)}


def _crop(image: Image, box: Box) -> bytes | None:
    """Returns the face with its surroundings as JPEG, or None if a person drew the box outside of the picture."""
    return None if _outside(image, box) == 1 else jpeg(face_crop(image, box))


def _outside(image: Image, box: Box) -> float:
    """Returns the share of the box that lies outside the picture."""
    height, width = image.shape[:2]
    inside = Box(max(0, box.left), max(0, box.top), min(width, box.right), min(height, box.bottom))
    return 1 - (inside.area / box.area) if inside.width > 0 and inside.height > 0 else 1.0


def _explain_absence(image: Image, reading: PhotoReading, doubted: list[Face]) -> PhotoReading:
    """Returns why a doubted face was not found (its size, light or blur), else leaves the verdict no_face."""
    for face in sorted(doubted, key=lambda face: face.score, reverse=True):
        fault = _fault(image, face, EXPLAINED_BELOW)
        if fault is not None:
            return replace(reading, verdict=fault[0], detail=fault[1], quality=face.quality)
    return reading
