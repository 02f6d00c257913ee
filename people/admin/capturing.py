"""The page that a device's camera leads to: whose photos shall it take, somebody new or somebody known?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from people.admin.pages import ExtraPages

# 24: whoever is not among them is found by another letter.
MOST_SHOWN = 24


class CapturePage(ExtraPages):
    """Mixin for the admin of people. The photos themselves are taken on the page of the person."""

    def extra_pages(self) -> list[tuple[str, Callable[..., HttpResponseBase], str]]:
        return [("camera/", self.camera_page, "camera"), *super().extra_pages()]

    @method_decorator(require_safe)
    def camera_page(self, request: HttpRequest) -> HttpResponseBase:
        """Shows the people whom `q` finds, each with a link that opens the camera on their page."""
        may_change, may_add = self.has_change_permission(request), self.has_add_permission(request)
        if not ((may_change or may_add) and request.user.has_perm("people.add_photo")):
            raise PermissionDenied
        query = request.GET.get("q", "")
        found: Any = []
        if query and may_change:
            found, _ = self.get_search_results(request, self.get_queryset(request), query)
        return self.page(
            request,
            "admin/people/camera.html",
            query=query,
            people=list(found[: MOST_SHOWN + 1]),
            most=MOST_SHOWN,
            may_add=may_add,
            may_change=may_change,
            title="Whose photos shall this camera take?",
        )
