"""CompreFace's calls on face examples, which are our enrolled photos."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from people.accounts.limits import Looker
from people.audit.noting import note
from people.base.ids import uuid_or_none
from people.dialect.answers import (
    CompreFaceDeletedSerializer,
    CompreFaceExampleSerializer,
    CompreFaceExamplesSerializer,
)
from people.dialect.base import DialectView, not_with_a_slash, picture, subject_name
from people.dialect.bodies import CompreFacePictureSerializer, CompreFacePictureTextSerializer
from people.dialect.described import IMAGE_ID, SUREST, described, form_or_json, subject_in_query, whole_number
from people.dialect.options import LIKELY_FACE, parameters, share, whole
from people.dialect.refusals import DialectRefusal, invalid, no_such_image
from people.dialect.similarity import lowest_score
from people.dialect.subjects import check_may_be_read, people_called, remove_subjects, subject_named, subjects_of
from people.editing import services
from people.enrolling.enrol_now import enrol_now
from people.records.folded_name import is_called
from people.records.photo import Photo, PhotoQuerySet
from people.records.states import PhotoState
from people.rest.permissions import RightsTable
from people.rest.picture_views import stream_picture
from people.rest.schema import IF_NONE_MATCH

LARGEST_PAGE = 1000
LAST_PAGE = 1_000_000
MOST_DELETED = 1000


def examples(user: Looker) -> PhotoQuerySet:
    """Returns photos of the people in the key's collection that are enrolled or held for review."""
    recognising = Photo.objects.filter(state__in=[PhotoState.ENROLLED, PhotoState.REVIEW], person__retired_at=None)
    return recognising.within_limits_of(user).select_related("person").order_by("created_at", "id")


def told_example(photo: Photo) -> dict[str, str]:
    return {"image_id": str(photo.pk), "subject": photo.person.name}


class FacesView(DialectView):
    rights: ClassVar[RightsTable] = {
        "GET": ("people.view_photo", "people.view_person"),
        "POST": ("people.add_photo", "people.add_person"),
        "DELETE": ("people.delete_photo",),
    }

    @described(
        "faces_list",
        "List the face examples",
        "Oldest first, by pages. Needs the scope `read_people`.",
        parameters=[
            whole_number("page", "The first page is 0.", low=0, high=LAST_PAGE, default=0),
            whole_number("size", "Face examples on a page.", low=1, high=LARGEST_PAGE, default=20),
            subject_in_query("Only those of this subject, in upper or lower case."),
        ],
        answers={200: CompreFaceExamplesSerializer},
    )
    def get(self, request: Request) -> Response:
        query = parameters(request)
        page = whole(query, "page", low=0, high=LAST_PAGE, default=0)
        size = whole(query, "size", low=1, high=LARGEST_PAGE, default=20)
        found = examples(request.user)
        if query.get("subject"):
            found = found.filter(is_called(subject_name(query["subject"]), of="person__"))
        total = found.count()
        return Response(
            {
                "faces": [told_example(photo) for photo in found[page * size : (page + 1) * size]],
                "page_number": page,
                "page_size": size,
                "total_pages": -(-total // size),
                "total_elements": total,
            }
        )

    @described(
        "faces_add",
        "Add a face example to a subject",
        "Adds the subject, too, if there is none. Tells the image that is there already if it is the same picture. "
        "Wants a face that is sure by 0.8 at least. Needs the scope `write_people`.",
        parameters=[subject_in_query("The subject's name.", required=True), SUREST],
        body=form_or_json(CompreFacePictureSerializer, CompreFacePictureTextSerializer),
        answers={201: CompreFaceExampleSerializer},
    )
    def post(self, request: Request) -> Response:
        asked = parameters(request)
        name = subject_name(asked.get("subject"))
        least = lowest_score(share(asked, "det_prob_threshold", default=LIKELY_FACE))
        check_may_be_read(name, by=request.user)
        data = picture(request)
        sent: Any = request.FILES.get("file")
        enrolled = enrol_now(
            who=lambda: subject_named(name, by=request.user)[0],
            data=data,
            name=getattr(sent, "name", "") or "",
            by=request.user,
            lowest_score=least,
        )
        return Response(told_example(enrolled.photo), status=201)

    @described(
        "faces_delete",
        "Delete every face example of a subject",
        "Removes the subject with them: a person of whom there is more is retired, not deleted. Without `subject` this "
        "deletes everybody's, which needs the scope `delete_everybody` besides `write_people`.",
        parameters=[subject_in_query("The subject whose face examples to delete.")],
        answers={200: CompreFaceDeletedSerializer},
    )
    def delete(self, request: Request) -> Response:
        not_with_a_slash(request, "face")
        subject = parameters(request).get("subject")
        doomed = examples(request.user)
        if subject is not None:
            doomed = doomed.filter(is_called(subject_name(subject), of="person__"))
        elif not request.user.has_perm("people.delete_everybody"):
            self.permission_denied(request, "Without a subject this deletes every face, which needs its own scope.")
        return Response({"deleted": delete_faces_and_subjects(doomed, subject, by=request.user)})


class FaceView(DialectView):
    rights: ClassVar[RightsTable] = {"DELETE": ("people.delete_photo",)}

    @described(
        "face_delete",
        "Delete a face example",
        "The subject stays, even without a face. Needs the scope `write_people`.",
        parameters=[IMAGE_ID],
        answers={200: CompreFaceExampleSerializer},
    )
    def delete(self, request: Request, image_id: str) -> Response:
        photo = example(image_id, request.user)
        services.delete_photos(photos=[photo], by=request.user)
        return Response(told_example(photo))


class DeleteFacesView(DialectView):
    rights: ClassVar[RightsTable] = {"POST": ("people.delete_photo",)}

    @described(
        "faces_delete_several",
        "Delete face examples by their ids",
        "The body is a list of at most 1,000 ids; unknown ones are passed over. The subjects stay. Needs the scope "
        "`write_people`.",
        body={"application/json": serializers.ListSerializer(child=serializers.CharField())},
        answers={200: CompreFaceExampleSerializer(many=True)},
    )
    def post(self, request: Request) -> Response:
        ids = request.data
        if not isinstance(ids, list) or len(ids) > MOST_DELETED:
            raise invalid(f"The body should be a list of at most {MOST_DELETED} ids")
        keys: list[UUID] = [key for key in map(uuid_or_none, ids) if key]
        doomed = list(examples(request.user).filter(pk__in=keys))
        services.delete_photos(photos=doomed, by=request.user)
        return Response([told_example(photo) for photo in doomed])


class FaceImageView(DialectView):
    rights: ClassVar[RightsTable] = {"GET": ("people.view_photo",)}

    @described(
        "face_image",
        "Download the picture of a face example",
        "The body is empty if there is no such picture. Needs the scope `read_people`.",
        parameters=[IMAGE_ID, IF_NONE_MATCH],
        answers={(200, "image/*"): OpenApiTypes.BINARY, (200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, image_id: str) -> HttpResponseBase:
        """Streams the picture, private and briefly cached: CompreFace lets anybody cache it for a year."""
        try:
            photo = example(image_id, request.user)
            note(request, photo)
            return stream_picture(request, photo.image)
        except (Http404, DialectRefusal):
            return HttpResponse(b"", content_type="application/octet-stream")


@transaction.atomic
def delete_faces_and_subjects(doomed: PhotoQuerySet, subject: str | None, *, by: User | AnonymousUser) -> int:
    """Deletes the faces, and as CompreFace does their subjects with them; returns how many faces it deleted."""
    people = list(subjects_of(by) if subject is None else people_called(subject_name(subject), by))
    deleted = services.delete_photos(photos=doomed, by=by)
    remove_subjects(people, by=by)
    return deleted


def example(image_id: str, user: Looker) -> Photo:
    """Returns the photo with this id. Raises DialectRefusal (404, code 44)."""
    key = uuid_or_none(image_id)
    photo = examples(user).filter(pk=key).first() if key else None
    if photo is None:
        raise no_such_image(image_id)
    return photo
