"""The camera's newest picture in its form, where regions are drawn on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgiref.sync import async_to_sync
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from streams.api.camera_pictures import picture_now
from streams.errors import NoPictureNow
from streams.records.camera import Camera

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Camera]
else:  # generic for the type checker alone
    Base = admin.ModelAdmin


class CameraPicture(Base):
    """Mixin for the admin of cameras."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_safe(self.picture))
        return [path("<int:camera>/picture/", view, name="streams_camera_picture"), *super().get_urls()]

    def picture(self, request: HttpRequest, camera: int) -> HttpResponse:
        """Returns a JPEG without boxes: upright, and black where nothing is kept. 404 if there is none now."""
        shown = get_object_or_404(self.get_queryset(request).select_related("status"), pk=camera)
        if not self.has_view_permission(request, shown):
            raise PermissionDenied
        try:
            jpeg = async_to_sync(picture_now)(shown, boxes=False)
        except NoPictureNow as none:
            return HttpResponse(str(none), status=404, content_type="text/plain; charset=utf-8")
        headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
        return HttpResponse(jpeg, content_type="image/jpeg", headers=headers)
