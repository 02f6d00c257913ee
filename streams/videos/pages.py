"""The pages of analysed videos: the list, adding one, and who is in it when."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.audit.noting import note
from people.base.csv_files import csv_file
from people.errors import PeopleError
from people.records.keeping_term import KeptKind, days_kept
from people.rest.picture_views import stream_picture
from streams.sightings.page_filters import MomentInput, SiteMoment
from streams.videos.playing import may_play
from streams.videos.services import analyse_stored, analyse_upload, delete_video, most_bytes
from streams.videos.timeline import MOST_SHOWN, video_csv, who_is_in
from streams.videos.video import Video, VideoLook, VideoSighting

PAGE_SIZE = 50
may_see = permission_required("streams.view_video", raise_exception=True)
may_analyse = permission_required("streams.analyse_video", raise_exception=True)


class VideoForm(forms.Form):
    title = forms.CharField(max_length=200, label="Title", help_text="Where it comes from, or the number of a file.")
    file = forms.FileField(
        required=False, label="Video file", widget=forms.FileInput(attrs={"accept": "video/*"}), allow_empty_file=True
    )
    address = forms.CharField(
        required=False, max_length=500, label="Or a video in a bucket", help_text="gs://bucket/folder/video.mp4"
    )
    began_at = SiteMoment(
        required=False, label="When the recording began, if you know", widget=MomentInput("Beginning of the recording")
    )

    def clean(self) -> dict[str, Any]:
        if not self.errors and bool(self.cleaned_data["file"]) == bool(self.cleaned_data["address"]):
            raise ValidationError("Choose a file, or name a video in a bucket: one of the two.")
        return self.cleaned_data

    def analyse(self, by: Any) -> Video:
        """Queues the video. Raises BadVideo and TooMuch."""
        said = self.cleaned_data
        asked = {"title": said["title"], "began_at": said["began_at"], "by": by}
        if said["address"]:
            return analyse_stored(address=said["address"], **asked)
        return analyse_upload(file=said["file"], **asked)


@require_safe
@may_see
def videos(request: HttpRequest) -> HttpResponse:
    """Shows the analysed videos that the user may see, newest first."""
    page = Paginator(Video.objects.visible_to(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "streams/videos.html", {"page": page, "zone": timezone.get_default_timezone_name()})


@require_http_methods(["GET", "HEAD", "POST"])
@may_analyse
def add_video(request: HttpRequest) -> HttpResponse:
    """GET: shows the form. POST: stores the video and queues it, or says why not."""
    is_post = request.method == "POST"
    form = VideoForm(request.POST if is_post else None, request.FILES if is_post else None)
    if is_post and form.is_valid():
        try:
            return redirect("video", form.analyse(request.user).pk)
        except PeopleError as error:
            form.add_error(None, str(error))
    context = {"form": form, "most_mb": most_bytes() / 1e6, "zone": timezone.get_default_timezone_name(),
               "keep_days": days_kept(KeptKind.VIDEOS)}  # fmt: skip
    return render(request, "streams/video_add.html", context, status=400 if is_post else 200)


@require_safe
@may_see
def video(request: HttpRequest, video_id: UUID) -> HttpResponse:
    """Shows one video: who is in it when. Until its analysis has ended the page loads itself again."""
    shown = _video(request, video_id)
    rows = VideoSighting.objects.visible_to(request.user).filter(video=shown) if shown.is_done else None
    context = {
        "video": shown,
        "seen": who_is_in(shown, rows) if rows is not None else [],
        "number": rows.count() if rows is not None else 0,
        "most": MOST_SHOWN,
        "may_play": may_play(shown, request.user),
        "zone": timezone.get_default_timezone_name(),
    }
    return render(request, "streams/video.html", context)


@require_safe
@may_see
def video_file(request: HttpRequest, video_id: UUID) -> HttpResponseBase:
    """Gives out who is in it when, as a CSV file."""
    shown = _video(request, video_id)
    if not shown.is_done:
        raise Http404("not analysed yet")
    rows = VideoSighting.objects.visible_to(request.user).filter(video=shown)
    return csv_file(request, video_csv(shown, rows), "video.csv")


@require_safe
@may_see
def video_face(request: HttpRequest, look_id: UUID) -> HttpResponseBase:
    """Streams the picture of a face, to users who may see the video and whoever it names."""
    seen = VideoSighting.objects.visible_to(request.user)
    shown = get_object_or_404(VideoLook.objects.select_related("sighting"), pk=look_id, sighting__in=seen)
    note(request, shown.sighting)
    return stream_picture(request, shown.picture)


@require_POST
@may_analyse
def remove_video(request: HttpRequest, video_id: UUID) -> HttpResponse:
    shown = _video(request, video_id)
    delete_video(video=shown, by=request.user)
    messages.success(request, f"“{shown}” was deleted.")
    return redirect("videos")


def _video(request: HttpRequest, video_id: UUID) -> Video:
    found: Video = get_object_or_404(Video.objects.visible_to(request.user), pk=video_id)
    return found
