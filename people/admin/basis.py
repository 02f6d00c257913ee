"""The admin of bases: they are recorded and withdrawn, and stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from people.admin.basis_form import BasisForm
from people.admin.filters import BasisStateFilter
from people.admin.history import LoggedByServices
from people.admin.pages import ExtraPages
from people.base.site_time import time_words
from people.editing.bases import record_basis, withdraw_basis
from people.records.basis import Basis, BasisQuerySet, BasisState
from people.records.person import Person
from people.rest.document_views import send_document


@admin.register(Basis)
class BasisAdmin(LoggedByServices, ExtraPages):
    about = "On what ground people are recognised: consent, contract and others, with documents, dates and withdrawals."
    form = BasisForm
    list_display = ["person", "kind", "purpose", "state_badge", "valid_from", "valid_until", "recorded_at"]
    list_filter = [BasisStateFilter, "kind"]
    list_select_related = ["person"]
    list_display_links = ["person", "kind", "purpose"]
    search_fields = ["person__search_name__has_words", "purpose"]
    autocomplete_fields = ["person"]
    list_per_page = 50

    class Media:
        css = {"all": ["people/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Basis]:
        bases = super().get_queryset(request)
        assert isinstance(bases, BasisQuerySet)
        return bases.within_limits_of(request.user).with_state()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a record stays as it is; to withdraw it is a page of its own

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # without a record of their withdrawal somebody would be matchable again; it goes with the person

    def has_withdraw_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("people.change_basis")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "person":
            options["queryset"] = Person.objects.visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **options)

    def get_fields(self, request: HttpRequest, obj: Basis | None = None) -> list[Any]:
        if obj is None:
            return ["person", "kind", "purpose", "document", "valid_from", "valid_until"]
        return [
            "person",
            "kind",
            "purpose",
            "state_badge",
            "agreement",
            "file",
            "valid_from",
            "valid_until",
            "recorded_at",
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Basis | None = None) -> list[str]:
        return self.get_fields(request, obj) if obj else []

    def extra_pages(self) -> list[tuple[str, Callable[..., HttpResponseBase], str]]:
        return [
            ("<uuid:pk>/document/", require_safe(self.document_view), "document"),
            ("<uuid:pk>/withdraw/", self.withdraw_page, "withdraw"),
        ]

    def save_model(self, request: HttpRequest, obj: Basis, form: Any, change: bool) -> None:
        values = form.cleaned_data
        document = values["document"]
        recorded = record_basis(
            person=values["person"],
            kind=values["kind"],
            purpose=values["purpose"],
            document=document or None,
            document_title=document.name if document else "",
            valid_from=values["valid_from"],
            valid_until=values["valid_until"],
            by=request.user,
        )
        obj.pk = recorded.pk

    def response_post_save_add(self, request: HttpRequest, obj: Basis) -> HttpResponseRedirect:
        return self._to_person(obj)

    def document_view(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        return send_document(self.row(request, pk, right="view"))

    def withdraw_page(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """GET: asks why. POST: withdraws the basis for good."""
        basis: Basis = self.row(request, pk, right="withdraw")
        if request.method != "POST":
            return self.page(request, "admin/people/withdraw_basis.html", basis=basis, title="Withdraw this basis?")
        with self.refusals_shown(request, done="Withdrawn: cameras follow within two seconds."):
            withdraw_basis(basis=basis, why=request.POST.get("why", ""), by=request.user)
        return self._to_person(basis)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **rest: Any) -> Any:
        basis: Any = context["original"]
        context["may_withdraw"] = bool(
            basis and basis.state != BasisState.WITHDRAWN and self.has_withdraw_permission(request)
        )
        return super().render_change_form(request, context, *args, **rest)

    def _to_person(self, basis: Basis) -> HttpResponseRedirect:
        return redirect(reverse("admin:people_person_change", args=[basis.person_id]) + "#bases")

    @admin.display(description="state")
    def state_badge(self, basis: Any) -> SafeString:
        label = BasisState(basis.state).label
        badge = format_html('<span class="badge badge-basis-{}">{}</span>', basis.state, label)
        if basis.withdrawn_at is None:
            return badge
        why = f", because: {basis.withdrawn_why}" if basis.withdrawn_why else ""
        return format_html("{} by {}{}", badge, basis.withdrawn_who, why)

    @admin.display(description="agreed by a link")
    def agreement(self, basis: Basis) -> SafeString | str:
        if basis.text_id is None or basis.agreed_at is None:
            return "no"
        url = reverse("admin:people_consenttext_change", args=[basis.text_id])
        words = '<a href="{}">version {} of the text</a>, as {}, on {}'
        return format_html(words, url, basis.text_id, basis.agreed_name, time_words(basis.agreed_at))

    @admin.display(description="document")
    def file(self, basis: Basis) -> SafeString | str:
        if not basis.document:
            return "none"
        url = reverse("admin:people_basis_document", args=[basis.pk])
        return format_html('<a href="{}">{}</a>', url, basis.document_title)
