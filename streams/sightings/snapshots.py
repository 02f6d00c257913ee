"""Views that serve snapshots of detections to users who may see sightings."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from people.accounts.picture_links import follow
from people.rest.picture_views import stream_picture
from streams.records.detection import Detection


@require_safe
def detection_snapshot(request: HttpRequest, detection_id: UUID) -> HttpResponseBase:
    """Returns a detection's snapshot to users who may see sightings. 404 also if the file is gone from storage."""
    shown = get_object_or_404(Detection.objects.visible_to(request.user).exclude(snapshot=""), pk=detection_id)
    return stream_picture(request, shown.snapshot)


@require_safe
@login_not_required  # the link itself names the user it was made for
def linked_snapshot(request: HttpRequest, token: str) -> HttpResponseBase:
    """Returns a detection's snapshot by a link of the API. 404 when the link has expired."""
    return follow(request, token, {"snapshot": detection_snapshot})
