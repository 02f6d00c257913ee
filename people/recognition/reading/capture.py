"""Judges a frame of guided capture, in a recogniser child: what is still wrong, and which view it gives."""

from __future__ import annotations

from dataclasses import dataclass

from people.recognition.engine.engine import Engine
from people.recognition.engine.kinds import DLIB
from people.recognition.errors import BadImage
from people.recognition.pictures.images import decode
from people.recognition.reading.head_pose import HeadPose, head_pose
from people.recognition.reading.meant import meant
from people.recognition.reading.views import TILTED, TOO_FAR, Light, Straight, View, light_on, view_of
from people.recognition.types import Box, Face

SEARCHED_PART = 6
"""Faces from a sixth of the frame's shorter side up are searched: 80 px at 640 x 480."""
NEAREST, FARTHEST = 0.60, 0.22
"""Widest and narrowest face that is taken, as shares of the frame's shorter side."""
ASIDE = 0.2
"""How far the face may be from the middle, as a share of the frame's width or height."""
GOOD = 0.5
"""Light and sharpness from which a frame is taken: photos of this quality count as good in a person's coverage."""
DARK = 110.0
"""Mean grey below which bad exposure means too little light, as at enrolment."""
NIGHT = 10.0
"""Mean of a frame below which nobody may be found because it is dark: the demo's portraits are lost at 4 to 9."""


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
    light: Light | None = None
    width_px: int = 0
    height_px: int = 0


@dataclass(frozen=True, slots=True)
class JudgeFrame:
    """Parent to child: judge this frame. The child answers with one FrameJudgement."""

    data: bytes
    max_bytes: int
    missing: tuple[View, ...]
    """The views that are not taken yet."""
    straight: Straight | None = None
    """None while the straight frame is missing."""
    engine: str = DLIB.key
    """Nothing is encoded, so the smallest engine does."""

    def answer(self, engine: Engine) -> FrameJudgement:
        return judge_frame(engine, self)


def judge_frame(engine: Engine, asked: JudgeFrame) -> FrameJudgement:
    """Finds the face in a frame and judges it. Never raises for a bad picture: that is a verdict."""
    try:
        image = decode(asked.data, max_bytes=asked.max_bytes)
    except BadImage as error:
        return FrameJudgement(error.code)
    height, width = image.shape[:2]
    wanted = meant(engine.detect(image, max(20, min(height, width) // SEARCHED_PART)))
    if not wanted:
        hint = "more_light" if image.mean() < NIGHT else "nobody_in_view"
        return FrameJudgement("ok", hint, width_px=width, height_px=height)
    if len(wanted) > 1:
        return FrameJudgement("ok", "several_in_view", width_px=width, height_px=height)
    face = wanted[0]
    return judge_face(face, light_on(image, face.box), width, height, asked)


def judge_face(face: Face, light: Light, width: int, height: int, asked: JudgeFrame) -> FrameJudgement:
    """Judges the one face of a frame of `width` x `height` pixels."""
    pose, marks = head_pose(face), _marks(face, width, height)
    view = view_of(pose, light, asked.missing, asked.straight)
    hint = _fault(face.box, min(width, height), marks, light) or _wish(pose, view, asked.missing, marks)
    return FrameJudgement("ok", hint, view if hint == "taken" else None, marks, face, pose, light, width, height)


def _marks(face: Face, width: int, height: int) -> Marks:
    x, y = face.box.centre
    inside = face.box.left >= 0 and face.box.top >= 0 and face.box.right <= width and face.box.bottom <= height
    return Marks(
        place=inside and abs(x / width - 0.5) <= ASIDE and abs(y / height - 0.5) <= ASIDE,
        size=FARTHEST <= face.box.width / min(width, height) <= NEAREST,
        light=face.quality.exposure >= GOOD,
        sharp=face.quality.sharpness >= GOOD,
    )


def _fault(box: Box, shorter_px: int, marks: Marks, light: Light) -> str:
    """Returns the hint about the first thing that must be better whatever the pose; empty if there is none."""
    if not marks.size:
        return "come_closer" if box.width < FARTHEST * shorter_px else "move_back"
    if not marks.place:
        return "to_the_middle"
    if not marks.light:
        return "more_light" if light.brightness < DARK else "less_light"
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
