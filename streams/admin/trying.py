"""The button "Test this source" in the camera's form: a worker opens the source in the form, saved or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from streams.admin.forms import CameraForm
from streams.cameras import trials
from streams.cameras.configs import resolved_source
from streams.cameras.credentials import Entered
from streams.errors import BadSource, TooManyTrials
from streams.pipeline.sources.addresses import BROWSER
from streams.pipeline.sources.transport import Transport
from streams.pipeline.view import CameraView
from streams.records.camera import Camera
from streams.records.regions import read_regions

VIEW_FIELDS = ("turn", "mirrored", "pixel_aspect", "regions")

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Camera]
else:  # generic for the type checker alone
    Base = admin.ModelAdmin


class SourceTrials(Base):
    """Mixin for the admin of cameras. Only users who may write a source may test one."""

    class Media:
        js = (forms.Script("streams/try-source.js", type="module"),)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("try/", view(require_POST(self.begin_trial)), name="streams_camera_try"),
            path("try/<uuid:trial>/", view(require_safe(self.trial_state)), name="streams_camera_trial"),
            path("try/<uuid:trial>/picture/", view(require_safe(self.trial_picture)), name="streams_camera_trial_seen"),
        ]
        return own + super().get_urls()

    def begin_trial(self, request: HttpRequest) -> JsonResponse:
        """Begins a trial: 202 with its id, or 400 or 429 with a reason."""
        stored = self._stored(request)
        if not (self.has_change_permission(request, stored) if stored else self.has_add_permission(request)):
            raise PermissionDenied
        if request.POST.get("source") == BROWSER:
            return _refusal("A browser camera is tried on its own page, after it is saved.", 400)
        try:
            address = _entered(request, stored).address(stored)
            view = entered_view(request.POST)
            transport = entered_transport(request.POST)
            trial = trials.begin(
                source=resolved_source(address), view=view, transport=transport, user_id=_user_id(request)
            )
        except ValidationError as bad:
            return _refusal(" ".join(bad.messages), 400)
        except BadSource as bad:
            return _refusal(str(bad), 400)
        except TooManyTrials as hasty:
            return _refusal(str(hasty), 429)
        return JsonResponse({"trial": str(trial)}, status=202)

    def trial_state(self, request: HttpRequest, trial: UUID) -> JsonResponse:
        """Returns "waiting" (for a worker), "running", or "done" with the picture's size or the reason for none."""
        result = trials.result_of(trial, user_id=_user_id(request))
        if result is None:
            return JsonResponse({"state": "running" if trials.is_taken(trial) else "waiting"})
        size = f"{result.width_px} × {result.height_px}" if result.picture else ""
        return JsonResponse({"state": "done", "size": size, "reason": result.reason})

    def trial_picture(self, request: HttpRequest, trial: UUID) -> HttpResponse:
        result = trials.result_of(trial, user_id=_user_id(request))
        if result is None or not result.picture:
            raise Http404("There is no picture of this trial.")
        headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
        return HttpResponse(result.picture, content_type="image/jpeg", headers=headers)

    def _stored(self, request: HttpRequest) -> Camera | None:
        """Returns the stored camera of the form, with its password; None for a new camera."""
        written = request.POST.get("camera", "")
        if not written:
            return None
        if not written.isdecimal() or len(written) > 18:
            raise Http404("There is no such camera.")
        return get_object_or_404(self.get_queryset(request), pk=written)


def _entered(request: HttpRequest, stored: Camera | None) -> Entered:
    """Reads the same fields as the form. Raises ValidationError."""
    post = request.POST
    password = post.get("password", "") or ("" if post.get("forget_password") or stored is None else None)
    return Entered.of(post.get("source", ""), post.get("username", ""), password)


def entered_view(post: QueryDict) -> CameraView:
    """Reads how the picture lies from the form. Raises ValidationError."""
    fields, entered = CameraForm.base_fields, {"turn": "0", **{name: value for name, value in post.items() if value}}
    turn, mirrored, aspect, regions = (fields[name].clean(entered.get(name)) for name in VIEW_FIELDS)
    return CameraView(turn, mirrored, aspect, read_regions(regions))


def entered_transport(post: QueryDict) -> Transport:
    """Reads how the video is to travel from the form. Raises ValidationError."""
    return Transport(CameraForm.base_fields["transport"].clean(post.get("transport") or Transport.AUTOMATIC.value))


def _user_id(request: HttpRequest) -> int:
    user: Any = request.user
    return int(user.pk)


def _refusal(reason: str, status: int) -> JsonResponse:
    return JsonResponse({"reason": reason}, status=status)
