"""The page about the hint at held pictures: what it is, what it misses, and which cameras of this site give it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from people.recognition.liveness import published
from streams.cameras.liveness import hinting_cameras, is_liveness_installed
from streams.records.camera import Camera

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Camera]
else:  # generic for the type checker alone
    Base = admin.ModelAdmin


class LivenessPage(Base):
    """Mixin for the admin of cameras: whoever may see cameras may read the page."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_safe(self.liveness_page))
        return [path("liveness/", view, name="streams_camera_liveness"), *super().get_urls()]

    def liveness_page(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Hint at held pictures",
            "published": published,
            "size_mb": published.SIZE_BYTES / 1e6,
            "is_installed": is_liveness_installed(),
            "cameras": hinting_cameras(request.user).order_by("name"),
        }
        return TemplateResponse(request, "admin/streams/camera/liveness.html", context)


def liveness_fields(camera: Camera | None) -> dict[str, Any]:
    """Returns the form's section: the switch where the network is, or where it is on; else only a sentence."""
    about = reverse("admin:streams_camera_liveness")
    if is_liveness_installed():
        said = (
            'A hint and no proof, and it must never let anybody in. <a href="{}">What it sees and what it misses</a>.'
        )
        return {"fields": ("liveness_hint",), "description": format_html(said, about)}
    said = 'The network for this hint is not installed. <a href="{}">What it is, and how to get it</a>.'
    fields = ("liveness_hint",) if camera and camera.liveness_hint else ()
    return {"fields": fields, "description": format_html(said, about)}
