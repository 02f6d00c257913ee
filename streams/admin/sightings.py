"""The admin of sightings and detections, which nobody can edit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from people.accounts.distances import reads_exact_distances
from people.admin.csv_page import CsvPage
from people.admin.day_filter import DayFilter
from people.admin.long_list import LongList
from people.records.groups import people_within, person_limits
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.sighting import Sighting
from streams.sightings.csv_export import detections_csv, sightings_csv
from streams.sightings.explanations import (
    HINT_ONLY,
    LOOK_CLOSER,
    explain,
    limit_words,
    quality_words,
    said_of,
    words_of,
)

if TYPE_CHECKING:
    Inline = admin.TabularInline[Detection, Sighting]
else:  # generic for the type checker alone
    Inline = admin.TabularInline


class ShownCameras(admin.RelatedFieldListFilter):
    """Offers the cameras that exist for the user."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        return [(camera.pk, str(camera)) for camera in Camera.objects.within_limits_of(request.user)]


class ReadOnlyAdmin(LongList, CsvPage):
    """The admin of rows that nobody adds or changes by hand.

    Users with the right may still delete them: deleting a person deletes the person's sightings, and the admin would
    refuse that otherwise.
    """

    actions = None
    measured = ("distance", "closeness")
    """Columns that only those see who see every distance: sorting by them would reveal the order of hidden values."""
    withheld: tuple[str, ...] = ("distance", "margin")

    def get_queryset(self, request: HttpRequest) -> Any:
        return self.model._default_manager.within_limits_of(request.user)

    def get_list_display(self, request: HttpRequest) -> Any:
        shown = super().get_list_display(request)
        return [name for name in shown if name not in self.measured] if _reads_less(request) else shown

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Refuses filters by withheld columns: a binary search would reveal a hidden distance."""
        asked = lookup.partition("__")[0]
        hidden = asked in self.withheld and request is not None and _reads_less(request)
        return not hidden and super().lookup_allowed(lookup, value, request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DetectionInline(Inline):
    model = Detection
    fields = readonly_fields = ("picture", "captured_at", "verdict", "nearest", "closeness", "taken")
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Detection]:
        rows: Any = super().get_queryset(request)
        return cast(QuerySet[Detection], rows.within_limits_of(request.user).select_related("person"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="face")
    def picture(self, detection: Detection) -> str:
        return _thumbnail(detection.pk if detection.snapshot else None)

    @admin.display(description="nearest person")
    def nearest(self, detection: Detection) -> str:
        return str(detection.person or "–")

    @admin.display(description="distance")
    def closeness(self, detection: Detection) -> str:
        return _closeness(detection)

    @admin.display(description="quality")
    def taken(self, detection: Detection) -> str:
        return f"{quality_words(detection.quality)} ({detection.quality:.2f})"


@admin.register(Sighting)
class SightingAdmin(ReadOnlyAdmin):
    about = "Which camera saw whom, and why it was decided so. Each row is one sighting."
    csv_name = "sightings.csv"
    list_display = ("face", "outcome", "person", "camera", "first_seen_at", "closeness")
    list_display_links = ("face", "outcome")
    list_filter = ("verdict", "look_closer", ("camera", ShownCameras), ("first_seen_at", DayFilter))
    search_fields = ("person__search_name__has_words",)
    search_help_text = "Name of the person"
    inlines = (DetectionInline,)
    fieldsets = (
        (None, {"fields": ("outcome", "why", "held_picture", "person", "camera", "its_page")}),
        ("When", {"fields": ("first_seen_at", "last_seen_at", "ended_at")}),
        (
            "Details",
            {
                "classes": ("collapse",),
                "fields": (
                    "numbers",
                    "closeness",
                    "measured_distance",
                    "farther",
                    "match_threshold",
                    "review_threshold",
                    "votes",
                    "encodings",
                    "gallery_version",
                    "liveness",
                ),
            },
        ),
    )
    readonly_fields = (
        "outcome", "why", "numbers", "held_picture", "closeness", "measured_distance", "farther", "its_page",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sighting]:
        return Sighting.objects.within_limits_of(request.user).with_snapshot(request.user)

    def csv_parts(self, rows: QuerySet[Sighting], request: HttpRequest) -> Iterator[str]:
        return sightings_csv(rows)

    @admin.display(description="face")
    def face(self, sighting: Sighting) -> str:
        return _thumbnail(getattr(sighting, "snapshot_id", None))

    @admin.display(description="outcome", ordering="verdict")
    def outcome(self, sighting: Sighting) -> str:
        hint = format_html(' <span class="badge badge-review">{}</span>', "look closer") if sighting.look_closer else ""
        return format_html("{}{}", _badge(sighting), hint)

    @admin.display(description="held picture")
    def held_picture(self, sighting: Sighting) -> str:
        return f"{LOOK_CLOSER} {HINT_ONLY}" if sighting.look_closer else "–"

    @admin.display(description="nearness", ordering="distance")
    def closeness(self, sighting: Sighting) -> str:
        return words_of(sighting)

    @admin.display(description="distance")
    def measured_distance(self, sighting: Sighting) -> str:
        return _closeness(sighting)

    @admin.display(description="next person")
    def farther(self, sighting: Sighting) -> str:
        return _farther(sighting)

    @admin.display(description="why")
    def why(self, sighting: Sighting) -> str:
        return said_of(sighting)

    @admin.display(description="why, in numbers")
    def numbers(self, sighting: Sighting) -> str:
        return explain(sighting)

    @admin.display(description="its page")
    def its_page(self, sighting: Sighting) -> str:
        return format_html('<a href="{}">{}</a>', reverse("sighting", args=[sighting.pk]), "open")


@admin.register(Detection)
class DetectionAdmin(ReadOnlyAdmin):
    about = "Single moments of sightings, each with one face. Distances are to the nearest person enrolled."
    csv_name = "detections.csv"
    list_display = ("picture", "outcome", "nearest", "camera", "captured_at", "closeness", "taken")
    ordering = ("-captured_at", "-id")
    list_display_links = ("picture", "outcome")
    list_filter = ("verdict", ("sighting__camera", ShownCameras), ("captured_at", DayFilter))
    list_select_related = ("person", "sighting__camera")
    search_fields = ("person__search_name__has_words",)
    search_help_text = "Name of the nearest person"
    withheld = (*ReadOnlyAdmin.withheld, "person")
    fields = (
        "picture", "whole", "film", "outcome", "nearest", "sighting", "captured_at", "closeness", "farther", "taken",
    )  # fmt: skip
    readonly_fields = ("picture", "whole", "film", "outcome", "nearest", "closeness", "farther", "taken")

    def csv_parts(self, rows: QuerySet[Detection], request: HttpRequest) -> Iterator[str]:
        return detections_csv(rows)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """Searches only names that are not withheld from the user."""
        limits = person_limits(request.user)
        known = queryset.filter(people_within(limits, "person_id")) if search_term and limits else queryset
        if search_term and not reads_exact_distances(request.user):
            known = known.filter(distance__lte=F("sighting__review_threshold"))
        return super().get_search_results(request, known, search_term)

    @admin.display(description="nearest person")
    def nearest(self, detection: Detection) -> str:
        """Returns the nearest person, who is the name of the face only for a match."""
        return str(detection.person or "–")

    @admin.display(description="distance", ordering="distance")
    def closeness(self, detection: Detection) -> str:
        return _closeness(detection)

    @admin.display(description="next person")
    def farther(self, detection: Detection) -> str:
        return _farther(detection)

    @admin.display(description="face")
    def picture(self, detection: Detection) -> str:
        return _thumbnail(detection.pk if detection.snapshot else None)

    @admin.display(description="whole frame")
    def whole(self, detection: Detection) -> str:
        return _link_to(detection, "frame", "Show the whole frame")

    @admin.display(description="clip")
    def film(self, detection: Detection) -> str:
        return _link_to(detection, "clip", "Play the clip")

    @admin.display(description="outcome", ordering="verdict")
    def outcome(self, detection: Detection) -> str:
        return _badge(detection)

    @admin.display(description="camera", ordering="sighting__camera__name")
    def camera(self, detection: Detection) -> str:
        return detection.sighting.camera.name

    @admin.display(description="quality", ordering="quality")
    def taken(self, detection: Detection) -> str:
        return f"{quality_words(detection.quality)} ({detection.quality:.2f})"


def _reads_less(request: HttpRequest) -> bool:
    return bool(person_limits(request.user)) or not reads_exact_distances(request.user)


def _closeness(row: Sighting | Detection) -> str:
    if row.rounded and row.distance is not None:
        return limit_words(row.distance)
    return _two_digits(row.distance)


def _two_digits(distance: float | None) -> str:
    return "–" if distance is None else f"{distance:.2f}"


def _farther(row: Sighting | Detection) -> str:
    return "–" if row.margin is None else f"{_two_digits(row.margin)} farther"


def _badge(row: Sighting | Detection) -> str:
    return format_html('<span class="badge badge-{}">{}</span>', row.verdict, row.get_verdict_display())


def _link_to(detection: Detection, kind: str, words: str) -> str:
    """Returns a link to its whole frame or clip, whose address checks rights, too."""
    if not getattr(detection, kind):
        return "–"
    return format_html('<a href="{}">{}</a>', reverse(f"detection_{kind}", args=[detection.pk]), words)


def _thumbnail(detection_id: Any) -> str:
    """Returns an `<img>` whose address checks rights when the browser fetches it."""
    if detection_id is None:
        return "–"
    url = reverse("detection_snapshot", args=[detection_id])
    return format_html('<img class="face-thumb" src="{}" alt="{}" width="56" height="56" loading="lazy">', url, "face")
