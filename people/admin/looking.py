"""Two answers for the page that adds photos: is this picture good, and what is missing in this frame? Both as JSON."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from people.admin.pages import ExtraPages
from people.base.call_counts import calls_in_window, seconds_left
from people.base.ids import uuid_or_none
from people.enrolling.checking import check_picture
from people.errors import Busy, ReaderDied
from people.recognising.recognisers import recognisers
from people.recognition.reading.capture import FrameJudgement, JudgeFrame
from people.recognition.reading.views import Light, Straight, View
from people.records.person import Person
from people.records.reasons import HINTS, UNREAD, sentence

# 400 a minute: more than six frames a second, or the pictures of two large forms.
MOST_A_MINUTE = 400
# 2 MB: a frame 640 pixels wide has 60 kB as JPEG; this is for browsers that can only make PNG.
FRAME_MAX_BYTES = 2_000_000


class PhotoLooks(ExtraPages):
    """Mixin for the admin of people. Only users who may add photos may have pictures looked at."""

    def extra_pages(self) -> list[tuple[str, Callable[..., HttpResponseBase], str]]:
        own: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
            ("check/", self.check_view, "check"),
            ("frame/", self.frame_view, "frame"),
        ]
        return [*own, *super().extra_pages()]

    def may_add_photos(self, request: HttpRequest, person: Person | None) -> bool:
        """Returns whether the user may add photos to `person`, or to a person who is not saved yet."""
        may = self.has_change_permission(request, person) if person else self.has_add_permission(request)
        return may and request.user.has_perm("people.add_photo")

    @method_decorator(require_POST)
    def check_view(self, request: HttpRequest) -> HttpResponseBase:
        """Says of the file `image` what would become of it as a photo of `person` (empty for a new one)."""
        person = self._person(request)
        if not self.may_add_photos(request, person):
            raise PermissionDenied
        file = request.FILES.get("image")
        if file is None:
            return _refusal("There is no picture in this request.", 400)
        return _answered(request, lambda: _checked(file, person))

    @method_decorator(require_POST)
    def frame_view(self, request: HttpRequest) -> HttpResponseBase:
        """Judges the frame `image` of guided capture, where the views in `missing` are wanted."""
        may_save = self.has_add_permission(request) or self.has_change_permission(request)
        if not (may_save and request.user.has_perm("people.add_photo")):
            raise PermissionDenied
        file = request.FILES.get("image")
        if file is None or (file.size or 0) > FRAME_MAX_BYTES:
            return _refusal("There is no frame in this request, or one that is too large.", 400)
        straight = _straight(request.POST.get("straight", ""))
        asked = JudgeFrame(file.read(), FRAME_MAX_BYTES, _views(request), straight)
        return _answered(request, lambda: _told(recognisers().judge(asked)))

    def _person(self, request: HttpRequest) -> Person | None:
        """Returns the person of the form, None for a new one. Raises Http404 for one whom the user may not see."""
        written = request.POST.get("person", "")
        if not written:
            return None
        pk = uuid_or_none(written)
        if pk is None:
            raise Http404("no such person")
        person: Person = self.row(request, pk, right="view")
        return person


def _answered(request: HttpRequest, look: Callable[[], JsonResponse]) -> JsonResponse:
    """Returns the answer of `look`: 429 and 503 with a reason if the user asks too much, or everybody does."""
    if calls_in_window("photo-looks", str(request.user.pk)) > MOST_A_MINUTE:
        return _refusal("Too many pictures in one minute; wait a little.", 429, seconds_left())
    try:
        return look()
    except Busy as busy:
        return _refusal(str(busy), 503, busy.retry_after_s)
    except ReaderDied:
        return _refusal(UNREAD, 422)


def _checked(file: Any, person: Person | None) -> JsonResponse:
    check = check_picture(file.read(settings.PHOTO_MAX_BYTES + 1), file.name, person=person)
    state = "good" if check.code == "ok" else "doubt" if check.to_decide else "bad"
    return JsonResponse({"state": state, "code": check.code, "sentence": check.sentence, "sha256": check.sha256})


def _told(judged: FrameJudgement) -> JsonResponse:
    if judged.verdict != "ok":
        return _refusal(sentence(judged.verdict), 400)
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


def _refusal(reason: str, status: int, retry_after_s: float = 0) -> JsonResponse:
    headers = {"Retry-After": str(max(1, round(retry_after_s)))} if retry_after_s else None
    return JsonResponse({"reason": reason}, status=status, headers=headers)
