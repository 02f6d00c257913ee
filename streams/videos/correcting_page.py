"""The page that asks who a face of a video is, and the buttons that say it, as for a camera's sighting."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from people.errors import PeopleError, WrongState
from streams.pages.correcting import MOST_OFFERED, CorrectionForm, outcome, people_offered
from streams.pages.returning import came_from, path_of
from streams.videos.correcting import correct_face
from streams.videos.moments import clock
from streams.videos.timeline import SHOWN_WITH, name_of_face
from streams.videos.video import VideoSighting

RIGHTS = ("streams.view_video", "streams.correct_sighting")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(RIGHTS, raise_exception=True)
def correct_video_face(request: HttpRequest, face_id: UUID) -> HttpResponse:
    """GET: asks who a face of a video is. POST: writes what a button says, or says why not (400, 409)."""
    rows = VideoSighting.objects.visible_to(request.user).select_related("video", *SHOWN_WITH)
    face = get_object_or_404(rows, pk=face_id)
    if request.method != "POST":
        return _ask(request, face)
    form = CorrectionForm(request.POST)
    says = form.says()
    if says is None:
        return _ask(request, face, "Say who it is, who it is not, or that it is no face.", 400)
    place = came_from(request, _stay(face))
    try:
        edit = correct_face(face=face.pk, says=says, by=request.user, page=path_of(place), seen=form.seen())
    except PeopleError as error:
        return _ask(request, face, str(error), 409 if isinstance(error, WrongState) else 400)
    messages.success(request, outcome(edit, face), extra_tags=f"undo-{edit.pk}" if edit else "")
    return redirect(place)


def _stay(face: VideoSighting) -> str:
    return reverse("video", args=[face.video_id])


def _ask(request: HttpRequest, face: VideoSighting, error: str = "", status: int = 200) -> HttpResponse:
    looks = face.looks.exclude(picture="").order_by("-quality")
    context = {
        "sighting": face,
        "called": name_of_face(face),
        "when": clock(face.first_s),
        "look": looks.first(),
        "address": reverse("correct_video_face", args=[face.pk]),
        "error": error,
        "asked": request.GET.get("name", ""),
        "people": people_offered(request, _likely(request, face)),
        "next": came_from(request, _stay(face)),
    }
    return render(request, "streams/correct_video_face.html", context, status=status)


def _likely(request: HttpRequest, face: VideoSighting) -> list[UUID]:
    """Returns the ids of others who are in the same video, in their order."""
    rows = VideoSighting.objects.visible_to(request.user).filter(video=face.video_id, person__isnull=False)
    ids = dict.fromkeys(rows.order_by("first_s").values_list("person", flat=True))
    return [pk for pk in ids if pk and pk != face.person_id][:MOST_OFFERED]
