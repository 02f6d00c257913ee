"""Views of the live dashboard, one camera, the page that sends pictures, and the sightings."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import BadRequest
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from people.audit.noting import note
from people.base.csv_files import csv_file
from people.errors import TooManyRows
from people.gallery.calibrating import current_thresholds
from people.gallery.engines import usable_engine
from people.records.groups import person_limits
from streams.cameras.source_rules import redacted
from streams.correcting.shown import shown as edits_shown
from streams.pages.paging import page_of
from streams.pages.tiles import tiles_of
from streams.pipeline.analysis.liveness_looks import LOOK_CLOSER_BELOW
from streams.pipeline.messages import FootageKind
from streams.records.arrangement import Arrangement, groups_shown_to
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.groups import camera_limits
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.sightings.csv_export import sightings_csv
from streams.sightings.explanations import HINT_ONLY, LOOK_CLOSER, NO_CLIP, DistanceScale, explain, said_of
from streams.sightings.looks import SightingLooks, enrolled_photo
from streams.sightings.page_filters import SightingFilter

RECENT = 12
"""Number of sightings on a camera's page before the socket brings more."""

MOST_EDITS = 20
"""Edits that a sighting's page shows, the newest."""


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Shows the cameras live as their user has arranged them, who is in view, and a feed of sightings."""
    arrangement = Arrangement.of(request.user)
    groups = list(groups_shown_to(request.user))
    group = next((each for each in groups if each.pk == arrangement.group_id), None)
    rows = Camera.objects.visible_to(request.user).select_related("status")
    cameras = list(rows.filter(groups=group) if group else rows)
    tiles = tiles_of(arrangement, cameras, timezone.now())
    shown = {
        "tiles": [tile for tile in tiles if tile.has_picture],
        "lines": [tile for tile in tiles if not tile.has_picture],
        "hidden": len(cameras) - len(tiles),
        "arrangement": arrangement,
        "group": group,
        "groups": groups,
        "limits": _limits(request),
        "is_hinting": any(camera.liveness_hint for camera in cameras),
    }
    return render(request, "streams/dashboard.html", shown)


@require_safe
def camera(request: HttpRequest, slug: str) -> HttpResponse:
    """Shows one camera, large."""
    shown = get_object_or_404(Camera.objects.visible_to(request.user), slug=slug)
    if shown.own_threshold:
        shown.translate_threshold(usable_engine())
    may_send = Camera.objects.sendable_by(request.user).filter(pk=shown.pk).exists()
    context = {
        "camera": shown,
        "source": redacted(shown.source),
        "may_send": may_send,
        "thresholds": current_thresholds(),
        "limits": _limits(request),
        "is_hinting": shown.liveness_hint,
    }
    return render(request, "streams/camera.html", context)


def _limits(request: HttpRequest) -> dict[str, bool]:
    """Returns whether the viewer is limited to some cameras or people, so that a page can say what it leaves out."""
    return {"cameras": bool(camera_limits(request.user)), "people": bool(person_limits(request.user))}


@require_safe
def send_to_camera(request: HttpRequest, slug: str) -> HttpResponse:
    """Shows the page from which a phone or laptop sends pictures of its own camera."""
    shown = get_object_or_404(Camera.objects.sendable_by(request.user), slug=slug)
    return render(request, "streams/send.html", {"camera": shown})


@require_safe
def sightings(request: HttpRequest) -> HttpResponse:
    """Shows sightings, newest first, filtered by the query string; 400 with the form's errors if that is invalid."""
    visible = Sighting.objects.visible_to(request.user).with_snapshot(request.user)
    chosen = SightingFilter(request.GET, visible, request=request)
    valid = chosen.form.is_valid()
    page = page_of(
        chosen.qs if valid else Sighting.objects.none(),
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    context = {"filter": chosen, "page": page, "person": chosen.form.cleaned_data.get("person")}
    return render(request, "streams/sightings.html", context, status=200 if valid else 400)


@require_safe
@permission_required("streams.view_sighting", raise_exception=True)
def sightings_file(request: HttpRequest) -> HttpResponseBase:
    """Gives the sightings of the page's filter out as a CSV file; 400 with the page if that is invalid or too many."""
    chosen = SightingFilter(request.GET, Sighting.objects.visible_to(request.user), request=request)
    if not chosen.form.is_valid():
        return sightings(request)
    try:
        return csv_file(request, sightings_csv(chosen.qs), "sightings.csv")
    except TooManyRows as error:
        raise BadRequest(str(error)) from None


@require_safe
def sighting(request: HttpRequest, sighting_id: UUID) -> HttpResponse:
    """Shows one sighting: its snapshots, and the reason for its verdict."""
    detections = Detection.objects.visible_to(request.user).with_support().select_related("person")
    looks = Prefetch("detections", detections)
    rows = Sighting.objects.visible_to(request.user).select_related(
        "camera", "person", "edit", "machine_person", "stranger"
    )
    shown = get_object_or_404(rows.prefetch_related(looks), pk=sighting_id)
    note(request, shown)
    may_search = request.user.has_perm("streams.search_sightings")
    said = IdentityEdit.objects.visible_to(request.user).filter(sightings__sighting=shown)
    context = {
        "sighting": shown,
        "looks": SightingLooks.of(shown, list(shown.detections.all())),
        "misses_clip": NO_CLIP if _may_have_clip(shown, request) else "",
        "enrolled": enrolled_photo(shown, request.user),
        "said": said_of(shown),
        "edits": edits_shown(list(said.select_related("undoes", "undone_by")[:MOST_EDITS]), request.user),
        "explanation": explain(shown),
        "scale": DistanceScale.of(shown),
        "look_closer": LOOK_CLOSER,
        "hint_only": HINT_ONLY,
        "look_closer_below": LOOK_CLOSER_BELOW,
        "is_searchable": may_search and not shown.is_no_face and _has_encoding(shown),
    }
    return render(request, "streams/sighting.html", context)


def _has_encoding(sighting: Sighting) -> bool:
    return SightingEncoding.objects.filter(sighting=sighting).exists()


def _may_have_clip(shown: Sighting, request: HttpRequest) -> bool:
    """Returns whether a clip of a sighting that is over could be expected, by someone who may see one."""
    keeps = shown.camera.may_keep(FootageKind.CLIP)
    return keeps and shown.ended_at is not None and bool(shown.detections.all()) and not person_limits(request.user)
