"""The admin of the site's policy: one page, which says beforehand what a change would do."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from people.admin.history import LoggedByServices
from people.admin.unlimited import ForTheUnlimited
from people.editing.policy_services import (
    effect_of_needing_basis,
    set_keeps_nameless_sightings,
    set_needs_basis,
)
from people.records.site_policy import SitePolicy


@admin.register(SitePolicy)
class SitePolicyAdmin(LoggedByServices, ForTheUnlimited):
    fields = ["needs_basis", "keeps_nameless_sightings"]
    change_form_template = "admin/people/sitepolicy/change_form.html"

    class Media:
        css = {"all": ["people/admin.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Leads to the only row."""
        SitePolicy.objects.get_or_create(pk=1)
        return redirect("admin:people_sitepolicy_change", 1)

    def save_model(self, request: HttpRequest, obj: SitePolicy, form: Any, change: bool) -> None:
        set_needs_basis(needed=obj.needs_basis, by=request.user)
        set_keeps_nameless_sightings(kept=obj.keeps_nameless_sightings, by=request.user)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **rest: Any) -> Any:
        context |= {"effect": effect_of_needing_basis(), "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **rest)

    def response_post_save_change(self, request: HttpRequest, obj: SitePolicy) -> Any:
        return redirect("admin:people_sitepolicy_change", 1)
