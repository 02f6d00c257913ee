"""Groups of cameras in the admin, with the users and API keys that are limited to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.admin.unlimited import ForTheUnlimited
from people.doorbells import ring_viewers
from streams.limits import CameraGroup, CameraLimit, camera_limits

if TYPE_CHECKING:
    Inline = admin.TabularInline[CameraLimit, CameraGroup]
else:  # generic for the type checker alone
    Inline = admin.TabularInline


class CameraLimitInline(Inline):
    """Rows are added and taken away, never made somebody else's: the one who lost it would be unlimited unnoticed."""

    model = CameraLimit
    autocomplete_fields = ["user", "key"]
    extra = 0
    verbose_name = gettext_lazy("limit")
    verbose_name_plural = gettext_lazy("Who sees this group and their other groups only (superusers see every camera)")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CameraGroup)
class CameraGroupAdmin(ForTheUnlimited):
    """Whoever is limited would see every camera's name here, and could lift their own limit."""

    why = "This page tells of every camera, and you see some groups of cameras only."

    about = "A set of cameras that users and API keys can be limited to: they see these cameras and no other."
    list_display = ("name", "description", "cameras_count", "limits_count")
    search_fields = ("name", "description")
    autocomplete_fields = ("cameras",)
    inlines = (CameraLimitInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CameraGroup]:
        counts = {f"{name}_count": Count(name, distinct=True) for name in ("cameras", "limits")}
        groups: QuerySet[CameraGroup] = super().get_queryset(request)
        return groups.annotate(**counts)

    def limits_of(self, user: Any) -> object:
        return camera_limits(user)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        ring_viewers()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        before = list(CameraLimit.objects.filter(group=form.instance).select_related("user", "key"))
        super().save_formset(request, form, formset, change)
        for lifted in before:
            if not CameraLimit.objects.filter(user=lifted.user, key=lifted.key).exists():
                free = _("No group of cameras limits %s any more: every camera is shown.") % (lifted.user or lifted.key)
                self.message_user(request, free, messages.WARNING)

    @admin.display(description=gettext_lazy("cameras"), ordering="cameras_count")
    def cameras_count(self, group: Any) -> int:
        return int(group.cameras_count)

    @admin.display(description=gettext_lazy("limited to it"), ordering="limits_count")
    def limits_count(self, group: Any) -> int:
        return int(group.limits_count)
