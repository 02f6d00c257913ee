"""The admin of photos: the list, and the pages on which users choose a face or decide on a held photo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from people.admin.cards import Card
from people.admin.csv_page import CsvPage
from people.admin.deciding import DecidePage
from people.admin.filters import DoubtFilter
from people.admin.history import LoggedByServices
from people.editing import photo_decisions, services
from people.gallery.lists_csv import photos_csv
from people.records import reasons
from people.records.person import with_resembled
from people.records.photo import Photo, PhotoQuerySet


@admin.register(Photo)
class PhotoAdmin(LoggedByServices, DecidePage, CsvPage):
    about = "Every photo of everybody, the newest first. Photos are added on the page of their person."
    list_display = ["face", "person", "state_badge", "why", "original_name", "created_at"]
    list_display_links = ["face", "original_name"]
    list_filter = [DoubtFilter, "state", "created_at"]
    list_select_related = ["person"]
    search_fields = ["person__search_name__has_words", "original_name"]
    ordering = ["-created_at", "-id"]
    list_per_page = 50
    actions = ["retry"]
    csv_name = "photos.csv"
    change_list_template = "admin/people/photo/change_list.html"
    change_form_template = "admin/people/photo/change_form.html"

    class Media:
        css = {"all": ["people/admin.css"]}
        js = ["people/admin.js"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # users add photos on their person's page

    def extra_pages(self) -> list[tuple[str, Callable[..., HttpResponseBase], str]]:
        return [
            ("<uuid:pk>/choose/", self.choose_page, "choose"),
            *super().extra_pages(),
            ("<uuid:pk>/retry/", self.retry_view, "retry"),
        ]

    def csv_parts(self, rows: QuerySet[Photo], request: HttpRequest) -> Iterator[str]:
        return photos_csv(rows)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Photo]:
        photos = super().get_queryset(request)
        assert isinstance(photos, PhotoQuerySet)
        return with_resembled(photos.within_limits_of(request.user).with_doubting(), request.user)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Adds the decisions that this user may take."""

        @admin.display(description="decide")
        def decisions(photo: Photo) -> SafeString:
            return self._card(request, photo).render_decisions()

        before = self.list_display.index("why")  # further to the right they would be beyond the edge of a usual screen
        return [*self.list_display[:before], decisions, *self.list_display[before:]]

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Refuses filters by details of the reason: they would reveal people hidden from the user."""
        return not lookup.startswith("reason_detail") and super().lookup_allowed(lookup, value, request)

    def get_fields(self, request: HttpRequest, obj: Photo | None = None) -> list[Any]:
        return []  # the page shows the card; a photo has no field to type in

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        photo = self.get_object(request, object_id)
        card = self._card(request, photo) if photo else None
        context = {"card": card, "show_save": False, "show_save_and_continue": False, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def choose_page(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """GET: draws every face over the picture. POST: chooses the face with the index `face`."""
        photo: Photo = self.row(request, pk, right="change")
        if request.method == "POST":
            with self.refusals_shown(request, done="The photo is being read again with the chosen face."):
                photo_decisions.choose_face(photo=photo, index=_number(request.POST.get("face")), by=request.user)
            return self._to_person(photo)
        faces = [_frame(photo, face["box"]) for face in photo.faces]
        return self.page(request, "admin/people/choose_face.html", photo=photo, faces=faces, title="Choose a face")

    @method_decorator(require_POST)
    def retry_view(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        photo: Photo = self.row(request, pk, right="change")
        with self.refusals_shown(request, done="The photo is being read again."):
            photo_decisions.retry_photo(photo=photo, by=request.user)
        return self._to_person(photo)

    @admin.action(description="Read selected photos again", permissions=["change"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Photo]) -> None:
        for photo in queryset:
            with self.refusals_shown(request, done=f"{photo} is being read again."):
                photo_decisions.retry_photo(photo=photo, by=request.user)

    def delete_model(self, request: HttpRequest, obj: Photo) -> None:
        request.deleted_from = obj.person_id  # type: ignore[attr-defined]
        services.delete_photos(photos=[obj], by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Photo]) -> None:
        services.delete_photos(photos=queryset, by=request.user)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        """Returns to the page of the photo's person."""
        super().response_delete(request, obj_display, obj_id)
        return redirect("admin:people_person_change", request.deleted_from)  # type: ignore[attr-defined]

    @admin.display(description="face")
    def face(self, photo: Photo) -> SafeString:
        if not photo.crop:
            none = '<span class="face face-none" aria-hidden="true">–</span><span class="visually-hidden">{}</span>'
            return format_html(none, str(photo))
        url = reverse("photo_crop", args=[photo.pk])
        return format_html('<img class="face" src="{}" alt="{}" loading="lazy">', url, str(photo))

    @admin.display(description="state", ordering="state")
    def state_badge(self, photo: Photo) -> SafeString:
        return format_html('<span class="badge badge-{}">{}</span>', photo.state, photo.get_state_display())

    @admin.display(description="reason")
    def why(self, photo: Photo) -> str:
        return reasons.sentence(photo.reason, photo.reason_detail)

    def _card(self, request: HttpRequest, photo: Photo) -> Card:
        return Card.of(photo, request.user)

    def _to_person(self, photo: Photo) -> HttpResponseBase:
        return redirect(reverse("admin:people_person_change", args=[photo.person_id]) + "#photos")


def _number(text: str | None) -> int:
    """Reads an index from a form; returns -1, which no face has, for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else -1


def _frame(photo: Photo, box: list[int]) -> dict[str, float]:
    """Returns a box in percent of the picture, clipped to its edges, to draw over it at any size."""
    width, height = photo.width_px or 1, photo.height_px or 1
    left, top = max(0, box[0]) / width, max(0, box[1]) / height
    right, bottom = min(width, box[2]) / width, min(height, box[3]) / height
    return {
        "left": round(100 * left, 3),
        "top": round(100 * top, 3),
        "width": round(100 * (right - left), 3),
        "height": round(100 * (bottom - top), 3),
    }
