"""Plays the file of an analysed video to whoever may see everybody in it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from people.records.groups import person_limits
from people.rest.film_views import stream_film
from streams.videos.video import Video


def may_play(video: Video, user: Any) -> bool:
    """Returns whether there is a file, and nobody is hidden from the user: the whole picture shows everybody."""
    return video.is_done and bool(video.file) and not person_limits(user)


@require_safe
@permission_required("streams.view_video", raise_exception=True)
def play_video(request: HttpRequest, video_id: UUID) -> HttpResponseBase:
    """Streams the file, or the part that `Range` asks for. 404 for whoever may not play it."""
    video: Video = get_object_or_404(Video.objects.visible_to(request.user), pk=video_id)
    if not may_play(video, request.user):
        raise Http404("not to be played")
    return stream_film(request, video.file, video.size_bytes)
