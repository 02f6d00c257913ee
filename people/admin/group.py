"""Groups of people in the admin, with the users and API keys that are limited to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from people.admin.unlimited import ForTheUnlimited
from people.limits.group_form import PersonGroupForm
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
class PersonGroupAdmin(ForTheUnlimited):
    about = "A set of people that users and API keys can be limited to: they see these people and nobody else."
    list_display = ["name", "description", "people_count", "limits_count"]
    search_fields = ["name", "description"]
    form = PersonGroupForm
    readonly_fields = ["members"]
    inlines = [PersonLimitInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PersonGroup]:
        counts = {f"{name}_count": Count(name, distinct=True) for name in ("people", "limits")}
        groups: QuerySet[PersonGroup] = super().get_queryset(request)
        return groups.annotate(**counts)

    def get_fields(self, request: HttpRequest, obj: PersonGroup | None = None) -> list[Any]:
        may = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        pickers = (["put_in", "take_out"] if obj else ["put_in"]) if may else []
        return ["name", "description", *(["members"] if obj else []), *pickers]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        chosen = form.cleaned_data
        change_members(
            group=form.instance, put_in=chosen.get("put_in", ()), take_out=chosen.get("take_out", ()), by=request.user
        )

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        before = list(PersonLimit.objects.filter(group=form.instance).select_related("user", "key"))
        super().save_formset(request, form, formset, change)
        for lifted in before:
            if not PersonLimit.objects.filter(user=lifted.user, key=lifted.key).exists():
                free = f"No group of people limits {lifted.user or lifted.key} any more: everybody is shown."
                self.message_user(request, free, messages.WARNING)

    @admin.display(description="people")
    def members(self, group: Any) -> SafeString:
        """How many, and the way to the list of them."""
        number = int(group.people_count)
        words = "1 person" if number == 1 else f"{number} people"
        url = f"{reverse('admin:people_person_changelist')}?{urlencode({'groups__id__exact': group.pk})}"
        return format_html('<a href="{}">{}</a>', url, words)

    @admin.display(description="people", ordering="people_count")
    def people_count(self, group: Any) -> int:
        return int(group.people_count)

    @admin.display(description="limited to it", ordering="limits_count")
    def limits_count(self, group: Any) -> int:
        return int(group.limits_count)


def may_group(request: HttpRequest) -> bool:
    """Whether the user may put people into groups: nobody who is limited, for whom other groups do not exist."""
    return request.user.has_perm("people.change_persongroup") and not person_limits(request.user)
