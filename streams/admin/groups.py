"""Groups of cameras in the admin, with the users and API keys that are limited to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from streams import services
from streams.limits import CameraGroup, CameraLimit, camera_limits

if TYPE_CHECKING:
    Base = admin.ModelAdmin[CameraGroup]
    Inline = admin.TabularInline[CameraLimit, CameraGroup]
else:  # generic for the type checker alone
    Base, Inline = admin.ModelAdmin, admin.TabularInline


class CameraLimitInline(Inline):
    """Rows are added and taken away, never made somebody else's: the one who lost it would be unlimited unnoticed."""

    model = CameraLimit
    autocomplete_fields = ["user", "key"]
    extra = 0
    verbose_name = gettext_lazy("limit")
    verbose_name_plural = gettext_lazy("Who sees this group (and their other groups) only")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CameraGroup)
class CameraGroupAdmin(Base):
    """For nobody who is limited: they would see every camera's name here, and could lift their own limit."""

    list_display = ("name", "description", "cameras_count", "limits_count")
    search_fields = ("name", "description")
    autocomplete_fields = ("cameras",)
    inlines = (CameraLimitInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CameraGroup]:
        counts = {f"{name}_count": Count(name, distinct=True) for name in ("cameras", "limits")}
        return super().get_queryset(request).annotate(**counts)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_unlimited(request) and super().has_module_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_unlimited(request) and super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_unlimited(request) and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_unlimited(request) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_unlimited(request) and super().has_delete_permission(request, obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        services.limits_changed()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for lifted in formset.deleted_objects:
            if not CameraLimit.objects.filter(user=lifted.user, key=lifted.key).exists():
                free = _("%s is not limited to any group of cameras any more.") % (lifted.user or lifted.key)
                self.message_user(request, free, messages.WARNING)

    @admin.display(description=gettext_lazy("cameras"), ordering="cameras_count")
    def cameras_count(self, group: Any) -> int:
        return int(group.cameras_count)

    @admin.display(description=gettext_lazy("limited to it"), ordering="limits_count")
    def limits_count(self, group: Any) -> int:
        return int(group.limits_count)


def _is_unlimited(request: HttpRequest) -> bool:
    return request.user.is_authenticated and not camera_limits(request.user)
