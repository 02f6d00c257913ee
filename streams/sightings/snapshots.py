"""Views that serve what is stored of detections to users who may see sightings.

Whole frames and clips show everybody who was there: from users who are limited to some people the rows withhold them
(streams/records/withholding.py).
"""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from people.accounts.picture_links import View, follow
from people.audit.noting import note
from people.rest.film_views import stream_film
from people.rest.picture_views import stream_picture
from streams.records.detection import Detection


@require_safe
def detection_snapshot(request: HttpRequest, detection_id: UUID) -> HttpResponseBase:
    """Returns a detection's snapshot to users who may see sightings. 404 also if the file is gone from storage."""
    shown = _detection(request, detection_id, "snapshot")
    return stream_picture(request, shown.snapshot)


@require_safe
def detection_frame(request: HttpRequest, detection_id: UUID) -> HttpResponseBase:
    """Returns the whole frame of a detection that decided its sighting. 404 for all others, and as above."""
    shown = _detection(request, detection_id, "frame")
    return stream_picture(request, shown.frame)


@require_safe
def detection_clip(request: HttpRequest, detection_id: UUID) -> HttpResponseBase:
    """Returns the clip around a detection that decided its sighting. 404 for all others, and as above."""
    shown = _detection(request, detection_id, "clip")
    return stream_film(request, shown.clip)


def _detection(request: HttpRequest, detection_id: UUID, stored: str) -> Detection:
    """Returns the detection, if what is asked for is stored, and notes for the audit whom it shows."""
    rows = Detection.objects.visible_to(request.user).exclude(**{stored: ""})
    shown: Detection = get_object_or_404(rows, pk=detection_id)
    note(request, shown)
    return shown


@require_safe
@login_not_required  # the link itself names the user it was made for
def linked_snapshot(request: HttpRequest, token: str) -> HttpResponseBase:
    """Returns a detection's snapshot, whole frame or clip by a link of the API. 404 when the link has expired."""
    views: dict[str, View] = {"snapshot": detection_snapshot, "frame": detection_frame, "clip": detection_clip}
    return follow(request, token, views)
