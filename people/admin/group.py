"""Groups of people in the admin, with the users and API keys that are limited to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from people.admin.members import MembersAdmin
from people.admin.unlimited import ForTheUnlimited
from people.limits.members_form import PersonGroupForm
from people.limits.person_limits import PersonGroup, PersonLimit, person_limits
from people.limits.services import change_members

if TYPE_CHECKING:
    Inline = admin.TabularInline[PersonLimit, PersonGroup]
else:  # generic for the type checker alone
    Inline = admin.TabularInline


class PersonLimitInline(Inline):
    """Rows are added and taken away, never made somebody else's: the one who lost it would be unlimited unnoticed."""

    model = PersonLimit
    autocomplete_fields = ["user", "key"]
    extra = 0
    verbose_name = "limit"
    verbose_name_plural = "Who sees this group and their other groups only (superusers see everybody)"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(PersonGroup)
class PersonGroupAdmin(ForTheUnlimited, MembersAdmin):
    about = "A set of people that users and API keys can be limited to: they see these people and nobody else."
    list_display = ["name", "description", "people_count", "limits_count"]
    search_fields = ["name", "description"]
    form = PersonGroupForm
    relation = "groups"
    inlines = [PersonLimitInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PersonGroup]:
        counts = {f"{name}_count": Count(name, distinct=True) for name in ("people", "limits")}
        groups: QuerySet[PersonGroup] = super().get_queryset(request)
        return groups.annotate(**counts)

    def change_members(self, request: HttpRequest, row: Any, put_in: Any, take_out: Any) -> None:
        change_members(group=row, put_in=put_in, take_out=take_out, by=request.user)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        before = list(PersonLimit.objects.filter(group=form.instance).select_related("user", "key"))
        super().save_formset(request, form, formset, change)
        for lifted in before:
            if not PersonLimit.objects.filter(user=lifted.user, key=lifted.key).exists():
                free = f"No group of people limits {lifted.user or lifted.key} any more: everybody is shown."
                self.message_user(request, free, messages.WARNING)

    @admin.display(description="limited to it", ordering="limits_count")
    def limits_count(self, group: Any) -> int:
        return int(group.limits_count)


def may_group(request: HttpRequest) -> bool:
    """Whether the user may put people into groups: nobody who is limited, for whom other groups do not exist."""
    return request.user.has_perm("people.change_persongroup") and not person_limits(request.user)
