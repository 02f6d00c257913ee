"""Judges a frame of guided capture, in a recogniser child: what is still wrong, and which view it gives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from people.recognition.engine.engine import Engine
from people.recognition.engine.quality import is_dark
from people.recognition.errors import BadImage
from people.recognition.pictures.images import decode
from people.recognition.reading.head_pose import HeadPose, head_pose
from people.recognition.reading.photo import BYSTANDER
from people.recognition.types import Box, Face

SEARCHED_PART = 6
"""Faces from a sixth of the frame's shorter side up are searched: 80 px and 49 ms at 640 x 480."""
NEAREST, FARTHEST = 0.60, 0.22
"""Widest and narrowest face that is taken, as shares of the frame's shorter side."""
ASIDE = 0.2
"""How far the face may be from the middle, as a share of the frame's width or height."""
GOOD = 0.5
"""Light and sharpness from which a frame is taken: photos of this quality count as good in a person's coverage."""
TILTED = 20.0
"""Degrees of roll up to which a head counts as upright; alignment removes roll, so this is only for the guide."""
STRAIGHT_YAW, STRAIGHT_PITCH = 9.0, 25.0
"""The first frame's limits, in degrees. Pitch is that of an average face here, and faces differ by 11 degrees."""
TURNED, TOO_FAR = 13.0, 30.0
"""Degrees of yaw that count as a little left or right. Beyond 37 the gate of enrolment refuses a photo."""
UP, DOWN, NODDED_TOO_FAR = 8.0, -6.0, 20.0
"""Degrees of pitch against the straight frame. Looking down moves the nose less than looking up does: 10 degrees give
12 up and 8 down."""
LEVEL_YAW, LEVEL_PITCH = 11.0, 12.0
"""How far a face that looks up or down may be turned aside, and one that is turned aside may be lifted or lowered."""


class View(StrEnum):
    """The views that guided capture collects, in the order in which it asks for them."""

    STRAIGHT = "straight"
    LEFT = "left"
    """A little to the person's own left."""
    RIGHT = "right"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Marks:
    """What is already right about a frame."""

    place: bool = False
    size: bool = False
    light: bool = False
    sharp: bool = False


@dataclass(frozen=True, slots=True)
class FrameJudgement:
    """What a frame showed; `verdict` is "ok" (also without a face) or a code of images.decode."""

    verdict: str
    hint: str = ""
    """Code of the sentence that helps most now (people/records/reasons.py)."""
    view: View | None = None
    """The missing view that this frame gives; None while something is wrong with it."""
    marks: Marks = Marks()
    face: Face | None = None
    pose: HeadPose | None = None
    width_px: int = 0
    height_px: int = 0


@dataclass(frozen=True, slots=True)
class JudgeFrame:
    """Parent to child: judge this frame. The child answers with one FrameJudgement."""

    data: bytes
    max_bytes: int
    missing: tuple[View, ...]
    """The views that are not taken yet."""
    level: float | None = None
    """Pitch of the straight frame; None while that is missing."""

    def answer(self, engine: Engine) -> FrameJudgement:
        return judge_frame(engine, self)


def judge_frame(engine: Engine, asked: JudgeFrame) -> FrameJudgement:
    """Finds the face in a frame and judges it. Never raises for a bad picture: that is a verdict."""
    try:
        image = decode(asked.data, max_bytes=asked.max_bytes)
    except BadImage as error:
        return FrameJudgement(error.code)
    height, width = image.shape[:2]
    faces = engine.detect(image, max(20, min(height, width) // SEARCHED_PART), fine=False)
    meant = [face for face in faces if face.box.width >= BYSTANDER * faces[0].box.width]
    if len(meant) != 1:
        hint = "several_in_view" if meant else "nobody_in_view"
        return FrameJudgement("ok", hint, width_px=width, height_px=height)
    face = meant[0]
    return judge_face(face, width, height, dark=is_dark(image, face.box), missing=asked.missing, level=asked.level)


def judge_face(
    face: Face, width: int, height: int, *, dark: bool, missing: tuple[View, ...], level: float | None
) -> FrameJudgement:
    """Judges the one face of a frame of `width` x `height` pixels; `dark` says why its exposure is bad, if it is."""
    pose, marks = head_pose(face), _marks(face, width, height)
    view = view_of(pose, missing, level)
    hint = _fault(face.box, min(width, height), marks, dark) or _wish(pose, view, missing, marks)
    return FrameJudgement("ok", hint, view if hint == "taken" else None, marks, face, pose, width, height)


def view_of(pose: HeadPose, missing: tuple[View, ...], level: float | None) -> View | None:
    """Returns the missing view that a pose gives, or None. The straight one comes first: pitch is compared with it."""
    if abs(pose.roll) > TILTED:
        return None
    if level is None or View.STRAIGHT in missing:
        straight = abs(pose.yaw) <= STRAIGHT_YAW and abs(pose.pitch) <= STRAIGHT_PITCH
        return View.STRAIGHT if straight and View.STRAIGHT in missing else None
    view = _turned(pose.yaw, pose.pitch - level)
    return view if view in missing else None


def _turned(yaw: float, pitch: float) -> View | None:
    """Returns the view of a head turned by so many degrees against the straight one."""
    if TURNED <= abs(yaw) <= TOO_FAR and abs(pitch) <= LEVEL_PITCH:
        return View.LEFT if yaw > 0 else View.RIGHT
    if abs(yaw) <= LEVEL_YAW and UP <= pitch <= NODDED_TOO_FAR:
        return View.UP
    if abs(yaw) <= LEVEL_YAW and -NODDED_TOO_FAR <= pitch <= DOWN:
        return View.DOWN
    return None


def _marks(face: Face, width: int, height: int) -> Marks:
    x, y = face.box.centre
    inside = face.box.left >= 0 and face.box.top >= 0 and face.box.right <= width and face.box.bottom <= height
    return Marks(
        place=inside and abs(x / width - 0.5) <= ASIDE and abs(y / height - 0.5) <= ASIDE,
        size=FARTHEST <= face.box.width / min(width, height) <= NEAREST,
        light=face.quality.exposure >= GOOD,
        sharp=face.quality.sharpness >= GOOD,
    )


def _fault(box: Box, shorter_px: int, marks: Marks, dark: bool) -> str:
    """Returns the hint about the first thing that must be better whatever the pose; empty if there is none."""
    if not marks.size:
        return "come_closer" if box.width < FARTHEST * shorter_px else "move_back"
    if not marks.place:
        return "to_the_middle"
    if not marks.light:
        return "more_light" if dark else "less_light"
    return ""


def _wish(pose: HeadPose, view: View | None, missing: tuple[View, ...], marks: Marks) -> str:
    """Returns the hint about the pose: what to do for the next missing view."""
    if not missing:
        return "all_taken"
    if view is not None:
        return "taken" if marks.sharp else "hold_still"
    if abs(pose.roll) > TILTED:
        return "head_upright"
    if abs(pose.yaw) > TOO_FAR:
        return "turn_back"
    return f"look_{missing[0]}"
