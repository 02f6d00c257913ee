"""Two answers for the page that adds photos: is this picture good, and what is missing in this frame? Both as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from people.admin.pages import ExtraPages
from people.base.ids import uuid_or_none
from people.enrolling.checking import check_picture
from people.recognising.frame_answers import answered, frame_answer, refused
from people.records.person import Person


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
            return refused("There is no picture in this request.", 400)
        return answered(str(request.user.pk), lambda: _checked(file, person))

    @method_decorator(require_POST)
    def frame_view(self, request: HttpRequest) -> HttpResponseBase:
        """Judges the frame `image` of guided capture, where the views in `missing` are wanted."""
        may_save = self.has_add_permission(request) or self.has_change_permission(request)
        if not (may_save and request.user.has_perm("people.add_photo")):
            raise PermissionDenied
        return frame_answer(request, asker=str(request.user.pk))

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


def _checked(file: Any, person: Person | None) -> JsonResponse:
    check = check_picture(file.read(settings.PHOTO_MAX_BYTES + 1), file.name, person=person)
    state = "good" if check.code == "ok" else "doubt" if check.to_decide else "bad"
    return JsonResponse({"state": state, "code": check.code, "sentence": check.sentence, "sha256": check.sha256})
