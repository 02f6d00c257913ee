"""The admin of the schedule of keeping: the whole table on one page, who is due next, and the sign for the door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from people.admin.unlimited import ForTheUnlimited
from people.audit.noting import note
from people.records.keeping_term import KeepingTerm, KeptKind
from people.records.privacy_notice import privacy_notice
from people.self_enrolling.codes import qr_code
from streams.auditors.access import is_limited
from streams.errors import BadSchedule
from streams.keeping.changing import KeepingEffect, NotConfirmed, change_schedule, changed
from streams.keeping.forms import KeepingForm
from streams.keeping.keeper import MOST_COUNTED
from streams.keeping.keepers import KEEPERS
from streams.keeping.of_people import PeopleKeeper
from streams.keeping.schedule import KeepingSchedule
from streams.keeping.standing import standing_as_told
from streams.records.camera import Camera
from streams.records.states import KEPT_OF_NO_STRANGER, StrangersKept

SOON = timedelta(days=30)
MOST_SHOWN = 500
LIST = "admin:people_keepingterm_changelist"


@admin.register(KeepingTerm)
class KeepingTermAdmin(ForTheUnlimited):
    why = "The schedule of keeping is about everybody and every camera, and you may see only some groups."

    class Media:
        css = {"all": ["people/admin.css", "streams/keeping-admin.css"]}

    def limits_of(self, user: Any) -> object:
        return is_limited(user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def extra_pages(self) -> list[tuple[str, Callable[..., HttpResponseBase], str]]:
        return [("due/", self.due_page, "due"), ("sign/", self.sign_page, "sign")]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """GET: the whole schedule. POST: saves it, or says first what it would delete."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        may_change = self.has_change_permission(request)
        if request.method != "POST":
            return self._table(request, KeepingForm(may_change=may_change))
        if not may_change:
            raise PermissionDenied
        form = KeepingForm(request.POST)
        if not form.is_valid():
            return self._table(request, form, status=400)
        if "preview" in request.POST:
            return self._table(request, form, would_go=_would_go(form))
        return self._save(request, form)

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        """Leads to the page that has all rows."""
        return redirect(LIST)

    def due_page(self, request: HttpRequest) -> HttpResponseBase:
        """Who is to be erased within 30 days, unless a basis is recorded or a camera sees them."""
        if not (self.has_view_permission(request) and request.user.has_perm("people.view_person")):
            raise PermissionDenied
        now = KeepingSchedule.in_force()
        soon = replace(now, now=now.now + SOON)
        lists = [
            (
                keeper.kind.label,
                [(person, _gone_at(now, keeper.kind, person)) for person in keeper.rows(soon)[:MOST_SHOWN]],
            )
            for keeper in KEEPERS.values()
            if isinstance(keeper, PeopleKeeper) and now.before(keeper.kind)
        ]
        note(request, *(person for _name, people in lists for person, _gone_at in people))
        return self.page(
            request,
            "admin/people/keepingterm/due.html",
            lists=lists,
            most=MOST_SHOWN,
            title="Who is due within 30 days",
        )

    def sign_page(self, request: HttpRequest) -> HttpResponseBase:
        """The sign for the door, with a code that leads to the public page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        path = reverse("privacy")
        address = f"{settings.SITE_URL}{path}" if settings.SITE_URL else request.build_absolute_uri(path)
        strangers = Camera.objects.enabled().values_list("strangers", flat=True).distinct()
        return self.page(
            request,
            "admin/people/keepingterm/sign.html",
            notice=privacy_notice(),
            address=address,
            code=qr_code(address),
            size="A5" if request.GET.get("size") == "A5" else "A4",
            keeps_no_strangers=bool(strangers) and set(strangers) <= set(KEPT_OF_NO_STRANGER),
            title="Sign for the door",
        )

    def _save(self, request: HttpRequest, form: KeepingForm) -> HttpResponseBase:
        try:
            change_schedule(change=form.change(), is_confirmed="confirmed" in request.POST, by=request.user)
        except NotConfirmed as refusal:
            return self._table(request, form, asked=refusal.effects)
        except BadSchedule as refusal:
            form.add_error(None, str(refusal))
            return self._table(request, form, status=400)
        self.message_user(request, "The schedule is saved, and kept once a day.", messages.SUCCESS)
        return redirect(LIST)

    def _table(self, request: HttpRequest, form: KeepingForm, *, status: int = 200, **context: Any) -> HttpResponseBase:
        told = standing_as_told()
        response = self.page(
            request,
            "admin/people/keepingterm/schedule.html",
            form=form,
            may_change=self.has_change_permission(request),
            last_run_at=told.last_run_at,
            late=told.late,
            discarding=Camera.objects.filter(strangers=StrangersKept.DISCARDED).order_by("name"),
            most_counted=MOST_COUNTED,
            title="Schedule of keeping",
            **context,
        )
        response.status_code = status
        return response


def _would_go(form: KeepingForm) -> list[KeepingEffect]:
    """Returns what the next run would delete by the form, of every kind of which that is something."""
    wanted = changed(KeepingSchedule.in_force(), form.change())
    effects = [KeepingEffect(kind, KEEPERS[kind].due(wanted)) for kind in KeptKind]
    return [effect for effect in effects if effect.due]


def _gone_at(schedule: KeepingSchedule, kind: KeptKind, person: Any) -> Any:
    return schedule.due_at(kind, person.since)
