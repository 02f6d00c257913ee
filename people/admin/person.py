"""The admin of people: the list with faces, and the page of one person with photos."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from people.admin.basis_cards import basis_cards
from people.admin.capturing import CapturePage
from people.admin.cards import Card, cards_of
from people.admin.counter_example_cards import counter_example_cards
from people.admin.deleting import DeletePage
from people.admin.filters import BasisNoticeFilter, EnrolmentFilter, RetiredFilter
from people.admin.forms import PersonForm
from people.admin.group import may_group
from people.admin.history import LoggedByServices
from people.admin.kept_form import KeptForm
from people.admin.listing import ListingPages
from people.admin.looking import PhotoLooks
from people.admin.merging import MergePage
from people.admin.never_matching import NeverMatchPages
from people.admin.pages import ExtraPages
from people.admin.people_list import PeopleList
from people.admin.removing_counter_examples import CounterExampleRemoval
from people.editing import services
from people.editing.person_services import put_in_groups, put_on_watchlists, save_person
from people.editing.uploads import shown_name
from people.errors import PeopleError
from people.gallery.coverage import coverage_of
from people.records.person import Person, PersonQuerySet
from people.records.states import PhotoState


@admin.register(Person)
class PersonAdmin(
    LoggedByServices,
    KeptForm,
    DeletePage,
    MergePage,
    NeverMatchPages,
    PhotoLooks,
    CapturePage,
    CounterExampleRemoval,
    ListingPages,
    ExtraPages,
):
    form = PersonForm
    list_display = ["face", "name", "enrolment", "coverage", "photos_total", "last_seen", "status"]
    list_display_links = ["face", "name"]
    list_filter = [EnrolmentFilter, RetiredFilter, BasisNoticeFilter, "watchlists"]
    search_fields = ["search_name__has_words", "external_id"]
    search_help_text = "Any part of the name, with or without accents, or the id in another system"
    list_per_page = 50
    actions = ["retire", "restore", "merge", "export", "print_people"]

    class Media:
        css = {"all": ["people/admin.css"]}
        js = ["people/admin.js"]

    # The list

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[PeopleList]:
        return PeopleList

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Leaves the coverage out for users who may not see photos, as a person's page does."""
        seen = request.user.has_perm("people.view_photo")
        return [column for column in self.list_display if seen or column != "coverage"]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [*self.list_filter, *(["groups"] if may_group(request) else [])]

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Refuses filters by relations that the list does not offer: they would reveal hidden groups or sightings."""
        relations = {field.name for field in self.opts.get_fields() if field.is_relation}
        offered = self.get_list_filter(request) if request else ()
        asked = lookup.partition("__")[0]
        return (asked not in relations or asked in offered) and super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        people = super().get_queryset(request)
        assert isinstance(people, PersonQuerySet)
        return people.within_limits_of(request.user).with_photo_counts().with_face().with_last_seen(request.user)

    @admin.display(description="face")
    def face(self, person: Any) -> SafeString:
        if person.face_id is None:
            letter = '<span class="face face-none" aria-hidden="true">{}</span><span class="visually-hidden">{}</span>'
            return format_html(letter, person.name[:1], person.name)
        url = reverse("photo_crop", args=[person.face_id])
        return format_html('<img class="face" src="{}" alt="{}" loading="lazy">', url, person.name)

    @admin.display(description="enrolment", ordering="photos_enrolled")
    def enrolment(self, person: Any) -> SafeString:
        counts = [
            (PhotoState.ENROLLED, person.photos_enrolled, "enrolled"),
            (PhotoState.PENDING, person.photos_waiting, "waiting"),
            (PhotoState.REVIEW, person.photos_held, "to decide"),
            (PhotoState.REJECTED, person.photos_rejected, "rejected"),
        ]
        badges = [(str(style), count, word) for style, count, word in counts if count]
        html = '<span class="badge badge-{}">{} {}</span> '
        return format_html_join("", html, badges or [("none", "no", "photos")])

    @admin.display(description="coverage")
    def coverage(self, person: Any) -> SafeString:
        rated = person.coverage
        meter = '<meter min="0" max="100" low="45" high="75" optimum="100" value="{0}" aria-hidden="true"></meter>'
        return format_html(f"{meter} <span>{{0}} % {{1}}</span>", rated.percent, rated.word)

    @admin.display(description="photos", ordering="photos_total")
    def photos_total(self, person: Any) -> int:
        return int(person.photos_total)

    @admin.display(description="last seen", ordering="last_seen")
    def last_seen(self, person: Any) -> Any:
        return person.last_seen

    @admin.display(description="status", ordering="retired_at")
    def status(self, person: Person) -> SafeString:
        style, word = ("retired", "retired") if person.is_retired else ("active", "active")
        if person.is_never_matched:
            style, word = "never", "never recognised"
        return format_html('<span class="badge badge-{}">{}</span>', style, word)

    # One person

    def extra_pages(self) -> list[tuple[str, Callable[..., HttpResponseBase], str]]:
        return [
            ("<uuid:pk>/cards/", self.cards_view, "cards"),
            ("<uuid:pk>/retire/", self.retire_view, "retire"),
            ("<uuid:pk>/restore/", self.restore_view, "restore"),
            ("merge/", self.merge_page, "merge"),
            *super().extra_pages(),
            ("export/", self.export_page, "export"),
            ("print/", self.print_page, "print"),
        ]

    def get_fields(self, request: HttpRequest, obj: Person | None = None) -> list[Any]:
        may = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        new_photos = ["new_photos"] if self.may_add_photos(request, obj) else []
        watchlists = ["watchlists"] if may and request.user.has_perm("people.change_watchlist") else []
        groups = ["groups"] if may and may_group(request) else []
        same_name = ["same_name"] if may else []  # hidden, until somebody has the name
        return ["name", *same_name, *new_photos, *watchlists, *groups, "external_id", "notes", "metadata"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        """Removes fields that the user may not use: otherwise they would come back empty and be saved as empty."""
        form: Any = super().get_form(request, obj, change=change, **options)
        form.asker = request.user
        for name in {"watchlists", "groups", "new_photos"}.difference(self.get_fields(request, obj)):
            form.base_fields.pop(name, None)
        return form

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **rest: Any) -> Any:
        person = context["original"]
        context["cards"] = self._cards(request, person) if person else []
        context["coverage"] = coverage_of(person) if context["cards"] else None
        context["not_them"] = counter_example_cards(person, request.user) if person else None
        context["bases"] = basis_cards(person, request.user) if person else None
        context["has_never_match_permission"] = self.has_never_match_permission(request)
        context["has_retire_permission"] = self.has_retire_permission(request)
        return super().render_change_form(request, context, *args, **rest)

    def cards_view(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """Returns every photo's card as HTML, for a page that waits for photos to be read."""
        person: Person = self.row(request, pk, right="view")
        cards = self._cards(request, person)
        coverage = render_to_string("admin/people/coverage.html", {"coverage": coverage_of(person)}) if cards else ""
        return JsonResponse(
            {
                "coverage": coverage,
                "cards": {str(card.photo.pk): card.render() for card in cards},
                "waiting": sum(card.is_waiting for card in cards),
            },
            headers={"Cache-Control": "no-store"},
        )

    def _cards(self, request: HttpRequest, person: Person) -> list[Card]:
        if not request.user.has_perm("people.view_photo"):
            return []
        return cards_of(person, request.user)

    # Writing

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        save_person(person=obj, by=request.user)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        person: Person = form.instance
        if "watchlists" in form.cleaned_data:
            put_on_watchlists(person=person, watchlists=form.cleaned_data["watchlists"], by=request.user)
        if "groups" in form.cleaned_data:
            put_in_groups(person=person, groups=form.cleaned_data["groups"], by=request.user)
        # After the commit: a bad file then undoes neither the person nor the other files.
        add = partial(self._add_photos, request, person, form.cleaned_data.get("new_photos", []))
        transaction.on_commit(add)

    def _add_photos(self, request: HttpRequest, person: Person, files: list[Any]) -> None:
        added = 0
        for file in files:
            try:
                services.add_photo(person=person, file=file, original_name=file.name, by=request.user)
                added += 1
            except PeopleError as error:
                self.message_user(request, f"“{shown_name(file.name)}”: {error}", messages.ERROR)
        if added:
            photos = "1 photo is" if added == 1 else f"{added} photos are"
            self.message_user(request, f"{photos} stored and will be read now.", messages.SUCCESS)

    def response_post_save_add(self, request: HttpRequest, obj: Person) -> HttpResponseRedirect:
        return self._to_photos(request, obj) or super().response_post_save_add(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: Person) -> HttpResponseRedirect:
        return self._to_photos(request, obj) or super().response_post_save_change(request, obj)

    def _to_photos(self, request: HttpRequest, person: Person) -> HttpResponseRedirect | None:
        """Redirects a user who added photos to the photos, to follow them, instead of the list."""
        if not request.FILES:
            return None
        return redirect(reverse("admin:people_person_change", args=[person.pk]) + "#photos")

    def delete_model(self, request: HttpRequest, obj: Person) -> None:
        services.delete_people(people=[obj], by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        services.delete_people(people=queryset, by=request.user)

    # Retiring

    def has_retire_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        return request.user.has_perm("people.retire_person")

    @method_decorator(require_POST)
    def retire_view(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        person: Person = self.row(request, pk, right="retire")
        with self.refusals_shown(request, done=f"{person} is retired and will not be recognised any more."):
            services.retire_person(person=person, by=request.user)
        return redirect("admin:people_person_change", pk)

    @method_decorator(require_POST)
    def restore_view(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        person: Person = self.row(request, pk, right="retire")
        with self.refusals_shown(request, done=f"{person} is recognised again."):
            services.restore_person(person=person, by=request.user)
        return redirect("admin:people_person_change", pk)

    @admin.action(description="Retire selected people", permissions=["retire"])
    def retire(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        for person in queryset:
            services.retire_person(person=person, by=request.user)
        self.message_user(request, "The selected people will not be recognised any more.", messages.SUCCESS)

    @admin.action(description="Restore selected people", permissions=["retire"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        for person in queryset:
            services.restore_person(person=person, by=request.user)
        self.message_user(request, "The selected people are recognised again.", messages.SUCCESS)
