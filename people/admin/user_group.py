"""The admin of roles: the built-in ones to read, and the site's own groups of users with their rights in words."""

from __future__ import annotations

from typing import Any

import django.contrib.auth.admin  # noqa: F401 - registers its own page, which this module replaces
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from people.accounts.changing_groups import delete_group, save_group
from people.accounts.granting import what_group_is_beyond
from people.accounts.right_words import in_reading_order, in_words
from people.accounts.roles import is_built_in
from people.accounts.standing import rights_of_group
from people.admin.governed import Governed, user_of
from people.admin.history import LoggedByServices
from people.admin.user_form import in_order, sentence_of
from people.admin.user_group_form import group_form_for
from people.errors import BuiltInRoleStays, StandsAbove

admin.site.unregister(Group)


@admin.register(Group)
class UserGroupAdmin(LoggedByServices, Governed):
    about = "What users may do. Five roles are built in; make a group of your own for anything between them."
    list_display = ["name", "sentence", "users_count"]
    search_fields = ["name"]
    readonly_fields = ["sentence", "may", "members"]

    class Media:
        css = {"all": ["people/admin.css", "people/users.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return in_order().annotate(users_count=Count("user"))

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return []  # the roles as their table has them, see in_order

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Removes Django's deletion of many at once: it would not say which of them stay, and why."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Roles and groups of users", **(extra_context or {})})

    def why_not(self, request: HttpRequest, obj: Group) -> str:
        if is_built_in(obj):
            return str(BuiltInRoleStays(obj.name))
        more = what_group_is_beyond(obj, request.user)
        return str(StandsAbove(f"the group {obj.name}", more)) if more else ""

    def get_fields(self, request: HttpRequest, obj: Group | None = None) -> list[Any]:
        if obj is None:
            return ["name", "rights"]
        if not self.has_change_permission(request, obj):
            return ["name", "sentence", "may", "members"]
        return ["name", "rights", "members"]

    def get_form(self, request: HttpRequest, obj: Group | None = None, change: bool = False, **options: Any) -> Any:
        return super().get_form(request, obj, change=change, **{**options, "form": group_form_for(user_of(request))})

    def save_model(self, request: HttpRequest, obj: Group, form: Any, change: bool) -> None:
        save_group(group=obj, rights=form.permissions(), by=user_of(request))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Does nothing: save_model has saved the group with its rights, in one transaction."""

    def delete_model(self, request: HttpRequest, obj: Group) -> None:
        delete_group(group=obj, by=user_of(request))

    @admin.display(description="users")
    def users_count(self, group: Any) -> int:
        return int(group.users_count)

    @admin.display(description="what it is for")
    def sentence(self, group: Group) -> str:
        return sentence_of(group)

    @admin.display(description="may")
    def may(self, group: Group) -> SafeString:
        """Returns every right in words."""
        words = map(in_words, in_reading_order(rights_of_group(group)))
        return format_html('<ul class="may">{}</ul>', format_html_join("", "<li>{}</li>", ((each,) for each in words)))

    @admin.display(description="users with it")
    def members(self, group: Group) -> SafeString:
        """Returns links to the users; a user is given the role on their own page."""
        links = (
            (reverse("admin:auth_user_change", args=[user.pk]), user.get_username())
            for user in group.user_set.order_by("username")
        )
        return format_html_join(", ", '<a href="{}">{}</a>', links) or format_html("{}", "nobody yet")
