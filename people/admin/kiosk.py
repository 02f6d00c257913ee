"""The admin of kiosks: pages on a tablet where one person after the other enrols."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from people.admin.history import LoggedByServices
from people.admin.unlimited import ForTheUnlimited
from people.errors import NoConsentText
from people.records.consent_text import newest_text
from people.records.enrolment_link import Kiosk
from people.self_enrolling.making import make_kiosk, revoke_kiosk


@admin.register(Kiosk)
class KioskAdmin(LoggedByServices, ForTheUnlimited):
    about = (
        "A page for a tablet: each person agrees and takes pictures, which wait under “Enrolment links” for approval."
    )
    why = "Whoever comes to a kiosk is somebody new, and you may see only some groups of people."
    list_display = ["place", "made_at", "made_by", "state"]
    list_select_related = ["made_by"]
    fields = ["place"]
    actions = ["revoke"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["place"] if obj else []

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if newest_text() is None:
            self.message_user(request, str(NoConsentText()), messages.ERROR)
            return redirect("admin:people_kiosk_changelist")
        return super().add_view(request, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Kiosk, form: Any, change: bool) -> None:
        if change:
            return
        made, secret = make_kiosk(place=obj.place, by=request.user)
        obj.pk, obj.place = made.pk, made.place
        request.made_secret = secret  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: Kiosk, post_url_continue: str | None = None) -> HttpResponse:
        """Returns the only page that shows the address."""
        address = request.build_absolute_uri(reverse("kiosk", args=[request.made_secret]))  # type: ignore[attr-defined]
        page = self.page(request, "admin/people/link_made.html", title="Kiosk made", address=address, kiosk=obj)
        page["Cache-Control"] = "no-store"
        return page

    @admin.action(description="Revoke selected kiosks", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Kiosk]) -> None:
        for kiosk in queryset:
            revoke_kiosk(kiosk=kiosk, by=request.user)
        self.message_user(request, "The selected kiosks do not work any more.", messages.SUCCESS)

    @admin.display(description="state")
    def state(self, kiosk: Kiosk) -> str:
        return "revoked" if kiosk.revoked_at else "works"
