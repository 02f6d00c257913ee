"""The admin of groups of people, with the users and API keys that are limited to them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from people.admin.members import MembersAdmin
from people.admin.members_form import PersonGroupForm
from people.admin.named_group import LimitInline, NamedGroupAdmin
from people.editing.members import change_members
from people.records.groups import PersonGroup, PersonLimit, person_limits


class PersonLimitInline(LimitInline):
    model = PersonLimit
    verbose_name_plural = "Who sees only this group and their other groups (superusers see everybody)"


@admin.register(PersonGroup)
class PersonGroupAdmin(NamedGroupAdmin, MembersAdmin):
    about = "A set of people that users and API keys can be limited to: they see these people and nobody else."
    form = PersonGroupForm
    relation, members_name = "groups", "people"
    inlines, limit = [PersonLimitInline], PersonLimit
    lifted = "No group of people limits %s any more: everybody is shown."

    def change_members(self, request: HttpRequest, row: Any, put_in: Any, take_out: Any) -> None:
        change_members(group=row, put_in=put_in, take_out=take_out, by=request.user)


def may_group(request: HttpRequest) -> bool:
    """Returns whether the user may put people into groups.

    A limited user may not: the other groups do not exist for them.
    """
    return request.user.has_perm("people.change_persongroup") and not person_limits(request.user)
