"""The button "Search the network" in the camera's form: a worker finds cameras, and the form offers their streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from streams.cameras import searches
from streams.errors import TooManyTrials
from streams.records.camera import Camera

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Camera]
else:  # generic for the type checker alone
    Base = admin.ModelAdmin


class NetworkSearch(Base):
    """Mixin for the admin of cameras. Only users who may write a camera's source may search."""

    @property
    def media(self) -> forms.Media:
        script: Any = forms.Script("streams/network-search.js", type="module")  # the stubs know only texts
        return super().media + forms.Media(css={"all": ["streams/network-search.css"]}, js=[script])

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("search/", view(require_POST(self.begin_search)), name="streams_camera_search"),
            path("search/<uuid:search>/", view(require_safe(self.search_state)), name="streams_camera_found"),
        ]
        return own + super().get_urls()

    def begin_search(self, request: HttpRequest) -> JsonResponse:
        """Begins a search: 202 with its id, or 400 or 429 with a reason."""
        self._check_may_search(request)
        asked = {name: request.POST.get(name, "") for name in ("device", "username", "password")}
        try:
            search = searches.begin(user_id=_user_id(request), **asked)
        except ValidationError as bad:
            return JsonResponse({"reason": " ".join(bad.messages)}, status=400)
        except TooManyTrials as hasty:
            return JsonResponse({"reason": str(hasty)}, status=429)
        return JsonResponse({"search": str(search)}, status=202)

    def search_state(self, request: HttpRequest, search: UUID) -> JsonResponse:
        """Returns "waiting" (for a worker), "running", or "done" with what was found."""
        self._check_may_search(request)
        result = searches.result_of(search, user_id=_user_id(request))
        if result is None:
            return JsonResponse({"state": "running" if searches.is_taken(search) else "waiting"})
        return JsonResponse({"state": "done", **searches.offered(result)})

    def _check_may_search(self, request: HttpRequest) -> None:
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied


def _user_id(request: HttpRequest) -> int:
    user: Any = request.user
    return int(user.pk)
