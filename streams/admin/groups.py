"""The admin of groups of cameras, with the users and API keys that are limited to them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from people.admin.named_group import LimitInline, NamedGroupAdmin
from people.base.doorbells import ring_viewers
from streams.records.groups import CameraGroup, CameraLimit, camera_limits


class CameraLimitInline(LimitInline):
    model = CameraLimit
    verbose_name_plural = "Who sees only this group and their other groups (superusers see every camera)"


@admin.register(CameraGroup)
class CameraGroupAdmin(NamedGroupAdmin):
    why = "This page shows every camera, and you may see only some groups of cameras."
    about = "A set of cameras that users and API keys can be limited to: they see these cameras and no other."
    members_name = "cameras"
    autocomplete_fields = ("cameras",)
    inlines, limit = (CameraLimitInline,), CameraLimit
    lifted = "No group of cameras limits %s any more: every camera is shown."

    def limits_of(self, user: Any) -> object:
        return camera_limits(user)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        ring_viewers()

    @admin.display(description="cameras", ordering="cameras_count")
    def cameras_count(self, group: Any) -> int:
        return int(group.cameras_count)
