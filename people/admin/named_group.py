"""The base of the admin of groups, of people or of cameras: who is limited to them, and who no longer is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise

from people.accounts.granting import governed
from people.accounts.limits import Limit
from people.admin.governed import Governed, user_of
from people.admin.unlimited import ForTheUnlimited

if TYPE_CHECKING:
    Inline = admin.TabularInline[Any, Any]
else:  # generic for the type checker alone
    Inline = admin.TabularInline


class LimitInline(Inline):
    """Adds and removes limits, but never gives one to another user: the first would become unlimited unnoticed."""

    autocomplete_fields = ["user", "key"]
    extra = 0
    verbose_name = "limit"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NamedGroupAdmin(Governed, ForTheUnlimited):
    """Refuses limited users: they would see the members of every group and could lift their own limit."""

    members_name: ClassVar[str]
    """The relation to a group's members: "people" or "cameras"."""
    limit: ClassVar[type[Limit]]
    lifted: ClassVar[str | Promise]
    """The warning about a user or key (%s) whose last limit was removed."""
    search_fields = ["name", "description"]
    ordering = ["name"]

    def why_not(self, request: HttpRequest, obj: Any) -> str:
        """Returns "": nobody stands above a group of people or cameras, only above whom it limits (save_formset)."""
        return ""

    def get_list_display(self, request: HttpRequest) -> Any:
        return ["name", "description", f"{self.members_name}_count", "limits_count"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        counts = {f"{name}_count": Count(name, distinct=True) for name in (self.members_name, "limits")}
        groups: QuerySet[Any] = super().get_queryset(request).annotate(**counts)
        return groups

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        limits: Any = self.limit._default_manager
        before = list(limits.filter(group=form.instance).select_related("user", "key__owner"))
        with governed(*_holders(formset, before), by=user_of(request)):
            super().save_formset(request, form, formset, change)
        for row in before:
            if not limits.filter(user=row.user, key=row.key).exists():
                self.message_user(request, self.lifted % (row.user or row.key), messages.WARNING)

    @admin.display(description="limited to it", ordering="limits_count")
    def limits_count(self, group: Any) -> int:
        return int(group.limits_count)


def _holders(formset: Any, before: list[Any]) -> set[User]:
    """Returns the users whose limits, or whose keys' limits, a form adds or takes away."""
    leaving = {form.instance.pk for form in formset.deleted_forms}
    coming = [form.instance for form in formset.extra_forms if form.has_changed()]
    rows = [*coming, *(row for row in before if row.pk in leaving)]
    return {row.user or row.key.owner for row in rows}
