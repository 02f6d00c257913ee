"""Answers the pages on which people take photos of themselves: what is missing in this frame? Nothing is stored.

No answer says whom the frame shows, or whom it resembles.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

from django.http import HttpRequest, JsonResponse

from people.base.call_counts import calls_in_window, seconds_left
from people.errors import Busy, ReaderDied
from people.recognising.recognisers import recognisers
from people.recognition.reading.capture import FrameJudgement, JudgeFrame
from people.recognition.reading.views import Light, Straight, View
from people.records.reasons import HINTS, UNREAD, sentence

# 400 a minute: more than six frames a second, or the pictures of two large forms.
MOST_A_MINUTE = 400
# 2 MB: a frame 640 pixels wide has 60 kB as JPEG; this is for browsers that can only make PNG.
FRAME_MAX_BYTES = 2_000_000
VIEWS = {
    View.STRAIGHT: "straight",
    View.LEFT: "a little left",
    View.RIGHT: "a little right",
    View.UP: "chin up",
    View.DOWN: "chin down",
    View.LIGHT: "other light",
}
"""What guided capture calls the views that it collects."""


def frame_answer(request: HttpRequest, *, asker: str) -> JsonResponse:
    """Judges the frame `image` of guided capture, where the views in `missing` are wanted. `asker` is counted."""
    file = request.FILES.get("image")
    if file is None or (file.size or 0) > FRAME_MAX_BYTES:
        return refused("There is no frame in this request, or one that is too large.", 400)
    straight = _straight(request.POST.get("straight", ""))
    asked = JudgeFrame(file.read(), FRAME_MAX_BYTES, _views(request), straight)
    return answered(asker, lambda: _told(recognisers().judge(asked)))


def answered(asker: str, look: Callable[[], JsonResponse]) -> JsonResponse:
    """Returns the answer of `look`: 429 and 503 with a reason if the `asker` asks too much, or everybody does."""
    if calls_in_window("photo-looks", asker) > MOST_A_MINUTE:
        return refused("Too many pictures in one minute; wait a little.", 429, seconds_left())
    try:
        return look()
    except Busy as busy:
        return refused(str(busy), 503, busy.retry_after_s)
    except ReaderDied:
        return refused(UNREAD, 422)


def _told(judged: FrameJudgement) -> JsonResponse:
    if judged.verdict != "ok":
        return refused(sentence(judged.verdict), 400)
    face, pose, light = judged.face, judged.pose, judged.light
    told: dict[str, Any] = {
        "hint": judged.hint,
        "sentence": HINTS[judged.hint],
        "view": judged.view,
        "marks": {name: getattr(judged.marks, name) for name in ("place", "size", "light", "sharp")},
        "width": judged.width_px,
        "height": judged.height_px,
    }
    if face and pose and light:
        quality = {name: getattr(face.quality, name) for name in ("size", "sharpness", "exposure", "pose")}
        told |= {"box": list(face.box), "quality": quality, "yaw": pose.yaw, "pitch": pose.pitch, "roll": pose.roll}
        told["straight"] = f"{pose.pitch} {light.brightness} {light.balance}"  # the page sends it back
    return JsonResponse(told)


def _views(request: HttpRequest) -> tuple[View, ...]:
    """Returns the missing views in the order in which they are asked for."""
    written = request.POST.get("missing", "").split(",")
    return tuple(view for view in View if view in written)


def _straight(text: str) -> Straight | None:
    """Returns what the page was told of the straight frame, or None for anything else."""
    try:
        pitch, brightness, balance = (float(number) for number in text.split())
    except ValueError:
        return None
    return Straight(pitch, Light(brightness, balance)) if isfinite(pitch + brightness + balance) else None


def refused(reason: str, status: int, retry_after_s: float = 0) -> JsonResponse:
    headers = {"Retry-After": str(max(1, round(retry_after_s)))} if retry_after_s else None
    return JsonResponse({"reason": reason}, status=status, headers=headers)
