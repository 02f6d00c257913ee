"""The admin of cameras: their settings, with their live state beside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from people.admin.csv_page import CsvPage
from people.admin.history import LoggedByServices
from people.base.site_time import time_words
from people.gallery.engines import usable_engine
from streams.admin.deleting import CameraDeletion
from streams.admin.filters import PicturesFilter
from streams.admin.forms import CameraForm
from streams.admin.liveness import LivenessPage, liveness_fields
from streams.admin.network_search import NetworkSearch
from streams.admin.picture import CameraPicture
from streams.admin.region_field import named
from streams.admin.trying import SourceTrials
from streams.cameras import services
from streams.cameras.source_rules import redacted
from streams.records.camera import Camera, CameraStatus
from streams.records.states import CameraStateName
from streams.sightings.csv_export import cameras_csv


@admin.register(Camera)
class CameraAdmin(LoggedByServices, CameraDeletion, CameraPicture, LivenessPage, NetworkSearch, SourceTrials, CsvPage):
    form = CameraForm
    csv_name = "cameras.csv"
    list_display = ("name", "state_and_reason", "frame_age", "frame_rate", "shown_source", "enabled", "live")
    list_filter = (PicturesFilter, "enabled", "status__state", "role")
    list_select_related = ("status",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    actions = ("switch_on", "switch_off")
    readonly_fields = ("state", "reason", "frame_age", "frame_rate", "shown_source", "shown_regions", "live")

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Refuses filters by secret fields: `source__startswith` would reveal a token letter by letter."""
        asked = lookup.partition("__")[0]
        if asked in ("sealed_password", "groups"):
            return False
        if asked in ("source", "looking_source", "username") and not (request and self.has_change_permission(request)):
            return False
        return super().lookup_allowed(lookup, value, request)

    def csv_parts(self, rows: QuerySet[Camera], request: HttpRequest) -> Iterator[str]:
        return cameras_csv(rows)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Camera]:
        return Camera.objects.within_limits_of(request.user)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Camera | None:
        """Returns the camera with its own threshold as a distance of the engine in use; what is entered is one, too."""
        camera: Camera | None = super().get_object(request, object_id, from_field)
        if camera:
            camera.translate_threshold(usable_engine())
        return camera

    def get_fieldsets(self, request: HttpRequest, obj: Camera | None = None) -> Any:
        """Shows the source without secrets, and regions by name, to users who may not change the camera."""
        may_change = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        login = ("username", "password", *(("forget_password",) if obj and obj.has_password else ()))
        pixels = ("source", *login, "looking_source", "loop") if may_change else ("shown_source", "loop")
        configured = (
            (None, {"fields": ("name", "slug", "enabled")}),
            ("Where the picture comes from", {"fields": pixels}),
            ("How the picture lies", {"fields": ("turn", "mirrored", "pixel_aspect")}),
            ("Where it looks", {"fields": ("regions" if may_change else "shown_regions",)}),
            (
                "How faces are looked for",
                {"fields": ("analysis_fps", "smallest_face_px", "match_threshold", "decoding")},
            ),
            ("Pictures held before the camera", liveness_fields(obj)),
            ("When it looks", {"fields": ("hours", "role")}),
            ("What is kept", {"fields": ("strangers", "keeps_whole_frame", "clip_seconds")}),
            ("If the connection is particular", {"fields": ("transport", "snapshot_seconds", "down_after_s")}),
        )
        now = ("state", "reason", "frame_age", "frame_rate", "live")
        return (*configured, ("Now", {"fields": now})) if obj else configured

    def save_model(self, request: HttpRequest, obj: Camera, form: Any, change: bool) -> None:
        services.save_camera(camera=obj, password=form.entered_password, by=request.user)

    @admin.display(description="state")
    def state(self, camera: Camera) -> str:
        state, _reason = _now(camera)
        return format_html('<span class="badge badge-{}">{}</span>', state, CameraStateName(state).label)

    @admin.display(description="state", ordering="status__state")
    def state_and_reason(self, camera: Camera) -> str:
        reason = _now(camera)[1]
        said = format_html('<span class="state-reason">{}</span>', reason) if reason else ""
        return format_html("{}{}", self.state(camera), said)

    @admin.display(description="reason")
    def reason(self, camera: Camera) -> str:
        return _now(camera)[1] or "–"

    @admin.display(description="last picture")
    def frame_age(self, camera: Camera) -> str:
        status = _status(camera)
        if status is None or status.last_frame_at is None:
            return "–"
        age_s = round((status.frame_age_ms_at(timezone.now()) or 0) / 1000)
        return f"{age_s} second{pluralize(age_s)} ago" if age_s < 120 else _when(status)

    @admin.display(description="frames a second")
    def frame_rate(self, camera: Camera) -> str:
        status = _status(camera)
        if status is None or status.fps_analysed is None or _now(camera)[0] != CameraStateName.LIVE:
            return "–"
        return f"{status.fps_analysed:.1f}"

    @admin.display(description="source")
    def shown_source(self, camera: Camera) -> str:
        return redacted(camera.source)

    @admin.display(description="regions")
    def shown_regions(self, camera: Camera) -> str:
        return named(camera.regions) or "the whole picture"

    @admin.display(description="live page")
    def live(self, camera: Camera) -> str:
        return format_html('<a href="{}">{}</a>', reverse("camera", args=[camera.slug]), "watch")

    @admin.action(description="Switch on", permissions=["change"])
    def switch_on(self, request: HttpRequest, queryset: QuerySet[Camera]) -> None:
        self._switch(request, queryset, enabled=True)

    @admin.action(description="Switch off", permissions=["change"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[Camera]) -> None:
        self._switch(request, queryset, enabled=False)

    def _switch(self, request: HttpRequest, queryset: QuerySet[Camera], *, enabled: bool) -> None:
        changed = services.enable_cameras(cameras=queryset, enabled=enabled, by=request.user)
        messages.success(request, f"{changed} camera{pluralize(changed)} switched {'on' if enabled else 'off'}.")


def _status(camera: Camera) -> CameraStatus | None:
    """Returns the camera's status; None until a worker has run the camera for the first time."""
    return getattr(camera, "status", None)


def _now(camera: Camera) -> tuple[str, str]:
    """Returns the camera's state and reason at this moment."""
    return camera.state_at(timezone.now())


def _when(status: CameraStatus) -> str:
    assert status.last_frame_at is not None
    return time_words(status.last_frame_at)
