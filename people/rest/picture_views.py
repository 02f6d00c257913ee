"""Views that stream people's photos to users who may see them; the storage itself is never public."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required, permission_required
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from people.accounts.picture_links import follow
from people.audit.noting import note
from people.recognition.pictures.formats import HEAD_BYTES, content_type
from people.records.person import Person
from people.records.photo import Photo

REVALIDATED = "private, no-cache"
"""A browser may keep a picture, but asks each time whether its user may still see it: an answer of 304 has no body."""
may_see_photos = permission_required("people.view_photo", raise_exception=True)


@require_safe
@may_see_photos
def photo_image(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Streams the uploaded picture, without its location."""
    return stream_picture(request, _photo(request, pk).image)


@require_safe
@may_see_photos
def photo_crop(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Streams the face that was read, with some surroundings. 404 until there is one."""
    return stream_picture(request, _photo(request, pk).crop)


def _photo(request: HttpRequest, pk: UUID) -> Photo:
    photo: Photo = get_object_or_404(Photo.objects.visible_to(request.user), pk=pk)
    note(request, photo)
    return photo


@require_safe
@may_see_photos
def portrait(request: HttpRequest, person_id: UUID) -> HttpResponseBase:
    """Streams the face that represents a person: the best that is enrolled. 204 for a person without one."""
    person = get_object_or_404(Person.objects.within_limits_of(request.user).with_face(), pk=person_id)
    best = Photo.objects.visible_to(request.user).filter(pk=person.face_id).first()  # type: ignore[attr-defined]
    return stream_picture(request, best.crop) if best else HttpResponse(status=204)


@require_safe
@login_not_required  # the link itself names the user it was made for
def linked_picture(request: HttpRequest, token: str) -> HttpResponseBase:
    """Streams a photo's picture or crop by a link of the API.

    404 when the link has expired, 403 when its user has lost the right.
    """
    return follow(request, token, {"image": photo_image, "crop": photo_crop})


def stream_picture(request: HttpRequest, file: FieldFile) -> HttpResponseBase:
    """Returns `file` as a private picture; its bytes decide the content type. Raises Http404 if it is not stored."""
    if not file.name:
        raise Http404("no picture")
    etag = f'"{file.name}"'  # each object is written once, under a random name, so its name identifies its bytes
    if not_modified := get_conditional_response(request, etag=etag):
        not_modified["Cache-Control"] = REVALIDATED  # the answer replaces that of the kept picture
        return not_modified
    try:
        with file.open("rb") as stored:
            data = stored.read()
    except FileNotFoundError:
        raise Http404("the stored picture is gone") from None
    mime = content_type(data[:HEAD_BYTES])
    if mime is None:
        raise Http404("not a picture")
    response = HttpResponse(data, content_type=mime)
    response["ETag"] = etag
    response["Cache-Control"] = REVALIDATED
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
